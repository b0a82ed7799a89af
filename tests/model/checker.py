"""Breadth-first search through a model, and the invariants that must hold in every state that it finds."""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass

from prr_pipeline.exposure import Exposure
from tests.model.promotion_model import Model
from tests.model.world import Alert, Run, Tick, Violation, World

CONVERGES_IN = 3
"""Ticks after which ledger and flag agree again, once everybody has crashed and nothing else happens."""


@dataclass(frozen=True)
class Found:
    """The end of a search: what it visited, and the first violation with the steps that lead to it."""

    states: int
    edges: int
    seconds: float
    most_steps_to_off: int
    most_ticks: int
    highest_rung: int
    violation: str = ""
    trace: tuple[str, ...] = ()


class Checker:
    """One search. Memories hold what depends on a part of the world only."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.most_steps_to_off = 0
        self.most_ticks = 0
        self._converged: set[tuple[object, ...]] = set()
        self._lowered: set[tuple[object, ...]] = set()

    def search(self) -> Found:
        """Visit every reachable state, nearest first; stop at the first violation, which is thus a shortest one."""
        begun = time.perf_counter()
        start = self.model.start
        came: dict[World, tuple[World, str] | None] = {start: None}
        todo = deque([start])
        edges = 0
        while todo:
            world = todo.popleft()
            try:
                self._check(world)
                for name, after in self.model.steps(world):
                    edges += 1
                    if after not in came:
                        came[after] = (world, name)
                        todo.append(after)
            except Violation as broken:
                return self._end(came, edges, begun, str(broken), world)
        return self._end(came, edges, begun)

    def _end(
        self,
        came: dict[World, tuple[World, str] | None],
        edges: int,
        begun: float,
        violation: str = "",
        at: World | None = None,
    ) -> Found:
        trace: list[str] = []
        step = came[at] if at is not None else None
        while step is not None:
            trace.append(step[1])
            step = came[step[0]]
        seconds = time.perf_counter() - begun
        highest = max(state.rung for state in self.model.core.states)
        steps, ticks = self.most_steps_to_off, self.most_ticks
        return Found(len(came), edges, seconds, steps, ticks, highest, violation, tuple(reversed(trace)))

    def _check(self, world: World) -> None:
        state = self.model.core.state(world)
        above = Exposure(world.flag) > state.ceiling
        if above and not state.lowering_open and not world.raised_by_hand:
            raise Violation(f"S1: the flag shows {Exposure(world.flag)}, the ceiling is {state.ceiling}")
        self._check_rollback(world)
        self._check_convergence(world)

    def _check_rollback(self, world: World) -> None:
        """L1: with an alert firing, the guard alone brings the flag to off, and the run in flight cannot undo it."""
        key = (world.ledger, world.flag, world.valid, world.ledger_up, world.tick, world.run, world.late)
        if key in self._lowered:
            return
        self._lowered.add(key)
        run, late = world.run._replace(excused=True), world.late._replace(excused=True)
        after = world._replace(alert=Alert.FIRING, run=run, late=late)
        steps = 0
        for _ in range(2 if world.tick.at else 1):
            while (one := self._tick_step(after)) is not None:
                after, steps = one, steps + (after.flag > -1)
                if not after.tick.at:
                    break
        for worker in (self.model.run, self.model.late):
            while worker.of(after).at:
                after = next(step for _, step in worker.steps(after))
        if after.flag > -1:
            raise Violation(f"L1: an alert fires and the flag stays at {Exposure(after.flag)}")
        self.most_steps_to_off = max(self.most_steps_to_off, steps)

    def _tick_step(self, world: World) -> World | None:
        return next((after for _, after in self.model.tick.steps(world)), None)

    def _check_convergence(self, world: World) -> None:
        """S7: after a crash of everybody, with the ledger back and quiet around, ledger and flag agree soon."""
        for alert, valid in ((Alert.CLEAR, True), (Alert.CLEAR, False), (Alert.FIRING, True)):
            key = (world.ledger, world.flag, alert, valid)
            if key in self._converged:
                continue
            self._converged.add(key)
            quiet = world._replace(
                alert=alert, valid=valid, ledger_up=True, run=Run(), late=Run(), tick=Tick(), spent=False
            )
            ticks = 0
            quiet = quiet._replace(lowered_by_hand=False)
            while not self._agree(quiet):
                ticks += 1
                if ticks > CONVERGES_IN:
                    raise Violation(f"S7: ledger and flag still differ after {CONVERGES_IN} ticks")
                quiet = self._one_round(quiet)
            self.most_ticks = max(self.most_ticks, ticks)

    def _agree(self, world: World) -> bool:
        state = self.model.core.state(world)
        return state.exposure.level == world.flag and state.intent is None and not state.lowering_open

    def _one_round(self, world: World) -> World:
        """A whole tick, then the rung run that an open intent asks for."""
        while (after := self._tick_step(world)) is not None:
            world = after
            if not world.tick.at:
                break
        if self.model.core.state(world).intent is not None:
            world = next(after for _, after in self.model.run.steps(world))
            while world.run.at:
                world = next(after for _, after in self.model.run.steps(world))
        return world
