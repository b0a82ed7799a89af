"""What every alert source must do. Subclass it, fill in the hooks, and pytest runs the rules against the source."""

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import UTC, datetime, timedelta

import pytest

from prr_pipeline.rollout.alerts import answer_for
from prr_pipeline.rollout.known_names import KnownNames
from prr_pipeline.signals.alerts.source import AlertSource
from prr_pipeline.subjects import Subject

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
STARTED = datetime(2026, 3, 2, 11, 0, 0, 123_000, tzinfo=UTC)


class AlertSourceContract(ABC):
    """The hooks stand for the world behind the source; the tests only see `AlertSource`."""

    @abstractmethod
    def source(self) -> AlertSource:
        """The source under test."""

    @abstractmethod
    def come_alive(self) -> None:
        """Let the world behind the source give its sign of life."""

    @abstractmethod
    def fire(self, fingerprint: str, operation: str, severity: str) -> None:
        """Let an alert of that operation fire since `STARTED`."""

    @abstractmethod
    def resolve(self, fingerprint: str, operation: str, severity: str) -> None:
        """End that alert one minute after `STARTED`."""

    @abstractmethod
    def break_answer(self) -> None:
        """Make a part of what the source reads unreadable."""

    def answer(self) -> str:
        """What the source says of createGrant."""
        reading = self.source().read(NOW)
        subject = Subject.parse("createGrant")
        return answer_for([reading], subject, "grants", KnownNames(), now=NOW, max_age=timedelta(minutes=1)).value

    def test_a_source_has_a_name_and_stamps_its_readings(self) -> None:
        """A reading carries the source's name and the caller's instant."""
        self.come_alive()
        source = self.source()
        reading = source.read(NOW)
        assert source.name
        assert (reading.source, reading.read_at) == (source.name, NOW)

    def test_without_a_sign_of_life_nothing_is_clear(self) -> None:
        """Silence is unknown, with a sentence."""
        reading = self.source().read(NOW)
        assert not reading.complete
        assert reading.why
        assert self.answer() == "unknown"

    def test_alive_and_without_alerts_is_clear(self) -> None:
        """A live source with nothing to tell is the only clear one."""
        self.come_alive()
        assert self.source().read(NOW).complete
        assert self.answer() == "clear"

    @pytest.mark.parametrize("severity", ["critical", "page", "warning", "fancy"])
    def test_a_firing_alert_is_seen(self, severity: str) -> None:
        """An alert of any severity but info makes its operation firing."""
        self.come_alive()
        self.fire("f1", "createGrant", severity)
        assert self.answer() == "firing"

    def test_a_firing_alert_is_seen_without_a_sign_of_life(self) -> None:
        """Firing needs no proof that the rest is readable."""
        self.fire("f1", "createGrant", "critical")
        assert self.answer() == "firing"

    def test_a_resolved_alert_has_an_end(self) -> None:
        """After its end an alert no longer fires, and the episode keeps its key."""
        self.come_alive()
        self.fire("f1", "createGrant", "critical")
        before = self.source().read(NOW).episodes
        self.resolve("f1", "createGrant", "critical")
        after = [e for e in self.source().read(NOW).episodes if e.firing]
        assert [e.key for e in before] == [("f1", STARTED)]
        assert after == []
        assert self.answer() == "clear"

    def test_an_alert_that_fires_again_with_the_same_start_fires(self) -> None:
        """Its end was told because nobody heard of it for a while."""
        self.come_alive()
        self.fire("f1", "createGrant", "critical")
        self.resolve("f1", "createGrant", "critical")
        self.fire("f1", "createGrant", "critical")
        assert self.answer() == "firing"

    def test_a_broken_answer_is_unknown_and_never_raises(self) -> None:
        """What cannot be read makes the reading incomplete."""
        self.come_alive()
        self.break_answer()
        assert self.answer() == "unknown"

    def test_a_broken_answer_hides_no_firing_alert(self) -> None:
        """A firing alert beside something unreadable still counts."""
        self.come_alive()
        self.fire("f1", "createGrant", "critical")
        self.break_answer()
        assert self.answer() == "firing"
