"""Appending under compare-and-set, reading back, and what is never half done."""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from prr_pipeline.clock import FileClock
from prr_pipeline.errors import Refused, StaleVersion, Unavailable
from prr_pipeline.ledger.audit import verify
from prr_pipeline.ledger.events import Draft, EventType
from prr_pipeline.ledger.fold import fold
from prr_pipeline.ledger.store import Ledger

from .conftest import START, Build

KEY = Build.KEY


def test_an_appended_event_is_read_back_as_it_was_given(ledger: Ledger, build: Build) -> None:
    """Seq counts from 1, the instant is the clock's, and the returned events equal the stored ones."""
    written = ledger.append([build.opened(), build.fact()])
    assert [event.seq for event in written] == [1, 2]
    assert {event.at for event in written} == {START}
    assert ledger.events() == written
    assert ledger.last_seq() == 2
    assert written[1].previous_hash == written[0].hash


def test_no_drafts_write_nothing(ledger: Ledger) -> None:
    """An empty append is no event."""
    assert ledger.append([]) == []
    assert ledger.last_seq() == 0


def test_counters_stand_or_fall_with_the_events_that_they_are_kept_with(opened: Ledger, build: Build) -> None:
    """Written by the same transaction, so nobody dies in between."""
    before = opened.last_seq()
    with pytest.raises(Refused):
        opened.append([build.fact(), build.opened()], keep={"seen": {"a": {"n": 1}}})
    assert (opened.last_seq(), opened.counters.get("seen", "a")) == (before, None)
    opened.append([build.fact()], keep={"seen": {"a": {"n": 1}, "b": {"n": 2}}, "other": {"a": {"n": 3}}})
    assert opened.counters.all("seen") == {"a": {"n": 1}, "b": {"n": 2}}
    assert opened.counters.get("other", "a") == {"n": 3}


def test_events_are_chosen_by_stream_type_and_place(opened: Ledger, build: Build) -> None:
    """The filters combine, and the limit counts from the front."""
    opened.append([build.fact(1), build.fact(2, stream="system"), build.signoff(), build.fact(3)])
    assert [e.seq for e in opened.events(stream=KEY)] == [1, 2, 4, 5]
    assert [e.seq for e in opened.events(types=[EventType.DECISION_RECORDED])] == [2, 3, 5]
    assert [e.seq for e in opened.events(types=[EventType.DECISION_RECORDED], stream=KEY, after=2)] == [5]
    assert [e.seq for e in opened.events(after=1, limit=2)] == [2, 3]
    assert opened.events(types=[]) == []


def test_state_is_the_fold_of_the_events(ledger: Ledger, build: Build) -> None:
    """Incremental, remembered and fresh states all equal the pure fold."""
    for draft in build.history(20):
        ledger.append([draft])
    expected = fold(ledger.events(stream=KEY))
    assert ledger.state(KEY) == expected
    ledger.close()
    assert ledger.state("nobody:ga") is None


def test_a_second_process_sees_what_the_first_appended(
    opened: Ledger, build: Build, url: str, clock: FileClock
) -> None:
    """A remembered state is never used for a later version, whoever wrote that."""
    other = Ledger.open(url, clock=clock)
    assert other.state(KEY) == opened.state(KEY)
    opened.append([build.intent(0), build.settled(0)])
    assert other.state(KEY) == opened.state(KEY)
    other.close()


def test_the_version_counts_transitions_only(opened: Ledger, build: Build) -> None:
    """A fact moves the last seq, not the version that compare-and-set looks at."""
    opened.append([build.fact()], expect={KEY: 1})
    opened.append([build.signoff()], expect={KEY: 1})
    state = opened.state(KEY)
    assert state is not None
    assert (state.version, state.last_seq) == (2, 3)


@pytest.mark.parametrize("version", [0, 1, 3])
def test_a_lost_compare_and_set_writes_nothing(opened: Ledger, build: Build, version: int) -> None:
    """Any other version than the current one is stale."""
    opened.append([build.signoff()])
    with pytest.raises(StaleVersion, match=f"{KEY} is at version 2, not {version}"):
        opened.append([build.fact(), build.latched()], expect={KEY: version})
    assert opened.last_seq() == 2


def test_expecting_nothing_there(ledger: Ledger, build: Build) -> None:
    """Version 0 means that the promotion must not exist yet."""
    with pytest.raises(StaleVersion):
        ledger.append([build.fact(stream="system")], expect={KEY: 1})
    ledger.append([build.opened()], expect={KEY: 0})
    with pytest.raises(StaleVersion):
        ledger.append([build.fact()], expect={KEY: 0})


def test_one_impossible_event_spoils_the_batch(opened: Ledger, build: Build) -> None:
    """All drafts or none: the sound one before it is not written either, nor is the state remembered."""
    before = opened.state(KEY)
    with pytest.raises(Refused, match="skips the ladder"):
        opened.append([build.signoff(), build.intent(2)])
    assert opened.last_seq() == 1
    assert opened.state(KEY) == before
    assert verify(opened).faults == ()


