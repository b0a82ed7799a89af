"""A model of one promotion under a rung run, the guard's tick, people and faults, over the production decision.

`decide`, the fold and the ledger's admission are the real ones. Only the order of writes of `control` is restated
here, one step per read or write, so that everything else may happen in between.

Versions are kept as "current" (`FRESH`) or "moved on" (`STALE`): compare-and-set asks nothing more.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum, IntEnum
from typing import NamedTuple

from prr_pipeline.errors import Refused
from prr_pipeline.exposure import OFF, Exposure
from prr_pipeline.ledger.admission import next_state
from prr_pipeline.ledger.events import Event, EventType
from prr_pipeline.rollout.decide import Decision, Verdict, decide
from prr_pipeline.rollout.facts import FlagFact
from prr_pipeline.rollout.ladder import BOTTOM, Ladder
from prr_pipeline.rollout.policy import Policy
from prr_pipeline.rollout.state import LatchKind, PromotionState
from tests.rollout.worlds import NOW, answer, facts, gate, promotion

FRESH, STALE = 2, 1
POLICY = Policy()


class Mutant(Enum):
    """One rule left out. Each must be found by the checker, or the checker is blind to that rule."""

    NO_LATCH = "the flag is lowered and the rung booked, but nothing is latched"
    FLAG_FIRST = "the flag is lowered before the latch is written"
    NO_FLAG_CAS = "a raise writes whatever version the flag has"
    LOWERING_KEEPS_VERSION = "a lowering of a flag that is low already does not move its version"
    NO_RECHECK = "the flag is written right after the intent"
    UNKNOWN_IS_CLEAR = "an alert answer that is unknown counts as clear"
    IGNORE_VOID = "a void sign-off counts as valid"
    ADOPT_HIGHER = "a flag found above the ceiling is adopted"
    NEEDS_LEDGER = "without the ledger nothing is lowered"
    LATCH_LOST = "a lowering that could not latch is booked without its latch"
    LATCH_LATE = "a lowering that could not latch is booked with its latch, but the flag is not written again"
    IGNORE_VERSION = "the flag's version is not compared with the ledger's"
    DRIFT_TO_INTENT = "a flag above the ceiling is lowered to the target of the intent that this ends"
    INTENT_IS_RUNG = "an intent that a crash left behind counts as done"


class Alert(IntEnum):
    """What the alert source answers."""

    CLEAR = 0
    FIRING = 1
    UNKNOWN = 2


class Run(NamedTuple):
    """A rung run. ``at`` is the next step; ``fresh``: no transition since it read; ``version``: the flag's, as held."""

    at: str = ""
    rung: int = BOTTOM
    fresh: bool = False
    mine: bool = False
    version: int = STALE
    excused: bool = False
    """The alert or the sign-off turned only after the recheck: the window that T bounds."""


class Tick(NamedTuple):
    """A tick of the guard, or a person's roll back: the same steps."""

    at: str = ""
    to: int = -1
    kind: LatchKind | None = None
    latched: bool = False
    fresh: bool = False
    version: int = STALE


class World(NamedTuple):
    """One state of the model. ``ledger`` is an index into `Model.states`; ``flag`` an exposure level."""

    ledger: int
    flag: int
    alert: Alert = Alert.CLEAR
    valid: bool = True
    ledger_up: bool = True
    run: Run = Run()
    tick: Tick = Tick()
    raised_by_hand: bool = False
    lowered_by_hand: bool = False
    spent: bool = False


class Violation(Exception):
    """A step did what no rule allows."""


