"""The exact table of decisions: every combination, against an oracle that was written from the rules."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, fields, replace
from functools import cache
from itertools import product
from typing import Any

import pytest

from prr_pipeline.rollout.decide import Decision, decide
from prr_pipeline.rollout.facts import Facts
from prr_pipeline.rollout.gates import GateReading
from prr_pipeline.rollout.policy import Policy
from prr_pipeline.rollout.state import PromotionState
from tests.rollout.decide_oracle import WORSE, Case, Expected, expected, is_possible
from tests.rollout.worlds import IDENTITY, NOW, RUNGS, answer, dwell, facts, flag, gate, index, promotion

POLICY = Policy()
METERED = Policy(required=frozenset({"canary"}))
METRICS = ("open", "closed", "unknown", "worse", "proven", "failing")
OWN = ("clear", "info", "critical", "warning", "other", "unknown")
TELLING = ("clear", "critical", "warning", "unknown")
DEPENDENCY = ("none", "clear", "critical", "warning", "unknown")
SETTLED = ("none", "held", "rolled_back", "stepped_down", "drift", "rolling_back", "stepping_down")
COOLING = ("cooling", "cooled", "spent")
FALLS = ("none", "elsewhere", "here", "many")
FLAGS = ("matches", "target", "off", "below", "above", "touched", "unreadable", "foreign")
PERMITS = {
    "dwell": ("served", "short", "jump"),
    "freeze": ("open", "closed", "unknown"),
    "window": ("open", "closed"),
    "signoff": ("open", "missing", "void", "unknown"),
    "readiness": ("open", "closed", "unknown"),
    "record": ("open", "closed"),
}
HALTED = ("closed", "unknown")
ONE_SHUT: list[dict[str, Any]] = [{}, *({name: label} for name, labels in PERMITS.items() for label in labels[1:])]
ONE_SHUT += [{"halt": label} for label in HALTED]
PERMITTED: list[dict[str, Any]] = [one for one in ONE_SHUT if "halt" not in one]
PERMITTED += [{"freeze": "closed", "signoff": "void"}, {"dwell": "short", "window": "closed"}]
ALL_PERMITS: list[dict[str, Any]] = [dict(zip(PERMITS, labels, strict=True)) for labels in product(*PERMITS.values())]


def movers(rung: str) -> Iterator[Case]:
    """Everything that can move a flag, with every permit open or, for the telling alerts, exactly one shut."""
    for own, dependency, latch, shown, intent in product(OWN, DEPENDENCY, SETTLED, FLAGS, (False, True)):
        for permit in ONE_SHUT if own in TELLING and dependency != "clear" else ({},):
            yield Case(rung, own, dependency, latch=latch, flag=shown, intent=intent, **permit)


def whole(rung: str) -> Iterator[Case]:
    """The product of what matters most: alerts, metrics, dwell, freeze, sign-off and every latch with its cool-down."""
    labels = product(*(PERMITS[name] for name in ("dwell", "freeze", "signoff")))
    for (dwell_label, freeze, signoff), own, metrics, latch in product(labels, OWN, METRICS, (*SETTLED, *COOLING)):
        yield Case(rung, own, dwell=dwell_label, latch=latch, freeze=freeze, signoff=signoff, metrics=metrics)


def fallen(rung: str) -> Iterator[Case]:
    """Cool-downs and re-climbs: what stands, and how often it fell, beside all that moves a flag or stops a dwell."""
    for latch, falls, own, shown, metrics in product((*SETTLED, *COOLING), FALLS, TELLING, FLAGS, METRICS):
        if falls == "none" and latch not in COOLING:
            continue  # the table above has it
        yield Case(rung, own, latch=latch, falls=falls, flag=shown, metrics=metrics)
    for latch, dependency, halt, permit in product(
        COOLING, ("none", "warning", "unknown"), ("open", *HALTED), PERMITTED
    ):
        yield Case(rung, dependency=dependency, latch=latch, halt=halt, **permit)


def permits(rung: str) -> Iterator[Case]:
    """Every combination of permits, where nothing asks for a lowering."""
    for own, latch, shown, permit in product(
        ("clear", "warning", "unknown"), ("none", "held"), ("matches", "unreadable"), ALL_PERMITS
    ):
        yield Case(rung, own, latch=latch, flag=shown, **permit)


def halted(rung: str) -> Iterator[Case]:
    """A stop of the line, or one that cannot be read, beside every other combination of permits."""
    for own, latch, halt, permit in product(("clear", "unknown"), ("none", "held"), HALTED, ALL_PERMITS):
        yield Case(rung, own, latch=latch, halt=halt, **permit)


def metered(rung: str) -> Iterator[Case]:
    """What metrics say beside everything that can move a flag, and beside every combination of permits."""
    void: tuple[dict[str, Any], ...] = ({}, {"signoff": "void"})
    for metrics, own, latch, shown, intent, permit in product(METRICS, TELLING, SETTLED, FLAGS, (False, True), void):
        yield Case(rung, own, latch=latch, flag=shown, intent=intent, metrics=metrics, **permit)
    for metrics, permit in product(METRICS, ALL_PERMITS):
        yield Case(rung, metrics=metrics, **permit)


@cache
def world_base(
    rung: str, latch: str, intent: bool, shown: str, own: str, dependency: str
) -> tuple[PromotionState, Facts]:
    """State and facts with every permit open."""
    state = promotion(rung, latch, intent)
    dependencies = {} if dependency == "none" else {IDENTITY: answer(dependency)}
    return state, facts(state, flag=flag(shown, state), alerts=answer(own), dependency_alerts=dependencies)


def decided(case: Case) -> Decision:
    """What the production code decides for a case."""
    state, seen = world_base(case.rung, case.latch, case.intent, case.flag, case.own, case.dependency)
    if case.falls != "none":
        state = replace(state, falls=falls_of(case))
    signoff = {"missing": "closed", "void": "closed"}.get(case.signoff, case.signoff)
    seen = replace(
        seen,
        dwell=dwell(case.dwell, case.rung),
        halt=gate("halt", case.halt),
        freeze=gate("freeze", case.freeze),
        window=gate("window", case.window),
        readiness=gate("readiness", case.readiness),
        record=gate("record", case.record),
        signoff=gate("signoff", signoff),
        signoff_void=case.signoff == "void",
        regressions=("errors: 9 bad of 10",) if case.metrics in WORSE else (),
        hard_failures=("errors: 9 bad of 10",) if case.metrics == "failing" else (),
        optional=meter(case.metrics),
    )
    return decide(state, seen, POLICY if case.metrics in ("unused", "proven") else METERED, NOW)


def falls_of(case: Case) -> tuple[int, ...]:
    """The rungs that it fell from before."""
    here, elsewhere = index(case.rung), 3 if index(case.rung) != 3 else 2
    return {"elsewhere": (elsewhere,), "here": (here,), "many": (elsewhere, elsewhere)}[case.falls]


@cache
def meter(label: str) -> dict[str, GateReading]:
    """The gate of the metrics, where policy requires it."""
    states = {"open": "open", "closed": "closed", "unknown": "unknown", "worse": "closed", "failing": "closed"}
    return {"canary": gate("canary", states[label])} if label in states else {}


def in_labels(decision: Decision) -> Expected:
    """A decision in the oracle's words."""
    return Expected(
        decision.verdict.word,
        decision.to.name if decision.to is not None else None,
        decision.adopt.name if decision.adopt is not None else None,
        decision.clock_runs,
        decision.clock_restarts,
        decision.blind,
        None if decision.cooling is None else "again" if decision.cooling.until is not None else "people",
        decision.resumes,
    )


