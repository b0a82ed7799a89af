"""What another policy would have decided: every recorded decision made again under it, with its calendars."""

from __future__ import annotations

from dataclasses import field, replace
from datetime import datetime

from prr_pipeline.control.owner_calendar import OwnerCalendars
from prr_pipeline.control.replaying import decided, recorded_decisions
from prr_pipeline.control.schedules import load_freezes, load_window
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.ledger.events import Event
from prr_pipeline.rollout.decide import Decision
from prr_pipeline.settings import Settings


@dataclass(frozen=True, slots=True)
class Changed:
    """One decision that another policy makes otherwise. ``gates`` are names with the state before and now."""

    event: Event
    was: Decision
    now: Decision
    gates: tuple[tuple[str, str, str], ...]


@dataclass(slots=True)
class Against:
    """What became of the records. ``same`` come out alike, ``not_replayable`` have no inputs that can be read."""

    same: int = 0
    not_replayable: int = 0
    changed: list[Changed] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Then:
    """A deployment's settings at an instant of the past."""

    settings: Settings
    at: datetime

    def now(self) -> datetime:
        return self.at


def replay_against(work: Workplace, other: Settings, key: str | None = None) -> Against:
    """Make every record again under the limits, required gates and calendars of ``other``. Writes nothing.

    A running promotion keeps the ladder that it was opened with, so the other's ladder changes nothing here; what was
    read of alerts, flags and people is taken as it was read. Both sides are decided by this version's rules. Raises
    `PrrError` for a calendar of ``other`` that cannot be read: its gate would be unknown in every decision.
    """
    load_freezes(other)
    load_window(other)
    done, policy = Against(), other.decision_policy
    for one in recorded_decisions(work, key):
        if one.facts is None or one.state is None or one.now is None:
            done.not_replayable += 1
            continue
        was = decided(one)
        freeze, window = OwnerCalendars(_Then(other, one.now)).gates(one.state.context)
        now = decided(one, policy, replace(one.facts, freeze=freeze, window=window))
        if _outcome(was) == _outcome(now):
            done.same += 1
        else:
            done.changed.append(Changed(one.event, was, now, _gates(was, now)))
    return done


def _outcome(decision: Decision) -> tuple[object, ...]:
    """What a decision does: to the flag, to the dwell clock, and to the climb after a step down."""
    clock = (decision.clock_runs, decision.clock_restarts)
    return (decision.verdict, decision.to, decision.adopt, decision.latch, *clock, decision.cooling, decision.resumes)


def _gates(was: Decision, now: Decision) -> tuple[tuple[str, str, str], ...]:
    before = {gate.name: str(gate.state) for gate in was.gates}
    after = {gate.name: str(gate.state) for gate in now.gates}
    return tuple((name, before[name], after[name]) for name in before if before[name] != after.get(name, ""))
