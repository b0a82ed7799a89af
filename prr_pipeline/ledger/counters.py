"""Mutable working values beside the chain: dwell sums, tries, last decisions. Losing them may only delay a raise."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, delete, select

from prr_pipeline.canonical import canonical_bytes, instant_text
from prr_pipeline.clock import Clock
from prr_pipeline.ledger.engine import Database
from prr_pipeline.ledger.tables import counters

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql, sqlite

Value = dict[str, Any]
Kept = Mapping[str, Mapping[str, Mapping[str, object]]]
"""Values to write, by name and key."""


class Counters:
    """Values by (name, key). A value is an object of canonical JSON: integers, no floats. The last write wins."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def get(self, name: str, key: str) -> Value | None:
        """The value, or None."""
        with self._database.read() as connection:
            return read_counter(connection, name, key)

    def all(self, name: str) -> dict[str, Value]:
        """Every value of that name, by key."""
        query = select(counters.c.key, counters.c.value).where(counters.c.name == name)
        with self._database.read() as connection:
            return {key: json.loads(value) for key, value in connection.execute(query)}

    def put(self, name: str, key: str, value: Mapping[str, object], *, wait: timedelta | None = None) -> None:
        """Write one value."""
        self.put_many(name, {key: value}, wait=wait)

    def put_many(self, name: str, values: Mapping[str, Mapping[str, object]], *, wait: timedelta | None = None) -> None:
        """Write many values of one name in one transaction. An empty mapping writes nothing.

        ``wait`` is the longest real time to wait for other writers.
        """
        if not values:
            return
        with self._database.write(wait) as connection:
            self.put_within(connection, name, values)

    def swap(self, name: str, key: str, expected: Mapping[str, object] | None, value: Mapping[str, object]) -> bool:
        """Write one value if it still is ``expected`` (None: not there); False, and nothing written, if it is not."""
        with self._database.write() as connection:
            found = read_counter(connection, name, key)
            if found != (None if expected is None else json.loads(canonical_bytes(expected))):
                return False
            self.put_within(connection, name, {key: value})
            return True

    def put_within(self, connection: Connection, name: str, values: Mapping[str, Mapping[str, object]]) -> None:
        """Write values in a transaction of the caller's, so that they stand or fall with what else it writes."""
        now = instant_text(self._clock.now())
        rows = [
            {"name": name, "key": key, "value": canonical_bytes(value).decode(), "updated_at": now}
            for key, value in values.items()
        ]
        insert = self._insert
        upsert = insert.on_conflict_do_update(
            index_elements=["name", "key"],
            set_={"value": insert.excluded.value, "updated_at": insert.excluded.updated_at},
        )
        connection.execute(upsert, rows)

    @cached_property
    def _insert(self) -> sqlite.Insert | postgresql.Insert:
        # Of two dialects one is loaded: the other takes as long as the rest of a short run.
        if self._database.is_sqlite:
            from sqlalchemy.dialects import sqlite

            return sqlite.insert(counters)
        from sqlalchemy.dialects import postgresql

        return postgresql.insert(counters)

    def delete(self, name: str, key: str) -> None:
        """Forget one value. Idempotent."""
        with self._database.write() as connection:
            connection.execute(delete(counters).where(counters.c.name == name, counters.c.key == key))


def read_counter(connection: Connection, name: str, key: str) -> Value | None:
    """The value, read within a transaction that is already open; None without one."""
    query = select(counters.c.value).where(counters.c.name == name, counters.c.key == key)
    text = connection.execute(query).scalar()
    return None if text is None else json.loads(text)
