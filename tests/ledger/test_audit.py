"""The verifier is itself tested with forgeries: edit, delete, insert, reorder, cut, restore, head rollback."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from prr_pipeline.clock import FileClock
from prr_pipeline.ledger.audit import AuditResult, verify
from prr_pipeline.ledger.chain import StoredRow, sealed
from prr_pipeline.ledger.head import HeadFile
from prr_pipeline.ledger.store import Ledger

from .conftest import Build, RawFile

ROWS = 50
TEXTS = ("stream", "type", "payload", "actor", "at", "previous_hash", "hash")
INSERT = "INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"


@pytest.fixture
def fifty(ledger: Ledger, build: Build, path: Path) -> Ledger:
    """A log of 50 rows, whose head is its last one, all of it in the one file."""
    ledger.append(build.history(ROWS))
    ledger.close()
    return ledger


def named(result: AuditResult) -> set[int]:
    """The events that the faults name."""
    return {int(n) for fault in result.faults for n in re.findall(r"[Ee]vents? (\d+)", fault)}


def stored(raw: RawFile) -> list[StoredRow]:
    return [StoredRow(*row) for row in raw.rows()]  # type: ignore[arg-type]


def values(row: StoredRow) -> tuple[object, ...]:
    return tuple(getattr(row, name) for name in StoredRow.__slots__)


def test_a_sound_ledger_has_no_fault(fifty: Ledger) -> None:
    """What was appended verifies, with its counts and its head."""
    assert verify(fifty) == AuditResult(ROWS, 1, ROWS, ())
    assert verify(fifty).is_sound


def test_an_empty_ledger_is_sound(ledger: Ledger) -> None:
    """Nothing happened yet, and there is no head."""
    assert verify(ledger) == AuditResult(0, 0, None, ())


def test_every_flipped_byte_of_every_column_is_detected(
    fifty: Ledger, raw: RawFile, path: Path, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    """For each byte of each text column: flip it in all 50 rows, and the verifier names every one of the 50."""
    attempted, missed = 0, []
    for column in TEXTS:
        original = {int(str(seq)): bytes(data) for seq, data in raw.rows(f"seq, CAST({column} AS BLOB)")}  # type: ignore[arg-type]
        update = f"UPDATE events SET {column} = CAST(? AS TEXT) WHERE seq = ?"  # noqa: S608
        for place in range(max(map(len, original.values()))):
            chosen = {seq: data for seq, data in original.items() if place < len(data)}
            raw.run(*((update, (flipped(data, place), seq)) for seq, data in chosen.items()))
            found = named(verify(fifty))
            attempted += len(chosen)
            missed += [(column, place, seq) for seq in chosen if seq not in found]
        raw.run(*((update, (data, seq)) for seq, data in original.items()))
    assert verify(fifty).is_sound
    record_property("flips detected / attempted", f"{attempted - len(missed)} / {attempted}")
    assert attempted > 10_000
    assert missed == []


def flipped(data: bytes, place: int) -> bytes:
    """The bytes with one bit changed, another bit at each place."""
    return data[:place] + bytes([data[place] ^ (1 << place % 8)]) + data[place + 1 :]


@pytest.mark.parametrize("column", TEXTS)
def test_a_single_flip_is_detected_on_its_own(fifty: Ledger, raw: RawFile, column: str) -> None:
    """One bit in one row of an otherwise sound log is found."""
    update = f"UPDATE events SET {column} = CAST(? AS TEXT) WHERE seq = ?"  # noqa: S608
    for seq, data in raw.rows(f"seq, CAST({column} AS BLOB)")[::7]:
        raw.run((update, (flipped(bytes(data), 3), seq)))  # type: ignore[call-overload]
        assert seq in named(verify(fifty))
        raw.run((update, (data, seq)))
    assert verify(fifty).is_sound


@pytest.mark.parametrize("schema", [0, 2, -1, "1x", b"1"])
def test_a_changed_schema_number_is_detected(fifty: Ledger, raw: RawFile, schema: object) -> None:
    """Numbers are covered as well as text, whatever is stored in their place."""
    for seq in range(1, ROWS + 1):
        raw.run(("UPDATE events SET schema = ? WHERE seq = ?", (schema, seq)))
        assert seq in named(verify(fifty))
        raw.run(("UPDATE events SET schema = 1 WHERE seq = ?", (seq,)))


def test_the_same_bytes_as_another_type_are_detected(fifty: Ledger, raw: RawFile) -> None:
    """Text stored as a blob reads alike and is still another row."""
    raw.run(("UPDATE events SET payload = CAST(payload AS BLOB) WHERE seq = 20", ()))
    assert verify(fifty).faults == ("Event 20 holds blob as its payload.",)


def test_every_deleted_event_is_detected(fifty: Ledger, raw: RawFile) -> None:
    """Each of the 50, the first and the last included."""
    rows = stored(raw)
    for row in rows:
        raw.run(("DELETE FROM events WHERE seq = ?", (row.seq,)))
        assert row.seq in named(verify(fifty))
        raw.run(("DELETE FROM events", ()), *((INSERT, values(r)) for r in rows))
    assert verify(fifty).is_sound


def test_every_inserted_event_is_detected(fifty: Ledger, raw: RawFile) -> None:
    """A row put between two others, well sealed and the later ones moved up, breaks the chain where it was put."""
    rows = stored(raw)
    for place in range(1, ROWS):
        between = sealed(replace(rows[place], seq=place + 1, actor="person:eve"))
        later = [replace(row, seq=row.seq + 1) for row in rows[place:]]
        raw.run(("DELETE FROM events", ()), *((INSERT, values(r)) for r in (*rows[:place], between, *later)))
        assert place + 2 in named(verify(fifty))


def test_reordered_events_are_detected(fifty: Ledger, raw: RawFile) -> None:
    """Neighbours that change places, with their numbers put right, are found."""
    rows = stored(raw)
    for place in range(ROWS - 1):
        swapped = list(rows)
        swapped[place] = replace(rows[place + 1], seq=place + 1)
        swapped[place + 1] = replace(rows[place], seq=place + 2)
        raw.run(("DELETE FROM events", ()), *((INSERT, values(r)) for r in swapped))
        assert {place + 1, place + 2} <= named(verify(fifty))


def test_every_cut_tail_is_detected(fifty: Ledger, raw: RawFile) -> None:
    """A chain that ends early is sound in itself; the signed head says what is missing."""
    rows = stored(raw)
    for left in range(ROWS - 1, -1, -1):
        raw.run(("DELETE FROM events WHERE seq > ?", (left,)))
        faults = verify(fifty).faults
        assert f"Events {left + 1} to {ROWS} are missing: the signed head is event {ROWS}." in faults
    raw.run(*((INSERT, values(r)) for r in rows))
    assert verify(fifty).is_sound


def test_a_history_rewritten_whole_is_detected(fifty: Ledger, raw: RawFile) -> None:
    """With every hash made anew, for an edit at any place, only the head can tell, and it does."""
    rows = stored(raw)
    for place in range(ROWS):
        rewritten = rows[:place]
        for row in rows[place:]:
            actor = "person:eve" if row.seq == place + 1 else row.actor
            previous = rewritten[-1].hash if rewritten else row.previous_hash
            rewritten.append(sealed(replace(row, actor=actor, previous_hash=previous)))
        raw.run(("DELETE FROM events", ()), *((INSERT, values(r)) for r in rewritten))
        assert f"Event {ROWS} is not the one that the head was signed for." in verify(fifty).faults


def test_an_older_copy_is_detected(
    fifty: Ledger, build: Build, path: Path, tmp_path: Path, url: str, clock: FileClock, head_file: HeadFile
) -> None:
    """A backup is a sound ledger of the past; the head is further."""
    shutil.copy(path, tmp_path / "backup.db")
    fifty.append([build.signoff()])
    fifty.close()
    shutil.copy(tmp_path / "backup.db", path)
    assert verify(fifty).faults == (
        f"Events {ROWS + 1} to {ROWS + 1} are missing: the signed head is event {ROWS + 1}.",
    )


def test_a_head_rolled_back_with_the_ledger_is_refused_only_by_its_copies(
    fifty: Ledger, build: Build, head_file: HeadFile, raw: RawFile
) -> None:
    """An older true head still proves what lies below it: the rows it covers cannot be changed."""
    old = head_file.path.read_bytes()
    fifty.append([build.signoff()])
    head_file.path.write_bytes(old)
    result = verify(fifty)
    assert (result.head_seq, result.events, result.faults) == (ROWS, ROWS + 1, ())
    raw.run(("DELETE FROM events WHERE seq = ?", (ROWS,)))
    assert ROWS in named(verify(fifty))


def test_a_forged_head_is_a_fault(fifty: Ledger, head_file: HeadFile) -> None:
    """A signature that does not fit is told, and the rows are still verified."""
    head_file.path.write_bytes(head_file.path.read_bytes().replace(b'"seq":50', b'"seq":49'))
    result = verify(fifty)
    assert result.events == ROWS
    assert any("forged" in fault for fault in result.faults)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE promotions SET version = version + 1",
        "UPDATE promotions SET last_seq = 3",
        "UPDATE promotions SET is_open = 0",
        "UPDATE promotions SET flag_key = 'other-flag'",
        "UPDATE promotions SET folded_subject = 'x'",
        "UPDATE promotions SET key = 'createGrant:beta'",
        "DELETE FROM promotions",
    ],
)
def test_a_changed_index_entry_is_detected(fifty: Ledger, raw: RawFile, change: str) -> None:
    """The projection must equal the fold: it decides compare-and-set."""
    raw.run((change, ()))
    assert any("createGrant" in fault for fault in verify(fifty).faults)


@pytest.mark.parametrize(
    "change",
    [
        "DELETE FROM intents WHERE intent_id = 'i-1'",
        "UPDATE intents SET seq = 9",
        "INSERT INTO intents VALUES ('i-9', 1)",
    ],
)
def test_a_changed_index_of_intents_is_detected(fifty: Ledger, raw: RawFile, change: str) -> None:
    """An id that was forgotten could be used twice."""
    raw.run((change, ()))
    assert any("intent ids" in fault for fault in verify(fifty).faults)


def test_an_impossible_history_is_detected(fifty: Ledger, raw: RawFile) -> None:
    """A well-sealed chain whose events cannot follow one another is no sound ledger."""
    rows = stored(raw)[1:]
    previous, moved = "0" * 64, []
    for row in rows:
        moved.append(sealed(replace(row, seq=row.seq - 1, previous_hash=previous)))
        previous = moved[-1].hash
    raw.run(("DELETE FROM events", ()), *((INSERT, values(r)) for r in moved))
    assert any("Event 1 cannot follow on createGrant:ga" in fault for fault in verify(fifty).faults)
