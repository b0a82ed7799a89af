"""A promotion in the middle of its climb, made by hand: what its page, its plot and its screen are tested with."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from prr_pipeline.control.explain import Explanation
from prr_pipeline.control.history import Mark, Story
from prr_pipeline.control.spans import Span
from prr_pipeline.control.status import Detail
from prr_pipeline.exposure import OFF, SHADOW, Exposure
from prr_pipeline.ledger.events import Event
from prr_pipeline.rollout.decide import Decision, Verdict
from prr_pipeline.rollout.gates import GateReading, closed, not_used, opened, unknown
from prr_pipeline.rollout.ladder import DEFAULT_LADDER
from prr_pipeline.rollout.state import Latch, LatchKind, PromotionState
from prr_pipeline.subjects import Subject, Target

START = datetime(2026, 11, 2, tzinfo=UTC)
DAY = timedelta(days=1)
NOW = START + 20 * DAY
KEY = "createGrant:ga"
NASTY = '</title><script>alert("x")</script> ünïcode \x07 & more'
ONE, TEN = Exposure.parse("1%"), Exposure.parse("10%")
GATES: tuple[GateReading, ...] = (
    opened("flag", NASTY), closed("dwell", NASTY, NOW + 5 * DAY), unknown("alerts", NASTY), not_used("burn_rate"),
)  # fmt: skip
STEPS = ((START, OFF), (START + DAY, SHADOW), (START + 8 * DAY, ONE), (START + 15 * DAY, TEN), (START + 16 * DAY, ONE))


def state(*, latched: bool = False) -> PromotionState:
    """It stands at 1%, after a step down."""
    latch = Latch(LatchKind.STEPPED_DOWN, NASTY, "sensor:alerts", START + 16 * DAY, ONE) if latched else None
    made = PromotionState(
        KEY, Subject.parse("createGrant"), Target.GA, "createGrant-ga", "production", NASTY, "mara", (), DEFAULT_LADDER,
        START, "person:mara",
    )  # fmt: skip
    return replace(made, rung=1, rung_since=START + 16 * DAY, latch=latch)


def marks(*, stopped: bool = False) -> tuple[Mark, ...]:
    """Signatures, an alert that ended, a stop that ended (and one that stands), the latch, and its resume."""
    found = [
        Mark(START + DAY, "sign-off", NASTY),
        Mark(START + DAY, "sign-off", NASTY),
        Mark(START + 3 * DAY, "alert", f"warning: {NASTY}", START + 4 * DAY),
        Mark(START + 5 * DAY, "stop", NASTY, START + 6 * DAY),
        Mark(START + 16 * DAY, "latch", NASTY),
        Mark(START + 17 * DAY, "resume", "resumed"),
    ]
    return (*found, Mark(START + 19 * DAY, "stop", NASTY)) if stopped else tuple(found)


def story(*, stopped: bool = False, latched: bool = False) -> Story:
    """Twenty days."""
    gates = {"alerts": (Span("open", START, START + 3 * DAY), Span("closed", START + 3 * DAY, NOW, NASTY))}
    return Story(state(latched=latched), STEPS, marks(stopped=stopped), NOW, gates)


def explanation(earliest: datetime | None = NOW + 5 * DAY, *, latched: bool = False) -> Explanation:
    """What is said of it now."""
    decision = Decision(Verdict.HOLD, (NASTY,), GATES)
    brief = f"rise to 10% once 2 gates open, first dwell: {NASTY}; prr show {KEY}"
    return Explanation(state(latched=latched), decision, "climbing", NASTY, earliest, GATES, "1%", (), brief)


def detail(*, stopped: bool = False, latched: bool = False) -> Detail:
    """Everything about it, with one decision."""
    payload = {"verdict": "hold", "causes": [NASTY]}
    event = Event(7, KEY, "decision_recorded", payload, "sensor:alerts", NOW, 1, "", "")
    told = explanation(latched=latched)
    return Detail(told, (event,), story(stopped=stopped, latched=latched), (), (), NASTY)
