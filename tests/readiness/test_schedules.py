"""Which schedules run."""

from __future__ import annotations

import pytest

from prr_pipeline.readiness.schedules import last_year, schedule_fault

SOUND = [
    "rate(1 minute)",
    "rate(5 minutes)",
    "rate(12 hours)",
    "cron(0 3 * * ? *)",
    "cron(0/15 8-17 ? * MON-FRI *)",
    "cron(0 10 L * ? 2027)",
    "cron(15 10 ? * 6L 2026-2030)",
    "cron(0 9 ? * 2#1 *)",
    "cron(5,35 14 * JAN,JUL ? *)",
    "*/5 * * * *",
    "0 3 * * 1-5",
    "0 0 1 jan sun",
    "0 0 31 2 sun",
    "cron(0 6 29 2 ? *)",
    "cron(0 6 31 2,3 ? *)",
]
BROKEN = [
    ("rate(5 minute)", "wants the singular for 1"),
    ("rate(1 minutes)", "wants the singular for 1"),
    ("rate(0 minutes)", "is no number of minutes"),
    ("rate(five minutes)", "is no number"),
    ("cron(0 3 * * *)", "it has 5 of 6 fields"),
    ("cron(0 3 * * * *)", "exactly one of day of month"),
    ("cron(0 3 ? * ? *)", "exactly one of day of month"),
    ("cron(60 3 * * ? *)", "the minute '60' is none"),
    ("cron(0 24 * * ? *)", "the hour '24' is none"),
    ("cron(0 3 * 13 ? *)", "the month '13' is none"),
    ("cron(0 3 * * 2#6 *)", "the day of week '2#6' is none"),
    ("0 3 ? * *", "the day of month '?' is none"),
    ("*/0 * * * *", "the minute '*/0' is none"),
    ("17-8 * * * *", "the minute '17-8' is none"),
    ("cron(0 6 31 2 ? *)", "no month 2 has a day 31"),
    ("0 6 31 apr,jun *", "no month apr,jun has a day 31"),
    ("every day", "it has 2 of 5 fields"),
    ("", "it has 0 of 5 fields"),
]


@pytest.mark.parametrize("text", SOUND)
def test_a_sound_schedule_has_no_fault(text: str) -> None:
    """Cloud and plain cron, and rates."""
    assert schedule_fault(text) is None


@pytest.mark.parametrize(("text", "why"), BROKEN, ids=[each[0] or "empty" for each in BROKEN])
def test_a_broken_schedule_says_what_is_wrong(text: str, why: str) -> None:
    """The field and what stands there."""
    assert why in (schedule_fault(text) or "")


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("cron(0 0 1 1 ? 1999)", 1999),
        ("cron(0 0 1 1 ? 2026-2030)", 2030),
        ("cron(0 0 1 1 ? 2024,2027)", 2027),
        ("cron(0 0 1 1 ? *)", None),
        ("cron(0 0 1 1 ? 2024/2)", None),
        ("rate(5 minutes)", None),
        ("0 0 1 1 *", None),
    ],
)
def test_a_schedule_may_end(text: str, year: int | None) -> None:
    """With the last year that it names."""
    assert last_year(text) == year
