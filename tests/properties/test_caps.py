"""The caps and the line over any interleaving of raises: no more than allowed, and never in a lowering's way."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from random import Random

from hypothesis import given, settings, target
from hypothesis import strategies as st

from prr_pipeline.exposure import OFF, Exposure
from prr_pipeline.rollout.blast_radius import Fleet, blast_radius_gate, service_of
from prr_pipeline.rollout.caps import Caps
from prr_pipeline.rollout.decide import Verdict, decide
from prr_pipeline.rollout.dependencies import closure, dependency_graph
from prr_pipeline.rollout.gates import OPTIONAL_GATES, GateState, closed, unknown
from prr_pipeline.rollout.guardrails import lowerings
from prr_pipeline.rollout.ladder import BOTTOM
from prr_pipeline.rollout.policy import Policy
from prr_pipeline.rollout.state import Intent, PromotionState
from prr_pipeline.subjects import Subject
from tests.properties.decide_worlds import World, worlds
from tests.rollout.worlds import NOW, promotion

many = settings(max_examples=150, deadline=None)
MINUTE = timedelta(minutes=1)


@dataclass
class Fleetwide:
    """Some promotions that workers raise in any order, one step at a time: intent, recheck and flag, settle."""

    rng: Random
    caps: Caps
    states: dict[str, PromotionState] = field(default_factory=dict)
    written: dict[str, int] = field(default_factory=dict)
    rose: list[tuple[timedelta, str]] = field(default_factory=list)
    now: timedelta = timedelta(0)
    seq: int = 0

    def step(self) -> None:
        """One step of one worker, or time goes by, or something is lowered."""
        key = self.rng.choice(sorted(self.states))
        state = self.states[key]
        what = self.rng.random()
        if what < 0.15:
            self.now += self.rng.choice([MINUTE, 4 * MINUTE, 11 * MINUTE])
        elif what < 0.22:
            self.written.pop(key, None)
            self.states[key] = replace(state, intent=None, rung=BOTTOM)
        elif key in self.written:
            self._settle(key, state)
        elif state.intent is not None:
            self._recheck(key, state)
        elif state.next_rung is not None and (self._is_open(state) or self.rng.random() < 0.3):
            self.seq += 1  # an intent without a look before it: that of a worker who looked long ago
            to = state.ladder.exposure(state.next_rung)
            self.states[key] = replace(state, intent=Intent("i", 1, state.next_rung, to, NOW, 1, self.seq))

    def _recheck(self, key: str, state: PromotionState) -> None:
        if self._is_open(state) and state.intent is not None:
            self.written[key] = state.intent.rung
        else:
            self.states[key] = replace(state, intent=None)

    def _settle(self, key: str, state: PromotionState) -> None:
        rung = self.written.pop(key)
        risen = (*state.raised_at, NOW + self.now)
        self.states[key] = replace(state, intent=None, rung=rung, raised_at=risen)
        self.rose.append((self.now, key))

    def _is_open(self, state: PromotionState) -> bool:
        at = NOW + self.now
        fleet = Fleet.of(self.states.values(), self.caps, at)
        return blast_radius_gate(state, fleet, dependency_graph(self.states), self.caps, at).is_open

    def moving(self) -> int:
        """Rungs whose flag was written and that are not settled, and those settled within the tick."""
        return len(self.written) + sum(at > self.now - self.caps.tick for at, _ in self.rose)

    def widest(self) -> int:
        """The most wide endpoints of one service, as the flags show them."""
        wide = [
            service_of(state)
            for key, state in self.states.items()
            if state.ladder.exposure(self.written.get(key, state.rung)) >= self.caps.wide_from
        ]
        return max(map(wide.count, wide), default=0)

    def chained(self) -> list[tuple[str, str]]:
        """Pairs of which one depends on the other, that rose within one tick."""
        graph = dependency_graph(self.states)
        return [
            (one, other)
            for at, one in self.rose
            for then, other in self.rose
            if one != other
            and timedelta(0) <= then - at < self.caps.tick
            and self.states[one].subject in closure(graph, self.states[other].subject)
        ]


def fleetwide(seed: int) -> Fleetwide:
    """A fleet of a dozen promotions in two services, some of which depend on others."""
    rng = Random(seed)
    caps = Caps(rng.randint(1, 4), 10 * MINUTE, rng.randint(1, 3), Exposure.share(1_000))
    made = Fleetwide(rng, caps)
    for number in range(rng.randint(2, 12)):
        needs = tuple(Subject.parse(f"op{other}") for other in range(number) if rng.random() < 0.15)
        state = replace(
            promotion(rng.choice(["off", "shadow", "1%"])), key=f"op{number}:ga", subject=Subject.parse(f"op{number}"),
            dependencies=needs, context=rng.choice(["Equity", "Access"]),
        )  # fmt: skip
        made.states[state.key] = state
    return made


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 2**32))
def test_no_cap_is_ever_exceeded(seed: int) -> None:
    """S12: whatever the order of the workers' steps, with looks that are stale; the largest seen is the cap itself."""
    fleet = fleetwide(seed)
    most = widest = 0
    for _ in range(150):
        fleet.step()
        most, widest = max(most, fleet.moving()), max(widest, fleet.widest())
        assert fleet.moving() <= fleet.caps.raises_per_tick, seed
        assert fleet.widest() <= fleet.caps.wide_per_service, seed
    assert fleet.chained() == [], seed
    target(float(most), label="most rungs in one tick")
    target(float(widest), label="most wide endpoints of a service")


def test_the_caps_are_reached() -> None:
    """The property above says something: over these seeds as much moves as may, and raises do happen."""
    reached = {"raises": 0, "wide": 0, "rose": 0}
    for seed in range(30):
        fleet = fleetwide(seed)
        for _ in range(200):
            fleet.step()
            reached["raises"] += fleet.moving() == fleet.caps.raises_per_tick
            reached["wide"] += fleet.widest() == fleet.caps.wide_per_service
        reached["rose"] += len(fleet.rose)
    assert min(reached.values()) > 50, reached


@many
@given(worlds, st.sampled_from(["halt", *sorted(OPTIONAL_GATES)]), st.sampled_from(list(GateState)))
def test_neither_cap_nor_stop_blocks_a_lowering(world: World, name: str, how: GateState) -> None:
    """L1: whatever asks for a lowering gets it to the same exposure, however the gate stands."""
    state, seen, policy = world
    wall = closed(name, "shut") if how is GateState.CLOSED else unknown(name, "not read")
    shut = replace(seen, halt=wall) if name == "halt" else replace(seen, optional={**seen.optional, name: wall})
    required = Policy(required=policy.required | {name})
    before, after = decide(state, seen, policy, NOW), decide(state, shut, required, NOW)
    if lowerings(state, seen):
        assert (after.verdict, after.to, after.latch) == (before.verdict, before.to, before.latch)
        assert after.to is not None
        assert after.to == OFF or after.to <= state.ceiling
    else:
        assert after.verdict is not Verdict.ADVANCE


@many
@given(worlds)
def test_a_stop_holds_and_lets_the_dwell_run(world: World) -> None:
    """A stop costs no week: beside any other hold the clock does what it would do without it."""
    state, seen, policy = world
    stopped = decide(state, replace(seen, halt=closed("halt", "an incident")), policy, NOW)
    free = decide(state, seen, policy, NOW)
    if free.verdict is Verdict.HOLD and seen.halt.state in (GateState.OPEN, GateState.CLOSED):
        assert stopped.clock_runs == free.clock_runs
