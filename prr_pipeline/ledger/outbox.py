"""Notices to people as rows: written first, delivered by the notify package, deduplicated while open."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, insert, select, update

from prr_pipeline.canonical import canonical_bytes, instant_text, parse_instant
from prr_pipeline.clock import Clock
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import Refused
from prr_pipeline.ledger.engine import Database
from prr_pipeline.ledger.tables import outbox


@dataclass(frozen=True, slots=True)
class Delivery:
    """What became of a notice at one adapter. ``at`` is None until it was delivered; ``tries`` counts marks."""

    at: datetime | None
    fault: str | None
    tries: int


@dataclass(frozen=True, slots=True)
class Notice:
    """One notice. ``about`` is a promotion key, a subject or ``system``; open while ``closed_at`` is None."""

    id: int
    dedup_key: str
    severity: str
    title: str
    body: str
    about: str
    created_at: datetime
    closed_at: datetime | None
    deliveries: Mapping[str, Delivery]


@dataclass(frozen=True, slots=True)
class News:
    """A notice that is to be opened, in the fields of `Notice`."""

    dedup_key: str
    severity: str
    title: str
    body: str
    about: str


class Outbox:
    """The notices of one ledger."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def put(self, dedup_key: str, severity: str, title: str, body: str, about: str) -> bool:
        """Open a notice. False, and nothing written, while one with that ``dedup_key`` is open."""
        return self.put_many([News(dedup_key, severity, title, body, about)]) > 0

    def put_many(self, news: Iterable[News]) -> int:
        """Open many notices in one transaction, but for those of which one is open; returns how many were opened."""
        created, count = instant_text(self._clock.now()), 0
        with self._database.write() as connection:
            if not self._database.is_sqlite:
                connection.exec_driver_sql("LOCK TABLE outbox IN EXCLUSIVE MODE")
            for one in news:
                is_open = select(outbox.c.id).where(outbox.c.dedup_key == one.dedup_key, outbox.c.closed_at.is_(None))
                if connection.execute(is_open).first() is None:
                    row = {name: getattr(one, name) for name in News.__slots__}
                    connection.execute(insert(outbox).values(**row, created_at=created, deliveries="{}"))
                    count += 1
        return count

    def close(self, dedup_key: str) -> bool:
        """Close the open notice with that ``dedup_key``; False when there is none."""
        return self.close_many([dedup_key]) > 0

    def close_many(self, dedup_keys: Iterable[str]) -> int:
        """Close the open notices with these keys in one transaction; returns how many there were."""
        closed_at, count = instant_text(self._clock.now()), 0
        with self._database.write() as connection:
            for dedup_key in dedup_keys:
                change = update(outbox).where(outbox.c.dedup_key == dedup_key, outbox.c.closed_at.is_(None))
                count += connection.execute(change.values(closed_at=closed_at)).rowcount
        return count

    def open_notices(self) -> list[Notice]:
        """Open notices, oldest first."""
        return self._notices(select(outbox).where(outbox.c.closed_at.is_(None)))

    def undelivered(self, adapter: str, *, since: datetime | None = None) -> list[Notice]:
        """Notices that ``adapter`` has not delivered, oldest first, from those created at ``since`` or later.

        Closed ones too: that a matter is over is no reason to keep it from a person.
        """
        query = select(outbox)
        if since is not None:
            query = query.where(outbox.c.created_at >= instant_text(since))
        found = self._notices(query)
        return [n for n in found if adapter not in n.deliveries or n.deliveries[adapter].at is None]

    def mark(self, notice_id: int, adapter: str, *, at: datetime | None = None, fault: str | None = None) -> None:
        """Book one try of ``adapter``: delivered ``at``, or the ``fault`` that stopped it. Exactly one is given."""
        if (at is None) == (fault is None):
            raise Refused(f"Mark notice {notice_id} either as delivered at an instant or with a fault.")
        with self._database.write() as connection:
            _mark(connection, notice_id, adapter, at, fault)

    def mark_many(self, tries: Mapping[int, str | None], adapter: str, at: datetime) -> None:
        """Book many tries of ``adapter`` in one transaction: notice id -> the fault, or None when delivered ``at``."""
        with self._database.write() as connection:
            for notice_id, fault in tries.items():
                _mark(connection, notice_id, adapter, at if fault is None else None, fault)

    def _notices(self, query: Select[Any]) -> list[Notice]:
        with self._database.read() as connection:
            return [_notice(row) for row in connection.execute(query.order_by(outbox.c.id))]


def _mark(connection: Connection, notice_id: int, adapter: str, at: datetime | None, fault: str | None) -> None:
    text = connection.execute(select(outbox.c.deliveries).where(outbox.c.id == notice_id)).scalar()
    if text is None:
        raise Refused(f"There is no notice {notice_id} in the outbox.")
    deliveries = json.loads(text)
    tries = deliveries.get(adapter, {}).get("tries", 0) + 1
    deliveries[adapter] = {"at": instant_text(at) if at else None, "fault": fault, "tries": tries}
    change = update(outbox).where(outbox.c.id == notice_id)
    connection.execute(change.values(deliveries=canonical_bytes(deliveries).decode()))


def _notice(row: Row[Any]) -> Notice:
    return Notice(
        id=row.id,
        dedup_key=row.dedup_key,
        severity=row.severity,
        title=row.title,
        body=row.body,
        about=row.about,
        created_at=parse_instant(row.created_at),
        closed_at=parse_instant(row.closed_at) if row.closed_at else None,
        deliveries={name: _delivery(data) for name, data in json.loads(row.deliveries).items()},
    )


def _delivery(data: Mapping[str, Any]) -> Delivery:
    return Delivery(parse_instant(data["at"]) if data["at"] else None, data["fault"], data["tries"])
