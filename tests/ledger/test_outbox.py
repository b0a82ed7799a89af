"""Notices as rows: deduplicated while open, delivered per adapter."""

from __future__ import annotations

from datetime import timedelta

import pytest

from prr_pipeline.clock import FileClock
from prr_pipeline.errors import Refused
from prr_pipeline.ledger.outbox import News
from prr_pipeline.ledger.store import Ledger


def put(ledger: Ledger, dedup_key: str = "unknown/createGrant:ga") -> bool:
    return ledger.outbox.put(dedup_key, "page", "Alerts unknown", "No answer for 15 minutes.", "createGrant:ga")


def test_an_open_notice_is_not_written_twice(ledger: Ledger) -> None:
    """Only the first of equal notices is kept until it is closed; then a new one may open."""
    assert put(ledger)
    assert not put(ledger)
    assert [n.title for n in ledger.outbox.open_notices()] == ["Alerts unknown"]
    assert ledger.outbox.close("unknown/createGrant:ga")
    assert not ledger.outbox.close("unknown/createGrant:ga")
    assert ledger.outbox.open_notices() == []
    assert put(ledger)


def test_undelivered_is_per_adapter(ledger: Ledger, clock: FileClock) -> None:
    """One adapter's delivery says nothing about another's; a fault leaves the notice undelivered and counts a try."""
    put(ledger)
    [notice] = ledger.outbox.open_notices()
    ledger.outbox.mark(notice.id, "mail", fault="connection refused")
    ledger.outbox.mark(notice.id, "mail", fault="connection refused")
    ledger.outbox.mark(notice.id, "log", at=clock.now())
    [waiting] = ledger.outbox.undelivered("mail")
    assert (waiting.deliveries["mail"].tries, waiting.deliveries["mail"].fault) == (2, "connection refused")
    assert waiting.deliveries["log"].at == clock.now()
    assert ledger.outbox.undelivered("log") == []
    ledger.outbox.mark(notice.id, "mail", at=clock.now())
    assert ledger.outbox.undelivered("mail") == []


def test_a_closed_notice_is_still_delivered(ledger: Ledger) -> None:
    """A person learns of a matter that ended before the mail went out."""
    put(ledger)
    ledger.outbox.close("unknown/createGrant:ga")
    [notice] = ledger.outbox.undelivered("log")
    assert notice.closed_at is not None


def test_since_spares_a_new_adapter_the_past(ledger: Ledger, clock: FileClock) -> None:
    """Notices from before an instant are left out."""
    put(ledger, "old")
    later = clock.advance(timedelta(days=1))
    put(ledger, "new")
    assert [n.dedup_key for n in ledger.outbox.undelivered("chat", since=later)] == ["new"]


def test_a_mark_says_exactly_one_thing(ledger: Ledger, clock: FileClock) -> None:
    """Neither both nor none of instant and fault, and only for a notice that exists."""
    put(ledger)
    [notice] = ledger.outbox.open_notices()
    with pytest.raises(Refused, match="either"):
        ledger.outbox.mark(notice.id, "log")
    with pytest.raises(Refused, match="either"):
        ledger.outbox.mark(notice.id, "log", at=clock.now(), fault="x")
    with pytest.raises(Refused, match="no notice 77"):
        ledger.outbox.mark(77, "log", at=clock.now())


def test_many_are_opened_marked_and_closed_at_once(ledger: Ledger, clock: FileClock) -> None:
    """Each by the rules for one: an open one is not written twice, a fault is kept, what is not open is not closed."""
    put(ledger, "b")
    news = [News(name, "warn", f"About {name}", "words", "") for name in ("a", "b", "c", "a")]
    assert ledger.outbox.put_many(news) == 2
    assert [n.dedup_key for n in ledger.outbox.open_notices()] == ["b", "a", "c"]
    first, second, third = ledger.outbox.open_notices()
    ledger.outbox.mark_many({first.id: None, second.id: "timed out"}, "log", clock.now())
    assert [n.dedup_key for n in ledger.outbox.undelivered("log")] == ["a", "c"]
    assert ledger.outbox.undelivered("log")[0].deliveries["log"].fault == "timed out"
    assert ledger.outbox.close_many(["a", "c", "never opened"]) == 2
    assert [n.dedup_key for n in ledger.outbox.open_notices()] == ["b"]
    assert third.closed_at is None
