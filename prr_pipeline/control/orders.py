"""A person's orders: hold, resume, request an advance, roll back. Each needs a name and a reason."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from prr_pipeline.control.agreement import go_on_verdict, restart_verdict
from prr_pipeline.control.calling_back import CalledBack, call_back
from prr_pipeline.control.lowering import Lowered, lower
from prr_pipeline.control.notices import settle_notice
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import Refused
from prr_pipeline.exposure import OFF
from prr_pipeline.ledger.events import Draft, EventType
from prr_pipeline.rollout.dependencies import closure, dependency_graph
from prr_pipeline.rollout.guardrails import Lowering, last_good, step_down_to
from prr_pipeline.rollout.reclimb import awaits_decision
from prr_pipeline.rollout.scope import member_of
from prr_pipeline.rollout.state import LatchKind, PromotionState

_OF_A_LOWERING = ("lowered", "not-lowered", "drift")


@dataclass(frozen=True, slots=True)
class Order:
    """Who orders, and why. Both must say something."""

    by: str
    reason: str

    def __post_init__(self) -> None:
        if not self.by.strip():
            raise Refused("An order needs the name of the person who gives it.")
        if not self.reason.strip():
            raise Refused("An order needs a reason; an empty one is refused. Say why in a few words.")


def roll_back(work: Workplace, keys: Sequence[str], order: Order) -> list[Lowered]:
    """Bring promotions to off, their dependants with them: one flag write for all."""
    for key in keys:
        work.state(key)
    states = work.ledger.states()
    return lower(work, rolled_back_with(states, keys, order), states, order.by)


def roll_back_words(order: Order) -> str:
    """How the latch of a person's roll back tells its cause."""
    return f"rolled back by {order.by}: {order.reason}"


def step_down_words(order: Order) -> str:
    """How the latch of a person's step down tells its cause."""
    return f"stepped down by {order.by}: {order.reason}"


def rolled_back_with(states: Mapping[str, PromotionState], keys: Sequence[str], order: Order) -> dict[str, Lowering]:
    """What a roll back of these lowers: themselves, and what depends on one of them and may have traffic."""
    reasons = {key: Lowering(OFF, LatchKind.ROLLED_BACK, roll_back_words(order)) for key in keys}
    low = {states[key].subject: key for key in reversed(keys)}
    graph, rank = dependency_graph(states), {key: place for place, key in enumerate(keys)}
    for other in states.values():
        if other.key in reasons or not may_have_traffic(other):
            continue
        needed = [low[subject] for subject in closure(graph, other.subject) if subject in low]
        if needed:
            cause = f"dependency {min(needed, key=rank.__getitem__)} was rolled back"
            reasons[other.key] = Lowering(OFF, LatchKind.ROLLED_BACK, cause)
    return reasons


def may_have_traffic(state: PromotionState) -> bool:
    """Whether an open promotion's flag is above off, or a raise may be bringing it there."""
    return state.is_open and (state.has_traffic or state.intent is not None)


def step_down(work: Workplace, key: str, order: Order) -> list[Lowered]:
    """Bring one promotion to its last good rung."""
    state = work.state(key)
    if not state.has_traffic:
        raise Refused(f"{key} is off already; there is no rung below.")
    return lower(
        work,
        {key: step_down_to(last_good(state), step_down_words(order))},
        {key: state},
        order.by,
    )


def hold(work: Workplace, key: str, order: Order, tell: Callable[[CalledBack], None] | None = None) -> PromotionState:
    """Keep the present rung until a person resumes. The dwell clock goes on.

    It stands beside a step down's or a drift's latch, whose resume does not lift it. ``tell`` hears what became of a
    raise that was under way: it is withdrawn, unless it has landed.
    """
    state = work.state(key)
    if not state.is_open:
        raise Refused(f"{key} has ended; there is nothing to hold.")
    standing = state.hold or state.latch
    if standing is not None and standing.kind in (LatchKind.HELD, LatchKind.ROLLED_BACK):
        raise Refused(f"{key} is {standing.kind.replace('_', ' ')} already ({standing.cause}).")
    to = state.intent.to if state.intent is not None else state.exposure
    payload = {"by": order.by, "cause": order.reason, "kind": str(LatchKind.HELD), "lowers": False, "to": str(to)}
    work.ledger.append([Draft(key, EventType.LATCHED, payload, order.by)])
    for one in call_back(work, [key], f"held by {order.by}: {order.reason}", order.by):
        if tell is not None:
            tell(one)
    return work.state(key)


