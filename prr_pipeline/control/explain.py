"""Say where a promotion stands: exposure, since when, what is next, when at the earliest, and what is in the way."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime

from prr_pipeline.canonical import instant_text
from prr_pipeline.control.after_ga import (
    FEEDBACK_LINE,
    WATCH_LINE,
    feedback_due,
    unfinished_stages,
    unreviewed_episodes,
    watch_left,
)
from prr_pipeline.control.gather import World, facts_for, read_world
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import PrrError
from prr_pipeline.rollout.alerts import Episode
from prr_pipeline.rollout.decide import Decision, Verdict, decide
from prr_pipeline.rollout.gates import GateReading, GateState
from prr_pipeline.rollout.reclimb import after_words, is_cooling
from prr_pipeline.rollout.state import LatchKind, PromotionState

_BRIEF = 80
"""Most characters of a gate's words in a brief step."""
_END_OF_FIRST = re.compile(r"; | \(|(?<=\.) ")
"""Where the first of several things that a gate says ends, or what explains it begins."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """The answer to "where does it stand": ``flag`` is what the flag shows now, in words.

    ``brief`` is the next step in one short line: of many closed gates their number and the first, and where to read on.
    """

    state: PromotionState
    decision: Decision
    status: str
    next_step: str
    earliest: datetime | None
    gates: tuple[GateReading, ...]
    flag: str
    firing: tuple[Episode, ...]
    brief: str

    @property
    def headline(self) -> str:
        """The brief step where all else is told beside it: without where to read on."""
        return self.brief.removesuffix(f"; prr show {self.state.key}")


def explain(work: Workplace, key: str, world: World | None = None) -> Explanation:
    """Judge one promotion as the next tick would, without acting, and put it into words."""
    world = world or read_world(work, [key])
    state = world.states.get(key) or work.state(key)
    facts = facts_for(work, world, state)
    decision = decide(state, facts, work.policy, world.now)
    shown = str(facts.flag.exposure) if facts.flag.exposure is not None else f"unknown ({facts.flag.why})"
    firing = tuple(e for _, answer in facts.all_alerts for e in answer.episodes if e.firing)
    step, earliest = _next(work, state, decision)
    status, brief = _status(state, decision), _brief(state, decision, step)
    return Explanation(state, decision, status, step, earliest, decision.gates, shown, firing, brief)


def explain_all(work: Workplace, world: World, keys: Iterable[str]) -> tuple[tuple[Explanation, ...], dict[str, str]]:
    """Explain many; beside them, by key, why some open ones cannot be: written by a newer version, or not judged."""
    found: list[Explanation] = []
    faults = {key: str(fault) for key, fault in work.ledger.unreadable(open_only=True).items()}
    for key in keys:
        try:
            found.append(explain(work, key, world))
        except Exception as fault:
            faults[key] = str(fault) if isinstance(fault, PrrError) else f"{type(fault).__name__}: {fault}"
    return tuple(found), faults


def _status(state: PromotionState, decision: Decision) -> str:
    """The status with what the present decision adds: a climb that alerts or a stop hold, or that cannot be judged."""
    status = status_of(state)
    if status != "climbing":
        return status
    closed = {gate.name for gate in decision.gates if gate.state is GateState.CLOSED}
    if closed & {"alerts", "halt"}:
        return "held by an alert" if "alerts" in closed else "stopped with the line"
    return "cannot be judged" if decision.verdict is Verdict.UNKNOWN else status


def status_of(state: PromotionState) -> str:
    """One word or two for lists: rolled back, held, climbing, watching, feedback, ended and the like."""
    if state.ended_at is not None:
        return "ended"
    if state.lowering_open:
        return "lowering"
    if state.latch is not None:
        return "cooling down" if is_cooling(state) else state.latch.kind.replace("_", " ")
    if state.at_top:
        return _status_at_top(state)
    return "climbing" if state.has_traffic else "in review"


def _status_at_top(state: PromotionState) -> str:
    if state.maturity_recorded_at is None:
        return "at 100%"
    return "watching" if state.watch_closed_at is None else "awaiting feedback"


def _next(work: Workplace, state: PromotionState, decision: Decision) -> tuple[str, datetime | None]:
    if state.ended_at is not None:
        return f"nothing: ended at {instant_text(state.ended_at)}", None
    if state.latch is not None and not state.lowering_open:
        return _after_latch(state), decision.earliest
    if state.at_top:
        return step_at_top(work, state)
    shut = _shut(decision)
    if not shut:
        return _rise(state), work.now()
    waits = "; ".join(f"{gate.name} ({gate.why})" for gate in shut)
    return f"{_rise(state)} once open: {waits}", decision.earliest


def _rise(state: PromotionState) -> str:
    return f"rise to {state.ladder.rungs[state.next_rung].name if state.next_rung is not None else '100%'}"


def _shut(decision: Decision) -> list[GateReading]:
    return [gate for gate in decision.gates if not gate.is_open]


def _brief(state: PromotionState, decision: Decision, step: str) -> str:
    """The step itself, unless it joins the words of gates: then how many wait, and the first words of the first."""
    shut = _shut(decision)
    if not step.startswith(f"{_rise(state)} once open: "):
        return step
    first = shut[0]
    words = _END_OF_FIRST.split(first.why, maxsplit=1)[0]
    words = words if len(words) <= _BRIEF else f"{words[: _BRIEF - 1]}…"
    waits = f"{first.name} opens" if len(shut) == 1 else f"{len(shut)} gates open, first {first.name}"
    more = "" if len(shut) == 1 and words == first.why else f"; prr show {state.key}"
    return f"{_rise(state)} once {waits}: {words}{more}"


def _after_latch(state: PromotionState) -> str:
    latch = state.latch
    if latch is not None and latch.kind is LatchKind.ROLLED_BACK:
        attempt = state.attempt + 1
        sign = f"`prr sign {state.key} --attempt {attempt} --person YOU --key FILE`"
        return f"sign for attempt {attempt} ({sign}), then `prr resume {state.key} --by YOU --reason WHY`"
    if latch is not None and latch.cooling is not None:
        return after_words(state.key, latch.cooling)
    return f"a person resumes it: `prr resume {state.key} --by YOU --reason WHY`"


def step_at_top(work: Workplace, state: PromotionState) -> tuple[str, datetime | None]:
    """The next step of a promotion at 100%, and when at the earliest; None: when a person acts."""
    if not unfinished_stages(state):
        return "end: every stage after 100% is closed", work.now()
    if state.maturity_recorded_at is None:
        return f"record {state.target}", work.now()
    if state.watch_closed_at is None:
        waiting = unreviewed_episodes(work, state)
        if waiting:
            return f"review {len(waiting)} alert(s): attest {WATCH_LINE}", None
        return "close the stability watch", work.now() + watch_left(work, state)
    if state.game_day_planned_at is None:
        return "enter it in the next game-day plan", work.now()
    return f"review a month of feedback: attest {FEEDBACK_LINE}", feedback_due(work, state)
