"""What a claim on an event comes to: whether by it a handler takes in each event once."""

from __future__ import annotations

from collections.abc import Collection

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.readiness.claim_sides import Answer
from prr_pipeline.readiness.claim_subjects import subject_fault
from prr_pipeline.readiness.claims import Claim
from prr_pipeline.readiness.dedupe_table import DedupeTable
from prr_pipeline.readiness.model import Outcome
from prr_pipeline.repository.typescript.modules import CallSite


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one claim comes to, and a few words why."""

    outcome: Outcome
    why: str


def verdict_on(claim: Claim, table: DedupeTable, columns: Collection[str], *, is_helper: bool = False) -> Verdict:
    """What a claim comes to. ``columns``: those of a row that claims; ``is_helper``: a call of a function that claims,
    and was judged itself."""
    if claim.is_note and table.fault is not None:
        outcome = Outcome.UNMET if table.is_told else Outcome.UNKNOWN
        return Verdict(outcome, f"notes what it handled, and {table.fault}")
    rows = columns if claim.is_note else None
    fault = None if is_helper else subject_fault(claim.sources, claim.module, claim.function, claim.site, rows)
    if fault is not None and fault[0] is Outcome.UNMET:
        return Verdict(*fault)
    decided = _decided(claim)
    return Verdict(*fault) if fault is not None and decided.outcome is Outcome.MET else decided


def beside(claim: Claim, other: CallSite, *, is_sure: bool) -> tuple[Outcome, str]:
    """What it comes to that a call is run whatever the claim answers. ``is_sure``: the call has an effect."""
    seen = f"calls {other.callee} (line {other.line}) whatever {claim.site.callee} answers"
    if is_sure:
        return Outcome.UNMET, seen
    return Outcome.UNKNOWN, f"{seen}, and whether that has an effect cannot be told"


def _decided(claim: Claim) -> Verdict:
    """What a claim comes to by what its answer decides."""
    found = claim.judged()
    what = f"{claim.site.callee} (line {claim.site.line})"
    if found.answer in (Answer.DECIDES, Answer.RETURNED):
        return Verdict(Outcome.MET, "dedupes")
    if found.answer in (Answer.IGNORED, Answer.UNREACHED, Answer.OVERRULED, Answer.UNAWAITED):
        return Verdict(Outcome.UNMET, f"calls {what} and {found.answer.value}")
    if found.answer is Answer.UNNAMED:
        return Verdict(Outcome.UNKNOWN, f"calls {what}, and {found.answer.value}")
    if found.beside is None:
        return Verdict(Outcome.UNKNOWN, f"calls {what}, and what its answer decides cannot be told")
    if found.is_weak:
        other = f"calls {found.beside.callee} (line {found.beside.line}) by {claim.site.callee} and something beside it"
        return Verdict(Outcome.UNKNOWN, f"{other}; ask the claim alone")
    return Verdict(*beside(claim, found.beside, is_sure=found.answer is Answer.LATE))
