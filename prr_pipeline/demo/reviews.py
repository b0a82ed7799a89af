"""The demo's reviews: people attest what only they can know, file the PRR document, and sign. All with real keys."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from datetime import timedelta

from prr_pipeline.control.agreement import binding_now
from prr_pipeline.control.checklist import Judgement, judge_promotion
from prr_pipeline.control.claiming import prepare_justification
from prr_pipeline.control.document import write_document
from prr_pipeline.control.monorepo import open_head, prr_document_path, prr_folder
from prr_pipeline.control.signing import Signer, sign_and_file
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.demo.deployment import Deployment
from prr_pipeline.demo.people import ON_CALL
from prr_pipeline.errors import PrrError
from prr_pipeline.readiness.model import Outcome, Reason
from prr_pipeline.review.attestation import Attestation
from prr_pipeline.review.claims import LineClaim
from prr_pipeline.review.paths import record_path
from prr_pipeline.review.records import Envelope, RecordKind
from prr_pipeline.review.signoff import SignoffDecision, SignoffRole, SignoffStatement
from prr_pipeline.review.statements import Statement, kind_of
from prr_pipeline.signatures.ssh import fresh_nonce, sign

_ROLES = {
    "noor": SignoffRole.OWNING_CONTEXT,
    "jonas": SignoffRole.OTHER_CONTEXT,
    "felix": SignoffRole.ON_CALL_LEAD,
    "ines": SignoffRole.COUNCIL,
}
_JUSTIFIED = timedelta(days=85)
"""Somewhat less than the longest that a deployment accepts as it ships."""


class Reviewer:
    """Writes records into the demo's monorepo and commits them, as people would by pull request."""

    def __init__(self, work: Workplace, deployment: Deployment, expiry: timedelta = timedelta(days=170)) -> None:
        self.work, self.deployment, self.expiry = work, deployment, expiry

    def attest_open_lines(self, key: str, person: str) -> int:
        """Attest every line that waits for a person's word, those of the person on call by them.

        Returns how many records were filed: only once the ledger holds all of them is there something to sign.
        """
        judgement = judge_promotion(self.work, key, f"person:{person}")
        waiting: dict[str, list[LineClaim]] = {}
        for result in judgement.report.counted:
            if result.outcome is Outcome.UNKNOWN and result.finding.reason is Reason.NOT_ATTESTED:
                asked = judgement.catalogue.line(result.line_id).attested_by
                speaker = ON_CALL if asked == "on_call" else person
                waiting.setdefault(speaker, []).append(LineClaim(result.line_id, result.finding.subject_digest))
        statement = "Looked at for the demo; the sample's own tests and documents show it."
        for speaker, claims in waiting.items():
            envelope = self._envelope(judgement, speaker, "engineer", judgement.state.attempt)
            self._file(Attestation(envelope, tuple(claims), statement), speaker)
        return len(waiting)

    def justify_unmet_lines(self, key: str, author: str, approver: str, reason: str) -> int:
        """File one record that accepts the unmet lines for ``reason``, which ``author`` gives and ``approver`` signs.

        Returns how many lines it is about.
        """
        judgement = judge_promotion(self.work, key, f"person:{author}")
        unmet = [result.line_id for result in judgement.report.counted if result.outcome is Outcome.UNMET]
        signer = Signer(approver, self.deployment.key(approver), _JUSTIFIED)
        asked = prepare_justification(self.work, key, signer, unmet, reason, author)
        sign_and_file(self.work, asked, signer.key, self.deployment.monorepo)
        return len(unmet)

    def attest_line(self, key: str, line_id: str, person: str, statement: str) -> None:
        """Attest one line, as seen at the present judgement."""
        judgement = judge_promotion(self.work, key, f"person:{person}")
        result = next(r for r in judgement.report.results if r.line_id == line_id)
        claim = LineClaim(line_id, result.finding.subject_digest)
        self._file(
            Attestation(self._envelope(judgement, person, "engineer", judgement.state.attempt), (claim,), statement),
            person,
        )

    def file_document(self, key: str) -> None:
        """Render the PRR document into the working tree."""
        judgement = judge_promotion(self.work, key, "person:mara")
        path = prr_document_path(judgement.profile, judgement.state.subject)
        write_document(self.deployment.monorepo, path, judgement.state.target, judgement.report, judgement.catalogue)

    def sign(self, key: str, people: Sequence[str], attempt: int | None = None) -> None:
        """Sign what is there now, one record per person."""
        judgement = judge_promotion(self.work, key, "person:mara")
        for person in people:
            binding = binding_now(judgement.state, judgement.standing, self.work.roster, attempt)
            now = self.work.now()
            statement = SignoffStatement(
                binding=binding,
                commit=judgement.standing.commit,
                role=_ROLES[person],
                decision=SignoffDecision.APPROVE,
                rung=None,
                person=person,
                nonce=fresh_nonce(),
                signed_at=now,
                expires_at=now + self.expiry,
            )
            self._file(statement, person)

    def commit(self, subject: str, author: str) -> str:
        """Commit everything in the working tree; returns the new head."""
        git = ("git", "-C", str(self.deployment.monorepo))
        identity = (
            "-c",
            f"user.name={author.title()}",
            "-c",
            f"user.email={author}@matter.example",
            "-c",
            "commit.gpgsign=false",
        )
        for command in ((*git, "add", "-A"), (*git, *identity, "commit", "-q", "--no-verify", "-m", subject)):
            done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
            if done.returncode != 0:
                raise PrrError(f"git could not commit the records: {(done.stderr or done.stdout).strip()[:200]}")
        head = subprocess.run((*git, "rev-parse", "HEAD"), capture_output=True, text=True, timeout=60, check=True)
        return head.stdout.strip()

    def _envelope(self, judgement: Judgement, person: str, role: str, attempt: int) -> Envelope:
        now = self.work.now()
        return Envelope(
            judgement.state.key, attempt, person, role, fresh_nonce(), now, now + self.expiry, self.work.roster.digest
        )

    def _file(self, statement: Statement, person: str) -> None:
        kind: RecordKind = kind_of(statement)
        data = statement.to_bytes()
        state = self.work.state(statement.envelope.promotion)
        folder = prr_folder(self.work.profile_at(open_head(self.work)), state.subject)
        path = self.deployment.monorepo / record_path(folder, kind, statement.envelope)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        path.with_name(path.name + ".sig").write_bytes(sign(self.deployment.key(person), data, kind.namespace))