@dataclass
class Model:
    """The promotion's ladder, the rules left out, and everything computed once."""

    ladder: Ladder
    mutants: frozenset[Mutant] = frozenset()
    states: list[PromotionState] = field(default_factory=list)
    _ids: dict[PromotionState, int] = field(default_factory=dict)
    _applied: dict[tuple[object, ...], int | None] = field(default_factory=dict)
    _decided: dict[tuple[object, ...], Decision] = field(default_factory=dict)

    @property
    def start(self) -> World:
        """Just opened, signed and off."""
        return World(self._intern(promotion("off", ladder=self.ladder)), -1)

    def state(self, world: World) -> PromotionState:
        """What the ledger holds."""
        return self.states[world.ledger]

    # -- what may happen ---------------------------------------------------------------------------------------------

    def steps(self, world: World) -> Iterator[tuple[str, World]]:
        """Every step that anybody may take now, with its name."""
        yield from self._people(world)
        yield from self._surroundings(world)
        yield from self.run_steps(world)
        yield from self.tick_steps(world)
        if world.run.at:
            yield "run crashes", world._replace(run=Run())
        if world.tick.at:
            yield "tick crashes", world._replace(tick=Tick())

    def _surroundings(self, world: World) -> Iterator[tuple[str, World]]:
        run = world.run._replace(excused=True) if world.run.at == "write" else world.run
        for alert in Alert:
            if alert is not world.alert:
                yield f"alert {alert.name.lower()}", world._replace(alert=alert, run=run)
        yield ("sign-off void" if world.valid else "sign-off valid"), world._replace(valid=not world.valid, run=run)
        yield ("ledger down" if world.ledger_up else "ledger up"), world._replace(ledger_up=not world.ledger_up)

    def _people(self, world: World) -> Iterator[tuple[str, World]]:
        state = self.state(world)
        for level in [-1, *(rung.exposure.level for rung in self.ladder.rungs)]:
            if level < world.flag:
                # Below the first settled rung nothing says yet that the flag is anybody's.
                counts = world.lowered_by_hand or state.rung > BOTTOM
                yield f"hand lowers to {level}", self._write(world, level)._replace(lowered_by_hand=counts)
        top = self.ladder.rungs[-1].exposure.level
        if world.flag < top:
            yield "hand raises to the top", self._write(world, top)._replace(raised_by_hand=True)
        if not world.tick.at and (state.has_traffic or world.flag > -1):
            yield "person orders a roll back", self._begin_lowering(world, OFF, LatchKind.ROLLED_BACK)
        if not world.ledger_up or state.lowering_open:
            return
        if state.latch is None:
            held = {"kind": "held", "cause": "c", "by": "b", "to": str(state.ceiling), "lowers": False}
            yield "person holds", self._must(world, EventType.LATCHED, held)
        elif state.latch.kind is LatchKind.ROLLED_BACK:
            after = self._must(world, EventType.ATTEMPT_STARTED, {"attempt": state.attempt + 1, "reason": "r"})
            yield "person starts a new attempt", after._replace(spent=False, lowered_by_hand=False)
        else:
            after = self._must(world, EventType.RESUMED, {"reason": "r"})
            yield "person resumes", after._replace(lowered_by_hand=False)

    # -- a rung run: prr_pipeline.control.raising ---------------------------------------------------------------------

    def run_steps(self, world: World) -> Iterator[tuple[str, World]]:
        """The next step of the rung run, if there is one."""
        run = world.run
        if not run.at:
            if world.ledger_up:
                yield from self._begin_run(world)
        elif run.at == "read flag version":
            yield "run reads the flag's version", world._replace(run=run._replace(at="intent", version=FRESH))
        elif run.at == "intent":
            yield "run writes its intent", self._write_intent(world)
        elif run.at == "recheck":
            yield "run rechecks", self._recheck(world)
        elif run.at == "write":
            yield "run writes the flag", self._raise_flag(world)
        elif run.at == "read back":
            there = world.flag == self.ladder.exposure(run.rung).level
            yield "run reads back", world._replace(run=run._replace(at="settle", version=FRESH) if there else Run())
        elif run.at == "settle":
            payload = {"rung": run.rung, "flag_version": run.version}
            yield "run settles", self._close_intent(world, EventType.INTENT_SETTLED, payload)
        else:
            yield "run withdraws", self._close_intent(world, EventType.INTENT_WITHDRAWN, {})

    def _begin_run(self, world: World) -> Iterator[tuple[str, World]]:
        state = self.state(world)
        if state.intent is not None:
            found = Run("recheck", state.intent.rung, True, True, state.intent.flag_version)
            yield "run finds an intent", world._replace(run=found)
            return
        decision = self.decide(world)
        if decision.verdict is Verdict.ADVANCE and decision.rung is not None:
            yield "run decides to raise", world._replace(run=Run("read flag version", decision.rung, fresh=True))

    def _write_intent(self, world: World) -> World:
        run, state = world.run, self.state(world)
        if not world.ledger_up or not run.fresh:
            return world._replace(run=Run())
        to = str(self.ladder.exposure(run.rung))
        payload = {
            "intent_id": "i", "attempt": state.attempt, "rung": run.rung, "to": to, "flag_version": run.version,
        }  # fmt: skip
        after = self._append(world, EventType.INTENT_WRITTEN, payload)
        if after is None:
            return world._replace(run=Run())
        straight = Mutant.NO_RECHECK in self.mutants
        return after._replace(run=run._replace(at="write" if straight else "recheck", fresh=straight, mine=True))

    def _recheck(self, world: World) -> World:
        run, state = world.run, self.state(world)
        if not world.ledger_up or state.intent is None or not run.mine:
            return world._replace(run=Run())
        decision = self.decide(world, unwritten=True)
        run = run._replace(fresh=True)
        shown = world.flag == state.intent.to.level and state.intent.flag_version == STALE
        if shown or Mutant.INTENT_IS_RUNG in self.mutants:
            return world._replace(run=run._replace(at="settle", version=FRESH))
        if decision.verdict is not Verdict.ADVANCE or decision.rung != run.rung:
            return world._replace(run=run._replace(at="withdraw"))
        return world._replace(run=run._replace(at="write"))

    def _raise_flag(self, world: World) -> World:
        run = world.run
        if run.version != FRESH and Mutant.NO_FLAG_CAS not in self.mutants:
            return world._replace(run=run._replace(at="withdraw", excused=False))
        to = self.ladder.exposure(run.rung).level
        if world.flag != self.ladder.exposure(run.rung - 1).level and not self.mutants:
            raise Violation("S2: a raise skips a rung")
        if not run.excused and world.alert is not Alert.CLEAR:
            raise Violation("S3, S4: raised under an alert that is not clear")
        if not run.excused and not world.valid:
            raise Violation("S13: raised on a void sign-off")
        if world.spent:
            raise Violation("L4: climbs again after a roll back without a new attempt")
        if world.lowered_by_hand:
            raise Violation("S9: undoes a person's lowering")
        after = self._write(world, to)
        return after._replace(run=after.run._replace(at="read back", version=FRESH, excused=False))

    def _close_intent(self, world: World, kind: EventType, payload: Mapping[str, object]) -> World:
        if not world.ledger_up or not world.run.fresh:
            return world._replace(run=Run())
        after = self._append(world, kind, payload)
        booked = after is not None and kind is EventType.INTENT_SETTLED and world.run.version == FRESH
        return (after or world)._replace(run=Run(), raised_by_hand=world.raised_by_hand and not booked)

    # -- the guard's tick: prr_pipeline.control.watching, lowering and blackout ---------------------------------------

    def tick_steps(self, world: World) -> Iterator[tuple[str, World]]:
        """The next step of the guard's tick, if it has anything to do."""
        tick = world.tick
        if not tick.at:
            after = self._begin_tick(world)
            if after is not None:
                yield "tick begins", after
        elif tick.at == "latch":
            yield "tick latches", self._latch(world)
        elif tick.at == "lower":
            yield "tick lowers the flag", self._lower_flag(world)
        elif tick.at == "read back":
            low = world.flag <= tick.to
            then = tick._replace(at="record", to=world.flag, version=FRESH) if low else tick._replace(at="lower")
            yield "tick reads back", world._replace(tick=then)
        elif tick.at == "record":
            yield "tick books the lowering", self._record(world)
        elif tick.at == "blackout":
            yield "tick lowers without the ledger", self._blackout(world)
        else:
            yield "tick adopts", self._adopt(world)

    def _begin_tick(self, world: World) -> World | None:
        if not world.ledger_up:
            blind = Mutant.NEEDS_LEDGER in self.mutants or world.alert is not Alert.FIRING
            return None if blind else world._replace(tick=Tick("blackout"))
        decision = self.decide(world)
        if decision.adopt is not None:
            return world._replace(tick=Tick("adopt", decision.adopt.level, fresh=True, version=FRESH))
        if decision.verdict < Verdict.STEP_DOWN or decision.to is None or decision.latch is None:
            return None
        if Mutant.ADOPT_HIGHER in self.mutants and decision.latch is LatchKind.DRIFT:
            return world._replace(tick=Tick("adopt", world.flag, fresh=True, version=FRESH))
        to = decision.to
        if Mutant.DRIFT_TO_INTENT in self.mutants and decision.latch is LatchKind.DRIFT:
            to = self.state(world).ceiling
        return self._begin_lowering(world, to, decision.latch)

    def _begin_lowering(self, world: World, to: Exposure, kind: LatchKind) -> World:
        if not world.ledger_up:
            return world._replace(tick=Tick("blackout"))
        state = self.state(world)
        standing = state.latch is not None and state.lowering_open and (state.latch.kind, state.latch.to) == (kind, to)
        late = Mutant.FLAG_FIRST in self.mutants or Mutant.NO_LATCH in self.mutants
        return world._replace(tick=Tick("lower" if late else "latch", to.level, kind, latched=standing))

    def _latch(self, world: World) -> World:
        tick = world.tick
        if tick.latched or not world.ledger_up:
            return world._replace(tick=tick._replace(at="lower"))
        after = self._must(world, EventType.LATCHED, self._latch_payload(tick.kind, tick.to))
        return after._replace(tick=tick._replace(at="lower", latched=True))

    def _lower_flag(self, world: World) -> World:
        tick = world.tick
        if Mutant.LOWERING_KEEPS_VERSION in self.mutants and world.flag <= tick.to:
            return world._replace(tick=tick._replace(at="read back"))
        after = self._write(world, min(world.flag, tick.to))
        return self._spend(after, tick.to)._replace(tick=tick._replace(at="read back"))

    def _record(self, world: World) -> World:
        """Booked without compare-and-set. A latch that came late voids nothing, so the flag is written again after it."""
        tick = world.tick
        if not world.ledger_up:
            return world._replace(tick=Tick())
        after = world
        if not tick.latched and not self.mutants & {Mutant.NO_LATCH, Mutant.LATCH_LOST}:
            after = self._must(after, EventType.LATCHED, self._latch_payload(tick.kind, tick.to))
            if not self.mutants & {Mutant.LATCH_LATE, Mutant.FLAG_FIRST}:
                return after._replace(tick=tick._replace(at="lower", latched=True))
        payload = {"to": str(_exposure(tick.to)), "flag_version": tick.version}
        return self._must(after, EventType.LOWERED, payload)._replace(tick=Tick())

    def _blackout(self, world: World) -> World:
        return self._spend(self._write(world, -1), -1)._replace(tick=Tick())

    def _adopt(self, world: World) -> World:
        tick = world.tick
        if not world.ledger_up or not tick.fresh:
            return world._replace(tick=Tick())
        latch = {**self._latch_payload(LatchKind.DRIFT, tick.to), "lowers": False}
        after = self._must(world, EventType.LATCHED, latch)
        payload = {"to": str(_exposure(tick.to)), "flag_version": tick.version}
        return self._must(after, EventType.LOWERED, payload)._replace(tick=Tick())

    def _latch_payload(self, kind: LatchKind | None, to: int) -> dict[str, object]:
        return {"kind": str(kind), "cause": "c", "by": "b", "to": str(_exposure(to)), "lowers": True}

    def _spend(self, world: World, to: int) -> World:
        """A roll back of a climbing promotion spends the attempt's sign-off."""
        spent = world.spent or (to == -1 and self.state(world).rung > BOTTOM)
        return world._replace(spent=spent, raised_by_hand=False)

    # -- flag and ledger ----------------------------------------------------------------------------------------------

    def _write(self, world: World, level: int) -> World:
        """The flag changes: every version held by anybody is now an old one."""
        state = self.state(world)
        intent = replace(state.intent, flag_version=STALE) if state.intent else None
        aged = self._intern(replace(state, flag_version=STALE, intent=intent))
        return world._replace(
            ledger=aged, flag=level, run=world.run._replace(version=STALE), tick=world.tick._replace(version=STALE)
        )

    def _append(self, world: World, kind: EventType, payload: Mapping[str, object]) -> World | None:
        """The world after one event; None when the ledger refuses it. Held ledger versions are old from then on."""
        key = (world.ledger, kind, *payload.values())
        if key not in self._applied:
            event = Event(1, "createGrant:ga", kind, payload, "a", NOW, 1, "", "")
            try:
                self._applied[key] = self._intern(next_state(self.states[world.ledger], event))
            except Refused:
                self._applied[key] = None
        after = self._applied[key]
        if after is None:
            return None
        mine = world.run.mine and self.states[after].intent is not None
        run = world.run._replace(fresh=False, mine=mine)
        return world._replace(ledger=after, run=run, tick=world.tick._replace(fresh=False))

    def _must(self, world: World, kind: EventType, payload: Mapping[str, object]) -> World:
        after = self._append(world, kind, payload)
        if after is None:
            raise Violation(f"L1: the ledger refuses {kind}")
        return after

    def _intern(self, state: PromotionState) -> int:
        """The index of a state, without what only grows: versions, times, attempts, sequence numbers."""
        latch = replace(state.latch, cause="c", by="b") if state.latch else None
        bottom = state.rung == BOTTOM
        plain = replace(
            state, version=1, last_seq=0, attempt=1, rung_since=None, highest_rung=BOTTOM, full_at=None, latch=latch,
            flag_version=0 if bottom else state.flag_version, watch_closed_at=None,
        )  # fmt: skip
        if plain not in self._ids:
            self._ids[plain] = len(self.states)
            self.states.append(plain)
        return self._ids[plain]

    # -- the decision -------------------------------------------------------------------------------------------------

    def decide(self, world: World, unwritten: bool = False) -> Decision:
        """The production decision in this world; ``unwritten`` as if its own intent were not there yet."""
        key = (world.ledger, world.flag, world.alert, world.valid, unwritten)
        if key not in self._decided:
            state = self.state(world)
            state = replace(state, intent=None) if unwritten else state
            self._decided[key] = decide(state, self._facts(world, state), POLICY, NOW)
        return self._decided[key]

    def _facts(self, world: World, state: PromotionState):  # type: ignore[no-untyped-def]
        label = {Alert.CLEAR: "clear", Alert.FIRING: "critical", Alert.UNKNOWN: "unknown"}[world.alert]
        if label == "unknown" and Mutant.UNKNOWN_IS_CLEAR in self.mutants:
            label = "clear"
        void = not world.valid and Mutant.IGNORE_VOID not in self.mutants
        version = state.flag_version if Mutant.IGNORE_VERSION in self.mutants else FRESH
        return facts(
            state,
            flag=FlagFact(True, _exposure(world.flag), version),
            alerts=answer(label),
            signoff=gate("signoff", "closed" if void else "open"),
            signoff_void=void,
        )


def _exposure(level: int) -> Exposure:
    return Exposure(level)
