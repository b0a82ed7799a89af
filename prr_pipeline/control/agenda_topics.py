"""What the council has to look at beside promotions: what expires, what is due, and what is left behind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from prr_pipeline.control.after_ga import feedback_due
from prr_pipeline.control.attested import justifications_of
from prr_pipeline.control.drills import drill_words, drilled_gate, last_drills
from prr_pipeline.control.feedback_review import flags_to_remove
from prr_pipeline.control.stages import next_quarter
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import PrrError
from prr_pipeline.rollout.blast_radius import service_of
from prr_pipeline.rollout.state import PromotionState

WEEK = timedelta(days=7)
EXPIRING = timedelta(days=14)
"""A justification that ends before the meeting after next is on the agenda of this one."""

States = Mapping[str, PromotionState]


@dataclass(frozen=True, slots=True)
class Point:
    """One point: what it is about, what is to be done, by when if that is known, and whether that is past."""

    about: str
    what: str
    due_at: datetime | None = None
    is_overdue: bool = False


@dataclass(frozen=True, slots=True)
class Topic:
    """Points of one kind, the most urgent first; ``faults`` say what could not be told."""

    title: str
    points: tuple[Point, ...] = ()
    faults: tuple[str, ...] = ()


def topics_of(work: Workplace, states: States, now: datetime) -> tuple[Topic, ...]:
    """Every topic, empty ones too, so that it can be seen that somebody looked. Raises nothing."""
    return tuple(_topic(title, look, work, states, now) for title, look in _LOOKS.items())


def _topic(title: str, look: _Look, work: Workplace, states: States, now: datetime) -> Topic:
    points: list[Point] = []
    faults: list[str] = []
    try:
        look(work, states, now, points, faults)
    except Exception as fault:
        faults.append(str(fault) if isinstance(fault, PrrError) else f"{type(fault).__name__}: {fault}")
    ordered = sorted(
        points, key=lambda one: (not one.is_overdue, one.due_at or datetime.max.replace(tzinfo=now.tzinfo))
    )
    return Topic(title, tuple(ordered), tuple(faults))


def _justifications(work: Workplace, states: States, now: datetime, points: list[Point], faults: list[str]) -> None:
    """Of several for one line the one that lasts longest counts."""
    for key, state in sorted(_open(states).items()):
        lasts: dict[str, tuple[datetime, str]] = {}
        for one in justifications_of(work, state):
            for line in one.lines:
                lasts[line] = max(lasts.get(line, (one.expires_at, one.approver)), (one.expires_at, one.approver))
        for line, (at, approver) in lasts.items():
            if at <= now + EXPIRING:
                what = f"the justification of {line} ({approver}) {'has expired' if at <= now else 'expires'}"
                points.append(Point(key, f"{what}: meet the line, or justify it anew", at, at <= now))


def _drills(work: Workplace, states: States, now: datetime, points: list[Point], faults: list[str]) -> None:
    """One point for each service with an open promotion whose kill switch was not drilled, or will soon be due."""
    drills, limit = last_drills(work), work.policy.drill_max_age
    for service, state in sorted({service_of(one): one for one in _open(states).values()}.items()):
        gate = drilled_gate(work, state, drills, now)
        last = drills.get(service)
        ends = last.at + limit if last is not None else None
        if not gate.is_open:
            points.append(Point(service, gate.why, ends, is_overdue=True))
        elif ends is not None and now < ends <= now + WEEK:
            points.append(Point(service, f"drill its kill switch: {drill_words(service)}", ends))


def _game_days(work: Workplace, states: States, now: datetime, points: list[Point], faults: list[str]) -> None:
    """What the plan of a quarter that is not over lacks. What stands there already comes up no more."""
    from prr_pipeline.control.game_days import PlanState, plan_entries, words_of

    this = f"{now.year}-Q{(now.month - 1) // 3 + 1}"
    reached = [s for _, s in sorted(states.items()) if s.full_at is not None and s.game_day_planned_at is not None]
    entries, unread = plan_entries(work, [s for s in reached if s.full_at and next_quarter(s.full_at) >= this])
    faults += [f"{key}: {why}" for key, why in unread.items()]
    open_ = [one for one in entries if one.state in (PlanState.TO_ENTER, PlanState.BY_HAND)]
    points += [Point(one.key, words_of(one)) for one in open_]


def _feedback(work: Workplace, states: States, now: datetime, points: list[Point], faults: list[str]) -> None:
    for key, state in sorted(_open(states).items()):
        due = feedback_due(work, state)
        if due is not None and state.feedback_closed_at is None and due <= now + WEEK:
            what = f"review the month of feedback: `prr feedback {key}`"
            points.append(Point(key, what, due, due <= now))


def _flags(work: Workplace, states: States, now: datetime, points: list[Point], faults: list[str]) -> None:
    """Only of promotions that have ended: as long as one is open its flag is what takes traffic away."""
    over = {one.flag_key: key for key, one in states.items() if not one.is_open}
    ended = [one for one in states.values() if not one.is_open]
    points += [
        Point(over[flag], f"everybody has it, so remove the flag {flag} from the code")
        for flag in flags_to_remove(work, ended)
    ]


def _open(states: States) -> dict[str, PromotionState]:
    return {key: state for key, state in states.items() if state.is_open}


_Look = Callable[[Workplace, States, datetime, list[Point], list[str]], None]
_LOOKS: dict[str, _Look] = {
    "Justifications that expire": _justifications,
    "Drills of the kill switch": _drills,
    "Game days": _game_days,
    "Feedback reviews": _feedback,
    "Flags to remove": _flags,
}
