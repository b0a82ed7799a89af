"""The demo's people: an SSH key each, a roster, and the on-call rota, made anew for every demo."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import yaml

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.review.adoption import NAMESPACE
from prr_pipeline.review.records import RecordKind
from prr_pipeline.review.roster import Roster
from prr_pipeline.signatures.ssh import generate_key


@dataclass(frozen=True, slots=True)
class Member:
    """One person of the demo. ``id`` is also their principal."""

    id: str
    name: str
    context: str
    roles: tuple[str, ...]


COUNCIL = (
    Member("mara", "Mara Lind", "Equity", ("engineer",)),
    Member("noor", "Noor Haddad", "Equity", ("engineer", "council")),
    Member("jonas", "Jonas Weber", "Entity lifecycle", ("engineer", "council")),
    Member("ines", "Ines Duarte", "Platform", ("engineer", "council")),
    Member("felix", "Felix Okoro", "Operations", ("engineer", "council", "on_call_lead")),
)
"""Mara writes the endpoints; the others agree. Felix leads on call."""

ON_CALL = "felix"


def make_people(folder: Path, members: tuple[Member, ...] = COUNCIL) -> Roster:
    """Keys under ``folder/keys`` and the roster under ``folder/roster``; returns the roster."""
    namespaces = ",".join((*(kind.namespace for kind in RecordKind), NAMESPACE))
    lines = []
    for member in members:
        public = generate_key(folder / "keys" / member.id, f"{member.id} (demo)")
        kind, key, *_ = public.split()
        lines.append(f'{member.id} namespaces="{namespaces}" {kind} {key}')
    roster = folder / "roster"
    roster.mkdir(parents=True, exist_ok=True)
    (roster / "allowed_signers").write_text("\n".join(lines) + "\n")
    people = [
        {
            "id": m.id,
            "name": m.name,
            "contexts": [m.context],
            "roles": list(m.roles),
            "keys": [m.id],
            "emails": [f"{m.id}@matter.example"],
        }
        for m in members
    ]
    (roster / "people.yaml").write_text(yaml.safe_dump({"people": people}, sort_keys=False))
    return Roster.parse((roster / "allowed_signers").read_bytes(), (roster / "people.yaml").read_bytes())


def rota_ics(origin: datetime, lead: str = ON_CALL) -> str:
    """A rota with weekly shifts of one lead from ten weeks before ``origin`` on."""
    start = origin - timedelta(weeks=10)
    return _calendar(
        f"UID:rota-{lead}\r\nDTSTAMP:{start:%Y%m%dT%H%M%SZ}\r\nDTSTART:{start:%Y%m%dT%H%M%SZ}\r\n"
        f"DTEND:{start + timedelta(days=7):%Y%m%dT%H%M%SZ}\r\nRRULE:FREQ=WEEKLY;COUNT=200\r\nSUMMARY:{lead}\r\n"
    )


def freeze_ics(origin: datetime, after: timedelta, length: timedelta, summary: str) -> str:
    """One freeze, ``after`` the origin."""
    start = origin + after
    return _calendar(
        f"UID:freeze\r\nDTSTAMP:{origin:%Y%m%dT%H%M%SZ}\r\nDTSTART:{start:%Y%m%dT%H%M%SZ}\r\n"
        f"DTEND:{start + length:%Y%m%dT%H%M%SZ}\r\nSUMMARY:{summary}\r\n"
    )


def _calendar(event: str) -> str:
    head = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//prr_pipeline//demo//EN\r\n"
    return f"{head}BEGIN:VEVENT\r\n{event}END:VEVENT\r\nEND:VCALENDAR\r\n"
