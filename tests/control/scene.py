"""A deployment to act in: real git, SSH keys, SQLite and flags file, a clock that stands, and what people do there."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from prr_pipeline.clock import FileClock
from prr_pipeline.control.checklist import judge_promotion
from prr_pipeline.control.claiming import prepare_justification
from prr_pipeline.control.council import Session, convene
from prr_pipeline.control.opening import OpenRequest, open_promotion
from prr_pipeline.control.orders import Order
from prr_pipeline.control.raising import Climb, climb
from prr_pipeline.control.signing import Signer, sign_and_file
from prr_pipeline.control.watching import Tick, watch
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.demo.alerts import resolve, send
from prr_pipeline.demo.deployment import PRR_FOLDER, SAMPLE, Deployment, copy_artefacts, make_deployment
from prr_pipeline.demo.reviews import Reviewer
from prr_pipeline.exposure import Exposure
from prr_pipeline.ledger.events import Draft, Event, EventType
from prr_pipeline.repository.artefact_filing import file_artefact
from prr_pipeline.repository.snapshot import open_commit
from prr_pipeline.rollout.gates import GateState
from prr_pipeline.rollout.state import PromotionState
from prr_pipeline.settings import load_settings
from prr_pipeline.signals.alerts.inbox import beat
from prr_pipeline.subjects import Subject, SubjectKind, Target, encode_id

ORIGIN = datetime(2026, 11, 2, 9, tzinfo=UTC)
COUNCIL = ("noor", "jonas", "felix")
SPEC = "apps/docs/api-reference/openapi.yaml"
HANDLER = "apps/api/app/v1/grants/route.ts"
WEEK = timedelta(days=7, minutes=1)
ORDER = Order("person:felix", "to see what happens")


@dataclass(frozen=True)
class ShiftedWorkplace(Workplace):
    """A workplace whose real time runs ahead, for what is measured in real hours."""

    ahead: timedelta = timedelta(0)

    def real_now(self) -> datetime:
        return super().real_now() + self.ahead


@dataclass
class Scene:
    """One deployment and who acts in it."""

    deployment: Deployment
    work: Workplace

    @classmethod
    def at(cls, folder: Path) -> Scene:
        """The scene of a deployment that lies in ``folder``."""
        deployment = Deployment(folder, ORIGIN)
        return cls(deployment, Workplace(load_settings(deployment.settings_file)))

    @property
    def clock(self) -> FileClock:
        return FileClock(self.deployment.clock_file)

    @property
    def reviewer(self) -> Reviewer:
        return Reviewer(self.work, self.deployment)

    # settings and files

    def set(self, section: str, lines: str) -> None:
        """Write lines into a section of the settings, and read them anew."""
        file = self.deployment.settings_file
        text = file.read_text()
        head = f"[{section}]\n"
        text = text.replace(head, f"{head}{lines}\n") if head in text else f"{text}\n{head}{lines}\n"
        file.write_text(text)
        self.reconnect()

    def replace_settings(self, old: str, new: str) -> None:
        """Replace a text in the settings, and read them anew."""
        file = self.deployment.settings_file
        text = file.read_text()
        assert old in text
        file.write_text(text.replace(old, new))
        self.reconnect()

    def reconnect(self) -> None:
        """Another process: nothing is remembered."""
        self.work.ledger.close()
        self.work = Workplace(load_settings(self.deployment.settings_file))

    def edit(self, path: str, change: Callable[[str], str]) -> None:
        """Change a file of the monorepo's working tree; without a difference the test is wrong."""
        file = self.deployment.monorepo / path
        before = file.read_text() if file.exists() else ""
        after = change(before)
        assert after != before, path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.unlink(missing_ok=True)
        file.write_text(after)

    def commit(self, subject: str = "Change", author: str = "ines") -> str:
        """Commit the working tree; nobody of the council's three wrote it."""
        return self.reviewer.commit(subject, author)

    def commit_id(self, ref: str) -> str:
        """The commit that a ref names."""
        return str(open_commit(self.deployment.monorepo, ref).commit)

    def revert(self) -> None:
        """Undo the last commit by another one."""
        git = ("git", "-C", str(self.deployment.monorepo))
        identity = ("-c", "user.name=Ines", "-c", "user.email=ines@matter.example")
        command = (*git, *identity, "revert", "--no-edit", "HEAD")
        subprocess.run(command, check=True, capture_output=True, timeout=60)

    def run_ci(self) -> None:
        """Let CI report on the head, the comparison of the specification as it lies there included."""
        copy_artefacts(self.deployment, self.work.now())
        head = open_commit(self.deployment.monorepo, "HEAD")
        report = json.loads((SAMPLE / "artefacts" / "oasdiff.json").read_bytes())
        report["head"]["sha256"] = hashlib.sha256(head.read(SPEC).data).hexdigest()
        file_artefact(
            self.deployment.folder / ".prr" / "artefacts", head, "oasdiff",
            f"{json.dumps(report, indent=1, sort_keys=True)}\n".encode(),
            suffix=".json", tool="oasdiff", version="v1.28.0", at=ORIGIN, exclude=(PRR_FOLDER,),
        )  # fmt: skip

    # people

    def open(self, name: str = "createGrant", target: Target = Target.BETA, needs: Sequence[str] | None = None) -> str:
        """Open a promotion and return its key. ``needs`` are dependencies; None takes the context map's."""
        subjects = None if needs is None else [Subject.parse(one) for one in needs]
        subject = Subject.parse(name)
        context = None if subject.kind is SubjectKind.OPERATION else "Equity"
        return open_promotion(
            self.work, OpenRequest(subject, target, "mara", author="mara", dependencies=subjects, context=context)
        ).key

    def adopt(self, name: str = "createGrant") -> None:
        """Book an operation's Beta as adopted."""
        payload: dict[str, object] = {"subject": f"operation {name}", "target": "beta", "commit": "-"}
        stream = f"subject/operation/{encode_id(name)}"
        self.work.ledger.append([Draft(stream, EventType.MATURITY_ADOPTED, payload, "person:noor")])

    def prepare(self, key: str) -> Session:
        """Attest what waits for a person, file the document, and take it in; nobody has signed yet."""
        self.reviewer.attest_open_lines(key, "noor")
        self.reviewer.file_document(key)
        self.commit(f"Attest {key}", "mara")
        session = convene(self.work, key, "run:test")
        self.reviewer.file_document(key)
        return session

    def sign(self, key: str, people: Sequence[str] = COUNCIL, attempt: int | None = None) -> Session:
        """Sign what is there now, and take it in."""
        self.reviewer.sign(key, people, attempt)
        self.commit(f"Sign {key}", "mara")
        return convene(self.work, key, "run:test")

    def justify(
        self, key: str, lines: Sequence[str], *, approver: str = "ines", lasts: timedelta | None = None
    ) -> Session:
        """Have unmet lines justified by an approver, for a reason that jonas gives, and take it in."""
        signer = Signer(approver, self.deployment.key(approver), lasts)
        asked = prepare_justification(self.work, key, signer, lines, "accepted until the next quarter", "jonas")
        sign_and_file(self.work, asked, signer.key, self.deployment.monorepo)
        self.commit(f"Justify {key}", approver)
        return convene(self.work, key, "run:test")

    def agree(self, key: str) -> str:
        """Everything that people do for a promotion before it may climb."""
        self.prepare(key)
        self.sign(key)
        return key

    # the pipeline

    def judge(self, key: str) -> GateState:
        """Judge now; the readiness gate."""
        return judge_promotion(self.work, key, "run:test").standing.gate

    def convene(self, key: str) -> Session:
        """Take in new records and judge."""
        return convene(self.work, key, "run:test")

    def tick(self) -> Tick:
        """One tick of the guard, with a living alert feed."""
        beat(self.deployment.inbox)
        return watch(self.work)

    def climb(self, key: str, rung: str) -> Climb:
        """What a run of a rung's asset does, with a living alert feed."""
        beat(self.deployment.inbox)
        return climb(self.work, key, rung, "run:test")

    def serve(self, span: timedelta = WEEK) -> Tick:
        """Let time go by and be seen."""
        self.clock.advance(span)
        return self.tick()

    def rise_to(self, key: str, rung: str) -> PromotionState:
        """Climb rung by rung, each with its dwell served. Every step must succeed."""
        ladder = self.work.state(key).ladder
        for name in ladder.names[self.work.state(key).rung + 1 : ladder.index_of(rung) + 1]:
            if self.work.state(key).has_traffic:
                self.serve()
            done = self.climb(key, name)
            assert done.result == "raised", done.why
        return self.work.state(key)

    def alert(self, name: str, severity: str, **labels: str) -> None:
        """Fire an alert now."""
        send(self.deployment.inbox, name, severity, labels)

    def resolve(self, name: str, severity: str, **labels: str) -> None:
        """End it."""
        resolve(self.deployment.inbox, name, severity, labels)

    # what is there

    def state(self, key: str) -> PromotionState:
        return self.work.state(key)

    def flag(self, key: str) -> Exposure | None:
        """What the flag of a promotion shows."""
        flag_key = self.work.state(key).flag_key
        return self.work.flags.read([flag_key])[flag_key].exposure

    def write_flag(self, key: str, exposure: Exposure) -> None:
        """Somebody else writes the flag."""
        flag_key = self.work.state(key).flag_key
        version = self.work.flags.read([flag_key])[flag_key].version
        self.work.flags.write(flag_key, exposure, expected_version=version, intent_id=f"by-hand-{version}")

    def events(self, *types: EventType, key: str | None = None) -> list[Event]:
        """Events of the ledger, all or of some types."""
        return self.work.ledger.events(stream=key, types=types or None)

    def notices(self) -> dict[str, str]:
        """Open notices: dedup key to title."""
        return {notice.dedup_key: notice.title for notice in self.work.ledger.outbox.open_notices()}


Copy = Callable[[Scene], Scene]
"""What the fixture ``copy`` gives: a scene like the one handed in, to act in freely."""


def build(folder: Path) -> Scene:
    """A new deployment in which nothing is open."""
    make_deployment(folder, ORIGIN, factor=None)
    return Scene.at(folder)


def copied(source: Scene, folder: Path) -> Scene:
    """An independent copy of a scene whose ledger is closed.

    What is never written in place is shared: git's objects, and the sources of the monorepo (see `Scene.edit`).
    """
    shutil.copytree(source.deployment.folder, folder, symlinks=True, copy_function=_copy)
    return Scene.at(folder)


def _copy(source: str, target: str) -> None:
    if "/.git/objects/" in source or ("/monorepo/" in source and "/.git/" not in source and "__gates__" not in source):
        os.link(source, target)
    else:
        shutil.copy2(source, target)
