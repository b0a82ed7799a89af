"""The ladder in force is the one the checklist asks for, and the documented one equals it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from prr_pipeline.readiness.catalogue import load_catalogue
from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.model import Finding, Outcome, Reason
from prr_pipeline.rollout.ladder import DEFAULT_LADDER, Ladder
from prr_pipeline.subjects import Target
from tests.readiness.fakes import NOW, run

M35 = load_catalogue().line("M35")
PATH = "ops/rollouts/createGrant.yaml"
DOCUMENTED = """target: ga
ladder:
- {exposure: shadow, dwell_days: 7}
- {exposure: 1%, dwell_hours: 168}
- {exposure: 10%, dwell_days: 7}
- {exposure: 50%, dwell_seconds: 604800}
- {exposure: 100%}
"""
HASTY = Ladder(tuple(replace(rung, dwell=timedelta(days=6)) for rung in DEFAULT_LADDER.rungs))
SHORT = Ladder(tuple(replace(rung, dwell=timedelta(days=14)) for rung in DEFAULT_LADDER.rungs[2:]))


def judged(ladder: Ladder | None = DEFAULT_LADDER, text: str | None = None, target: Target = Target.GA) -> Finding:
    facts = Facts(now=NOW, target=target, ladder=ladder.as_data() if ladder else None, ladder_source="settings")
    return run(M35.check, M35.parameters, {PATH: text} if text is not None else {}, facts)


def test_the_default_ladder_is_met_and_shows_its_steps() -> None:
    """Five steps over 28 days are what the line names."""
    finding = judged()
    assert finding.outcome is Outcome.MET
    assert finding.values["steps"] == ["shadow", "1%", "10%", "50%", "100%"]
    assert finding.values["span_days"] == 28


def test_an_equal_documented_ladder_is_met() -> None:
    """Days, hours and seconds are compared as time."""
    assert judged(text=DOCUMENTED).outcome is Outcome.MET


@pytest.mark.parametrize(
    ("ladder", "text", "message"),
    [
        (HASTY, None, "takes 24 days, less than 28"),
        (SHORT, None, "climbs 10% → 50% → 100% instead of shadow"),
        (DEFAULT_LADDER, DOCUMENTED.replace("10%, dwell_days: 7", "10%, dwell_days: 3"), "documents"),
        (DEFAULT_LADDER, DOCUMENTED.replace("- {exposure: 10%, dwell_days: 7}\n", ""), "documents"),
    ],
)
def test_another_ladder_is_unmet(ladder: Ladder, text: str | None, message: str) -> None:
    """Too fast, too few steps, or another one on paper: each is named."""
    finding = judged(ladder, text)
    assert finding.outcome is Outcome.UNMET
    assert message in finding.message


def test_a_ladder_documented_for_another_target_is_not_this_ones() -> None:
    """The file says which promotion it speaks of."""
    assert judged(text=DOCUMENTED.replace("dwell_days: 7", "dwell_days: 1"), target=Target.BETA).outcome is Outcome.MET


def test_without_settings_it_is_not_declared() -> None:
    """Before a commit there may be no deployment at hand; that is unknown, not a pass."""
    finding = judged(None)
    assert (finding.outcome, finding.reason) == (Outcome.UNKNOWN, Reason.NOT_DECLARED)


@pytest.mark.parametrize("text", ["ladder: []\n", "ladder:\n- {dwell_days: 7}\n", "- 1%\n"])
def test_a_documented_ladder_of_another_form_is_unreadable(text: str) -> None:
    """A ladder that cannot be read cannot be equal."""
    finding = judged(text=text)
    assert (finding.outcome, finding.reason) == (Outcome.UNKNOWN, Reason.UNREADABLE)
