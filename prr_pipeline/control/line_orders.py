"""Stop the line: an order in the ledger that no promotion of a scope rises, and the order that lets it go on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace

from prr_pipeline.control.blind_lowering import Halted, Wanted
from prr_pipeline.control.calling_back import CalledBack, call_back
from prr_pipeline.control.checklist import judge_promotion
from prr_pipeline.control.emergency import Announce, roll_back_anyhow
from prr_pipeline.control.gather import World, facts_for, read_world
from prr_pipeline.control.latching import LATCH_WAIT
from prr_pipeline.control.notices import notify, settle_notices
from prr_pipeline.control.orders import Order, may_have_traffic
from prr_pipeline.control.scopes import Crowd
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import PrrError, Refused, UnknownName
from prr_pipeline.ledger.events import SYSTEM_STREAM, Draft, EventType
from prr_pipeline.ledger.line import scope_data
from prr_pipeline.rollout.decide import Verdict, decide
from prr_pipeline.rollout.dependencies import dependency_graph
from prr_pipeline.rollout.gates import GateReading, GateState, opened
from prr_pipeline.rollout.line import Line, Standing
from prr_pipeline.rollout.reclimb import is_cooling
from prr_pipeline.rollout.scope import Scope, member_of
from prr_pipeline.rollout.state import PromotionState

Meter = AbstractContextManager[Callable[[], None]]
"""Shows how far long work has come: what it yields is called after each piece."""

_TAKES_TURNS = frozenset({"dependencies", "blast_radius"})
"""Gates that open by the moves of others: one that waits for its turn is healthy."""


@dataclass(frozen=True, slots=True)
class Stopped:
    """What a stop holds now. ``halted`` are the flags that were lowered with it; ``unrecorded``: why it is no stop;
    ``called_back``: what became of the raises that were under way."""

    scope: Scope
    keys: tuple[str, ...]
    halted: tuple[Halted, ...] = ()
    unrecorded: str = ""
    called_back: tuple[CalledBack, ...] = ()


@dataclass(frozen=True, slots=True)
class Reviewed:
    """One promotion at a release: whether it goes on, and why not or what comes next."""

    key: str
    goes_on: bool
    why: str


def stop_line(
    work: Workplace, scope: Scope, order: Order, *, lower: bool = False, announce: Announce | None = None
) -> Stopped:
    """Stop every raise of a scope until it is released, also of promotions that are opened later. One that is under way
    is withdrawn.

    With ``lower`` the flags go to off as well: after the stop, for which the ledger is waited two seconds at most, and
    without it where the ledger does not take it. Raises `UnknownName` for a scope that names nothing known, and
    without ``lower`` whatever the ledger says.
    """
    unrecorded = ""
    keys: tuple[str, ...] = ()
    try:
        scope, keys = _stop(work, scope, order, lower)
    except UnknownName:
        raise
    except Exception as fault:
        if not lower:
            raise
        unrecorded = f"the stop itself ({fault})"
    if not lower:
        why = f"the line is stopped for {scope} by {order.by}: {order.reason}"
        return Stopped(scope, keys, called_back=call_back(work, keys, why, order.by))
    because = replace(order, reason=f"the line is stopped: {order.reason}")
    halted = roll_back_anyhow(work, Wanted(scope=scope), because, announce)
    return Stopped(scope, keys, tuple(halted), unrecorded)


def release_line(
    work: Workplace, scope: Scope, order: Order, progress: Callable[[int], Meter] | None = None
) -> list[Reviewed]:
    """Let a scope go on: each promotion in it is judged afresh first, and where its gates do not allow it, the stops
    stand for it until it is released by itself.

    ``progress`` makes a meter of how many were judged. A stop that comes meanwhile stands. Raises `Refused` where
    nothing is stopped, and what the ledger says when it takes no order.
    """
    line, states = work.ledger.line(), work.ledger.states()
    crowd = Crowd.of_ledger(work, states)
    scope = crowd.resolve(scope)
    inside = {key: states[key] for key in crowd.keys_in(scope) if states[key].is_open}
    stopped = {k: s for k, s in inside.items() if line.stops_for(member_of(s), crowd.graph)}
    standing = _standing(work, line)
    if not stopped and not any(scope.covers(one.stop.scope) for one in standing):
        listed = "; ".join(one.words for one in standing) or "nothing is"
        own = "`prr resume KEY --by YOU --reason WHY`"
        raise Refused(f"The line is not stopped for {scope}; {listed}. A promotion's own hold: {own}.")
    with (progress or _no_meter)(len(stopped)) as judged:
        faults = _judge(work, stopped, f"person:{order.by}", judged)
    world = read_world(work)
    reviewed = [_reviewed(work, world, world.states[key], faults.get(key)) for key in stopped if key in world.states]
    kept = sorted(one.key for one in reviewed if not one.goes_on and states[one.key].latch is None)
    up_to = max(one.stop.seq for one in standing)
    _append(work, EventType.LINE_RELEASED, scope, order, {"kept": kept, "up_to": up_to})
    still = {str(one.stop.scope) for one in _standing(work, work.ledger.line())}
    settle_notices(work, {_notice(one.stop.scope) for one in standing if str(one.stop.scope) not in still})
    return reviewed


def _stop(work: Workplace, scope: Scope, order: Order, lower: bool) -> tuple[Scope, tuple[str, ...]]:
    states = work.ledger.states()
    crowd = Crowd.of_ledger(work, states)
    scope = crowd.resolve(scope)
    _append(work, EventType.LINE_STOPPED, scope, order, {"lowers": lower})
    title = f"The line is stopped for {scope}"
    notify(work, "warn", title, f"By {order.by}: {order.reason}", "system", _notice(scope))
    return scope, tuple(key for key in crowd.keys_in(scope) if states[key].is_open)


def _append(work: Workplace, kind: EventType, scope: Scope, order: Order, more: Mapping[str, object]) -> None:
    """Append the order and sign the ledger's head over it: no order shall vanish unseen."""
    payload = {**scope_data(scope), "by": order.by, "reason": order.reason, **more}
    work.ledger.append([Draft(SYSTEM_STREAM, kind, payload, order.by)], wait=LATCH_WAIT)
    work.ledger.export_head()


