"""Any promotion in any world, drawn from a seed: for the properties of the decision.

A world comes from one number, so thousands are drawn in a second and each failure names the number to draw it again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any

from hypothesis import strategies as st

from prr_pipeline.exposure import FULL, OFF, SHADOW, Exposure, Rest
from prr_pipeline.rollout.alerts import AlertAnswer, AlertValue, Severity
from prr_pipeline.rollout.dependencies import DependencyFact
from prr_pipeline.rollout.dwell import Dwell
from prr_pipeline.rollout.facts import Facts, FlagFact
from prr_pipeline.rollout.gates import OPTIONAL_GATES, GateReading, GateState, opened
from prr_pipeline.rollout.ladder import BOTTOM, Ladder, Rung
from prr_pipeline.rollout.policy import Policy
from prr_pipeline.rollout.reclimb import Cooling, Reclimbs
from prr_pipeline.rollout.state import Intent, Latch, LatchKind, PromotionState
from prr_pipeline.subjects import Subject, SubjectKind
from tests.rollout.worlds import NOW, promotion

World = tuple[PromotionState, Facts, Policy]
SUBJECTS = [Subject(SubjectKind.SERVICE, name) for name in ("identity", "billing", "mail")]
VALUES: tuple[AlertValue, ...] = ("clear", "unknown", "firing")


def ladder(rng: Random) -> Ladder:
    """Any ladder, with any dwell, even one that ends after the calendar does."""
    rest = rng.choice(list(Rest))
    shares = sorted(rng.sample(range(1, 10_000), rng.randint(0, 4)))
    exposures = [SHADOW] if rng.random() < 0.7 else []
    exposures += [Exposure.share(share, rest) for share in shares] + [FULL]
    dwells = (timedelta(0), timedelta(days=7), timedelta(days=60), timedelta.max)
    return Ladder(tuple(Rung(exposure, rng.choice(dwells)) for exposure in exposures), rest)


def state(rng: Random) -> PromotionState:
    """Any state that the fold can hold, and some that it cannot: the decision is total."""
    steps = ladder(rng)
    rung = rng.randint(BOTTOM, steps.top)
    latch, lowering = None, False
    if rng.random() < 0.4:
        kind = rng.choice(list(LatchKind))
        lowering = kind is not LatchKind.HELD and rng.random() < 0.5
        to = steps.exposure(rng.randint(BOTTOM, rung) if lowering else rung)
        latch = Latch(kind, "a cause", "mara", NOW, to, cooling(rng, kind))
    intent = None
    if rung < steps.top and rng.random() < 0.3:
        intent = Intent("i", 1, rung + 1, steps.exposure(rung + 1), NOW, rng.randint(0, 3))
    return replace(
        promotion(),
        ladder=steps,
        rung=rung,
        rung_since=rng.choice([None, NOW]),
        good_rung=rng.randint(BOTTOM, rung),
        latch=latch,
        lowering_open=lowering,
        intent=intent,
        flag_version=rng.randint(0, 3),
        ended_at=NOW if rng.random() < 0.1 else None,
        falls=tuple(rng.choices(range(rung + 2), k=rng.choice([0, 0, 1, 2]))),
    )


def cooling(rng: Random, kind: LatchKind) -> Cooling | None:
    """What a guardrail's step down leaves: a cool-down that is over, lasts, or is none; a person's leaves nothing."""
    if kind is not LatchKind.STEPPED_DOWN:
        return None
    return rng.choice([None, Cooling(None, 0, "used up"), *(Cooling(NOW + timedelta(hours=h), 1) for h in (-1, 0, 1))])


def reclimbs(rng: Random) -> Reclimbs:
    """Any cool-down, even one that ends after the calendar does, and any number of re-climbs."""
    return Reclimbs(rng.choice([timedelta(0), timedelta(days=1), timedelta.max]), rng.randint(0, 3), rng.randint(0, 2))


def reading(rng: Random, name: str) -> GateReading:
    """A gate in any state."""
    until = rng.choice([None, NOW + timedelta(hours=rng.randint(1, 999))])
    return GateReading(name, rng.choice(list(GateState)), "why", until)


def alert_answer(rng: Random) -> AlertAnswer:
    """Any answer, also one that no judge of alerts would give."""
    found = AlertAnswer(rng.choice(VALUES), rng.choice([None, *Severity]), "words")
    return replace(found, doubts=rng.choice(["", "half a body"])) if found.value == "firing" else found


def flag(rng: Random, of: PromotionState) -> FlagFact:
    """The flag at any exposure, of a rung or not, in any version, or unreadable."""
    shown = rng.choice([None, OFF, Exposure(rng.randint(-1, 10_000), rng.choice(list(Rest))), of.exposure, of.ceiling])
    return FlagFact(rng.random() < 0.8, shown, rng.randint(0, 3), "why")


def dependency(rng: Random, of: PromotionState) -> DependencyFact:
    """A dependency's promotion that stands anywhere."""
    rolled_back = rng.random() < 0.2
    level = rng.choice([OFF, SHADOW, FULL, of.exposure, Exposure(rng.randint(-1, 10_000))])
    lowered = rolled_back or rng.random() < 0.3
    return DependencyFact("service:b:ga", level, rng.random() < 0.2, rolled_back, lowered, rng.random() < 0.3)


