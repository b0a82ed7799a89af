"""A ledger on disk with a clock that stands still, and drafts of every kind that the tests append."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from prr_pipeline.canonical import canonical_bytes
from prr_pipeline.clock import FileClock
from prr_pipeline.ledger.chain import StoredRow, sealed
from prr_pipeline.ledger.events import Draft, EventType
from prr_pipeline.ledger.head import HeadFile
from prr_pipeline.ledger.store import Ledger
from prr_pipeline.rollout.ladder import DEFAULT_LADDER

START = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
TRIGGERS = ("events_no_update", "events_no_delete", "events_in_order")


class Build:
    """Drafts with the payloads that the fold reads. The promotion is createGrant:ga unless named."""

    KEY = "createGrant:ga"

    def opened(self, name: str = "createGrant", target: str = "ga", *, flag_key: str | None = None) -> Draft:
        """A promotion on the default ladder."""
        payload = {
            "subject": f"operation {name}",
            "target": target,
            "flag_key": flag_key or f"{name}-{target}",
            "environment": "production",
            "context": "identity",
            "author": "person:ana",
            "dependencies": ["service identity"],
            "ladder": DEFAULT_LADDER.as_data(),
        }
        return Draft(f"{name}:{target}", EventType.PROMOTION_OPENED, payload, "person:mara")

    def of(self, event_type: EventType, key: str = KEY, actor: str = "sensor:advancement", **payload: object) -> Draft:
        """Any event."""
        return Draft(key, event_type, payload, actor)

    def intent(self, rung: int = 0, intent_id: str = "i-1", *, attempt: int = 1, key: str = KEY) -> Draft:
        """A raise to a rung."""
        to = str(DEFAULT_LADDER.exposure(rung))
        return self.of(
            EventType.INTENT_WRITTEN, key, intent_id=intent_id, attempt=attempt, rung=rung, to=to, flag_version=rung
        )

    def settled(self, rung: int = 0, *, key: str = KEY) -> Draft:
        """The raise is read back."""
        return self.of(EventType.INTENT_SETTLED, key, rung=rung, flag_version=rung + 1)

    def latched(self, to: str = "off", kind: str = "rolled_back", *, key: str = KEY) -> Draft:
        """A halt at ``to``."""
        return self.of(
            EventType.LATCHED, key, "sensor:alerts", kind=kind, cause="alert", by="alerts", to=to, lowers=True
        )

    def lowered(self, to: str = "off", *, key: str = KEY) -> Draft:
        """The flag read back at ``to``."""
        return self.of(EventType.LOWERED, key, "sensor:alerts", to=to, flag_version=9)

    def signoff(self, person: str = "person:lin", *, key: str = KEY) -> Draft:
        """An accepted sign-off."""
        record: dict[str, Any] = {
            "record_digest": "sha256:" + "a" * 64,
            "on_call": False,
            "statement": {"decision": "approve"},
        }
        return self.of(EventType.SIGNOFF_ACCEPTED, key, person=person, role="engineer", attempt=1, rung=None, **record)

    def fact(self, number: int = 1, *, stream: str = KEY) -> Draft:
        """An event that changes no state."""
        return self.of(EventType.DECISION_RECORDED, stream, verdict="hold", number=number, note="ünïcode ✓")

    def history(self, rows: int) -> list[Draft]:
        """A life of exactly ``rows`` events, at least 12: open, climb two rungs, facts, roll back."""
        start = [
            self.opened(),
            self.signoff(),
            self.intent(0, "i-1"),
            self.settled(0),
            self.intent(1, "i-2"),
            self.settled(1),
        ]
        facts = [self.fact(n, stream=self.KEY if n % 3 else "system") for n in range(rows - len(start) - 2)]
        return [*start, *facts, self.latched(), self.lowered()]


class RawFile:
    """The database behind the ledger's back: raw SQL, with the triggers put aside and back."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def run(self, *statements: tuple[str, tuple[object, ...]]) -> None:
        """Run the statements in one transaction as somebody who can write the file."""
        connection = sqlite3.connect(self.path)
        found = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for name, _ in found:
            connection.execute(f"DROP TRIGGER {name}")
        for statement, values in statements:
            connection.execute(statement, values)
        for _, sql in found:
            connection.execute(sql)
        connection.commit()
        connection.close()

    def rows(self, columns: str = "*") -> list[tuple[object, ...]]:
        """Rows of the events table in order."""
        connection = sqlite3.connect(self.path)
        found = connection.execute(f"SELECT {columns} FROM events ORDER BY seq").fetchall()  # noqa: S608
        connection.close()
        return found


def forge(raw: RawFile, draft: Draft) -> None:
    """Append an event by SQL, linked and indexed as the ledger would."""
    *_, last = (StoredRow(*row) for row in raw.rows())  # type: ignore[arg-type]
    text = canonical_bytes(draft.payload).decode()
    row = sealed(StoredRow(last.seq + 1, draft.stream, str(draft.type), text, draft.actor, last.at, 1, last.hash, ""))
    values = tuple(getattr(row, name) for name in StoredRow.__slots__)
    raw.run(
        ("INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", values),
        ("UPDATE promotions SET version = version + 1, last_seq = ? WHERE key = ?", (row.seq, draft.stream)),
    )


@pytest.fixture
def build() -> Build:
    """Drafts."""
    return Build()


@pytest.fixture
def clock(tmp_path: Path) -> FileClock:
    """A clock that a test moves."""
    clock = FileClock(tmp_path / "clock.json")
    clock.set(START)
    return clock


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the ledger's database lies."""
    return tmp_path / "state" / "ledger.db"


@pytest.fixture
def url(path: Path) -> str:
    """Address of the ledger."""
    return f"sqlite:///{path}"


@pytest.fixture
def raw(path: Path) -> RawFile:
    """The way past the ledger."""
    return RawFile(path)


@pytest.fixture
def head_file(tmp_path: Path) -> HeadFile:
    """The signed head, beside the ledger."""
    return HeadFile(tmp_path / "head" / "head.json", tmp_path / "keys" / "head.pem")


@pytest.fixture
def ledger(url: str, clock: FileClock, head_file: HeadFile) -> Iterator[Ledger]:
    """An empty ledger with a head."""
    ledger = Ledger.open(url, clock=clock, head=head_file)
    yield ledger
    ledger.close()


@pytest.fixture
def opened(ledger: Ledger, build: Build) -> Ledger:
    """A ledger with one open promotion, createGrant:ga."""
    ledger.append([build.opened()])
    return ledger
