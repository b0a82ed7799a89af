"""States in bulk, and streams that a newer version wrote: one of them stops no other."""

from __future__ import annotations

import pytest

from prr_pipeline.canonical import canonical_bytes
from prr_pipeline.clock import FileClock
from prr_pipeline.ledger.audit import verify
from prr_pipeline.ledger.chain import GENESIS, StoredRow, sealed
from prr_pipeline.ledger.events import EventType
from prr_pipeline.ledger.fold import UnknownEvent
from prr_pipeline.ledger.store import Ledger

from .conftest import Build, RawFile

KEY = Build.KEY


def test_many_states_equal_their_folds(ledger: Ledger, build: Build, url: str, clock: FileClock) -> None:
    """More promotions than fit one query, read by a process that knows none of them."""
    ledger.append([build.opened(f"op{n}") for n in range(450)])
    ledger.append([build.signoff(key=f"op{n}:ga") for n in range(0, 450, 7)])
    fresh = Ledger.open(url, clock=clock)
    assert fresh.states() == ledger.states()
    assert len(fresh.states()) == 450
    fresh.close()


def test_facts_move_only_the_last_seq(opened: Ledger, build: Build, url: str, clock: FileClock) -> None:
    """Events that change no state are passed over, and the state still names the last of them."""
    opened.append([build.fact(n) for n in range(5)])
    fresh = Ledger.open(url, clock=clock)
    state = fresh.state(KEY)
    assert state is not None
    assert state.last_seq == 6
    assert state == opened.state(KEY)
    assert verify(fresh).faults == ()
    fresh.close()


@pytest.fixture(params=[("decision_recorded", 2), ("flag_moved_sideways", 1)], ids=["newer schema", "unknown type"])
def newer(
    request: pytest.FixtureRequest, opened: Ledger, build: Build, raw: RawFile, url: str, clock: FileClock
) -> Ledger:
    """A sound ledger in which a newer version added one event to createGrant:ga, beside a promotion of ours."""
    kind, schema = request.param
    opened.append([build.opened("other")])
    previous = str(raw.rows("hash")[-1][0])
    payload = canonical_bytes({"n": 1}).decode()
    row = sealed(StoredRow(3, KEY, kind, payload, "future", "2026-01-05T09:00:00.000000Z", schema, previous, ""))
    values = tuple(getattr(row, name) for name in StoredRow.__slots__)
    raw.run(
        ("INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", values),
        ("UPDATE promotions SET last_seq = 3 WHERE key = ?", (KEY,)),
    )
    assert previous != GENESIS
    return Ledger.open(url, clock=clock)


def test_an_unknown_event_stops_its_own_promotion_only(newer: Ledger) -> None:
    """Its state cannot be known, which is said; the others are read, and its flag key is still listed."""
    with pytest.raises(UnknownEvent, match=r"Upgrade prr_pipeline"):
        newer.state(KEY)
    assert set(newer.states()) == {"other:ga"}
    assert set(newer.unreadable()) == {KEY}
    assert {row.key: row.flag_key for row in newer.promotions()}[KEY] == "createGrant-ga"


def test_an_unknown_event_forbids_raises_and_allows_lowering(newer: Ledger, build: Build) -> None:
    """What leads to more exposure is refused; the latch and its settle are taken, with their versions."""
    resumed = build.of(EventType.RESUMED, reason="x")
    for draft in (build.intent(0), build.settled(0), build.signoff(), resumed):
        with pytest.raises(UnknownEvent):
            newer.append([draft])
    newer.append([build.latched(), build.fact(), build.lowered()], expect={KEY: 1})
    row = next(row for row in newer.promotions() if row.key == KEY)
    assert (row.version, row.last_seq) == (3, 6)
    newer.append([build.intent(0, key="other:ga")])


def test_the_audit_names_an_unknown_event(newer: Ledger) -> None:
    """A verifier that cannot understand an event does not call the ledger sound."""
    result = verify(newer)
    assert any("event 3" in fault.lower() for fault in result.faults)
