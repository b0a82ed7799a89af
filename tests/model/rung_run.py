"""A rung run, one step per read or write, in the order of `prr_pipeline.control`: raising and withdrawing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from prr_pipeline.ledger.events import EventType
from prr_pipeline.rollout.decide import Verdict
from prr_pipeline.rollout.ladder import BOTTOM
from prr_pipeline.rollout.state import LatchKind
from tests.model.core import Core, latch_payload
from tests.model.world import FRESH, STALE, Alert, Mutant, Run, Violation, World


@dataclass(frozen=True)
class RungRun:
    """Judge, intent, recheck, write, read back, settle; or void and withdraw. ``slot`` is its place in a world."""

    core: Core
    slot: Literal["run", "late"] = "run"

    def of(self, world: World) -> Run:
        """Where this run stands."""
        run: Run = getattr(world, self.slot)
        return run

    def put(self, world: World, run: Run) -> World:
        """The world with this run standing elsewhere."""
        return world._replace(run=run) if self.slot == "run" else world._replace(late=run)

    def steps(self, world: World) -> Iterator[tuple[str, World]]:
        """The next step of this run, if there is one."""
        run = self.of(world)
        if not run.at:
            if world.ledger_up:
                yield from self._begin(world)
        elif run.at == "intent":
            yield f"{self.slot} writes its intent", self._write_intent(world)
        elif run.at == "recheck":
            yield f"{self.slot} rechecks", self._recheck(world)
        elif run.at == "write":
            yield f"{self.slot} writes the flag", self._raise_flag(world)
        elif run.at == "read back":
            there = world.flag == self.core.ladder.exposure(run.rung).level
            then = run._replace(at="settle", version=FRESH) if there else Run()
            yield f"{self.slot} reads back", self.put(world, then)
        elif run.at == "settle":
            yield f"{self.slot} settles", self._settle(world)
        elif run.at == "void":
            yield f"{self.slot} voids its intent", self._void(world)
        else:
            yield f"{self.slot} withdraws", self._withdraw(world)

    def _begin(self, world: World) -> Iterator[tuple[str, World]]:
        state = self.core.state(world)
        if state.intent is not None:
            found = Run("recheck", state.intent.rung, True, True, state.intent.flag_version)
            yield f"{self.slot} finds an intent", self.put(world, found)
            return
        decision = self.core.decide(world)
        if decision.verdict is Verdict.ADVANCE and decision.rung is not None:
            decided = Run("intent", decision.rung, fresh=True, version=FRESH)
            yield f"{self.slot} decides to raise", self.put(world, decided)

    def _write_intent(self, world: World) -> World:
        """With the version of the flag that the decision saw."""
        run, state = self.of(world), self.core.state(world)
        if not world.ledger_up or not run.fresh:
            return self.put(world, Run())
        to = str(self.core.ladder.exposure(run.rung))
        payload = {
            "intent_id": "i", "attempt": state.attempt, "rung": run.rung, "to": to, "flag_version": run.version,
        }  # fmt: skip
        after = self.core.append(world, EventType.INTENT_WRITTEN, payload)
        if after is None:
            return self.put(world, Run())
        straight = self.core.lacks(Mutant.NO_RECHECK)
        return self.put(after, run._replace(at="write" if straight else "recheck", fresh=straight, mine=True))

    def _recheck(self, world: World) -> World:
        run, state = self.of(world), self.core.state(world)
        if not world.ledger_up or state.intent is None or not run.mine:
            return self.put(world, Run())
        decision = self.core.decide(world, unwritten=True)
        run = run._replace(fresh=True)
        shown = world.flag == state.intent.to.level and state.intent.flag_version == STALE
        if shown or self.core.lacks(Mutant.INTENT_IS_RUNG):
            return self.put(world, run._replace(at="settle", version=FRESH))
        if decision.verdict is not Verdict.ADVANCE or decision.rung != run.rung:
            return self.put(world, run._replace(at="void"))
        return self.put(world, run._replace(at="write"))

    def _raise_flag(self, world: World) -> World:
        run = self.of(world)
        if run.version != FRESH and not self.core.lacks(Mutant.NO_FLAG_CAS):
            return self.put(world, run._replace(at="void", excused=False))
        self._check(world, run)
        after = self.core.write(world, self.core.ladder.exposure(run.rung).level)
        return self.put(after, run._replace(at="read back", version=FRESH, excused=False))

    def _check(self, world: World, run: Run) -> None:
        """What must hold at the very moment of a raise."""
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

    def _settle(self, world: World) -> World:
        run = self.of(world)
        after = self._close(world, EventType.INTENT_SETTLED, {"rung": run.rung, "flag_version": run.version})
        if after is None:
            return self.put(world, Run())
        ours = run.version == FRESH
        return self.put(after, Run())._replace(raised_by_hand=world.raised_by_hand and not ours)

    def _void(self, world: World) -> World:
        """Move the flag's version and not its exposure: a late write of the same intent is lost. Done once."""
        run, state = self.of(world), self.core.state(world)
        moved = run._replace(at="withdraw", version=0)
        if self.core.lacks(Mutant.NO_VOID):
            return self.put(world, moved._replace(version=FRESH))
        rose = state.intent is not None and world.flag == state.intent.to.level
        if rose and not self.core.lacks(Mutant.WITHDRAW_A_RAISE):
            return self.put(world, Run())
        if world.flag != state.exposure.level:
            return self.put(world, moved)
        if world.voided:
            return self.put(world, moved._replace(version=FRESH))
        if run.version != FRESH:
            return self.put(world, moved)
        after = self.core.write(world, world.flag)._replace(voided=True)
        return self.put(after, moved._replace(version=FRESH))

    def _withdraw(self, world: World) -> World:
        """Without a version somebody else moved it; below the first rung only this run knows, and halts."""
        run, state = self.of(world), self.core.state(world)
        after = self._close(world, EventType.INTENT_WITHDRAWN, {"flag_version": run.version or None})
        if after is None:
            return self.put(world, Run())
        if not run.version and state.rung == BOTTOM and state.latch is None:
            halt = latch_payload(LatchKind.DRIFT, state.exposure.level, lowers=False)
            after = self.core.must(after, EventType.LATCHED, halt)
        return self.put(after, Run())

    def _close(self, world: World, kind: EventType, payload: Mapping[str, object]) -> World | None:
        if not world.ledger_up or not self.of(world).fresh:
            return None
        return self.core.append(world, kind, payload)
