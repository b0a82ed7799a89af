"""The fields of an alert: instants in every form that Go writes, and what is none."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from prr_pipeline.signals.alerts.fields import MAX_SUMMARY, Fault, instant, summary_of

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-03-02T12:00:00Z", NOON),
        ("2026-03-02T12:00:00.5Z", NOON.replace(microsecond=500_000)),
        ("2026-03-02T12:00:00.123999999Z", NOON.replace(microsecond=123_000)),
        ("2026-03-02T13:00:00+01:00", NOON),
        ("2026-03-02T06:30:00-05:30", NOON),
        ("0001-01-01T00:00:00Z", None),
    ],
)
def test_an_instant_is_cut_to_milliseconds_of_utc(text: str, expected: datetime | None) -> None:
    """Go's zero time stands for "not yet"."""
    assert instant(text, "startsAt") == expected


@pytest.mark.parametrize("value", ["", "soon", "2026-03-02", "2026-03-02T12:00:00", "2026-02-30T12:00:00Z", 7, None])
def test_what_is_no_instant_is_a_fault_that_names_the_field(value: object) -> None:
    """A time without a zone is none."""
    with pytest.raises(Fault, match="has no readable startsAt"):
        instant(value, "startsAt")


def test_the_summary_is_the_first_that_says_something() -> None:
    """The summary, else the description, else the alert's name; never longer than people read."""
    labels = {"alertname": "Down"}
    assert summary_of(labels, {"summary": "s", "description": "d"}) == "s"
    assert summary_of(labels, {"summary": "", "description": "d"}) == "d"
    assert summary_of(labels, {}) == "Down"
    assert len(summary_of(labels, {"summary": "x" * 9_999})) == MAX_SUMMARY
