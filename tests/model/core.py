"""Ledger, flag and decision of the model: the production fold, admission and `decide`, each answer kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache

from prr_pipeline.errors import Refused
from prr_pipeline.exposure import Exposure
from prr_pipeline.ledger.admission import next_state
from prr_pipeline.ledger.events import Event, EventType
from prr_pipeline.rollout.decide import Decision, decide
from prr_pipeline.rollout.facts import Facts, FlagFact
from prr_pipeline.rollout.ladder import BOTTOM, Ladder
from prr_pipeline.rollout.policy import Policy
from prr_pipeline.rollout.state import LatchKind, PromotionState
from tests.model.world import FRESH, STALE, Alert, Mutant, Run, Violation, World
from tests.rollout.worlds import NOW, answer, facts, gate

POLICY = Policy()
LABELS = {Alert.CLEAR: "clear", Alert.FIRING: "critical", Alert.UNKNOWN: "unknown"}


@dataclass
class Core:
    """The promotion's ladder, the rules left out, and everything computed once."""

    ladder: Ladder
    mutants: frozenset[Mutant] = frozenset()
    states: list[PromotionState] = field(default_factory=list)
    _ids: dict[PromotionState, int] = field(default_factory=dict)
    _applied: dict[tuple[object, ...], int | None] = field(default_factory=dict)
    _decided: dict[tuple[object, ...], Decision] = field(default_factory=dict)
    _aged: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.levels = [-1, *(rung.exposure.level for rung in self.ladder.rungs)]

    def state(self, world: World) -> PromotionState:
        """What the ledger holds."""
        return self.states[world.ledger]

    def lacks(self, *rules: Mutant) -> bool:
        """Whether one of these rules is left out."""
        return not self.mutants.isdisjoint(rules)

    def write(self, world: World, level: int) -> World:
        """The flag changes: every version held by anybody is now an old one."""
        aged = self._aged.get(world.ledger)
        if aged is None:
            state = self.state(world)
            intent = replace(state.intent, flag_version=STALE) if state.intent else None
            aged = self._aged[world.ledger] = self.intern(replace(state, flag_version=STALE, intent=intent))
        tick = world.tick._replace(version=STALE)
        run, late = _aged(world.run), _aged(world.late)
        return world._replace(ledger=aged, flag=level, run=run, late=late, tick=tick, voided=False)

    def append(self, world: World, kind: EventType, payload: Mapping[str, object]) -> World | None:
        """The world after one event; None when the ledger refuses it. Held ledger versions are old from then on."""
        key = (world.ledger, kind, *payload.values())
        if key not in self._applied:
            event = Event(1, "createGrant:ga", kind, payload, "a", NOW, 1, "", "")
            try:
                self._applied[key] = self.intern(next_state(self.states[world.ledger], event))
            except Refused:
                self._applied[key] = None
        after = self._applied[key]
        if after is None:
            return None
        still = self.states[after].intent is not None
        run = world.run._replace(fresh=False, mine=world.run.mine and still)
        late = world.late._replace(fresh=False, mine=world.late.mine and still)
        tick = world.tick._replace(fresh=False)
        return world._replace(ledger=after, run=run, late=late, tick=tick, voided=world.voided and still)

    def must(self, world: World, kind: EventType, payload: Mapping[str, object]) -> World:
        """As `append`, for what the ledger may never refuse: a refused lowering would be a blocked roll back."""
        after = self.append(world, kind, payload)
        if after is None:
            raise Violation(f"L1: the ledger refuses {kind}")
        return after

    def intern(self, state: PromotionState) -> int:
        """The index of a state, without what only grows: versions, times, attempts, sequence numbers."""
        latch = replace(state.latch, cause="c", by="b") if state.latch else None
        hold = replace(state.hold, cause="c", by="b") if state.hold else None
        bottom = state.rung == BOTTOM
        plain = replace(
            state, version=1, last_seq=0, attempt=1, rung_since=None, highest_rung=BOTTOM, full_at=None, latch=latch,
            hold=hold, rolled_back_at=None, raised_at=(),
            flag_version=0 if bottom else state.flag_version, watch_closed_at=None,
        )  # fmt: skip
        if plain not in self._ids:
            self._ids[plain] = len(self.states)
            self.states.append(plain)
        return self._ids[plain]

    def decide(self, world: World, unwritten: bool = False) -> Decision:
        """The production decision in this world; ``unwritten`` as if its own intent were not there yet."""
        key = (world.ledger, world.flag, world.alert, world.valid, unwritten)
        if key not in self._decided:
            state = self.state(world)
            state = replace(state, intent=None) if unwritten else state
            self._decided[key] = decide(state, self._facts(world, state), POLICY, NOW)
        return self._decided[key]

    def _facts(self, world: World, state: PromotionState) -> Facts:
        hidden = world.alert is Alert.UNKNOWN and self.lacks(Mutant.UNKNOWN_IS_CLEAR)
        label = "clear" if hidden else LABELS[world.alert]
        void = not world.valid and not self.lacks(Mutant.IGNORE_VOID)
        version = state.flag_version if self.lacks(Mutant.IGNORE_VERSION) else FRESH
        return facts(
            state,
            flag=FlagFact(True, exposure(world.flag), version),
            alerts=answer(label),
            signoff=gate("signoff", "closed" if void else "open"),
            signoff_void=void,
        )


def _aged(run: Run) -> Run:
    return run._replace(version=STALE) if run.version == FRESH else run


@cache
def exposure(level: int) -> Exposure:
    """The exposure of a level."""
    return Exposure(level)


def latch_payload(kind: LatchKind | None, to: int, *, lowers: bool = True) -> dict[str, object]:
    """The payload of a ``latched`` event."""
    return {"kind": str(kind), "cause": "c", "by": "b", "to": str(exposure(to)), "lowers": lowers}
