"""All that a judgement of a sample depends on, held in memory: its files, CI's artefacts, people's words, time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import orjson

from prr_pipeline.readiness.catalogue import Catalogue
from prr_pipeline.readiness.facts import Capacity, Facts
from prr_pipeline.readiness.lines import Line
from prr_pipeline.readiness.profile import Profile
from prr_pipeline.subjects import Subject
from tests.readiness.fakes import FakeSnapshot

DAY = timedelta(days=1)
TABLES = Path(__file__).parent
EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


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
    signed_at: datetime
    expires_at: datetime
    digest: str | None = None


@dataclass(frozen=True, eq=False)
class Sample:
    """A sample monorepo: what of it is judged, and where the table of its edits lies.

    ``renew`` does what CI and generators do after an edit, ``gather`` tells the facts that follow from a world's files,
    ``circumstances`` what else may be otherwise.
    """

    profile: str
    subjects: tuple[Subject, ...]
    catalogue: Catalogue
    artefacts: tuple[str, ...]
    table: Path
    start: Callable[[], World]
    gather: Callable[[World, FakeSnapshot, Profile], Mapping[str, Any]]
    renew: Callable[[World], World]
    circumstances: Mapping[str, Callable[[World], World]]

    @property
    def root(self) -> Path:
        """The folder of the example."""
        return EXAMPLES / self.profile

    @cached_property
    def numbers(self) -> Mapping[str, str]:
        """Line id to number."""
        return {line.id: line.number for line in self.catalogue.lines}

    @property
    def asked(self) -> tuple[Line, ...]:
        """The lines with a person's part."""
        return tuple(line for line in self.catalogue.lines if line.has_person_part)


@dataclass(frozen=True, slots=True)
class World:
    """One state of everything. ``profile`` replaces profile keys, ``answers`` facts after they were gathered.

    ``remote`` are the answers of services by their path in a folder of recorded ones.
    """

    sample: Sample
    files: Mapping[str, bytes]
    artefacts: Mapping[str, Filed]
    signers: Mapping[str, Signer]
    facts: Facts
    profile: Mapping[str, Any] = field(default_factory=dict)
    answers: Mapping[str, Any] = field(default_factory=dict)
    remote: Mapping[str, bytes] = field(default_factory=dict)
    stale: frozenset[str] = frozenset()
    """What nobody renewed after the edit."""

    def telling(self, **changes: Any) -> World:
        """The world with other facts."""
        return replace(self, facts=replace(self.facts, **changes))


def files_of(sample: Sample) -> dict[str, bytes]:
    """The files of the finished monorepo."""
    source = sample.root / "src"
    return {
        path.relative_to(source).as_posix(): path.read_bytes() for path in sorted(source.rglob("*")) if path.is_file()
    }


def artefacts_of(sample: Sample) -> dict[str, Filed]:
    """What its CI filed, by name."""
    folder = sample.root / "artefacts"
    rows = orjson.loads((folder / "index.json").read_bytes()).items()
    return {n: Filed(row["file"], (folder / row["file"]).read_bytes(), row["tool"], row["version"]) for n, row in rows}
