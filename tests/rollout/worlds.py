"""Builds promotions and facts out of a few labels, for the tests of the decision."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache

from prr_pipeline.exposure import FULL, OFF, SHADOW, Exposure
from prr_pipeline.rollout.alerts import AlertAnswer, Severity
from prr_pipeline.rollout.dwell import Dwell
from prr_pipeline.rollout.facts import Facts, FlagFact
from prr_pipeline.rollout.gates import GateReading, GateState, opened
from prr_pipeline.rollout.ladder import BOTTOM, DEFAULT_LADDER, Ladder
from prr_pipeline.rollout.reclimb import Cooling
from prr_pipeline.rollout.state import Intent, Latch, LatchKind, PromotionState
from prr_pipeline.subjects import Subject, Target

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
WEEK = timedelta(days=7)
GRANTS = Subject.parse("createGrant")
IDENTITY = Subject.parse("service identity")
SEEN = 5
"""The flag version that the ledger has settled; ``SEEN + 2`` is one that somebody else wrote."""

_COOLING = {
    "cooling": Cooling(NOW + timedelta(hours=1), 1),
    "cooled": Cooling(NOW, 1),
    "spent": Cooling(None, 0, "fall 3 of this attempt"),
}

RUNGS = ("off", "shadow", "1%", "10%", "50%", "100%")


def index(rung: str) -> int:
    """The ladder's index of a rung's name."""
    return RUNGS.index(rung) - 1


def exposure(level: int) -> Exposure:
    """The default ladder's exposure at an index."""
    return DEFAULT_LADDER.exposure(level)


@cache
def promotion(
    rung: str = "off", latch: str = "none", intent: bool = False, ladder: Ladder = DEFAULT_LADDER
) -> PromotionState:
    """An open promotion that climbed to ``rung``. ``latch`` is a label, see `latch_of`."""
    at = index(rung) if ladder is DEFAULT_LADDER else ladder.index_of(rung)
    above = at + 1
    state = PromotionState(
        key="createGrant:ga",
        subject=GRANTS,
        target=Target.GA,
        flag_key="createGrant-ga",
        environment="production",
        context="Grants",
        author="mara",
        dependencies=(IDENTITY,),
        ladder=ladder,
        opened_at=NOW - 5 * WEEK,
        opened_by="person:mara",
        rung=at,
        rung_since=NOW - WEEK,
        highest_rung=at,
        good_rung=max(BOTTOM, at - 1),
        flag_version=SEEN if at > BOTTOM else 0,
        intent=Intent("i", 1, above, ladder.exposure(above), NOW, SEEN) if intent else None,
    )
    held, lowering = latch_of(latch, state)
    return replace(state, latch=held, lowering_open=lowering)


def latch_of(label: str, state: PromotionState) -> tuple[Latch | None, bool]:
    """The latch of that label, and whether its lowering is still under way (``rolling_back``, ``stepping_down``).

    ``cooling``, ``cooled`` and ``spent`` are a guardrail's step downs: see `tests.rollout.decide_oracle.Case`.
    """
    one_down = state.ladder.exposure(max(BOTTOM, state.rung - 1))
    held_at = state.intent.to if state.intent else state.exposure
    table: Mapping[str, tuple[LatchKind, Exposure, bool]] = {
        "held": (LatchKind.HELD, held_at, False),
        "rolled_back": (LatchKind.ROLLED_BACK, OFF, False),
        "stepped_down": (LatchKind.STEPPED_DOWN, state.exposure, False),
        "drift": (LatchKind.DRIFT, state.exposure, False),
        "rolling_back": (LatchKind.ROLLED_BACK, OFF, True),
        "stepping_down": (LatchKind.STEPPED_DOWN, one_down, True),
    }
    if label == "none":
        return None, False
    kind, to, lowering = table[label if label not in _COOLING else "stepped_down"]
    return Latch(kind, "for a reason", "mara", NOW, to, _COOLING.get(label)), lowering


@cache
def answer(label: str) -> AlertAnswer:
    """An alert answer: ``clear``, ``info`` (clear, with one noted), ``unknown``, or a severity that fires."""
    if label in ("clear", "info"):
        return AlertAnswer("clear", Severity.INFO if label == "info" else None, "No alert fires.")
    if label == "unknown":
        return AlertAnswer("unknown", None, "Source am: no answer.")
    return AlertAnswer("firing", Severity(label), f"{label} fires.")


@cache
def gate(name: str, label: str) -> GateReading:
    """A gate in the state of that name."""
    return GateReading(name, GateState(label), f"{name} is {label}")


def dwell(label: str, rung: str) -> Dwell | None:
    """What was served on the rung: ``short``, ``served``, ``jump`` (served, but the clock jumped), ``none``."""
    if label == "none":
        return None
    served = timedelta(hours=1) if label == "short" else WEEK
    jump = "the wall clock moved by 30 days" if label == "jump" else None
    return Dwell(f"1/{index(rung)}", served, NOW, timedelta(hours=9), "boot", jump=jump)


def flag(label: str, state: PromotionState) -> FlagFact:
    """What the flag shows, against the state. ``touched``: the right value, but of a version that is not ours."""
    approved = state.rung + 1 if state.intent else state.rung
    shown = {
        "matches": lambda: state.exposure,
        "touched": lambda: state.exposure,
        "target": lambda: state.ladder.exposure(approved),
        "off": lambda: OFF,
        "below": lambda: state.ladder.exposure(state.rung - 1),
        "above": lambda: state.ladder.exposure(approved + 1),
    }
    if label == "unreadable":
        return FlagFact(False, None, 0, "the back end does not answer")
    if label == "foreign":
        return FlagFact(True, None, SEEN + 2, "edited by hand")
    return FlagFact(True, shown[label](), SEEN if label == "matches" else SEEN + 2)


def facts(state: PromotionState, **changed: object) -> Facts:
    """Facts under which the next rung opens, but for what is ``changed``."""
    everything_open = Facts(
        flag=flag("matches", state),
        record=opened("record", "exported"),
        readiness=opened("readiness", "all met"),
        signoff=opened("signoff", "valid"),
        signoff_void=False,
        alerts=answer("clear"),
        dependency_alerts={},
        dependencies=(),
        halt=opened("halt", "the line runs"),
        freeze=opened("freeze", "none"),
        window=opened("window", "any time"),
        dwell=Dwell("1", WEEK * 60, NOW, timedelta(hours=9), "boot"),
    )
    return replace(everything_open, **changed)  # type: ignore[arg-type]


__all__ = ["FULL", "OFF", "SHADOW"]
