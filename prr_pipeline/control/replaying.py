"""Replay: make every recorded decision again from its record, under its own policy or another one."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import field
from datetime import datetime
from typing import Any

from prr_pipeline.canonical import canonical_bytes, parse_instant
from prr_pipeline.control.replaying_reviews import recorded_reviews, report_difference
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import PrrError, Unreadable
from prr_pipeline.ledger.admission import is_promotion_stream
from prr_pipeline.ledger.events import Event, EventType
from prr_pipeline.ledger.fold import INERT, apply
from prr_pipeline.rollout.decide import Decision, decide
from prr_pipeline.rollout.facts import Facts
from prr_pipeline.rollout.policy import Policy
from prr_pipeline.rollout.recording import restored
from prr_pipeline.rollout.state import PromotionState

_PAGE = 2_000
"""Events that are read at once."""
_FIRST = ("verdict", "to", "gates", "causes")
"""What every record holds, and a difference is told of first."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """One decision record with what it was made from; ``fault`` says why that cannot be had any more."""

    event: Event
    state: PromotionState | None = None
    facts: Facts | None = None
    policy: Policy | None = None
    now: datetime | None = None
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Difference:
    """A record that does not come out as it was recorded: the first field that differs, both as data."""

    event: Event
    field: str
    recorded: object
    found: object


@dataclass(slots=True)
class Replay:
    """How many records were made again, how many hold no inputs, and the first that differs, None if none does.

    ``reviews`` counts the reports on a month of feedback among them, which are made again after the decisions.
    """

    checked: int = 0
    without_inputs: int = 0
    first: Difference | None = None
    reviews: int = 0


def replay(work: Workplace, key: str | None = None) -> Replay:
    """Make every record again, of one promotion or of all, up to the first that differs. Writes nothing."""
    done = Replay()
    for one in recorded_decisions(work, key):
        if "inputs" not in one.event.payload:
            done.without_inputs += 1
            continue
        done.checked += 1
        done.first = difference(one)
        if done.first is not None:
            return done
    for event in recorded_reviews(work, key):
        done.reviews += 1
        differs = report_difference(event)
        if differs is not None:
            done.first = Difference(event, *differs)
            break
    return done


def difference(one: Recorded) -> Difference | None:
    """The first field of a decision that is not what was recorded, byte for byte; None if all are.

    Fields that the record does not have are those of a later version. The verdict comes first, the gates before their
    causes.
    """
    payload = one.event.payload
    if one.fault or one.state is None:
        return Difference(one.event, "inputs", "", one.fault)
    again = {**decided(one).as_data(), "attempt": one.state.attempt, "rung": one.state.exposure.name}
    for name in (*_FIRST, *sorted(again.keys() - _FIRST)):
        if (name in payload or name in _FIRST) and canonical_bytes(again[name]) != canonical_bytes(payload.get(name)):
            return Difference(one.event, name, payload.get(name), again[name])
    return None


def decided(one: Recorded, policy: Policy | None = None, facts: Facts | None = None) -> Decision:
    """The decision of a record, made again; under another policy or with other facts where those are given."""
    if one.state is None or one.facts is None or one.policy is None or one.now is None:
        raise Unreadable(f"Event {one.event.seq} cannot be decided again: {one.fault}")
    return decide(one.state, facts or one.facts, policy or one.policy, one.now)


def recorded_decisions(work: Workplace, key: str | None = None) -> Iterator[Recorded]:
    """Every decision record in order, with its inputs restored. Raises `PrrError` for a promotion that is not there."""
    if key is not None:
        work.state(key)
    past = _Past()
    for event in _events(work, key):
        if event.type == EventType.DECISION_RECORDED:
            yield _restored(event, past)
        past.step(event)


def _events(work: Workplace, key: str | None) -> Iterator[Event]:
    after = 0
    while page := work.ledger.events(stream=key, after=after, limit=_PAGE):
        yield from page
        after = page[-1].seq


@dataclass(slots=True)
class _Past:
    """The states that each promotion went through, with the event that made each."""

    seqs: dict[str, list[int]] = field(default_factory=dict)
    states: dict[str, list[PromotionState]] = field(default_factory=dict)
    faults: dict[str, str] = field(default_factory=dict)

    def step(self, event: Event) -> None:
        if event.type in INERT or event.stream in self.faults or not is_promotion_stream(event.stream, event.type):
            return
        before = self.states.setdefault(event.stream, [])
        try:
            before.append(apply(before[-1] if before else None, event))
            self.seqs.setdefault(event.stream, []).append(event.seq)
        except (PrrError, KeyError, TypeError, ValueError, AttributeError, IndexError) as fault:
            self.faults[event.stream] = f"event {event.seq} cannot be folded ({fault})"

    def at(self, key: str, seq: int) -> PromotionState:
        """The promotion's state after the event of that number. Raises `Unreadable` before its first one."""
        place = bisect_right(self.seqs.get(key, []), seq)
        if key in self.faults or not place:
            raise Unreadable(self.faults.get(key) or f"{key} has no event up to {seq}")
        return self.states[key][place - 1]


def _restored(event: Event, past: _Past) -> Recorded:
    inputs = event.payload.get("inputs")
    if not isinstance(inputs, Mapping):
        return Recorded(event, fault="it was written before inputs were kept")
    try:
        return Recorded(
            event,
            past.at(event.stream, _part(inputs, "state_seq", int)),
            restored(Facts, _part(inputs, "facts", dict)),
            restored(Policy, _part(inputs, "policy", dict)),
            parse_instant(_part(inputs, "now", str)),
        )
    except PrrError as fault:
        return Recorded(event, fault=str(fault))


def _part(inputs: Mapping[str, Any], name: str, kind: type) -> Any:
    if not isinstance(inputs.get(name), kind):
        raise Unreadable(f"The inputs of the decision lack a sound {name!r}.")
    return inputs[name]