def _standing(work: Workplace, line: Line) -> tuple[Standing, ...]:
    states = work.ledger.states()
    members = [member_of(state) for state in states.values() if state.is_open]
    return line.standing(members, dependency_graph(states))


def _notice(scope: Scope) -> str:
    return f"line/{scope}"


@contextmanager
def _no_meter(total: int) -> Iterator[Callable[[], None]]:
    yield lambda: None


def _judge(
    work: Workplace, stopped: Mapping[str, PromotionState], actor: str, judged: Callable[[], None]
) -> dict[str, str]:
    """Judge the readiness of those that climb; why some could not be judged, by key."""
    faults: dict[str, str] = {}
    for key, state in stopped.items():
        if may_have_traffic(state) and state.latch is None:
            try:
                judge_promotion(work, key, actor)
            except Exception as fault:
                faults[key] = f"it cannot be judged: {fault}"
        judged()
    return faults


def _reviewed(work: Workplace, world: World, state: PromotionState, fault: str | None) -> Reviewed:
    if state.latch is not None:
        way_on = (
            "it goes on after its cool-down" if is_cooling(state) else f"`prr resume {state.key} --by YOU --reason WHY`"
        )
        words = f"{state.latch.kind.replace('_', ' ')} ({state.latch.cause}): {way_on}"
        return Reviewed(state.key, False, words)
    if fault is not None:
        return Reviewed(state.key, False, fault)
    if not may_have_traffic(state):
        return Reviewed(state.key, True, "it stands at off, and every gate is before it")
    try:
        facts = replace(facts_for(work, world, state), halt=opened("halt", "as if the line ran"))
        decision = decide(state, facts, work.policy, world.now)
    except Exception as error:
        words = str(error) if isinstance(error, PrrError) else f"{type(error).__name__}: {error}"
        return Reviewed(state.key, False, f"it cannot be judged: {words}")
    if decision.verdict in (Verdict.ROLL_BACK, Verdict.STEP_DOWN):
        return Reviewed(state.key, False, f"{decision.verdict.word}: {decision.causes[0]}")
    shut = [gate for gate in decision.gates if not gate.is_open]
    against = [gate for gate in shut if not _opens_by_itself(gate)]
    if against and not state.at_top:
        return Reviewed(state.key, False, "; ".join(f"{gate.name}: {gate.why}" for gate in against))
    waits = "; ".join(f"{gate.name}: {gate.why}" for gate in shut)
    due = _after_the_top(work, state) if state.at_top else "its next rung is due"
    return Reviewed(state.key, True, f"waits for {waits}" if waits else due)


def _after_the_top(work: Workplace, state: PromotionState) -> str:
    """What comes next where no rung is left."""
    from prr_pipeline.control.explain import step_at_top

    try:
        return f"it stands at 100%; next: {step_at_top(work, state)[0]}"
    except PrrError as fault:
        return f"it stands at 100%; what is next cannot be told: {fault}"


def _opens_by_itself(gate: GateReading) -> bool:
    """Closed until a known time, or until others have moved."""
    return gate.state is GateState.CLOSED and (gate.until is not None or gate.name in _TAKES_TURNS)
