"""X4: a chain of any drafts verifies, and any single change of it does not."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from prr_pipeline.canonical import canonical_bytes
from prr_pipeline.clock import FileClock
from prr_pipeline.ledger.audit import verify
from prr_pipeline.ledger.chain import GENESIS, StoredRow, link_faults, sealed
from prr_pipeline.ledger.events import Draft, EventType
from prr_pipeline.ledger.head import HeadFile
from prr_pipeline.ledger.store import Ledger

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)
PAYLOADS = st.dictionaries(TEXT.filter(lambda key: key != "reason"), VALUES, max_size=4)
ACTORS = st.sampled_from(["person:mara", "sensor:alerts", "person:e\u0301va", "人"])
STREAMS = st.sampled_from(["system", "subject/service/identity", "subject/operation/createGrant"])
FACTS = st.sampled_from([EventType.EPISODE_OPENED, EventType.RECORD_REFUSED, EventType.AGENDA_MADE])
DRAFTS = st.lists(st.builds(Draft, STREAMS, FACTS, PAYLOADS, ACTORS), min_size=1, max_size=8)
COLUMNS = ("stream", "type", "payload", "actor", "at", "previous_hash", "hash")


def chain(drafts: list[Draft]) -> list[StoredRow]:
    """The rows that the ledger would store."""
    rows: list[StoredRow] = []
    for seq, draft in enumerate(drafts, 1):
        previous = rows[-1].hash if rows else GENESIS
        payload = canonical_bytes(draft.payload).decode()
        actor = canonical_bytes(draft.actor).decode()[1:-1]
        at = "2026-01-05T09:00:00.000000Z"
        rows.append(sealed(StoredRow(seq, draft.stream, str(draft.type), payload, actor, at, 1, previous, "")))
    return rows


def faults(rows: list[StoredRow], head: StoredRow) -> list[str]:
    """What link by link, and against the head, is wrong."""
    found = [fault for previous, row in zip([None, *rows], rows, strict=False) for fault in link_faults(previous, row)]
    if not any(row.seq == head.seq and row.hash == head.hash for row in rows):
        found.append("head")
    return found


@given(DRAFTS)
def test_any_drafts_give_a_sound_chain(drafts: list[Draft]) -> None:
    """Whatever is said in canonical form, the links hold."""
    rows = chain(drafts)
    assert faults(rows, rows[-1]) == []


@given(DRAFTS, st.data())
def test_any_edit_of_one_value_is_found(drafts: list[Draft], data: st.DataObject) -> None:
    """Any other value in any column of any row breaks the chain."""
    rows = chain(drafts)
    place = data.draw(st.integers(0, len(rows) - 1))
    column = data.draw(st.sampled_from([*COLUMNS, "seq", "schema"]))
    current = getattr(rows[place], column)
    values = st.integers() if isinstance(current, int) else st.text(max_size=70) | st.none()
    edited = replace(rows[place], **{column: data.draw(values.filter(lambda value: value != current))})
    assert faults([*rows[:place], edited, *rows[place + 1 :]], rows[-1]) != []


@given(DRAFTS, st.data())
def test_any_resealed_edit_is_found(drafts: list[Draft], data: st.DataObject) -> None:
    """With its hash made anew the edited row is sound in itself; its successor, or the head, is not."""
    rows = chain(drafts)
    place = data.draw(st.integers(0, len(rows) - 1))
    actor = data.draw(st.text(st.characters(exclude_categories=["Cs"])).filter(lambda text: text != rows[place].actor))
    edited = sealed(replace(rows[place], actor=actor))
    assert faults([*rows[:place], edited, *rows[place + 1 :]], rows[-1]) != []


@given(DRAFTS, st.data())
def test_any_row_taken_out_doubled_or_moved_is_found(drafts: list[Draft], data: st.DataObject) -> None:
    """The rows of a chain have one order and one number."""
    rows = chain(drafts)
    place = data.draw(st.integers(0, len(rows) - 1))
    without = [*rows[:place], *rows[place + 1 :]]
    assert faults(without, rows[-1]) != []
    assert faults([*rows[: place + 1], *rows[place:]], rows[-1]) != []
    if len(rows) > 1:
        to = data.draw(st.integers(0, len(rows) - 1).filter(lambda other: other != place))
        assert faults([*without[:to], rows[place], *without[to:]], rows[-1]) != []


@settings(max_examples=10, deadline=None)
@given(DRAFTS)
def test_any_drafts_survive_the_database(drafts: list[Draft]) -> None:
    """What is read back is what was appended, in one append or in many, and the audit finds it sound."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        clock = FileClock(root / "clock.json")
        clock.set(datetime(2026, 1, 5, 9, tzinfo=UTC))
        head = HeadFile(root / "head.json", root / "head.pem")
        ledger = Ledger.open(f"sqlite:///{root}/ledger.db", clock=clock, head=head)
        written = ledger.append(drafts[:2])
        for draft in drafts[2:]:
            written += ledger.append([draft])
        assert ledger.events() == written
        assert [event.hash for event in written] == [row.hash for row in chain(drafts)]
        assert verify(ledger).faults == ()
        ledger.close()
