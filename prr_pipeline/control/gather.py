"""Gather the facts for decisions: one reading of flags and alerts serves every promotion of a tick."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field, replace
from datetime import datetime

from prr_pipeline.control.agreement import signoff_gate
from prr_pipeline.control.alert_map import AlertMap, alert_map
from prr_pipeline.control.alert_sources import read_alerts
from prr_pipeline.control.dwelling import read_dwell
from prr_pipeline.control.fleet_gates import FleetFacts, read_fleet
from prr_pipeline.control.latching import RACES
from prr_pipeline.control.metric_facts import metric_facts
from prr_pipeline.control.owner_calendar import OwnerCalendars
from prr_pipeline.control.standing import readiness_gate
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import PrrError
from prr_pipeline.flags.backend import ExposureRecord
from prr_pipeline.rollout.alerts import AlertReading, answer_for
from prr_pipeline.rollout.dependencies import DependencyFact, Graph, closure, in_cycle
from prr_pipeline.rollout.facts import Facts, FlagFact
from prr_pipeline.rollout.gates import GateReading, closed, opened, unknown
from prr_pipeline.rollout.guardrails import Lowering
from prr_pipeline.rollout.state import LatchKind, PromotionState
from prr_pipeline.subjects import Subject

_NOT_READ = "not read: the guardrails do not ask for it"


@dataclass(frozen=True, slots=True)
class World:
    """What is read once per tick and shared by all promotions.

    ``unreadable`` are open promotions, by key, whose events a newer version wrote: nobody can say where they stand.
    """

    now: datetime
    real_now: datetime
    states: Mapping[str, PromotionState]
    alert_map: AlertMap
    flags: Mapping[str, ExposureRecord]
    flag_fault: str
    alerts: Sequence[AlertReading]
    calendars: OwnerCalendars
    record: GateReading
    fleet: FleetFacts
    unreadable: Mapping[str, Subject] = field(default_factory=dict)
    open_by_subject: Mapping[Subject, Sequence[PromotionState]] = field(default_factory=dict)

    @property
    def graph(self) -> Graph:
        """Who depends on whom."""
        return self.alert_map.graph


def read_world(work: Workplace, keys: Sequence[str] | None = None) -> World:
    """Read flags, alerts, calendars and the ledger once. Never raises for a back end that does not answer.

    ``keys`` limits the flags that are read; the states are always all of them, for the dependency order.
    """
    states, flags, fault = _states_and_flags(work, keys)
    now, real_now = work.now(), work.real_now()
    return World(
        now=now,
        real_now=real_now,
        states=states,
        alert_map=alert_map(work, states),
        flags=flags,
        flag_fault=fault,
        alerts=read_alerts(work),
        calendars=OwnerCalendars(work),
        record=record_gate(work),
        fleet=read_fleet(work, states, now),
        unreadable=_unreadable(work, states),
        open_by_subject=_open_by_subject(states),
    )


def _states_and_flags(
    work: Workplace, keys: Sequence[str] | None
) -> tuple[Mapping[str, PromotionState], Mapping[str, ExposureRecord], str]:
    """States and flags of one instant: a raise in between would pass for somebody else's hand.

    The flag of what changed meanwhile is read again. Of what changes all the time it is not told, which is unknown.
    """
    states, flags, seen = work.ledger.states(), dict[str, ExposureRecord](), dict[str, int]()
    for turn in range(RACES):
        moved = _unseen(states, keys, seen)
        if turn and not moved:
            break
        found, fault = read_flags(work, [states[key].flag_key for key in moved])
        if fault:
            return states, {}, fault
        flags |= found
        seen |= {key: states[key].version for key in moved}
        states = work.ledger.states()
    restless = {states[key].flag_key for key in _unseen(states, keys, seen)}
    return states, {flag: record for flag, record in flags.items() if flag not in restless}, ""


def _unseen(states: Mapping[str, PromotionState], keys: Sequence[str] | None, seen: Mapping[str, int]) -> list[str]:
    """Open promotions whose flag was not read at this version of theirs."""
    wanted = (s for k, s in states.items() if s.is_open and (keys is None or k in keys))
    return [state.key for state in wanted if seen.get(state.key) != state.version]


def read_flags(work: Workplace, flag_keys: Sequence[str]) -> tuple[Mapping[str, ExposureRecord], str]:
    """What the flags show, and a sentence when the back end does not answer."""
    try:
        return work.flags.read(flag_keys), ""
    except PrrError as fault:
        return {}, str(fault)


def facts_for(work: Workplace, world: World, state: PromotionState) -> Facts:
    """The facts about one promotion."""
    signoff = signoff_gate(work, state, world.now)
    freeze, window = world.calendars.gates(state.context)
    metrics = metric_facts(work, state, world.now)
    return replace(
        guard_facts(work, world, state),
        record=_record_for(world, state),
        readiness=readiness_gate(work, state),
        signoff=signoff.gate,
        signoff_void=signoff.void,
        freeze=freeze,
        window=window,
        dwell=read_dwell(work, state),
        halt=world.fleet.halt(state, world.graph),
        regressions=metrics.regressions,
        hard_failures=metrics.hard_failures,
        optional={**world.fleet.optional(work, state, world.graph, world.now), **metrics.gates},
    )


def guard_facts(work: Workplace, world: World, state: PromotionState) -> Facts:
    """What the guardrails look at, from what the tick has in hand: flag, alerts and dependencies.

    Every gate that could permit is unknown, and nothing that may be damaged for one promotion alone is read.
    """
    known, max_age = world.alert_map.known, work.policy.alert_max_age
    answers = {
        subject: answer_for(world.alerts, subject, context, known, now=world.real_now, max_age=max_age)
        for subject, context in world.alert_map.watched_for(state)
    }
    own = answers.pop(state.subject)
    return Facts(
        flag=_flag_fact(world, state),
        record=unknown("record", _NOT_READ),
        readiness=unknown("readiness", _NOT_READ),
        signoff=unknown("signoff", _NOT_READ),
        signoff_void=False,
        alerts=own,
        dependency_alerts=answers,
        dependencies=dependency_facts(world, state),
        freeze=unknown("freeze", _NOT_READ),
        window=unknown("window", _NOT_READ),
        dwell=None,
        halt=unknown("halt", _NOT_READ),
    )


def dependency_facts(
    world: World, state: PromotionState, falling: Mapping[str, Lowering] | None = None
) -> tuple[DependencyFact, ...]:
    """Every open promotion of anything in the closure, by key; those in ``falling`` as if they were lowered already."""
    needs = closure(world.graph, state.subject)
    found = [other for subject in needs for other in world.open_by_subject.get(subject, ())]
    facts = (_dependency_fact(world, state, other) for other in sorted(found, key=lambda one: one.key))
    return tuple(_fallen(fact, (falling or {}).get(fact.key)) for fact in facts)


def _dependency_fact(world: World, state: PromotionState, other: PromotionState) -> DependencyFact:
    return DependencyFact(
        key=other.key,
        exposure=other.exposure,
        raising=other.intent is not None,
        rolled_back=other.latch is not None and other.latch.kind is LatchKind.ROLLED_BACK,
        lowered=other.latch is not None and other.latch.kind is not LatchKind.HELD,
        in_cycle=in_cycle(world.graph, state.subject, other.subject),
    )


def _fallen(fact: DependencyFact, reason: Lowering | None) -> DependencyFact:
    if reason is None:
        return fact
    ends = reason.latch is LatchKind.ROLLED_BACK
    return replace(fact, exposure=min(fact.exposure, reason.to), rolled_back=fact.rolled_back or ends, lowered=True)


def record_gate(work: Workplace) -> GateReading:
    """Closed while the ledger may not carry a raise: its signed head could not be exported, or it is an old copy."""
    if work.ledger.may_only_lower:
        return closed("record", work.ledger.may_only_lower)
    if work.ledger.head_fault:
        return closed("record", f"the signed head could not be exported: {work.ledger.head_fault}")
    return opened("record", "the signed head is exported")


def _unreadable(work: Workplace, states: Mapping[str, PromotionState]) -> dict[str, Subject]:
    rows = work.ledger.promotions(open_only=True)
    return {row.key: Subject.parse(row.subject) for row in rows if row.key not in states}


def _open_by_subject(states: Mapping[str, PromotionState]) -> dict[Subject, list[PromotionState]]:
    found: dict[Subject, list[PromotionState]] = {}
    for state in states.values():
        if state.is_open:
            found.setdefault(state.subject, []).append(state)
    return found


def _record_for(world: World, state: PromotionState) -> GateReading:
    """Unknown while a dependency's promotion cannot be read: where it stands, and what it depends on, is a guess."""
    needs = set(closure(world.graph, state.subject))
    lost = [key for key, subject in world.unreadable.items() if subject in needs]
    if world.record.is_open and lost:
        return unknown("record", f"the ledger cannot be read about {', '.join(lost)}, on which this depends")
    return world.record


def _flag_fact(world: World, state: PromotionState) -> FlagFact:
    record = world.flags.get(state.flag_key)
    if record is None:
        return FlagFact(False, None, 0, world.flag_fault or f"the flag {state.flag_key} was not read")
    return FlagFact(True, record.exposure, record.version, record.fault or "")
