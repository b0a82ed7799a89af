"""Who is on call at an instant."""

from __future__ import annotations

from typing import Any

import pytest

from prr_pipeline.platforms.pagerduty.on_call import on_call_for_policy, on_call_for_schedule
from prr_pipeline.platforms.silence import Reason
from tests.platforms.asking import NOW, silence_of
from tests.platforms.local_service import LocalService, sent
from tests.platforms.pagerduty.account import account, page, reference


def shift(person: str, level: int = 1, **changes: Any) -> dict[str, Any]:
    """A shift that holds at `NOW`."""
    found = {
        "user": reference(person), "schedule": reference("PSCHED", "schedule"), "escalation_level": level,
        "escalation_policy": reference("PESC1", "escalation_policy"), "start": "2026-03-02T09:00:00Z",
        "end": "2026-03-09T09:00:00Z",
    }  # fmt: skip
    return found | changes


@pytest.fixture
def exists(server: LocalService) -> LocalService:
    """A service that knows one schedule and one policy."""
    server.at("/schedules/PSCHED", sent({"schedule": reference("PSCHED", "schedule")}))
    server.at("/escalation_policies/PESC1", sent({"escalation_policy": reference("PESC1", "escalation_policy")}))
    return server


def test_the_shift_of_a_schedule_is_told(exists: LocalService) -> None:
    """For the very instant, lowest level first."""
    exists.at("/oncalls", page("oncalls", [shift("ben", 2), shift("ann")]))
    found = on_call_for_schedule(account(exists), "PSCHED", NOW).value
    assert found is not None
    assert [(one.level, one.person, one.name) for one in found] == [(1, "ann", "Ann"), (2, "ben", "Ben")]
    asked = dict(exists.asked[1].query)
    assert asked["schedule_ids[]"] == "PSCHED"
    assert (asked["since"], asked["until"]) == ("2026-03-02T12:00:00.000000Z", "2026-03-02T12:00:01.000000Z")


@pytest.mark.parametrize(
    ("start", "end", "holds"),
    [
        ("2026-03-02T12:00:00Z", "2026-03-02T13:00:00Z", True),
        ("2026-03-02T11:00:00Z", "2026-03-02T12:00:00Z", False),
        ("2026-03-02T12:00:00.500Z", "2026-03-02T13:00:00Z", False),
        ("2026-03-02T13:00:00+01:00", None, True),
        (None, "2026-03-02T12:00:01Z", True),
        (None, None, True),
    ],
)
def test_a_shift_holds_from_its_start_to_before_its_end(
    exists: LocalService, start: str | None, end: str | None, holds: bool
) -> None:
    """At a hand-over the next one holds; without a start or end it always does."""
    exists.at("/oncalls", page("oncalls", [shift("ann", start=start, end=end)]))
    found = on_call_for_schedule(account(exists), "PSCHED", NOW).value
    assert found is not None
    assert bool(found) is holds


def test_a_policy_calls_people_without_a_schedule_too(exists: LocalService) -> None:
    """Named directly at a level."""
    exists.at("/oncalls", page("oncalls", [shift("ann", schedule=None)]))
    found = on_call_for_policy(account(exists), "PESC1", NOW).value
    assert found is not None
    assert [(one.person, one.schedule) for one in found] == [("ann", None)]


def test_nobody_is_told_from_no_such_thing(exists: LocalService) -> None:
    """An empty shift is a gap; an unknown id is a mistake."""
    exists.at("/oncalls", page("oncalls", []))
    assert on_call_for_schedule(account(exists), "PSCHED", NOW).value == ()
    assert on_call_for_policy(account(exists), "PESC1", NOW).value == ()
    assert on_call_for_schedule(account(exists), "PNONE", NOW).value is None
    assert on_call_for_policy(account(exists), "PNONE", NOW).value is None


def test_shifts_of_another_schedule_are_a_silence(exists: LocalService, caplog: pytest.LogCaptureFixture) -> None:
    """A filter that was ignored would name the wrong person."""
    other = shift("eve", schedule=reference("POTHER", "schedule"))
    exists.at("/oncalls", page("oncalls", [other]))
    silent = silence_of(lambda: on_call_for_schedule(account(exists), "PSCHED", NOW), caplog)
    assert silent.reason is Reason.WRONG_SHAPE
    other = shift("eve", escalation_policy=reference("POTHER", "escalation_policy"))
    exists.at("/oncalls", page("oncalls", [other]))
    silent = silence_of(lambda: on_call_for_policy(account(exists), "PESC1", NOW), caplog)
    assert silent.reason is Reason.WRONG_SHAPE