def resume(work: Workplace, key: str, order: Order) -> PromotionState:
    """Lift a latch. After a roll back this starts the next attempt, and needs that attempt's sign-off first.

    A step down whose re-climbs are used up needs people's signatures as well; one that cools down is lifted at once. A
    person's hold under a lowering's latch is left, and takes a resume of its own.
    """
    state = work.state(key)
    if state.latch is None:
        raise Refused(f"{key} is not held; there is nothing to resume.{_line_words(work, state)}")
    if state.lowering_open:
        raise Refused(f"{key} is still being lowered: the flag has not been read back yet. Try again in a moment.")
    if state.latch.kind is LatchKind.ROLLED_BACK:
        _start_attempt(work, state, order)
    else:
        payload: dict[str, object] = {"by": order.by, "reason": order.reason}
        if awaits_decision(state):
            payload["decided"] = _decided(work, state)
        work.ledger.append([Draft(key, EventType.RESUMED, payload, order.by)], expect={key: state.version})
    settle_lowering(work, key)
    return work.state(key)


def _decided(work: Workplace, state: PromotionState) -> bool:
    """True: those whom policy names signed since the step down. Raises `Refused` until they have."""
    verdict = go_on_verdict(work, state)
    if verdict.gate.is_open:
        return True
    why = state.latch.cooling.why if state.latch is not None and state.latch.cooling is not None else ""
    raise Refused(
        f"{state.key} was stepped down again ({why}), so people decide whether it goes on: {verdict.gate.why} Sign "
        f"with `prr sign {state.key} --person YOU --key FILE`, commit the records, then `prr resume {state.key} --by "
        f"YOU --reason WHY`."
    )


def _line_words(work: Workplace, state: PromotionState) -> str:
    """What to do where the promotion itself is free and the line is stopped for it."""
    stops = work.ledger.line().stops_for(member_of(state), dependency_graph(work.ledger.states()))
    release = f"prr resume --scope {state.key} --by YOU --reason WHY"
    return f" But {stops[-1].words}. Release it with: {release}" if stops else ""


def settle_lowering(work: Workplace, key: str) -> None:
    """What was told of the lowering is over: a person has taken it up, or its cool-down is over."""
    for notice in work.ledger.outbox.open_notices():
        if notice.about == key and notice.dedup_key.partition("/")[0] in _OF_A_LOWERING:
            settle_notice(work, notice.dedup_key)


def _start_attempt(work: Workplace, state: PromotionState, order: Order) -> None:
    attempt = state.attempt + 1
    verdict = restart_verdict(work, state, attempt)
    if not verdict.gate.is_open:
        raise Refused(
            f"{state.key} was rolled back ({state.latch.cause if state.latch else ''}); attempt {attempt} needs a new "
            f"sign-off first: {verdict.gate.why} Sign with `prr sign {state.key} --attempt {attempt} --person YOU "
            f"--key FILE`, commit the records, then `prr resume {state.key} --by YOU --reason WHY`."
        )
    payload = {"attempt": attempt, "by": order.by, "reason": order.reason}
    work.ledger.append(
        [Draft(state.key, EventType.ATTEMPT_STARTED, payload, order.by)], expect={state.key: state.version}
    )


def request_advance(work: Workplace, key: str, order: Order) -> PromotionState:
    """Record that a person wants the next rung now. It moves nothing: `due_list` goes by the gates alone."""
    state = work.state(key)
    if state.next_rung is None or not state.is_open:
        raise Refused(f"{key} has nothing above {state.exposure.name} to advance to.")
    wanted = state.ladder.rungs[state.next_rung].name
    payload = {"by": order.by, "reason": order.reason, "rung": wanted}
    work.ledger.append([Draft(key, EventType.ADVANCE_REQUESTED, payload, order.by)])
    return state
