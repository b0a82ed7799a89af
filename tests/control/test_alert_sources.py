"""A source of alerts that breaks makes the answer unknown, and stops neither the tick nor what others tell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

import pytest

from prr_pipeline.control.alert_sources import read_alerts
from prr_pipeline.control.watching import watch
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.errors import PrrError
from prr_pipeline.exposure import OFF
from prr_pipeline.rollout.alerts import AlertReading
from prr_pipeline.rollout.decide import Verdict
from prr_pipeline.signals.alerts.inbox import beat
from prr_pipeline.signals.alerts.source import AlertSource
from tests.control.scene import Scene

KEY = "createGrant:beta"


class Broken:
    """A plug-in that raises, or gives what is no reading."""

    name = "plugin"

    def __init__(self, fault: Exception | None) -> None:
        self.fault = fault

    def read(self, now: datetime) -> AlertReading:
        if self.fault is not None:
            raise self.fault
        return {"status": "all is well"}  # type: ignore[return-value]


@dataclass(frozen=True)
class TwoSources(Workplace):
    """A workplace with one more source, asked first."""

    more: AlertSource = field(kw_only=True)

    @property
    def alerts(self) -> Sequence[AlertSource]:
        return (self.more, *Workplace(self.settings).alerts)


FAULTS = {
    "any exception": (RuntimeError("token abc123"), "it broke with RuntimeError"),
    "a sentence": (PrrError("The plug-in has no address."), "The plug-in has no address."),
    "no reading": (None, "it gave dict"),
}


@pytest.fixture(params=FAULTS, ids=str)
def broken(risen: Scene, request: pytest.FixtureRequest) -> tuple[TwoSources, str]:
    """``createGrant:beta`` at 1%, a source that breaks, and what is said of it."""
    fault, words = FAULTS[request.param]
    risen.tick()
    beat(risen.deployment.inbox)
    return TwoSources(risen.work.settings, more=Broken(fault)), words


def test_a_source_that_breaks_is_an_incomplete_reading(broken: tuple[TwoSources, str]) -> None:
    """With one sentence, and without the text of an exception that is not ours."""
    work, words = broken
    first, second = read_alerts(work)
    assert (first.source, first.complete, first.episodes) == ("plugin", False, ())
    assert first.why.startswith(words)
    assert "abc123" not in first.why
    assert second.complete


def test_the_tick_goes_on_and_holds(broken: tuple[TwoSources, str]) -> None:
    """Every promotion is judged, and none is clear."""
    work, words = broken
    decision = watch(work).decisions[KEY]
    assert (decision.verdict, decision.blind, decision.clock_runs) == (Verdict.HOLD, True, False)
    assert words in str(decision.causes)
    work.ledger.close()


def test_an_alert_of_another_source_lowers(broken: tuple[TwoSources, str], risen: Scene) -> None:
    """On the very next tick."""
    work, _ = broken
    risen.alert("Down", "critical", operation_id="createGrant")
    watch(work)
    assert risen.flag(KEY) == OFF
    work.ledger.close()
