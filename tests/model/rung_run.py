"""A rung run, one step per read or write, in the order of `prr_pipeline.control.raising`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from prr_pipeline.ledger.events import EventType
from prr_pipeline.rollout.decide import Verdict
from tests.model.core import Core
from tests.model.world import FRESH, STALE, Alert, Mutant, Run, Violation, World


@dataclass(frozen=True)
class RungRun:
    """Judge, read the flag's version, intent, recheck, write, read back, settle."""

    core: Core

    def steps(self, world: World) -> Iterator[tuple[str, World]]:
        """The next step of the rung run, if there is one."""
        run = world.run
        if not run.at:
            if world.ledger_up:
                yield from self._begin(world)
        elif run.at == "read flag version":
            yield "run reads the flag's version", world._replace(run=run._replace(at="intent", version=FRESH))
        elif run.at == "intent":
            yield "run writes its intent", self._write_intent(world)
        elif run.at == "recheck":
            yield "run rechecks", self._recheck(world)
        elif run.at == "write":
            yield "run writes the flag", self._raise_flag(world)
        elif run.at == "read back":
            there = world.flag == self.core.ladder.exposure(run.rung).level
            yield "run reads back", world._replace(run=run._replace(at="settle", version=FRESH) if there else Run())
        elif run.at == "settle":
            payload = {"rung": run.rung, "flag_version": run.version}
            yield "run settles", self._close_intent(world, EventType.INTENT_SETTLED, payload)
        else:
            yield "run withdraws", self._close_intent(world, EventType.INTENT_WITHDRAWN, {})

    def _begin(self, world: World) -> Iterator[tuple[str, World]]:
        state = self.core.state(world)
        if state.intent is not None:
            found = Run("recheck", state.intent.rung, True, True, state.intent.flag_version)
            yield "run finds an intent", world._replace(run=found)
            return
        decision = self.core.decide(world)
        if decision.verdict is Verdict.ADVANCE and decision.rung is not None:
            yield "run decides to raise", world._replace(run=Run("read flag version", decision.rung, fresh=True))

    def _write_intent(self, world: World) -> World:
        run, state = world.run, self.core.state(world)
        if not world.ledger_up or not run.fresh:
            return world._replace(run=Run())
        to = str(self.core.ladder.exposure(run.rung))
        payload = {
            "intent_id": "i", "attempt": state.attempt, "rung": run.rung, "to": to, "flag_version": run.version,
        }  # fmt: skip
        after = self.core.append(world, EventType.INTENT_WRITTEN, payload)
        if after is None:
            return world._replace(run=Run())
        straight = self.core.lacks(Mutant.NO_RECHECK)
        return after._replace(run=run._replace(at="write" if straight else "recheck", fresh=straight, mine=True))

    def _recheck(self, world: World) -> World:
        run, state = world.run, self.core.state(world)
        if not world.ledger_up or state.intent is None or not run.mine:
            return world._replace(run=Run())
        decision = self.core.decide(world, unwritten=True)
        run = run._replace(fresh=True)
        shown = world.flag == state.intent.to.level and state.intent.flag_version == STALE
        if shown or self.core.lacks(Mutant.INTENT_IS_RUNG):
            return world._replace(run=run._replace(at="settle", version=FRESH))
        if decision.verdict is not Verdict.ADVANCE or decision.rung != run.rung:
            return world._replace(run=run._replace(at="withdraw"))
        return world._replace(run=run._replace(at="write"))

    def _raise_flag(self, world: World) -> World:
        run = world.run
        if run.version != FRESH and not self.core.lacks(Mutant.NO_FLAG_CAS):
            return world._replace(run=run._replace(at="withdraw", excused=False))
        self._check(world)
        after = self.core.write(world, self.core.ladder.exposure(run.rung).level)
        return after._replace(run=after.run._replace(at="read back", version=FRESH, excused=False))

    def _check(self, world: World) -> None:
        """What must hold at the very moment of a raise."""
        run = world.run
        if world.flag != self.core.ladder.exposure(run.rung - 1).level and not self.core.mutants:
            raise Violation("S2: a raise skips a rung")
        if not run.excused and world.alert is not Alert.CLEAR:
            raise Violation("S3, S4: raised under an alert that is not clear")
        if not run.excused and not world.valid:
            raise Violation("S13: raised on a void sign-off")
        if world.spent:
            raise Violation("L4: climbs again after a roll back without a new attempt")
        if world.lowered_by_hand:
            raise Violation("S9: undoes a person's lowering")

    def _close_intent(self, world: World, kind: EventType, payload: Mapping[str, object]) -> World:
        if not world.ledger_up or not world.run.fresh:
            return world._replace(run=Run())
        after = self.core.append(world, kind, payload)
        booked = after is not None and kind is EventType.INTENT_SETTLED and world.run.version == FRESH
        return (after or world)._replace(run=Run(), raised_by_hand=world.raised_by_hand and not booked)
