"""Properties of the decision, for any promotion in any world."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

from hypothesis import event, given, settings
from hypothesis import strategies as st

from prr_pipeline.canonical import canonical_bytes
from prr_pipeline.exposure import OFF
from prr_pipeline.ledger.events import Event, EventType
from prr_pipeline.ledger.fold import apply
from prr_pipeline.rollout.alerts import AlertAnswer, Severity
from prr_pipeline.rollout.decide import Decision, Verdict, decide
from prr_pipeline.rollout.dependencies import Graph, closure, dependants, in_cycle
from prr_pipeline.rollout.facts import FlagFact
from prr_pipeline.rollout.gates import ALWAYS_REQUIRED, OPTIONAL_GATES, GateReading, GateState
from prr_pipeline.rollout.guardrails import exposed, lowerings
from prr_pipeline.rollout.ladder import BOTTOM
from prr_pipeline.rollout.policy import Policy
from prr_pipeline.rollout.reclimb import is_cooling
from prr_pipeline.rollout.state import LatchKind, PromotionState
from prr_pipeline.subjects import Subject, SubjectKind
from tests.properties.decide_worlds import World, any_world, worlds
from tests.rollout.worlds import NOW, answer, facts, promotion

many = settings(max_examples=400, deadline=None)
_NEEDED = Subject(SubjectKind.SERVICE, "needed")
MOVES_DOWN = (Verdict.STEP_DOWN, Verdict.ROLL_BACK)


@many
@given(worlds)
def test_every_world_has_an_answer(world: World) -> None:
    """The decision is total, and every answer can be written to the ledger."""
    decision = decide(*world, NOW)
    assert canonical_bytes(decision.as_data())
    assert decision.key.startswith("sha256:")
    assert decision.causes
    event(decision.verdict.word)


@many
@given(worlds)
def test_equal_worlds_get_equal_answers(world: World) -> None:
    """Nothing but its arguments goes into a decision."""
    assert decide(*world, NOW) == decide(*world, NOW)


@many
@given(worlds)
def test_a_reason_to_lower_outranks_everything(world: World) -> None:
    """Roll back > step down > hold > unknown > advance: what applies and ranks highest wins."""
    state, seen, policy = world
    decision = decide(state, seen, policy, NOW)
    reasons = lowerings(state, seen)
    if not reasons:
        assert decision.verdict not in MOVES_DOWN
        return
    assert decision.verdict in MOVES_DOWN
    assert decision.to == min(reason.to for reason in reasons)
    ends = any(reason.latch is LatchKind.ROLLED_BACK and reason.to == decision.to for reason in reasons)
    assert (decision.verdict is Verdict.ROLL_BACK) == ends


@many
@given(worlds)
def test_one_more_reason_never_makes_a_verdict_milder(world: World) -> None:
    """Precedence is kept in any company: a reason added to whatever there is leads to its own verdict, or a graver."""
    state, seen, policy = world
    first = decide(state, seen, policy, NOW)
    nothing_above = first.causes[0].startswith("100% is reached")  # no reason: there is nowhere to go
    before = Verdict.ADVANCE if nothing_above else first.verdict
    is_exposed = exposed(state, seen)
    added: list[tuple[dict[str, Any], Verdict]] = [
        ({"freeze": GateReading("freeze", GateState.CLOSED, "shut")}, Verdict.HOLD if not state.at_top else before),
        ({"regressions": ("slower",)}, Verdict.STEP_DOWN if is_exposed else Verdict.HOLD),
        ({"hard_failures": ("half fail",)}, Verdict.ROLL_BACK if is_exposed else Verdict.HOLD),
        ({"dependency_alerts": {_NEEDED: answer("unknown")}}, Verdict.UNKNOWN),
        ({"dependency_alerts": {_NEEDED: answer("warning")}}, Verdict.HOLD),
        ({"dependency_alerts": {_NEEDED: answer("critical")}}, Verdict.ROLL_BACK if is_exposed else Verdict.HOLD),
    ]
    for facts_too, own in added:
        if "dependency_alerts" in facts_too:
            facts_too = {"dependency_alerts": {**seen.dependency_alerts, **facts_too["dependency_alerts"]}}
        after = decide(state, replace(seen, **facts_too), policy, NOW)
        deeper = after.to is not None and first.to is not None and after.to < first.to and first.verdict in MOVES_DOWN
        assert after.verdict >= max(before, own) or deeper


@many
@given(worlds)
def test_a_lowering_never_points_upward(world: World) -> None:
    """The target of a lowering is not above what is settled, nor above what a latch allows."""
    state, seen, policy = world
    decision = decide(state, seen, policy, NOW)
    if decision.verdict not in MOVES_DOWN:
        return
    assert decision.to is not None
    assert decision.to <= state.exposure
    assert decision.to <= state.ceiling
    assert decision.latch is not None
    assert not decision.clock_runs
    assert decision.clock_restarts


@many
@given(worlds)
def test_critical_and_exposed_means_off(world: World) -> None:
    """L1: a page-level alert of the operation or of any dependency brings everything exposed to off."""
    state, seen, policy = world
    fires = any(a.value == "firing" and a.worst is Severity.CRITICAL for _, a in seen.all_alerts)
    if not (fires and exposed(state, seen)):
        return
    decision = decide(state, seen, policy, NOW)
    assert (decision.verdict, decision.to) == (Verdict.ROLL_BACK, OFF)


@many
@given(worlds)
def test_an_advance_is_one_rung(world: World) -> None:
    """S2: one raise moves one rung, however much dwell was served; the target is absolute."""
    state, seen, policy = world
    decision = decide(state, seen, policy, NOW)
    if decision.verdict is Verdict.ADVANCE:
        assert decision.rung == state.rung + 1
        assert decision.to == state.ladder.rungs[state.rung + 1].exposure
    else:
        assert decision.rung is None


@many
@given(worlds)
def test_an_advance_needs_every_required_gate_open(world: World) -> None:
    """Absence of bad news is not evidence: each required gate says open, none is merely missing."""
    state, seen, policy = world
    decision = decide(state, seen, policy, NOW)
    if decision.verdict is not Verdict.ADVANCE:
        return
    gates = {gate.name: gate.state for gate in decision.gates}
    assert all(gates[name] is GateState.OPEN for name in policy.required)
    given_gates = (seen.record, seen.readiness, seen.signoff, seen.halt, seen.freeze, seen.window)
    assert all(reading.state is GateState.OPEN for reading in given_gates)
    assert all(a.value == "clear" for _, a in seen.all_alerts)
    assert (seen.flag.readable, seen.flag.exposure) == (True, state.exposure)
    assert state.rung == BOTTOM or seen.flag.version == state.flag_version
    done = seen.dwell.served if seen.dwell else timedelta(0)
    assert state.rung == BOTTOM or done >= state.ladder.rungs[state.rung].dwell
    assert not seen.regressions
    assert not seen.hard_failures


@many
@given(worlds)
def test_nothing_rises_from_a_latch_a_raise_or_after_the_end(world: World) -> None:
    """A latched or ended promotion, or one that rises already, is only ever lowered or held."""
    state, seen, policy = world
    if state.latch is None and state.intent is None and state.is_open:
        return
    assert decide(state, seen, policy, NOW).verdict not in (Verdict.ADVANCE, Verdict.UNKNOWN)


@many
@given(worlds, st.sampled_from(["closed", "unknown"]))
def test_no_permission_stands_before_a_lowering(world: World, label: str) -> None:
    """S11: freeze, window, sign-off, readiness, record and dwell change nothing about a lowering."""
    state, seen, policy = world
    before = decide(state, seen, policy, NOW)
    names = ("freeze", "window", "signoff", "readiness", "record")
    shut: dict[str, Any] = {name: GateReading(name, GateState(label), "shut") for name in names}
    after = decide(state, replace(seen, **shut, dwell=None), policy, NOW)
    if before.verdict in MOVES_DOWN:
        assert (after.verdict, after.to, after.latch) == (before.verdict, before.to, before.latch)
    else:
        assert after.verdict in (Verdict.HOLD, Verdict.UNKNOWN)


@many
@given(worlds, st.sampled_from(["alerts", "flag", "freeze", "window", "signoff", "readiness", "record"]))
def test_unknown_moves_nothing(world: World, name: str) -> None:
    """S4: making any one answer unknown never causes a raise, an adoption or a lowering."""
    state, seen, policy = world
    before = decide(state, seen, policy, NOW)
    after = decide(state, replace(seen, **{name: _unread(name)}), policy, NOW)
    assert after.verdict is not Verdict.ADVANCE or state.at_top
    if before.verdict not in MOVES_DOWN:  # a lowering goes before the adoption of what somebody wrote, and hides it
        assert after.verdict not in MOVES_DOWN
        assert before.adopt is not None or after.adopt is None
    if not state.at_top or name in ("alerts", "flag"):
        assert after.blind
        assert not after.clock_runs


def _unread(name: str) -> Any:
    if name == "alerts":
        return AlertAnswer("unknown", None, "no answer")
    return (
        FlagFact(False, None, 0, "no answer") if name == "flag" else GateReading(name, GateState.UNKNOWN, "no answer")
    )


@many
@given(worlds, st.sampled_from(sorted(OPTIONAL_GATES)), st.sampled_from([None, *GateState]))
def test_a_required_gate_without_an_answer_is_unknown(world: World, name: str, reading: GateState | None) -> None:
    """A gate that policy requires and nothing answers is unknown; one not required is shown and skipped."""
    state, seen, _ = world
    given_one = {} if reading is None else {name: GateReading(name, reading, "why")}
    seen = replace(seen, optional=given_one)
    required = decide(state, seen, Policy(required=frozenset({name})), NOW)
    shown = next(gate for gate in required.gates if gate.name == name)
    missing = reading in (None, GateState.NOT_USED, GateState.UNKNOWN)
    assert shown.state is (GateState.UNKNOWN if missing else reading)
    assert required.verdict is not Verdict.ADVANCE or reading is GateState.OPEN
    skipped = next(gate for gate in decide(state, seen, Policy(), NOW).gates if gate.name == name)
    assert skipped.state is GateState.NOT_USED


@many
@given(worlds)
def test_what_was_raised_is_not_lowered_by_the_same_facts(world: World) -> None:
    """L4: with nothing changed in the world, a rung that was just reached stands."""
    state, seen, policy = world
    decision = decide(state, seen, policy, NOW)
    if decision.verdict is not Verdict.ADVANCE:
        return
    risen = apply(state, _event(EventType.INTENT_SETTLED, {"rung": decision.rung, "flag_version": 8}))
    after = decide(risen, replace(seen, flag=FlagFact(True, risen.exposure, 8), dwell=None), policy, NOW)
    assert after.verdict not in MOVES_DOWN
    assert after.adopt is None


@many
@given(worlds)
def test_one_lowering_is_enough(world: World) -> None:
    """With nothing changed in the world, a settled lowering is not followed by another."""
    state, seen, policy = world
    seen = replace(seen, regressions=())
    decision = decide(state, seen, policy, NOW)
    if decision.verdict not in MOVES_DOWN:
        return
    assert decision.to is not None
    after = decide(_lowered(state, decision), replace(seen, flag=FlagFact(True, decision.to, 8)), policy, NOW)
    assert after.verdict not in MOVES_DOWN
    assert after.adopt is None
    assert after.verdict is not Verdict.ADVANCE


def _lowered(state: PromotionState, decision: Decision) -> PromotionState:
    to = str(decision.to)
    latch = {"kind": str(decision.latch), "cause": "c", "by": "b", "to": to, "lowers": True}
    latched = apply(state, _event(EventType.LATCHED, latch))
    return apply(latched, _event(EventType.LOWERED, {"to": to, "flag_version": 8}))


def _event(kind: EventType, payload: dict[str, object]) -> Event:
    return Event(2, "createGrant:ga", kind, payload, "test", NOW, 1, "", "")


@many
@given(worlds)
def test_the_earliest_time_is_a_time_at_which_every_gate_may_open(world: World) -> None:
    """What is shown as the earliest advance never lies before a gate's own time, nor beside a wait for a person."""
    state, seen, policy = world
    decision = decide(state, seen, policy, NOW)
    shut = [gate for gate in decision.gates if not gate.is_open]
    if decision.earliest is None:
        return
    assert decision.verdict is Verdict.HOLD
    assert state.latch is None or is_cooling(state)
    assert all(gate.until is not None and gate.until <= decision.earliest for gate in shut)


