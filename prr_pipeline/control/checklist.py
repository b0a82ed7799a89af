"""Judge a promotion's readiness at the tracked ref, with everything the ledger knows, and keep where it stands."""

from __future__ import annotations

import logging
from collections import Counter
from dataclasses import replace

from prr_pipeline.control.agreement import evidence_verdict
from prr_pipeline.control.artefact_facts import artefact_marks
from prr_pipeline.control.asked import asked_lines
from prr_pipeline.control.asking import AskedOnce
from prr_pipeline.control.bound import bound_parts
from prr_pipeline.control.known_names import keep_names
from prr_pipeline.control.monorepo import commit_to_judge, open_head, prr_folder, snapshot_to_judge
from prr_pipeline.control.promotion_facts import promotion_facts
from prr_pipeline.control.standing import (
    Standing,
    failed_standing,
    keep,
    keep_failed,
    read_kept,
    read_standing,
    summary,
)
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import PrrError, Unavailable, Unreadable
from prr_pipeline.ledger.events import Draft, EventType
from prr_pipeline.readiness.catalogue import Catalogue
from prr_pipeline.readiness.evaluate import evaluate
from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.model import LineResult, Outcome, Report
from prr_pipeline.readiness.own_lines import reads_agreement
from prr_pipeline.readiness.profile import Profile
from prr_pipeline.repository.artefacts import JudgedCommit
from prr_pipeline.repository.openapi import UnknownOperation
from prr_pipeline.repository.recorder import Recorder
from prr_pipeline.repository.snapshot import Snapshot
from prr_pipeline.review.verdict import SignoffVerdict
from prr_pipeline.rollout.gates import GateState
from prr_pipeline.rollout.state import PromotionState

AGREEMENT_LINES = {
    "promotion_approved_by_owning_context": "approved_by_owner",
    "promotion_approved_outside_owning_context": "approved_outside",
    "promotion_approved_by_oncall_lead": "approved_by_on_call",
}
QUORUM_LINE = "council_quorum_signed"
DOCUMENT_LINE = "prr_document_is_complete"
_LOG = logging.getLogger(__name__)
_TRIES = 5


@dataclass(frozen=True, slots=True)
class Judgement:
    """One judgement: the report with all lines, where it leaves the promotion, and what it was judged by."""

    state: PromotionState
    report: Report
    standing: Standing
    catalogue: Catalogue
    profile: Profile
    head: Snapshot


def judge_promotion(work: Workplace, key: str, actor: str) -> Judgement:
    """Judge now and keep the result; an event is written when it differs from the last one.

    A judgement that fails is kept too, as one that permits nothing, and its error raised: no tick goes on with an
    older answer. An operation that is gone from the specification closes the gate; anything else makes it unknown.
    """
    state = work.state(key)
    head = _head_commit(work)
    try:
        return _judge_until_kept(work, state, actor)
    except Exception as fault:
        _keep_fault(work, state, fault, head, actor)
        raise


def _judge_until_kept(work: Workplace, state: PromotionState, actor: str) -> Judgement:
    """Judge again when somebody else kept a judgement meanwhile: an older view never replaces a newer one."""
    for _ in range(_TRIES):
        judgement = _judge(work, work.state(state.key), actor)
        if judgement is not None:
            return judgement
    raise Unavailable(f"{state.key} was judged by others {_TRIES} times meanwhile; try again.")


def _judge(work: Workplace, state: PromotionState, actor: str) -> Judgement | None:
    before = read_kept(work, state.key)
    lines = asked_lines(work.settings)
    head = open_head(work)
    profile = work.profile_at(head)
    judged = commit_to_judge(work, profile, state.subject)
    code = Recorder(snapshot_to_judge(work, head, judged, prr_folder(profile, state.subject)))
    filed = Recorder(head)
    marks = artefact_marks(work, profile, judged.commit)
    services = AskedOnce(work.settings)
    facts = promotion_facts(work, state, profile, code, judged, services)
    report = evaluate(code, state.subject, lines, profile, facts)
    standing = bound_parts(work, state, report, profile, filed, judged)
    report = _with_agreement(work, state, report, lines, code, profile, facts, standing)
    gate, why = _gate(report, judged)
    standing = replace(standing, gate=gate, why=why, counts=dict(Counter(str(r.outcome) for r in report.results)))
    asked = lines.asked_digest(state.subject.kind)
    standing = replace(standing, heard_at=services.oldest)
    if not keep(work, state.key, before, standing, code.read_set, filed.read_set, marks, asked):
        return None
    keep_names(work, head, profile)
    _record(work, state, standing, actor, asked)
    return Judgement(work.state(state.key), report, standing, lines, profile, head)


