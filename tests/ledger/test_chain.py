"""The chain's pure functions: what is hashed, and which successor is a fault."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest

from prr_pipeline.errors import Unreadable
from prr_pipeline.ledger.chain import GENESIS, StoredRow, event_of, link_faults, row_hash, sealed

AT = "2026-01-05T09:00:00.000000Z"
FIRST = sealed(StoredRow(1, "system", "agenda_made", '{"n":1}', "person:mara", AT, 1, GENESIS, ""))
SECOND = sealed(StoredRow(2, "system", "agenda_made", '{"n":2}', "person:mara", AT, 1, FIRST.hash, ""))


def test_hash_covers_the_previous_hash_and_the_canonical_row() -> None:
    """The rule as an auditor would write it by hand gives the same digest."""
    row = (
        '{"actor":"person:mara","at":"2026-01-05T09:00:00.000000Z","payload":"{\\"n\\":1}",'
        f'"previous_hash":"{GENESIS}","schema":1,"seq":1,"stream":"system","type":"agenda_made"}}'
    )
    assert row_hash(FIRST) == hashlib.sha256((GENESIS + row).encode()).hexdigest()


def test_sound_rows_have_no_fault() -> None:
    """A first row on the genesis and its successor are accepted."""
    assert list(link_faults(None, FIRST)) == []
    assert list(link_faults(FIRST, SECOND)) == []


@pytest.mark.parametrize(
    ("row", "words"),
    [
        pytest.param(replace(SECOND, actor="person:eve"), "was changed", id="edited column"),
        pytest.param(replace(SECOND, hash="f" * 64), "was changed", id="edited hash"),
        pytest.param(sealed(replace(SECOND, previous_hash=GENESIS)), "does not follow", id="resealed on another row"),
        pytest.param(sealed(replace(SECOND, seq=3)), "Event 2 is missing", id="gap"),
        pytest.param(sealed(replace(SECOND, payload='{"n": 2}')), "not in canonical form", id="white space"),
        pytest.param(sealed(replace(SECOND, payload='{"n":2.5}')), "not in canonical form", id="a float"),
        pytest.param(sealed(replace(SECOND, payload="{")), "not in canonical form", id="no JSON"),
        pytest.param(sealed(replace(SECOND, actor="e\u0301va")), "not in canonical form", id="another Unicode form"),
        pytest.param(replace(SECOND, actor="\udcff"), "was changed", id="bytes that are no text"),
        pytest.param(replace(SECOND, previous_hash=None), "was changed", id="null"),  # type: ignore[arg-type]
    ],
)
def test_each_wrong_successor_is_named(row: StoredRow, words: str) -> None:
    """Every way in which a row cannot follow gives a sentence with its number."""
    faults = list(link_faults(FIRST, row))
    assert any(words in fault for fault in faults), faults


@pytest.mark.parametrize("payload", ["{", "[]", "1", '"x"'])
def test_a_row_that_nobody_wrote_is_unreadable(payload: str) -> None:
    """A damaged payload raises a sentence that names the event, not a JSON error."""
    with pytest.raises(Unreadable, match="event 2"):
        event_of(replace(SECOND, payload=payload))