@many
@given(worlds)
def test_only_a_cool_down_that_is_over_lets_go_and_only_where_all_is_seen_well(world: World) -> None:
    """Whatever else there is: a run may lift a guardrail's step down alone, and nothing rises by that."""
    state, seen, policy = world
    decision = decide(state, seen, policy, NOW)
    gates = {one.name: one.state for one in decision.gates}
    if decision.resumes:
        assert decision.verdict is Verdict.HOLD
        assert state.latch is not None
        assert state.latch.cooling is not None
        assert state.latch.cooling.until is not None
        assert state.latch.cooling.until <= NOW
        assert {gates[name] for name in ("flag", "record", "alerts", "halt")} == {GateState.OPEN}
        assert not lowerings(state, seen)
        assert state.is_open


@many
@given(worlds)
def test_a_step_down_says_what_follows_and_nothing_else_does(world: World) -> None:
    """By the policy's limits and the falls so far; a drift, a roll back and a hold leave nothing to cool down."""
    state, seen, policy = world
    decision = decide(state, seen, policy, NOW)
    under_way = state.latch if state.lowering_open else None
    again = (decision.latch, decision.to) if decision.latch is LatchKind.STEPPED_DOWN else None
    if under_way is not None and (under_way.kind, under_way.to) == again:
        assert decision.cooling == under_way.cooling, "a step down under way keeps what its latch says"
        return
    assert (decision.cooling is not None) == (decision.latch is LatchKind.STEPPED_DOWN)
    if decision.cooling is None:
        return
    allowed = policy.reclimbs
    may = len(state.falls) < allowed.per_attempt and state.falls.count(state.rung) < allowed.per_rung
    fits = allowed.cool_down < timedelta.max
    assert (decision.cooling.until is not None) == (may and fits)
    assert decision.cooling.until is None or decision.cooling.until == NOW + allowed.cool_down
    assert decision.cooling.left <= max(0, allowed.per_attempt - 1)


