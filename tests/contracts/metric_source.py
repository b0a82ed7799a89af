"""What every metric source must do. Subclass it, fill in the hooks, and pytest runs the rules against the source."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest

from prr_pipeline.rollout.metrics import MetricAnswer
from prr_pipeline.signals.metrics.source import MetricQuestion, MetricSource

MINUTE = timedelta(minutes=1)
SINCE = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
NOW = SINCE + timedelta(minutes=5, seconds=20)
"""The first bucket, and an instant at which five of them are complete."""
Minutes = Mapping[str, list[tuple[int, int] | None]]
"""For each variant the bad events and all of each minute from `SINCE` on; None: nothing is known of it."""
STEADY: Minutes = {
    "on": [(0, 10), (1, 12), (0, 0), (2, 8), (0, 10)],
    "off": [(1, 90), (0, 88), (0, 90), (1, 92), (0, 91)],
}


def question(operation: str = "createGrant", control: str | None = "off", since: datetime = SINCE) -> MetricQuestion:
    """The errors of an operation, minute by minute."""
    return MetricQuestion("errors", operation, "equity", "on", control, since, MINUTE)


def shown(answer: MetricAnswer) -> dict[str, list[tuple[int, int, int]]]:
    """Minute, bad and total of each bucket by arm. The answer must be known."""
    assert not answer.fault, answer.fault
    assert answer.arms is not None
    arms = {"on": answer.arms.treatment, "off": answer.arms.control or ()}
    return {
        name: [((one.start - SINCE) // MINUTE, one.bad, one.total) for one in buckets] for name, buckets in arms.items()
    }


def expected(minutes: Minutes) -> dict[str, list[tuple[int, int, int]]]:
    """What `shown` gives of these minutes."""
    return {
        name: [(at, *counts) for at, counts in enumerate(rows) if counts is not None] for name, rows in minutes.items()
    }


class MetricSourceContract(ABC):
    """The hooks stand for what counts the events; the tests only see `MetricSource`."""

    @abstractmethod
    def source(self) -> MetricSource:
        """The source under test."""

    @abstractmethod
    def count(self, minutes: Minutes, operation: str = "createGrant") -> None:
        """Let the errors of an operation be counted; each variant from its first minute on."""

    def ask(self, asked: MetricQuestion | None = None, now: datetime = NOW) -> MetricAnswer:
        """The source's answer."""
        return self.source().read(asked or question(), now)

    def test_the_buckets_of_both_arms_are_those_that_were_counted(self) -> None:
        """None is lost, none is moved, and the answer says how far it reaches and how new it is."""
        self.count(STEADY)
        answer = self.ask()
        assert shown(answer) == expected(STEADY)
        assert (answer.since, answer.until, answer.step) == (SINCE, SINCE + 5 * MINUTE, MINUTE)
        assert answer.newest_at is not None
        assert answer.until <= answer.newest_at <= NOW

    def test_reading_goes_on_where_it_ended(self) -> None:
        """Buckets that were read before are not given again, nor are those missed that came since."""
        self.count(STEADY)
        first = shown(self.ask(now=NOW - 2 * MINUTE))
        rest = shown(self.ask(question(since=SINCE + 3 * MINUTE)))
        assert {name: first[name] + rest[name] for name in first} == expected(STEADY)

    def test_without_a_control_arm_none_is_asked_for(self) -> None:
        """At 100% nobody gets the old version."""
        self.count({"on": STEADY["on"]})
        answer = self.ask(question(control=None))
        assert answer.arms is not None
        assert answer.arms.control is None
        assert shown(answer)["on"] == expected(STEADY)["on"]

    def test_a_control_arm_that_is_due_and_absent_is_unknown(self) -> None:
        """The new version alone proves nothing where others get the old one."""
        self.count({"on": STEADY["on"]})
        self.is_unknown(self.ask())

    def test_an_operation_that_nothing_counts_is_unknown(self) -> None:
        """No data is never zero."""
        self.count(STEADY)
        self.is_unknown(self.ask(question("closeGrant")))

    def test_a_bucket_that_is_not_over_is_not_read(self) -> None:
        """Half a minute would look like a quiet one."""
        self.count(STEADY)
        assert [at for at, *_ in shown(self.ask(now=NOW - 3 * MINUTE))["on"]] == [0, 1]

    def test_nothing_new_is_unknown(self) -> None:
        """The answer never holds what was not asked for."""
        self.count(STEADY)
        self.is_unknown(self.ask(question(since=SINCE + 5 * MINUTE)))

    def test_the_arms_reach_equally_far(self) -> None:
        """An arm that lags cuts the other: what lies beyond is read once both are there."""
        self.count({"on": STEADY["on"], "off": STEADY["off"][:3]})
        assert self.ask().until == SINCE + 3 * MINUTE

    @pytest.mark.parametrize("name", ['say"hi"', "back\\slash", "a b", "ünïcode", "x{y}", "{service}"])
    def test_any_name_of_an_operation_is_asked_for_as_it_is(self, name: str) -> None:
        """Whatever stands in it, it selects this operation and no other."""
        self.count(STEADY)
        self.count({"on": [(1, 1)] * 5, "off": [(2, 2)] * 5}, name)
        assert shown(self.ask(question(name)))["on"] == [(at, 1, 1) for at in range(5)]

    @staticmethod
    def is_unknown(answer: MetricAnswer) -> None:
        """A fault in one sentence, and nothing to judge by."""
        assert answer.fault
        assert "\n" not in answer.fault
        assert answer.arms is None
