"""The entry in the next quarter's game-day plan: whether one is needed, whether it stands there, and a ready patch."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from prr_pipeline.control.monorepo import open_head
from prr_pipeline.control.stages import next_quarter
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import PrrError, Refused
from prr_pipeline.ledger.events import EventType
from prr_pipeline.readiness.checks.game_days import GameDayIncludes, game_day_includes, places, plan_path
from prr_pipeline.readiness.facts import AfterGa, Facts
from prr_pipeline.readiness.model import Finding, Outcome
from prr_pipeline.readiness.sources import Sources
from prr_pipeline.repository.documents import parse_document
from prr_pipeline.repository.one_hunk import patch_of
from prr_pipeline.repository.plan_entry import new_plan, with_entry
from prr_pipeline.repository.tree import Blob
from prr_pipeline.rollout.state import PromotionState
from prr_pipeline.subjects import SubjectKind


class PlanState(StrEnum):
    """How the entry stands."""

    NEVER = "never"
    ENTERED = "entered"
    TO_ENTER = "to enter"
    BY_HAND = "by hand"


@dataclass(frozen=True, slots=True)
class PlanEntry:
    """A promotion's entry in the plan of ``quarter`` (``2027-Q1``), and why it stands so, in a sentence.

    ``path`` is the plan's, where the profile names one; ``patch`` a unified diff, empty unless it is to be entered.
    """

    key: str
    subject: str
    quarter: str
    state: PlanState
    why: str
    path: str | None = None
    patch: bytes = b""


def plan_entry(work: Workplace, key: str) -> PlanEntry:
    """The entry of one promotion. Raises `Refused` before everybody has it, `PrrError` where the plan is unreadable."""
    state = work.state(key)
    if state.full_at is None:
        raise Refused(
            f"{key} stands at {state.exposure.name}: a game day is planned when it reaches 100%; see `prr show`."
        )
    return _entry(_sources(work), state)


def plan_entries(work: Workplace, states: Iterable[PromotionState]) -> tuple[list[PlanEntry], dict[str, str]]:
    """The entries of promotions that reached 100%, from one look at the head; by key, why others cannot be told.

    Raises `PrrError` where the head or the profile cannot be read.
    """
    sources = _sources(work)
    found: list[PlanEntry] = []
    faults: dict[str, str] = {}
    for state in states:
        try:
            found.append(_entry(sources, state))
        except PrrError as fault:
            faults[state.key] = str(fault)
    return found, faults


def _sources(work: Workplace) -> Sources:
    head = open_head(work)
    return Sources(head, work.profile_at(head))


def booked(work: Workplace, entry: PlanEntry, state: PromotionState) -> dict[str, object]:
    """What the ledger keeps of it. ``entered_by`` is the event that booked the same subject for the same quarter."""
    payload: dict[str, object] = {
        "applies": entry.state is not PlanState.NEVER,
        "plan": entry.path,
        "quarter": entry.quarter,
        "subject": str(state.subject),
    }
    for event in work.ledger.events(types=(EventType.GAME_DAY_PLANNED,)):
        p = event.payload
        if (p.get("subject"), p.get("quarter"), p.get("applies", True)) == (str(state.subject), entry.quarter, True):
            return {**payload, "entered_by": event.seq}
    return payload


def words_of(entry: PlanEntry) -> str:
    """Where the entry stands and what is left to do, in a sentence."""
    if entry.state is PlanState.NEVER:
        return f"no game day for {entry.subject}: {entry.why}"
    if entry.state is PlanState.ENTERED:
        return f"{entry.subject} is in the game-day plan of {entry.quarter}: {entry.why}"
    way_out = f"; `prr game-day {entry.key} --patch` makes the entry" if entry.patch else ""
    return f"{entry.subject} is due for the game day of {entry.quarter}: {entry.why}{way_out}"


def _entry(sources: Sources, state: PromotionState) -> PlanEntry:
    if state.full_at is None:
        raise Refused(f"{state.key} does not stand at 100%, so no game day is planned for it.")
    quarter, name = next_quarter(state.full_at), state.subject.name
    applies, template = sources.profile.value("after_ga.game_day"), sources.profile.value("paths.game_day_plan")
    if applies == "never":
        return PlanEntry(state.key, name, quarter, PlanState.NEVER, "the profile says that game days never apply")
    if state.subject.kind is not SubjectKind.OPERATION:
        return _by_hand(state, quarter, f"enter {state.subject} there by hand: plans are read for operations alone")
    sources.operation(state.subject)  # one that is gone is told as such
    finding = _finding(sources, state)
    path = plan_path(sources, state.subject, str(template), state.full_at) if template is not None else None
    if finding is not None and finding.outcome is Outcome.MET:
        return PlanEntry(state.key, name, quarter, PlanState.ENTERED, finding.message.rstrip("."), path)
    if path is None:
        return _by_hand(state, quarter, f"paths.game_day_plan is not declared; enter {name} there by hand")
    try:
        patch = _patch(sources, state, path, quarter)
    except Refused as fault:
        return _by_hand(state, quarter, str(fault).rstrip("."), path)
    return PlanEntry(state.key, name, quarter, PlanState.TO_ENTER, f"{path} does not name {name} yet", path, patch)


def _by_hand(state: PromotionState, quarter: str, why: str, path: str | None = None) -> PlanEntry:
    return PlanEntry(state.key, state.subject.name, quarter, PlanState.BY_HAND, why, path)


def _finding(sources: Sources, state: PromotionState) -> Finding | None:
    """What the line about the game day says of it; None where the profile names neither plan nor drills, or none can
    be read: then the plan alone is looked at, and its own faults are told.
    """
    value = sources.profile.value
    plan, drills = value("paths.game_day_plan"), value("paths.chaos_cadence")
    if state.full_at is None or (plan is None and drills is None):
        return None
    asked = GameDayIncludes(
        applies="next quarter",
        plan=plan,
        drills=drills,
        drills_name=value("operations.chaos_export"),
        drills_fields=value("operations.chaos_target_fields") or [],
        cadences=value("operations.game_day_cadences") or {},
    )
    facts = Facts(now=state.full_at, after_ga=AfterGa(state.full_at))
    try:
        return game_day_includes(sources, facts, state.subject, asked)
    except PrrError:
        return None


def _patch(sources: Sources, state: PromotionState, path: str, quarter: str) -> bytes:
    """Checked by reading the plan again as the line does. Raises `Refused` where the entry would not be seen there."""
    name = state.subject.name
    if not sources.exists(path):
        return patch_of(path, None, new_plan(quarter, name))
    blob = sources.blob(path)
    after = with_entry(blob, sources.document(path), name)
    if not places(parse_document(Blob(path, "edited", after)), sources, state.subject):
        raise Refused(f"an entry at the end of {path} would not be seen there; enter {name} by hand.")
    return patch_of(path, blob.data, after)
