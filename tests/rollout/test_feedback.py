"""Feedback as values: each entry once, in order, counted without who said what."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from prr_pipeline.rollout.feedback import Entry, FeedbackAnswer, Tally, answer, tally
from prr_pipeline.rollout.recording import recorded, restored

AT = datetime(2026, 12, 7, tzinfo=UTC)
ENTRY = Entry(AT, "createGrant", "bug", "high", "Two at once.", "mail:ada", "a.csv, line 2")


def told(*entries: Entry) -> FeedbackAnswer:
    """The answer of a month."""
    return answer("inbox", AT, entries, [], AT, AT + timedelta(days=30))


def test_the_same_said_in_two_places_is_one() -> None:
    """Where it was read makes no other entry of it; who said it does."""
    again = replace(ENTRY, place="b.csv, line 9")
    assert told(ENTRY, again).entries == (ENTRY,)
    assert len(told(ENTRY, replace(ENTRY, reporter="mail:bea")).entries) == 2


def test_entries_come_in_order_of_time() -> None:
    """Whatever order they were read in."""
    later = replace(ENTRY, at=AT + timedelta(hours=1))
    assert told(later, ENTRY).entries == (ENTRY, later)


def test_a_tally_counts_the_gravest_first_and_holds_no_words() -> None:
    """The ledger never forgets, so what people wrote does not go in; its digest does."""
    found = tally(told(replace(ENTRY, kind="praise", severity="unrated"), ENTRY, replace(ENTRY, text="Again.")))
    assert found.tallies == (Tally("bug", "high", 2), Tally("praise", "unrated", 1))
    assert "Again" not in str(found)
    assert "ada" not in str(found)
    assert restored(type(found), recorded(found)) == found


def test_another_word_is_another_digest() -> None:
    """So it can be told later whether the sources still say the same."""
    assert tally(told(ENTRY)).entries_digest != tally(told(replace(ENTRY, text="One."))).entries_digest
    assert tally(told(ENTRY)).entries_digest == tally(told(replace(ENTRY, place="elsewhere"))).entries_digest
