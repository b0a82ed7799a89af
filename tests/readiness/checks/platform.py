"""Judging lines of the full checklist over files in memory, under the profile of a service platform."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from prr_pipeline.readiness.catalogue import load_catalogue
from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.judge import judge
from prr_pipeline.readiness.model import Finding
from prr_pipeline.readiness.profile import Profile, load_profile
from prr_pipeline.readiness.profile_keys import ProfileKeys
from prr_pipeline.readiness.sources import Sources
from prr_pipeline.subjects import Subject, SubjectKind
from tests.readiness.fakes import NOW, FakeSnapshot

CATALOGUE = load_catalogue()
IDENTITY = Subject(SubjectKind.SERVICE, "identity")
PLACED = Subject(SubjectKind.EVENT, "order.placed.v1")


def loop(**changes: Any) -> Profile:
    """The loop profile with some keys replaced: ``events__outbox_table="mailbox"``."""
    found = load_profile("loop")
    keys = found.keys.plain()
    for name, value in changes.items():
        section, _, key = name.partition("__")
        keys.setdefault(section, {})[key] = value
    return Profile(found.name, ProfileKeys.of(keys), found.basis)


def judged(
    number: str,
    files: Mapping[str, str | bytes],
    subject: Subject,
    facts: Facts | None = None,
    using: Profile | None = None,
) -> Finding:
    """What the check of a line finds."""
    return judged_all((number,), files, subject, facts, using)[0]


def judged_all(
    numbers: Sequence[str],
    files: Mapping[str, str | bytes],
    subject: Subject,
    facts: Facts | None = None,
    using: Profile | None = None,
) -> list[Finding]:
    """What the checks of some lines find; files are parsed once for all."""
    sources = Sources(FakeSnapshot(files), using or loop())
    found = []
    for number in numbers:
        line = CATALOGUE.line(number)
        assert line.check is not None, f"{number} has no check"
        found.append(judge(line.check, line.parameters, sources, facts or Facts(now=NOW), subject).finding)
    return found
