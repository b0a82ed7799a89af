"""The guard's tick, one step per read or write, in the order of `control`: watching, lowering, blackout."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from prr_pipeline.exposure import Exposure
from prr_pipeline.ledger.events import EventType
from prr_pipeline.rollout.decide import Verdict
from prr_pipeline.rollout.ladder import BOTTOM
from prr_pipeline.rollout.state import LatchKind
from tests.model.core import Core, exposure, latch_payload
from tests.model.world import FRESH, Alert, Mutant, Tick, World


@dataclass(frozen=True)
class GuardTick:
    """Decide; latch, lower, read back, book. Without the ledger: lower. A person's roll back takes the same steps."""

    core: Core

    def steps(self, world: World) -> Iterator[tuple[str, World]]:
        """The next step of the guard's tick, if it has anything to do."""
        tick = world.tick
        if not tick.at:
            after = self._begin(world)
            if after is not None:
                yield "tick begins", after
        elif tick.at == "latch":
            yield "tick latches", self._latch(world)
        elif tick.at == "lower":
            yield "tick lowers the flag", self._lower_flag(world)
        elif tick.at == "read back":
            low = world.flag <= tick.to
            then = tick._replace(at="record", shown=world.flag, version=FRESH) if low else tick._replace(at="lower")
            yield "tick reads back", world._replace(tick=then)
        elif tick.at == "record":
            yield "tick books the lowering", self._record(world)
        elif tick.at == "blackout":
            yield "tick lowers without the ledger", self._blackout(world)
        else:
            yield "tick adopts", self._adopt(world)

    def _begin(self, world: World) -> World | None:
        if not world.ledger_up:
            blind = self.core.lacks(Mutant.NEEDS_LEDGER) or world.alert is not Alert.FIRING
            return None if blind else world._replace(tick=Tick("blackout"))
        decision = self.core.decide(world)
        if decision.adopt is not None:
            return world._replace(tick=Tick("adopt", decision.adopt.level, fresh=True, version=FRESH))
        if decision.verdict < Verdict.STEP_DOWN or decision.to is None or decision.latch is None:
            return None
        if self.core.lacks(Mutant.ADOPT_HIGHER) and decision.latch is LatchKind.DRIFT:
            return world._replace(tick=Tick("adopt", world.flag, fresh=True, version=FRESH))
        to = decision.to
        if self.core.lacks(Mutant.DRIFT_TO_INTENT) and decision.latch is LatchKind.DRIFT:
            to = self.core.state(world).ceiling
        return self.begin_lowering(world, to, decision.latch)

    def begin_lowering(self, world: World, to: Exposure, kind: LatchKind) -> World:
        """The first step of a lowering, decided by the guard or ordered by a person."""
        if not world.ledger_up:
            return world._replace(tick=Tick("blackout"))
        state = self.core.state(world)
        standing = state.latch is not None and state.lowering_open and (state.latch.kind, state.latch.to) == (kind, to)
        late = self.core.lacks(Mutant.FLAG_FIRST, Mutant.NO_LATCH)
        return world._replace(tick=Tick("lower" if late else "latch", to.level, kind, latched=standing, fresh=True))

    def _latch(self, world: World) -> World:
        tick = world.tick
        if tick.latched or not world.ledger_up:
            return world._replace(tick=tick._replace(at="lower"))
        if not tick.fresh and self._is_done(world):
            return world._replace(tick=tick._replace(at="lower", latched=True))
        after = self.core.must(world, EventType.LATCHED, latch_payload(tick.kind, tick.to))
        return after._replace(tick=tick._replace(at="lower", latched=True))

    def _lower_flag(self, world: World) -> World:
        tick = world.tick
        if self.core.lacks(Mutant.LOWERING_KEEPS_VERSION) and world.flag <= tick.to:
            return world._replace(tick=tick._replace(at="read back"))
        after = self.core.write(world, min(world.flag, tick.to))
        return self._spend(after, tick.to, tick.kind)._replace(tick=tick._replace(at="read back"))

    def _is_done(self, world: World) -> bool:
        """Whether another worker has just done this very lowering."""
        tick, state = world.tick, self.core.state(world)
        latched = state.latch is not None and state.latch.kind in (tick.kind, LatchKind.ROLLED_BACK)
        return latched and not state.lowering_open and state.intent is None and state.exposure.level <= tick.to

    def _record(self, world: World) -> World:
        """Booked against the state as it is now. After a late latch the flag is written once more."""
        tick, state = world.tick, self.core.state(world)
        if not world.ledger_up:
            return world._replace(tick=Tick())
        if not state.lowering_open and (tick.latched or state.flag_version > tick.version):
            return world._replace(tick=Tick())
        after = world
        if not state.lowering_open and not self.core.lacks(Mutant.NO_LATCH, Mutant.LATCH_LOST):
            after = self.core.must(after, EventType.LATCHED, latch_payload(tick.kind, tick.to))
            if not self.core.lacks(Mutant.LATCH_LATE, Mutant.FLAG_FIRST):
                return after._replace(tick=tick._replace(at="lower", latched=True))
        payload = {"to": str(exposure(tick.shown)), "flag_version": tick.version}
        return self.core.must(after, EventType.LOWERED, payload)._replace(tick=Tick())

    def _blackout(self, world: World) -> World:
        return self._spend(self.core.write(world, -1), -1, LatchKind.ROLLED_BACK)._replace(tick=Tick())

    def _adopt(self, world: World) -> World:
        tick = world.tick
        if not world.ledger_up or not tick.fresh:
            return world._replace(tick=Tick())
        latch = latch_payload(LatchKind.DRIFT, tick.to, lowers=False)
        after = self.core.must(world, EventType.LATCHED, latch)
        payload = {"to": str(exposure(tick.to)), "flag_version": tick.version}
        return self.core.must(after, EventType.LOWERED, payload)._replace(tick=Tick())

    def _spend(self, world: World, to: int, kind: LatchKind | None) -> World:
        """A roll back of a climbing promotion spends the attempt's sign-off."""
        ends = to == -1 and kind is LatchKind.ROLLED_BACK
        spent = world.spent or (ends and self.core.state(world).rung > BOTTOM)
        return world._replace(spent=spent, raised_by_hand=False)