def test_ten_thousand_worlds_hold_the_invariants() -> None:
    """S2, S4 and S11 in bulk, with enough of each verdict that a zero means something."""
    seen_verdicts: Counter[Verdict] = Counter()
    for seed in range(10_000):
        state, seen, policy = any_world(seed)
        decision = decide(state, seen, policy, NOW)
        seen_verdicts[decision.verdict] += 1
        rises = decision.verdict is Verdict.ADVANCE
        assert not rises or (decision.rung == state.rung + 1 and state.latch is None), seed
        assert not rises or all(a.value == "clear" for _, a in seen.all_alerts), seed
        assert not rises or seen.freeze.state is GateState.OPEN, seed
        assert decision.to is None or rises or decision.to <= state.exposure, seed
    assert all(seen_verdicts[verdict] > 300 for verdict in Verdict), seen_verdicts


def test_required_gates_are_the_ten_always() -> None:
    """Policy adds gates; none of the ten can be left out."""
    assert Policy(required=frozenset()).required == ALWAYS_REQUIRED
    assert len(ALWAYS_REQUIRED) == 10


def test_no_raise_under_an_alert_anywhere_in_the_closure() -> None:
    """S3: every graph of four subjects, cycles too, with every answer: no raise unless all reachable ones are clear."""
    nodes = [Subject(SubjectKind.OPERATION, "createGrant"), *(Subject(SubjectKind.SERVICE, n) for n in "abc")]
    pairs = [(one, other) for one in nodes for other in nodes if one != other]
    answers = {
        combination: {node: answer(label) for node, label in zip(nodes[1:], combination, strict=True)}
        for combination in product(("clear", "warning", "unknown"), repeat=3)
    }
    verdicts: dict[tuple[tuple[Subject, ...], tuple[str, ...]], Verdict] = {}
    trials = raised = 0
    for bits in range(2 ** len(pairs)):
        graph: dict[Subject, list[Subject]] = {node: [] for node in nodes}
        for place, (one, other) in enumerate(pairs):
            if bits >> place & 1:
                graph[one].append(other)
        needs = closure(graph, nodes[0])
        assert set(needs) == _reachable(graph, nodes[0]) - {nodes[0]}
        for combination, by_subject in answers.items():
            bad = any(by_subject[node].value != "clear" for node in needs)
            if (needs, combination) not in verdicts:
                seen = facts(promotion("1%"), dependency_alerts={node: by_subject[node] for node in needs})
                verdicts[needs, combination] = decide(promotion("1%"), seen, Policy(), NOW).verdict
            risen = verdicts[needs, combination] is Verdict.ADVANCE
            assert risen == (not bad)
            trials, raised = trials + bad, raised + (bad and risen)
    assert (raised, trials > 50_000) == (0, True)


