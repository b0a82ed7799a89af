"""Notices to people as rows: written first, delivered by the notify package, deduplicated while open."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, insert, select, update

from prr_pipeline.canonical import canonical_bytes, instant_text, parse_instant
from prr_pipeline.clock import Clock
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


class Outbox:
    """The notices of one ledger."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def put(self, dedup_key: str, severity: str, title: str, body: str, about: str) -> bool:
        """Open a notice. False, and nothing written, while one with that ``dedup_key`` is open."""
        row = {
            "dedup_key": dedup_key,
            "severity": severity,
            "title": title,
            "body": body,
            "about": about,
            "created_at": instant_text(self._clock.now()),
            "deliveries": "{}",
        }
        is_open = select(outbox.c.id).where(outbox.c.dedup_key == dedup_key, outbox.c.closed_at.is_(None))
        with self._database.write() as connection:
            if not self._database.is_sqlite:
                connection.exec_driver_sql("LOCK TABLE outbox IN EXCLUSIVE MODE")
            if connection.execute(is_open).first() is not None:
                return False
            connection.execute(insert(outbox).values(row))
        return True

    def close(self, dedup_key: str) -> bool:
        """Close the open notice with that ``dedup_key``; False when there is none."""
        change = update(outbox).where(outbox.c.dedup_key == dedup_key, outbox.c.closed_at.is_(None))
        with self._database.write() as connection:
            done = connection.execute(change.values(closed_at=instant_text(self._clock.now())))
            return done.rowcount > 0

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
            text = connection.execute(select(outbox.c.deliveries).where(outbox.c.id == notice_id)).scalar()
            if text is None:
                raise Refused(f"There is no notice {notice_id} in the outbox.")
            deliveries = json.loads(text)
            tries = deliveries.get(adapter, {}).get("tries", 0) + 1
            deliveries[adapter] = {"at": instant_text(at) if at else None, "fault": fault, "tries": tries}
            change = update(outbox).where(outbox.c.id == notice_id)
            connection.execute(change.values(deliveries=canonical_bytes(deliveries).decode()))

    def _notices(self, query: Select[Any]) -> list[Notice]:
        with self._database.read() as connection:
            return [_notice(row) for row in connection.execute(query.order_by(outbox.c.id))]


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