def differences(cases: Iterator[Case]) -> tuple[int, list[str]]:
    """How many cases were compared, and every one that came out otherwise, in words."""
    rows, wrong = 0, []
    for case in cases:
        if not is_possible(case):
            continue
        rows += 1
        found, wanted = in_labels(decided(case)), expected(case)
        if found != wanted:
            wrong.append(f"{_short(case)}\n   found  {found}\n   wanted {wanted}")
    return rows, wrong


def _short(case: Case) -> str:
    plain = asdict(Case())
    told = {f.name: getattr(case, f.name) for f in fields(case) if getattr(case, f.name) != plain[f.name]}
    return f"{case.rung}: {told}"


@pytest.mark.parametrize("rung", RUNGS)
def test_every_mover_is_decided_as_the_rules_say(rung: str) -> None:
    """Alerts, dependencies, latches, flags and intents, with each permit shut in turn."""
    rows, wrong = differences(movers(rung))
    assert rows > 2_000
    assert not wrong, f"{len(wrong)} of {rows} differ, first:\n" + "\n".join(wrong[:10])


@pytest.mark.parametrize("rung", RUNGS)
def test_every_stop_of_the_line_is_decided_as_the_rules_say(rung: str) -> None:
    """A stop holds and lets the dwell run; one that cannot be read is unknown and stops it."""
    rows, wrong = differences(halted(rung))
    assert rows == 2 * 2 * 2 * len(ALL_PERMITS)
    assert not wrong, f"{len(wrong)} of {rows} differ, first:\n" + "\n".join(wrong[:10])


@pytest.mark.parametrize("rung", RUNGS)
def test_every_answer_of_metrics_is_decided_as_the_rules_say(rung: str) -> None:
    """A regression steps down from whatever is exposed, a hard failure goes to off; too little or unread stays."""
    rows, wrong = differences(metered(rung))
    assert rows > 2_500
    assert not wrong, f"{len(wrong)} of {rows} differ, first:\n" + "\n".join(wrong[:10])


@pytest.mark.parametrize("rung", RUNGS)
def test_the_whole_product_is_decided_as_the_rules_say(rung: str) -> None:
    """Alerts x metrics x dwell x freeze x sign-off x latch, every combination that can be."""
    rows, wrong = differences(whole(rung))
    assert rows >= 6 * 6 * 3 * 3 * 4 * (4 if rung == "off" else 8)
    assert not wrong, f"{len(wrong)} of {rows} differ, first:\n" + "\n".join(wrong[:10])


@pytest.mark.parametrize("rung", RUNGS)
def test_every_cool_down_and_re_climb_is_decided_as_the_rules_say(rung: str) -> None:
    """What a step down leaves by the falls before it, what lets go of a cool-down, and what does not."""
    rows, wrong = differences(fallen(rung))
    assert rows > 2_000 or rung == "off"
    assert not wrong, f"{len(wrong)} of {rows} differ, first:\n" + "\n".join(wrong[:10])


@pytest.mark.parametrize("rung", RUNGS)
def test_every_combination_of_permits_is_decided_as_the_rules_say(rung: str) -> None:
    """Dwell, freeze, window, sign-off, readiness and record in all combinations."""
    rows, wrong = differences(permits(rung))
    assert rows == 3 * 2 * 2 * len(ALL_PERMITS)
    assert not wrong, f"{len(wrong)} of {rows} differ, first:\n" + "\n".join(wrong[:10])
