"""Gather the facts for decisions: one reading of flags and alerts serves every promotion of a tick."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from prr_pipeline.control.agreement import signoff_gate
from prr_pipeline.control.alert_map import AlertMap, alert_map
from prr_pipeline.control.dwelling import read_dwell
from prr_pipeline.control.standing import readiness_gate
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.errors import PrrError
from prr_pipeline.flags.backend import ExposureRecord
from prr_pipeline.rollout.alerts import AlertReading, answer_for
from prr_pipeline.rollout.dependencies import DependencyFact, Graph, closure, in_cycle
from prr_pipeline.rollout.facts import Facts, FlagFact
from prr_pipeline.rollout.gates import GateReading, closed, opened, unknown
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
    freeze: GateReading
    window: GateReading
    record: GateReading
    unreadable: Mapping[str, Subject] = field(default_factory=dict)

    @property
    def graph(self) -> Graph:
        """Who depends on whom."""
        return self.alert_map.graph


def read_world(work: Workplace, keys: Sequence[str] | None = None) -> World:
    """Read flags, alerts, calendars and the ledger once. Never raises for a back end that does not answer.

    ``keys`` limits the flags that are read; the states are always all of them, for the dependency order.
    """
    states = work.ledger.states()
    wanted = [s.flag_key for k, s in states.items() if s.is_open and (keys is None or k in keys)]
    flags, fault = read_flags(work, wanted)
    real_now = work.real_now()
    return World(
        now=work.now(),
        real_now=real_now,
        states=states,
        alert_map=alert_map(work, states),
        flags=flags,
        flag_fault=fault,
        alerts=[source.read(work.real_now()) for source in work.alerts],
        freeze=freeze_gate(work),
        window=window_gate(work),
        record=record_gate(work),
        unreadable=_unreadable(work, states),
    )


def read_flags(work: Workplace, flag_keys: Sequence[str]) -> tuple[Mapping[str, ExposureRecord], str]:
    """What the flags show, and a sentence when the back end does not answer."""
    try:
        return work.flags.read(flag_keys), ""
    except PrrError as fault:
        return {}, str(fault)


def facts_for(work: Workplace, world: World, state: PromotionState) -> Facts:
    """The facts about one promotion."""
    signoff = signoff_gate(work, state, world.now)
    return replace(
        guard_facts(work, world, state),
        record=_record_for(world, state),
        readiness=readiness_gate(work, state),
        signoff=signoff.gate,
        signoff_void=signoff.void,
        freeze=world.freeze,
        window=world.window,
        dwell=read_dwell(work, state),
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
    )


def dependency_facts(world: World, state: PromotionState) -> tuple[DependencyFact, ...]:
    """Every open promotion of anything in the closure."""
    needs = set(closure(world.graph, state.subject))
    return tuple(
        DependencyFact(
            key=other.key,
            exposure=other.exposure,
            raising=other.intent is not None,
            rolled_back=other.latch is not None and other.latch.kind is LatchKind.ROLLED_BACK,
            lowered=other.latch is not None and other.latch.kind is not LatchKind.HELD,
            in_cycle=in_cycle(world.graph, state.subject, other.subject),
        )
        for _, other in sorted(world.states.items())
        if other.is_open and other.subject in needs
    )


def freeze_gate(work: Workplace) -> GateReading:
    """Closed in a freeze, unknown when a calendar cannot be read."""
    try:
        reading = work.freezes.reading(work.now())
    except PrrError as fault:
        return unknown("freeze", str(fault))
    if reading.frozen:
        return closed("freeze", f"freeze: {reading.summary}", reading.until)
    return opened("freeze", "no freeze")


def window_gate(work: Workplace) -> GateReading:
    """Closed outside the advance window, unknown when the settings describe none that there can be."""
    try:
        window = work.window
    except PrrError as fault:
        return unknown("window", str(fault))
    if window is None:
        return opened("window", "any time")
    if window.is_open(work.now()):
        return opened("window", "inside the advance window")
    return closed("window", "outside the advance window", window.next_open(work.now()))


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