def dwell(rng: Random) -> Dwell | None:
    """Any sum of dwell, or none yet."""
    days = timedelta(days=rng.choice([0, 7, 60, 10_000]))
    jump = "it jumped" if rng.random() < 0.3 else None
    return rng.choice([None, Dwell("1", days, NOW, timedelta(hours=1), "boot", jump=jump)])


def policy(rng: Random) -> Policy:
    """Any set of required gates, and any rule for the climb after a step down."""
    required = frozenset(rng.sample(sorted(OPTIONAL_GATES), rng.choice([0, 0, 1, 4])))
    return Policy(required=required, reclimbs=reclimbs(rng))


def calm(of: PromotionState) -> Facts:
    """Everything open, also what policy may require."""
    return Facts(
        flag=FlagFact(True, of.exposure, of.flag_version),
        record=opened("record", "open"),
        readiness=opened("readiness", "open"),
        signoff=opened("signoff", "open"),
        signoff_void=False,
        alerts=AlertAnswer("clear", None, "clear"),
        dependency_alerts={SUBJECTS[0]: AlertAnswer("clear", Severity.INFO, "clear")},
        dependencies=(),
        halt=opened("halt", "the line runs"),
        freeze=opened("freeze", "open"),
        window=opened("window", "open"),
        dwell=Dwell("1", timedelta.max, NOW, timedelta(0), "boot"),
        optional={name: opened(name, "open") for name in OPTIONAL_GATES},
    )


STRANGE: dict[str, Callable[[Random, PromotionState], Any]] = {
    "flag": flag,
    "record": lambda rng, of: reading(rng, "record"),
    "readiness": lambda rng, of: reading(rng, "readiness"),
    "signoff": lambda rng, of: reading(rng, "signoff"),
    "signoff_void": lambda rng, of: rng.random() < 0.5,
    "alerts": lambda rng, of: alert_answer(rng),
    "dependency_alerts": lambda rng, of: {s: alert_answer(rng) for s in rng.sample(SUBJECTS, rng.randint(0, 2))},
    "dependencies": lambda rng, of: tuple(dependency(rng, of) for _ in range(rng.randint(0, 2))),
    "halt": lambda rng, of: reading(rng, "halt"),
    "freeze": lambda rng, of: reading(rng, "freeze"),
    "window": lambda rng, of: reading(rng, "window"),
    "dwell": lambda rng, of: dwell(rng),
    "regressions": lambda rng, of: rng.choice([(), ("slower",)]),
    "hard_failures": lambda rng, of: rng.choice([(), (), ("half of all fail",)]),
    "optional": lambda rng, of: {n: reading(rng, n) for n in rng.sample(sorted(OPTIONAL_GATES), rng.randint(0, 4))},
}


def any_world(seed: int) -> World:
    """A world where anything may be strange: between nothing and everything."""
    rng = Random(seed)
    of = state(rng)
    if rng.random() < 0.4:
        of = replace(of, latch=None, lowering_open=False, intent=None, ended_at=None)
    names = rng.sample(sorted(STRANGE), rng.choice([0, 1, 1, 2, 2, 3, len(STRANGE)]))
    strange: dict[str, Any] = {name: STRANGE[name](rng, of) for name in names}
    return of, replace(calm(of), **strange), policy(rng)


worlds = st.integers(0, 2**32).map(any_world)
