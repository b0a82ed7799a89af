"""The history of alerts: what is booked of a source that tells of ends, and of one that only lists what fires."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from prr_pipeline.canonical import instant_text
from prr_pipeline.control.episodes import MOST_PER_TICK, ingest_episodes
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.errors import Unavailable
from prr_pipeline.ledger.events import EventType
from prr_pipeline.rollout.alerts import AlertReading, Episode, Severity
from prr_pipeline.settings import load_settings

START = datetime(2026, 3, 2, 11, tzinfo=UTC)
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def work(tmp_path: Path) -> Iterator[Workplace]:
    """A deployment with an empty ledger."""
    (tmp_path / "prr.toml").write_text('[repository]\npath = "."\nprofile = "matter"\n')
    found = Workplace(load_settings(tmp_path / "prr.toml"))
    yield found
    found.ledger.close()


def episode(fingerprint: str = "f1") -> Episode:
    """A critical alert that fires."""
    return Episode("polled", fingerprint, START, None, Severity.CRITICAL, (("alertname", "Down"),), "down")


def polled(*episodes: Episode, complete: bool = True, source: str = "polled", at: datetime = NOON) -> AlertReading:
    """A reading of a source that forgets what ended."""
    return AlertReading(source, at, complete, "", episodes, lists_only_firing=True)


def told(*episodes: Episode) -> AlertReading:
    """A reading of a source that tells of ends itself."""
    return AlertReading("polled", NOON, True, "", episodes)


def booked(work: Workplace) -> list[tuple[str, str, object]]:
    """What happened to which episode, with its end."""
    events = work.ledger.events(types=(EventType.EPISODE_OPENED, EventType.EPISODE_CLOSED))
    names = (str(e.payload["episode"]).partition("@")[0] for e in events)
    return [(str(e.type), name, e.payload["ends_at"]) for e, name in zip(events, names, strict=True)]


OPENED = ("episode_opened", "f1", None)
CLOSED = ("episode_closed", "f1", instant_text(NOON))


def test_what_a_complete_list_no_longer_holds_has_ended(work: Workplace) -> None:
    """By the instant of that reading, and once."""
    ingest_episodes(work, [polled(episode(), at=START)], "sensor:alerts")
    assert ingest_episodes(work, [polled()], "sensor:alerts") == 1
    assert ingest_episodes(work, [polled()], "sensor:alerts") == 0
    assert booked(work) == [OPENED, CLOSED]


@pytest.mark.parametrize(
    "reading",
    [polled(complete=False), polled(source="another"), told()],
    ids=["incomplete", "of another source", "of a source that tells of ends"],
)
def test_what_a_list_does_not_hold_may_fire_on(work: Workplace, reading: AlertReading) -> None:
    """Only the complete list of the very source that told of it proves the end."""
    ingest_episodes(work, [polled(episode())], "sensor:alerts")
    assert ingest_episodes(work, [reading], "sensor:alerts") == 0
    assert booked(work) == [OPENED]


def test_an_episode_that_is_listed_again_is_opened_again(work: Workplace) -> None:
    """Alertmanager had lost it for a while: it fires, so the books say so, and its end is booked anew."""
    for reading in (polled(episode()), polled(), polled(episode()), polled(episode()), polled()):
        ingest_episodes(work, [reading], "sensor:alerts")
    assert booked(work) == [OPENED, CLOSED, OPENED, CLOSED]


def test_what_fires_again_with_the_same_start_is_opened_again(work: Workplace) -> None:
    """A source that tells of ends knows the order in which it was told; the later end is booked as well."""
    ends = [replace(episode(), ends_at=at) for at in (NOON, NOON + timedelta(minutes=5))]
    for one in (ends[0], episode(), episode(), ends[1], ends[1]):
        ingest_episodes(work, [told(one)], "sensor:alerts")
    assert [(kind, end) for kind, _, end in booked(work)] == [
        ("episode_opened", instant_text(NOON)),
        ("episode_closed", instant_text(NOON)),
        ("episode_opened", None),
        ("episode_closed", instant_text(NOON + timedelta(minutes=5))),
    ]


@pytest.mark.parametrize("table", ["counters", "events"])
def test_a_tick_that_dies_while_it_books_books_nothing_twice(work: Workplace, table: str) -> None:
    """Event and row are written together: whichever of them fails, the next tick books both, once."""
    fails = f"CREATE TRIGGER dies BEFORE INSERT ON {table} BEGIN SELECT RAISE(ABORT, 'killed'); END"
    with work.ledger.engine.begin() as connection:
        connection.exec_driver_sql(fails)
    with pytest.raises(Unavailable):
        ingest_episodes(work, [told(episode())], "sensor:alerts")
    with work.ledger.engine.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER dies")
    assert [ingest_episodes(work, [told(episode())], "sensor:alerts") for _ in range(2)] == [1, 0]
    assert booked(work) == [OPENED]


def test_no_episode_ends_before_it_starts(work: Workplace) -> None:
    """Its start may lie a little ahead of our clock."""
    ahead = replace(episode(), starts_at=NOON + timedelta(seconds=2))
    ingest_episodes(work, [polled(ahead)], "sensor:alerts")
    ingest_episodes(work, [polled()], "sensor:alerts")
    assert booked(work)[1] == ("episode_closed", "f1", instant_text(ahead.starts_at))


def test_a_storm_is_booked_over_several_ticks(work: Workplace) -> None:
    """One tick books a part, the worst first as the reading has them; nothing is lost."""
    storm = polled(*(episode(f"f{number}") for number in range(MOST_PER_TICK + 1)))
    assert ingest_episodes(work, [storm], "sensor:alerts") == MOST_PER_TICK
    assert ingest_episodes(work, [storm], "sensor:alerts") == 1
    assert len({name for _, name, _ in booked(work)}) == MOST_PER_TICK + 1
