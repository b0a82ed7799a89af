"""The ledger's tables. The migrations create them, with the triggers; a test proves that both agree."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, MetaData, String, Table, Text, text

metadata = MetaData()

_seq = BigInteger().with_variant(Integer(), "sqlite")

events = Table(
    "events",
    metadata,
    Column("seq", _seq, primary_key=True, autoincrement=False),
    Column("stream", Text, nullable=False),
    Column("type", String(64), nullable=False),
    Column("payload", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("at", String(32), nullable=False),
    Column("schema", Integer, nullable=False),
    Column("previous_hash", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
    Index("events_by_stream", "stream", "seq"),
    Index("events_by_type", "type", "seq"),
)
"""The record itself: appended in ``seq`` order without gaps, never changed. ``payload`` is canonical JSON."""

promotions = Table(
    "promotions",
    metadata,
    Column("key", Text, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("last_seq", _seq, nullable=False),
    Column("is_open", Boolean, nullable=False),
    Column("subject", Text, nullable=False),
    Column("folded_subject", Text, nullable=False, index=True),
    Column("target", String(16), nullable=False),
    Column("flag_key", Text, nullable=False, unique=True),
    Column("folded_flag_key", Text, nullable=False, unique=True),
)
"""Index over the promotion streams for compare-and-set; the state itself is always the fold of the events."""

intents = Table(
    "intents",
    metadata,
    Column("intent_id", Text, primary_key=True),
    Column("seq", _seq, nullable=False),
)
"""Which event took an intent id: the same id never has two effects."""

counters = Table(
    "counters",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("key", Text, primary_key=True),
    Column("value", Text, nullable=False),
    Column("updated_at", String(32), nullable=False),
)
"""Mutable working values (dwell sums, tries, last decisions). Outside the chain."""

outbox = Table(
    "outbox",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("dedup_key", Text, nullable=False),
    Column("severity", String(32), nullable=False),
    Column("title", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("about", Text, nullable=False),
    Column("created_at", String(32), nullable=False),
    Column("closed_at", String(32), nullable=True),
    Column("deliveries", Text, nullable=False),
    Index(
        "outbox_open",
        "dedup_key",
        unique=True,
        sqlite_where=text("closed_at IS NULL"),
        postgresql_where=text("closed_at IS NULL"),
    ),
)
"""Notices to people; at most one open notice per ``dedup_key``."""