def test_an_intent_written_twice_is_one(opened: Ledger, build: Build) -> None:
    """The same id with the same content returns the first event, although the version has moved on."""
    first = opened.append([build.intent(0)], expect={KEY: 1})
    again = opened.append([build.intent(0)], expect={KEY: 1})
    opened.append([build.settled(0)])
    late = opened.append([build.intent(0)], expect={KEY: 1})
    assert first == again == late
    assert opened.last_seq() == 3


def test_a_batch_with_an_intent_is_repeated_as_a_whole(opened: Ledger, build: Build) -> None:
    """Delivered again, the decision beside the intent is not written again."""
    first = opened.append([build.fact(7), build.intent(0)])
    assert opened.append([build.fact(7), build.intent(0)]) == first
    with pytest.raises(Refused, match="used before with other content"):
        opened.append([build.fact(8), build.intent(0)])
    assert opened.last_seq() == 3


def test_an_intent_id_with_other_content_is_refused(opened: Ledger, build: Build) -> None:
    """Neither another payload nor another promotion may use the id again, in one append or in two."""
    opened.append([build.opened("other"), build.intent(0)])
    with pytest.raises(Refused, match="'i-1' was used before"):
        opened.append([build.intent(1)])
    with pytest.raises(Refused, match="'i-1' was used before"):
        opened.append([build.intent(0, key="other:ga")])
    opened.append([build.settled(0)])
    with pytest.raises(Refused, match="'i-2' is used twice"):
        opened.append([build.intent(1, "i-2"), build.intent(0, "i-2", key="other:ga")])
    assert opened.last_seq() == 4


def test_states_lists_all_or_the_open(opened: Ledger, build: Build) -> None:
    """An ended promotion is no longer among the open ones."""
    opened.append([build.opened("other"), build.of(EventType.PROMOTION_ENDED, KEY, reason="done")])
    assert set(opened.states()) == {KEY, "other:ga"}
    assert set(opened.states(open_only=True)) == {"other:ga"}
    assert [row.flag_key for row in opened.promotions(open_only=True)] == ["other-ga"]


def test_text_is_stored_in_one_form(ledger: Ledger, build: Build) -> None:
    """Actor, stream and payload are NFC, however they came in."""
    [event] = ledger.append([Draft("system", EventType.AGENDA_MADE, {"e\u0301": "e\u0301"}, "person:e\u0301va")])
    assert (event.actor, event.payload) == ("person:éva", {"é": "é"})
    assert verify(ledger).faults == ()


def test_events_follow_the_clock(opened: Ledger, build: Build, clock: FileClock) -> None:
    """The instant of an event is the moment of its append."""
    later = clock.advance(timedelta(days=7))
    [event] = opened.append([build.intent(0)])
    assert event.at == later
    state = opened.state(KEY)
    assert state is not None
    assert state.intent is not None
    assert state.intent.written_at == later


def test_a_locked_ledger_gives_way_within_the_wait(opened: Ledger, build: Build) -> None:
    """The latch of a rollback waits no longer than it was told to."""
    with opened.database.write(), pytest.raises(Unavailable, match=r"0\.05 s"):
        opened.append([build.latched()], wait=timedelta(milliseconds=50))
    assert opened.append([build.latched()])[0].seq == 2


def test_importing_the_store_is_light() -> None:
    """Neither Dagster nor Alembic comes with it: a command that lowers starts quickly."""
    code = (
        "import prr_pipeline.ledger.store, sys; "
        "print([m for m in ('dagster', 'alembic', 'pydantic') if m in sys.modules])"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=root)
    assert done.stdout.strip() == "[]"


def test_a_fleet_is_compared_and_set_as_one(ledger: Ledger, build: Build) -> None:
    """Many promotions in one append: all move by one, or one that is stale or unknown keeps all as they were."""
    keys = [f"op{n}:ga" for n in range(30)]
    ledger.append([build.opened(f"op{n}") for n in range(30)])
    ledger.append([build.latched(key=key) for key in keys], expect=dict.fromkeys(keys, 1))
    assert {state.version for state in ledger.states().values()} == {2}
    before = ledger.last_seq()
    for expect in ({**dict.fromkeys(keys, 2), keys[7]: 1}, {**dict.fromkeys(keys, 2), "op99:ga": 1}):
        with pytest.raises(StaleVersion):
            ledger.append([build.lowered(key=key) for key in keys], expect=expect)
    assert ledger.last_seq() == before
    ledger.append([build.lowered(key=key) for key in keys], expect={**dict.fromkeys(keys, 2), "op99:ga": 0})
    assert not any(state.lowering_open for state in ledger.states().values())