def _keep_fault(work: Workplace, state: PromotionState, fault: Exception, head: str, actor: str) -> None:
    """Nothing in here hides the fault itself: a ledger that is gone as well permits no raise either.

    ``head`` is where the tracked ref stood before the judgement: one that moved meanwhile is judged on its own.
    """
    gate = GateState.CLOSED if isinstance(fault, UnknownOperation) else GateState.UNKNOWN
    why = str(fault) if isinstance(fault, PrrError) else f"the judgement failed ({type(fault).__name__}: {fault})"
    try:
        at = head if _is_of_the_commit(work, fault) else ""
        standing = failed_standing(gate, why, at, read_standing(work, state.key))
        keep_failed(work, state.key, standing)
        _record(work, state, standing, actor)
    except Exception as second:
        _LOG.warning("the failed judgement of %s is not kept: %s: %s", state.key, type(second).__name__, second)


def _is_of_the_commit(work: Workplace, fault: Exception) -> bool:
    """Whether another try at the same commit would fail alike. A roster that cannot be read is mended without one."""
    if not isinstance(fault, UnknownOperation | Unreadable):
        return False
    try:
        people = work.roster.people
    except PrrError:
        return work.settings.council is None
    return bool(people)


def _head_commit(work: Workplace) -> str:
    try:
        return open_head(work).commit or ""
    except PrrError:
        return ""


def _with_agreement(
    work: Workplace,
    state: PromotionState,
    report: Report,
    lines: Catalogue,
    snapshot: Snapshot,
    profile: Profile,
    facts: Facts,
    standing: Standing,
) -> Report:
    """The document and the lines about agreement, judged last: what was signed is the digest of all the others."""
    verdict = evidence_verdict(work, state, facts.now, standing)
    asked = Catalogue(tuple(line for line in lines.lines if reads_agreement(line)))
    told = replace(facts, approvals=approvals_of(verdict))
    agreed = {r.line_id: r for r in evaluate(snapshot, state.subject, asked, profile, told).results}
    return replace(report, results=tuple(agreed.get(r.line_id, r) for r in report.results))


def approvals_of(verdict: SignoffVerdict) -> dict[str, tuple[Outcome, str]]:
    """Outcome and reason of each line about agreement, by line id; all unknown while the verdict cannot be told."""
    if verdict.unknown:
        everything = {*AGREEMENT_LINES, QUORUM_LINE}
        return dict.fromkeys(everything, (Outcome.UNKNOWN, f"{', '.join(verdict.unknown)} cannot be told now."))
    found = {}
    for line_id, field in AGREEMENT_LINES.items():
        people = getattr(verdict, field)
        words = f"Signed by {', '.join(people)}." if people else f"Nobody who counts has signed. {verdict.why}"
        found[line_id] = (Outcome.MET if people else Outcome.UNMET, words)
    found[QUORUM_LINE] = (Outcome.MET if verdict.quorum_met else Outcome.UNMET, verdict.why)
    return found


def _gate(report: Report, judged: JudgedCommit) -> tuple[GateState, str]:
    """Every counted line and the document must pass; who agreed is the sign-off gate's business."""
    lines = [r for r in report.results if r.counted or r.line_id == DOCUMENT_LINE]
    unmet = [r for r in lines if not r.passes and r.outcome is not Outcome.UNKNOWN]
    if unmet:
        return GateState.CLOSED, f"{len(unmet)} unmet: {summary([_named(r) for r in unmet])}"
    unknown = [r for r in lines if r.outcome is Outcome.UNKNOWN]
    if unknown:
        return GateState.UNKNOWN, f"{len(unknown)} unknown: {summary([_named(r) for r in unknown])}"
    if not judged.complete:
        return GateState.UNKNOWN, judged.why
    return GateState.OPEN, f"all {len(lines)} lines pass at {judged.commit[:12]}"


def _named(result: LineResult) -> str:
    return f"{result.line_id} ({result.finding.message})"


def _record(work: Workplace, state: PromotionState, standing: Standing, actor: str, asked: str | None = None) -> None:
    """``asked``: digest of the lines that were asked; None where the judgement failed."""
    last = work.ledger.counters.get("readiness_event", state.key)
    now = {"digest": standing.report_digest, "gate": str(standing.gate), "commit": standing.commit, "why": standing.why}
    now["asked"] = asked
    if last == now:
        return
    payload = {
        "asked_digest": asked,
        "commit": standing.commit,
        "counts": dict(standing.counts),
        "gate": str(standing.gate),
        "head": standing.head,
        "report_digest": standing.report_digest,
        "why": standing.why,
    }
    work.ledger.append([Draft(state.key, EventType.CHECKLIST_EVALUATED, payload, actor)])
    work.ledger.counters.put("readiness_event", state.key, now)
