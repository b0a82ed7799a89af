"""The sample of the endpoint checklist: one operation after GA, everything due and done, with its document."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache, lru_cache
from typing import Any

import orjson

from prr_pipeline.calendars.ics import Calendar
from prr_pipeline.calendars.rota import Rota
from prr_pipeline.canonical import digest_bytes
from prr_pipeline.control.document import line_texts
from prr_pipeline.control.oasdiff import compare_with_previous
from prr_pipeline.errors import PrrError
from prr_pipeline.readiness.facts import OnCall, OnCallAbsent
from prr_pipeline.readiness.model import Reason
from prr_pipeline.readiness.previous_minor import previous_minor
from prr_pipeline.readiness.profile import Profile
from prr_pipeline.repository.tree import Blob, MissingFile, blob_id_of
from prr_pipeline.review.document import render
from prr_pipeline.subjects import Target
from tests.mutations.circumstances import CIRCUMSTANCES
from tests.mutations.judging import judge
from tests.mutations.state import DAY, TABLES, Sample, Signer, World, artefacts_of, files_of
from tests.mutations.world import DOCUMENT, GRANT, NOW, after_ga, catalogue
from tests.readiness.fakes import FakeSnapshot

ROTA = "ops/on-call.ics"


@cache
def finished() -> World:
    """The sample with its PRR document, filed while everything in it was closed."""
    start = sample()
    report = judge(start).report
    page = render(None, Target.GA, report, line_texts(catalogue(), report))
    page = page.replace(b"reviewers: []", b"reviewers: [mara, lena, felix]", 1)
    return replace(start, files={**start.files, DOCUMENT: page})


@cache
def sample() -> World:
    """The sample after GA, everything due and done, but without its PRR document."""
    return World(MATTER, files_of(MATTER), artefacts_of(MATTER), _signers(), after_ga())


def _signers() -> dict[str, Signer]:
    """For each line with a person's part somebody who may speak for it."""
    times = NOW - timedelta(hours=1), NOW + 30 * DAY
    anybody = Signer("amara", frozenset(), *times)
    capable = {kind: Signer("mara", frozenset({kind}), *times) for kind in ("on_call", "owning_context")}
    return {line.id: capable.get(line.attested_by or "", anybody) for line in MATTER.asked}


def _gathered(world: World, snapshot: FakeSnapshot, profile: Profile) -> Mapping[str, Any]:
    return {
        "oasdiff": compare_with_previous(snapshot, profile, _Set(_restamped(world, snapshot, profile))),
        "on_call": _on_call(world.files[ROTA], world.facts.now),
    }


@dataclass(frozen=True, slots=True)
class _Set:
    """CI's artefacts of this commit, as the comparison of specs reads them."""

    data: bytes | None

    def read(self, name: str) -> Blob:
        """The report. Raises `MissingFile`."""
        if self.data is None:
            raise MissingFile(name, "set of artefacts")
        return Blob(name, blob_id_of(self.data), self.data)


def _restamped(world: World, snapshot: FakeSnapshot, profile: Profile) -> bytes | None:
    """The report with the digests of the specs that are there now, as a new run of CI would write it."""
    filed = world.artefacts.get("oasdiff")
    if filed is None or not filed.current:
        return filed.data.replace(b'"sha256": "', b'"sha256": "0') if filed is not None else None
    try:
        baseline = previous_minor(snapshot, profile)
        report = orjson.loads(filed.data)
    except (PrrError, ValueError):
        return filed.data
    for side, blob in (("base", baseline.base), ("head", baseline.head)):
        report[side]["sha256"] = digest_bytes(blob.data).removeprefix("sha256:")
    return orjson.dumps(report)


@lru_cache(maxsize=8)
def _on_call(calendar: bytes, now: datetime) -> OnCall | OnCallAbsent:
    """Who holds the shift by the rota that lies among the files."""
    try:
        rota = Rota(Calendar.parse(calendar, zone="UTC", name=ROTA))
        names = tuple(name.partition("@")[0] for name in rota.on_call(now))
        return OnCall(names, rota.changes_at(now), "on-call.ics")
    except PrrError as fault:
        return OnCallAbsent(str(fault), Reason.SOURCE_SILENT)


MATTER = Sample(
    profile="matter",
    subjects=(GRANT,),
    catalogue=catalogue(),
    artefacts=("coverage", "gates", "junit", "load-test", "oasdiff"),
    table=TABLES / "table",
    start=finished,
    gather=_gathered,
    renew=lambda world: world,
    circumstances=CIRCUMSTANCES,
)
