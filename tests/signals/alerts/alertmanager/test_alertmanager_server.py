"""The Alertmanager source against the real server: firing, silenced, inhibited, ended, restarted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from prr_pipeline.rollout.alerts import AlertReading, answer_for
from prr_pipeline.rollout.known_names import KnownNames
from prr_pipeline.signals.alerts.alertmanager.asking import GRAVE
from prr_pipeline.signals.alerts.source import AlertSource, alert_source
from prr_pipeline.subjects import Subject
from tests.services.alertmanager_server import AlertmanagerServer, needs_alertmanager

pytestmark = needs_alertmanager
HOUR = timedelta(hours=1)
OPERATION = {"operation_id": "createGrant", "severity": "critical", "cluster": "eu"}


@pytest.fixture
def server(tmp_path: Path) -> Iterator[AlertmanagerServer]:
    """A fresh one whose Watchdog barks."""
    with AlertmanagerServer(tmp_path) as running:
        bark(running)
        yield running


def now() -> datetime:
    """The machine's clock, which the server reads too."""
    return datetime.now(UTC)


def bark(server: AlertmanagerServer) -> None:
    """What Prometheus sends of a rule that always fires."""
    server.post("Watchdog", now() - HOUR, {"severity": "none"})


def source(server: AlertmanagerServer, **options: object) -> AlertSource:
    """The source as settings make it, for a server that was started just now."""
    return alert_source("alertmanager", {"url": server.url, "settling_seconds": 0, **options}, Path("/"))


def value_of(reading: AlertReading) -> str:
    """What a reading says of createGrant."""
    subject, limit = Subject.parse("createGrant"), timedelta(seconds=30)
    return answer_for([reading], subject, "grants", KnownNames(), now=now(), max_age=limit).value


def test_without_alerts_it_is_clear(server: AlertmanagerServer) -> None:
    """With the Watchdog alone, and with its sentence."""
    reading = source(server).read(now())
    assert (reading.complete, reading.episodes, value_of(reading)) == (True, (), "clear")


def test_an_alert_fires_until_it_is_resolved(server: AlertmanagerServer) -> None:
    """Its key holds the start in milliseconds, while it fires and when Prometheus sends it again."""
    since = (now() - HOUR).replace(microsecond=123_456)
    keys = set()
    for _ in range(2):
        server.post("Down", since, OPERATION)
        reading = source(server).read(now())
        assert (reading.complete, value_of(reading)) == (True, "firing")
        keys |= {episode.key for episode in reading.episodes}
    assert [start for _, start in keys] == [since.replace(microsecond=123_000)]
    server.post("Down", since, OPERATION, now() - timedelta(seconds=1))
    assert value_of(source(server).read(now())) == "clear"


def test_a_silenced_alert_is_unknown(server: AlertmanagerServer) -> None:
    """It stays in the list, and a silence proves no health."""
    server.post("Down", now() - HOUR, OPERATION)
    server.silence(alertname="Down")
    reading = source(server).read(now())
    assert [episode.suppressed for episode in reading.episodes] == [True]
    assert (reading.complete, value_of(reading)) == (True, "unknown")
    assert value_of(source(server, suppressed="firing").read(now())) == "firing"


def test_a_silence_over_everything_does_not_end_the_signs_of_life(server: AlertmanagerServer) -> None:
    """A silenced Watchdog is still heard."""
    server.silence(alertname="Watchdog")
    assert value_of(source(server).read(now())) == "clear"


def test_an_inhibited_alert_is_unknown(server: AlertmanagerServer) -> None:
    """Another alert explains it; whether the operation is well nobody knows."""
    server.post("Down", now() - HOUR, OPERATION)
    server.post("ClusterDown", now() - HOUR, {"severity": "info", "cluster": "eu"})

    def inhibited() -> bool:
        found = source(server).read(now())
        return value_of(found) == "unknown" and any(episode.suppressed for episode in found.episodes)

    server.wait_until(inhibited)


def test_a_matcher_leaves_out_what_it_does_not_match(server: AlertmanagerServer) -> None:
    """An empty alternative also matches what has no such label, as the Watchdog has none."""
    server.post("Down", now() - HOUR, OPERATION)
    assert value_of(source(server, matchers=['cluster=~"us|"']).read(now())) == "clear"
    assert value_of(source(server, matchers=['cluster=~"eu|"']).read(now())) == "firing"


@pytest.mark.parametrize("matcher", ['cluster="eu"', 'cluster=~"("', "cluster"], ids=["too narrow", "regex", "form"])
def test_a_matcher_that_is_wrong_is_unknown(server: AlertmanagerServer, matcher: str) -> None:
    """One that leaves the Watchdog out too proves nothing; one that the server does not understand is refused."""
    reading = source(server, matchers=[matcher]).read(now())
    assert not reading.complete
    assert value_of(reading) == "unknown"


@pytest.mark.parametrize(("severity", "count"), [("critical", 1), ("Page", 1), (" PAGE ", 1), ("warning", 0), ("", 0)])
def test_the_matcher_of_what_rolls_back_finds_it(server: AlertmanagerServer, severity: str, count: int) -> None:
    """In any case and with blanks around it, as the severity is read."""
    server.post("Down", now() - HOUR, {"operation_id": "createGrant", "severity": severity})
    assert len(source(server, matchers=[GRAVE]).read(now()).episodes) == count


def test_a_watchdog_that_went_silent_is_unknown(server: AlertmanagerServer) -> None:
    """Ten minutes later, with nothing sent since."""
    reading = source(server).read(now() + timedelta(minutes=10))
    assert "was last heard at" in reading.why


def test_after_a_restart_nothing_is_clear_until_alerts_have_come_again(server: AlertmanagerServer) -> None:
    """Alerts are forgotten, so neither an empty list nor a Watchdog alone proves anything for a while."""
    server.post("Down", now() - HOUR, OPERATION)
    server.restart()
    careful = source(server, settling_seconds=120)
    assert "is not among the alerts" in careful.read(now()).why
    bark(server)
    reading = careful.read(now())
    assert (reading.complete, reading.episodes) == (False, ())
    assert "was started at" in reading.why
    later = now() + timedelta(seconds=121)
    assert careful.read(later).complete
    server.post("Down", now() - HOUR, OPERATION)
    assert value_of(careful.read(now())) == "firing"


def test_silences_outlive_a_restart(server: AlertmanagerServer) -> None:
    """So an alert that comes again is suppressed as before."""
    server.silence(alertname="Down")
    server.restart()
    server.post("Down", now() - HOUR, OPERATION)
    reading = source(server).read(now())
    assert [episode.suppressed for episode in reading.episodes] == [True]


def test_a_server_that_is_gone_is_unknown(server: AlertmanagerServer) -> None:
    """Nobody listens any more, and nothing raises."""
    careful = source(server, attempts=1)
    server.stop()
    reading = careful.read(now())
    assert (reading.complete, value_of(reading)) == (False, "unknown")
