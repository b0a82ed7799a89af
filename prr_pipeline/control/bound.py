"""What a sign-off binds of one judgement: every digest, and who wrote what it is about."""

from __future__ import annotations

from prr_pipeline.canonical import digest
from prr_pipeline.control.monorepo import prr_document_path
from prr_pipeline.control.standing import Standing
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.control.writers import writers_of
from prr_pipeline.readiness.model import Outcome, Report
from prr_pipeline.readiness.profile import Profile
from prr_pipeline.repository.artefacts import JudgedCommit
from prr_pipeline.repository.openapi import parse_spec
from prr_pipeline.repository.snapshot import Snapshot
from prr_pipeline.review.document_reading import human_section_digest
from prr_pipeline.rollout.gates import GateState
from prr_pipeline.rollout.state import PromotionState
from prr_pipeline.subjects import SubjectKind


def bound_parts(
    work: Workplace, state: PromotionState, report: Report, profile: Profile, head: Snapshot, judged: JudgedCommit
) -> Standing:
    """Every digest that a sign-off binds. The gate comes after the lines about agreement, which need these digests."""
    blind = any(r.outcome is Outcome.UNKNOWN for r in report.counted)
    return Standing(
        gate=GateState.UNKNOWN,
        why="not judged to the end yet",
        commit=judged.commit,
        head=head.commit or "",
        report_digest=None if blind else report.digest,
        spec_subtree_digest=_spec_digest(state, profile, head),
        section_digest=_section_digest(state, profile, head),
        justifications=None if blind else tuple(sorted({r.justification for r in report.counted if r.justification})),
        attestations=None if blind else tuple(sorted({d for r in report.counted for d in r.attestations})),
        counts={},
        editors=writers_of(work, state, profile, head),
        complete=judged.complete,
    )


def _spec_digest(state: PromotionState, profile: Profile, head: Snapshot) -> str:
    """Digest of the operation's own subtree at the head, without the maturity extension; else of nothing."""
    if state.subject.kind is not SubjectKind.OPERATION:
        return digest(None)
    spec = parse_spec(head.read(str(profile.value("paths.openapi"))))
    return spec.operation(state.subject.name).subtree_digest(frozenset({profile.maturity_extension}))


def _section_digest(state: PromotionState, profile: Profile, head: Snapshot) -> str:
    path = prr_document_path(profile, state.subject)
    return human_section_digest(head.read(path).data if head.exists(path) else None, state.target)
