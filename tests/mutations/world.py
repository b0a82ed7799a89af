"""All that a judgement of the sample depends on, held in memory: its files, CI's artefacts, people's words, time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import orjson

from prr_pipeline.readiness.catalogue import Catalogue, load_catalogue
from prr_pipeline.readiness.facts import AfterGa, AlertReview, AlertWatch, Capacity, Facts
from prr_pipeline.readiness.model import Outcome
from prr_pipeline.rollout.ladder import Ladder
from prr_pipeline.subjects import Subject, SubjectKind, Target

ROOT = Path(__file__).resolve().parents[2] / "examples" / "matter"
GRANT = Subject(SubjectKind.OPERATION, "createGrant")
DOCUMENT = "apps/api/__gates__/prod-readiness/createGrant.md"
THREATS = "apps/docs/content/docs/security/threat-model.mdx"
FULL = datetime(2026, 12, 1, 10, tzinfo=UTC)
"""Since when everybody has the new version."""
NOW = datetime(2027, 4, 5, 12, tzinfo=UTC)
"""After the week, the month and the quarter that follow full exposure."""
DAY = timedelta(days=1)


@cache
def catalogue() -> Catalogue:
    """The lines of the endpoint checklist."""
    return Catalogue(load_catalogue().lines_for(SubjectKind.OPERATION, Target.GA))


@dataclass(frozen=True, slots=True)
class Filed:
    """An artefact that CI stamps anew after each edit, unless ``current`` says that it did not."""

    file: str
    data: bytes
    tool: str
    version: str
    age: timedelta = DAY
    current: bool = True


@dataclass(frozen=True, slots=True)
class Signer:
    """Who signs for a line that asks a person. ``digest`` is what they sign; None: what is judged now."""

    person: str
    capacities: frozenset[Capacity]
    signed_at: datetime = NOW - timedelta(hours=1)
    expires_at: datetime = NOW + 30 * DAY
    digest: str | None = None


@dataclass(frozen=True, slots=True)
class History:
    """What git's history says, as far as anybody asks: when a path changed, since when an operation is there."""

    changed: Mapping[str, datetime]
    since: Mapping[str, datetime]

    def last_changed_at(self, path: str) -> datetime | None:
        """When the newest commit that changed the path was made."""
        return self.changed.get(path)

    def operation_since(self, operation_id: str) -> datetime | None:
        """When the operation first stood in the spec without a break since."""
        return self.since.get(operation_id)


@dataclass(frozen=True, slots=True)
class World:
    """One state of everything. ``profile`` replaces profile keys, ``answers`` facts after they were gathered."""

    files: Mapping[str, bytes]
    artefacts: Mapping[str, Filed]
    signers: Mapping[str, Signer]
    facts: Facts
    profile: Mapping[str, Any] = field(default_factory=dict)
    answers: Mapping[str, Any] = field(default_factory=dict)

    def telling(self, **changes: Any) -> World:
        """The world with other facts."""
        return replace(self, facts=replace(self.facts, **changes))


@cache
def sample() -> World:
    """The sample after GA, everything due and done, but without its PRR document."""
    return World(_files(), _artefacts(), _signers(), _facts())


def _files() -> dict[str, bytes]:
    source = ROOT / "src"
    return {
        path.relative_to(source).as_posix(): path.read_bytes() for path in sorted(source.rglob("*")) if path.is_file()
    }


def _artefacts() -> dict[str, Filed]:
    folder = ROOT / "artefacts"
    rows = orjson.loads((folder / "index.json").read_bytes()).items()
    return {n: Filed(row["file"], (folder / row["file"]).read_bytes(), row["tool"], row["version"]) for n, row in rows}


def _signers() -> dict[str, Signer]:
    """For each line with a person's part somebody who may speak for it."""
    anybody = Signer("amara", frozenset())
    capable = {kind: Signer("mara", frozenset({kind})) for kind in ("on_call", "owning_context")}
    asked = [line for line in catalogue().lines if line.has_person_part]
    return {line.id: capable.get(line.attested_by or "", anybody) for line in asked}


def _facts() -> Facts:
    alert = AlertReview("episode-1", "grants-read-latency", "warning", FULL + 2 * DAY, True)
    agreed = {
        line.id: (Outcome.MET, "Signed by everybody who is asked.")
        for line in catalogue().lines
        if line.check == "approved_by"
    }
    return Facts(
        now=NOW,
        target=Target.GA,
        author="noor",
        context="Equity",
        approvals=agreed,
        ladder=Ladder.from_data({"rungs": rungs()}).as_data(),
        ladder_source="promotion",
        history=History(
            {THREATS: datetime(2026, 6, 16, 9, tzinfo=UTC)}, {"createGrant": datetime(2026, 4, 27, 9, tzinfo=UTC)}
        ),
        after_ga=AfterGa(FULL, {}, AlertWatch(FULL + 7 * DAY, (alert,))),
        artefacts_complete=True,
    )


def rungs(steps: str = "shadow 1% 10% 50% 100%", days: int = 7) -> list[dict[str, object]]:
    """A ladder's rungs as data, each of the same time but for the last."""
    names = steps.split()
    return [
        {"exposure": name, "dwell_seconds": days * 86_400 if name != names[-1] else 0, "approval_required": False}
        for name in names
    ]
