"""Facts that are noted as they are looked at: time by its answers, services only where there are none."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any, cast

import pytest

from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.noted_facts import FactMarks, noted
from prr_pipeline.readiness.reads import Mark, Tracker
from prr_pipeline.readiness.remote_facts import RemoteFacts
from tests.readiness.fakes import NOW

FACTS = Facts(now=NOW)


def marks_of(look: Any, facts: Facts = FACTS) -> tuple[Mark, ...]:
    """What a check that looks so is remembered by."""
    tracker = Tracker()
    with tracker.frame() as frame:
        look(noted(FactMarks(facts), tracker))
    return frame.reads.marks


def still(marks: tuple[Mark, ...], facts: Facts) -> bool:
    """Whether all of it says the same of other facts."""
    return all(FactMarks(facts).of(kind, key) == mark for kind, key, mark in marks)


@pytest.mark.parametrize(("ahead", "holds"), [(0, True), (59, True), (60, True), (61, False)])
def test_whether_an_instant_has_passed_holds_until_it_passes(ahead: int, holds: bool) -> None:
    """To the second: the instant itself has not passed yet."""
    found = marks_of(lambda facts: facts.has_passed(NOW + timedelta(seconds=60)))
    assert still(found, replace(FACTS, now=NOW + timedelta(seconds=ahead))) is holds


def test_the_day_holds_until_midnight_and_the_instant_never() -> None:
    """In UTC."""
    midnight = NOW.replace(hour=0) + timedelta(days=1)
    day, instant = marks_of(lambda facts: facts.today), marks_of(lambda facts: facts.now)
    assert still(day, replace(FACTS, now=midnight - timedelta(seconds=1)))
    assert not still(day, replace(FACTS, now=midnight))
    assert still(instant, FACTS)
    assert not still(instant, replace(FACTS, now=NOW + timedelta(seconds=1)))


def test_that_nobody_can_be_asked_holds_until_somebody_can() -> None:
    """What somebody answered is never confirmed."""
    somebody = replace(FACTS, remote=cast(RemoteFacts, object()))
    assert still(marks_of(lambda facts: facts.remote), FACTS)
    assert not still(marks_of(lambda facts: facts.remote), somebody)
    assert not still(marks_of(lambda facts: facts.remote, somebody), somebody)