def _reachable(graph: Graph, start: Subject) -> set[Subject]:
    """Breadth-first, by whole layers: another way than the one under test."""
    found: set[Subject] = set()
    layer = set(graph[start])
    while layer - found:
        found |= layer
        layer = {after for node in layer for after in graph[node]}
    return found


graphs = st.dictionaries(st.integers(0, 6), st.lists(st.integers(0, 6), max_size=4), max_size=7).map(
    lambda rows: {_node(k): [_node(v) for v in vs] for k, vs in rows.items()}
)


def _node(number: int) -> Subject:
    return Subject(SubjectKind.SERVICE, f"s{number}")


@given(graphs, st.integers(0, 6), st.integers(0, 6))
def test_closure_dependants_and_cycles_agree(graph: Graph, one: int, other: int) -> None:
    """Who needs whom is the same seen from either side; a cycle is seen alike by both of its members."""
    first, second = _node(one), _node(other)
    if first != second and first in graph:
        assert (second in closure(graph, first)) == (first in dependants(graph, second))
    assert in_cycle(graph, first, second) == in_cycle(graph, second, first)
    assert first not in closure(graph, first)


def test_now_is_only_an_argument() -> None:
    """A decision about another time is made by passing another time."""
    state = promotion("1%")
    seen = facts(state, dwell=None)
    later = datetime(2031, 1, 1, tzinfo=UTC)
    assert decide(state, seen, Policy(), later).earliest == later + state.ladder.rungs[state.rung].dwell
