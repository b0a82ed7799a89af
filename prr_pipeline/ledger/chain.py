"""The hash chain: each event's hash covers the previous hash and the event's own row. Pure functions."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Iterator
from dataclasses import replace

from prr_pipeline.canonical import canonical_bytes, parse_instant
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import PrrError, Unreadable
from prr_pipeline.ledger.events import Event

GENESIS = "0" * 64
"""The previous hash of the first event."""


@dataclass(frozen=True, slots=True)
class StoredRow:
    """One row of the ``events`` table as it lies there: ``payload`` and ``at`` are text."""

    seq: int
    stream: str
    type: str
    payload: str
    actor: str
    at: str
    schema: int
    previous_hash: str
    hash: str


def row_hash(row: StoredRow) -> str:
    """SHA-256, 64 hex digits, over ``previous_hash`` and the canonical bytes of the row without its ``hash``.

    The payload goes in as its text, so that any other spelling of the same value gives another hash.
    """
    fields = {
        "actor": row.actor,
        "at": row.at,
        "payload": row.payload,
        "previous_hash": row.previous_hash,
        "schema": row.schema,
        "seq": row.seq,
        "stream": row.stream,
        "type": row.type,
    }
    return hashlib.sha256(row.previous_hash.encode() + canonical_bytes(fields)).hexdigest()


def sealed(row: StoredRow) -> StoredRow:
    """The row with the hash that belongs to it."""
    return replace(row, hash=row_hash(row))


def event_of(row: StoredRow) -> Event:
    """The event in a row. Raises `Unreadable` for a row that no version of this program writes."""
    try:
        payload = json.loads(row.payload)
        at = parse_instant(row.at)
    except (ValueError, TypeError, RecursionError, PrrError):
        raise Unreadable(f"Ledger event {row.seq} cannot be read; run prr audit, then restore a good copy.") from None
    if not isinstance(payload, dict):
        raise Unreadable(f"The payload of ledger event {row.seq} is no object; run prr audit.")
    return Event(row.seq, row.stream, row.type, payload, row.actor, at, row.schema, row.previous_hash, row.hash)


def link_faults(previous: StoredRow | None, row: StoredRow) -> Iterator[str]:
    """Whatever is wrong with ``row`` as the successor of ``previous``, a sentence each. Total: raises nothing."""
    due = 1 if previous is None else previous.seq + 1
    if row.seq != due:
        yield f"Event {due} is missing: event {row.seq} comes where it was due."
    if row.previous_hash != (GENESIS if previous is None else previous.hash):
        yield f"Event {row.seq} does not follow the event before it: its previous hash is another one."
    if not _fits(row):
        yield f"Event {row.seq} was changed: its hash does not fit its content."
    if not _is_canonical(row):
        yield f"Event {row.seq} is not in canonical form."


def _fits(row: StoredRow) -> bool:
    try:
        return row_hash(row) == row.hash
    except (PrrError, UnicodeError, AttributeError):
        return False


def _is_canonical(row: StoredRow) -> bool:
    try:
        plain = all(unicodedata.is_normalized("NFC", text) for text in (row.stream, row.type, row.actor, row.at))
        return plain and canonical_bytes(json.loads(row.payload)).decode() == row.payload
    except (PrrError, ValueError, TypeError, RecursionError):
        return False
