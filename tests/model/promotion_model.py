"""A model of one promotion under a rung run, the guard's tick, people and faults, over the production decision.

`decide`, the fold and the ledger's admission are the real ones. Only the order of writes of `control` is restated, one
step per read or write, so that everything else may happen in between.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from prr_pipeline.exposure import OFF
from prr_pipeline.ledger.events import EventType
from prr_pipeline.rollout.ladder import Ladder
from prr_pipeline.rollout.state import LatchKind
from tests.model.core import Core
from tests.model.guard_tick import GuardTick
from tests.model.rung_run import RungRun
from tests.model.world import Alert, May, Mutant, Run, Tick, World
from tests.rollout.worlds import promotion


@dataclass(frozen=True)
class Model:
    """What may happen to one promotion, step by step."""

    core: Core
    run: RungRun
    tick: GuardTick
    late: RungRun
    may: frozenset[May]

    @classmethod
    def of(cls, ladder: Ladder, *mutants: Mutant, may: Iterable[May] = ()) -> Model:
        """The model of a ladder, with some rules left out."""
        core = Core(ladder, frozenset(mutants))
        return cls(core, RungRun(core), GuardTick(core), RungRun(core, "late"), frozenset(may))

    @property
    def start(self) -> World:
        """Just opened, signed and off."""
        return World(self.core.intern(promotion("off", ladder=self.core.ladder)), -1)

    def steps(self, world: World) -> Iterator[tuple[str, World]]:
        """Every step that anybody may take now, with its name."""
        yield from self._hands(world)
        yield from self._orders(world)
        yield from self._surroundings(world)
        yield from self.run.steps(world)
        if May.TWO_RUNS in self.may:
            yield from self.late.steps(world)
        yield from self.tick.steps(world)
        if world.run.at:
            yield "run crashes", world._replace(run=Run())
        if world.late.at:
            yield "late crashes", world._replace(late=Run())
        if world.tick.at:
            yield "tick crashes", world._replace(tick=Tick())

    def _surroundings(self, world: World) -> Iterator[tuple[str, World]]:
        run, late = (one._replace(excused=True) if one.at == "write" else one for one in (world.run, world.late))
        doubts = May.DOUBTS in self.may
        for alert in Alert:
            if alert is not world.alert and (doubts or alert is not Alert.UNKNOWN):
                yield f"alert {alert.name.lower()}", world._replace(alert=alert, run=run, late=late)
        if doubts:
            turned = world._replace(valid=not world.valid, run=run, late=late)
            yield ("sign-off void" if world.valid else "sign-off valid"), turned
        if May.OUTAGES in self.may:
            yield ("ledger down" if world.ledger_up else "ledger up"), world._replace(ledger_up=not world.ledger_up)

    def _hands(self, world: World) -> Iterator[tuple[str, World]]:
        """People at the flag itself."""
        state = self.core.state(world)
        if May.HAND_LOWERS in self.may:
            # Who undoes their own raise lowers nothing.
            counts = world.lowered_by_hand or not world.raised_by_hand
            for level in (level for level in self.core.levels if level < world.flag):
                yield f"hand lowers to {level}", self.core.write(world, level)._replace(lowered_by_hand=counts)
        top = self.core.levels[-1]
        if May.HAND_RAISES in self.may and world.flag < top:
            booked = state.latch is not None and state.latch.kind is LatchKind.ROLLED_BACK
            raised = self.core.write(world, top)._replace(
                raised_by_hand=True, lowered_by_hand=False, spent=world.spent and booked
            )
            yield "hand raises to the top", raised

    def _orders(self, world: World) -> Iterator[tuple[str, World]]:
        """People at the pipeline."""
        state = self.core.state(world)
        orders = May.ORDERS in self.may
        if orders and not world.tick.at and (state.has_traffic or world.flag > -1):
            yield "person orders a roll back", self.tick.begin_lowering(world, OFF, LatchKind.ROLLED_BACK)
        if not world.ledger_up or state.lowering_open:
            return
        if state.latch is None:
            if not orders:
                return
            held = {"kind": "held", "cause": "c", "by": "b", "to": str(state.ceiling), "lowers": False}
            yield "person holds", self.core.must(world, EventType.LATCHED, held)
        elif state.latch.kind is LatchKind.ROLLED_BACK:
            after = self.core.must(world, EventType.ATTEMPT_STARTED, {"attempt": state.attempt + 1, "reason": "r"})
            yield "person starts a new attempt", after._replace(spent=False, lowered_by_hand=False)
        else:
            after = self.core.must(world, EventType.RESUMED, {"reason": "r"})
            yield "person resumes", after._replace(lowered_by_hand=False)
