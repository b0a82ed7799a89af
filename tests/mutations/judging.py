"""Judge a world: gather what its files say, have every statement signed for what is judged now, ask every line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache, lru_cache
from typing import Any

import orjson

from prr_pipeline.calendars.ics import Calendar
from prr_pipeline.calendars.rota import Rota
from prr_pipeline.canonical import digest_bytes
from prr_pipeline.control.document import line_texts
from prr_pipeline.control.oasdiff import compare_with_previous
from prr_pipeline.errors import PrrError
from prr_pipeline.readiness.catalogue import Catalogue
from prr_pipeline.readiness.evaluate import evaluate_all
from prr_pipeline.readiness.facts import ArtefactAbsent, ArtefactFact, AttestationFact, Facts, OnCall, OnCallAbsent
from prr_pipeline.readiness.model import LineResult, Outcome, Reason, Report
from prr_pipeline.readiness.previous_minor import previous_minor
from prr_pipeline.readiness.profile import OVERLAY_PATH, Profile, profile_in
from prr_pipeline.readiness.profile_keys import ProfileKeys
from prr_pipeline.repository.tree import Blob, MissingFile, blob_id_of
from prr_pipeline.review.document import render
from prr_pipeline.subjects import Target
from tests.mutations.world import DOCUMENT, GRANT, World, catalogue, sample
from tests.readiness.fakes import FakeSnapshot
from tests.readiness.stores import MemoryVerdicts

ROTA = "ops/on-call.ics"
NAMES = ("coverage", "gates", "junit", "load-test", "oasdiff")
OTHER = "0" * 40
"""A commit that nothing here is made of."""


@dataclass(frozen=True, slots=True)
class Judged:
    """How every line stands, by its number, and the report behind it."""

    vector: Mapping[str, str]
    report: Report

    def result(self, number: str) -> LineResult:
        """The whole result of one line."""
        return next(r for r in self.report.results if r.line_id == catalogue().line(number).id)


@cache
def finished() -> World:
    """The sample with its PRR document, filed while everything in it was closed."""
    start = sample()
    report = judge(start).report
    page = render(None, Target.GA, report, line_texts(catalogue(), report))
    page = page.replace(b"reviewers: []", b"reviewers: [mara, lena, felix]", 1)
    return replace(start, files={**start.files, DOCUMENT: page})


def judge(world: World, lines: Catalogue | None = None) -> Judged:
    """Every line of the operation (or those given), after everybody signed anew what is judged now."""
    snapshot = FakeSnapshot(world.files)
    profile = profile_of(world)
    facts = _gathered(world, snapshot, profile)
    asked = Catalogue(tuple(line for line in catalogue().lines if line.id in world.signers))
    known = MemoryVerdicts()
    unsigned = next(evaluate_all(snapshot, [GRANT], asked, profile, facts, store=known))
    facts = replace(facts, attestations=_signed(world, unsigned))
    report = next(evaluate_all(snapshot, [GRANT], lines or catalogue(), profile, facts, store=known))
    numbers = {line.id: line.number for line in catalogue().lines}
    return Judged({numbers[r.line_id]: outcome_text(r.outcome, r.finding.reason) for r in report.results}, report)


def outcome_text(outcome: Outcome, reason: Reason | None) -> str:
    """``met``, or for an unknown one with its reason: ``unknown: stale``."""
    return f"{outcome}: {reason}" if reason is not None else str(outcome)


def profile_of(world: World) -> Profile:
    """The profile of the sample, with the monorepo's own conventions and the world's changes."""
    profile = _profile(world.files.get(OVERLAY_PATH))
    if not world.profile:
        return profile
    keys = profile.keys.plain()
    for name, value in world.profile.items():
        section, _, key = name.partition(".")
        keys.setdefault(section, {})[key] = value
    return replace(profile, keys=ProfileKeys.of(keys))


@lru_cache(maxsize=8)
def _profile(overlay: bytes | None) -> Profile:
    return profile_in(FakeSnapshot({OVERLAY_PATH: overlay} if overlay is not None else {}), "matter")


def _gathered(world: World, snapshot: FakeSnapshot, profile: Profile) -> Facts:
    found: dict[str, Any] = {
        "artefacts": {name: _artefact(world, name) for name in NAMES},
        "oasdiff": compare_with_previous(snapshot, profile, _Set(_restamped(world, snapshot, profile))),
        "on_call": _on_call(world.files[ROTA], world.facts.now),
    }
    return replace(world.facts, **{**found, **world.answers})


def _artefact(world: World, name: str) -> ArtefactFact | ArtefactAbsent:
    filed = world.artefacts.get(name)
    if filed is None:
        return ArtefactAbsent(f"CI has filed no artefact {name!r} up to this commit.", Reason.NO_EVIDENCE)
    blob = Blob(f"artefacts/{filed.file}", blob_id_of(filed.data), filed.data)
    commit, made_at = FakeSnapshot.commit if filed.current else OTHER, world.facts.now - filed.age
    return ArtefactFact(blob, filed.tool, filed.version, made_at, commit, filed.current)


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


def _signed(world: World, report: Report) -> tuple[AttestationFact, ...]:
    """One statement per line, each bound to what is judged now unless its signer signed something else."""
    judged = {result.line_id: result.finding.subject_digest for result in report.results}
    return tuple(
        AttestationFact(
            digest=digest_bytes(f"{line_id} by {signer.person}".encode()),
            lines={line_id: signer.digest or judged[line_id]},
            person=signer.person,
            role="engineer",
            statement=catalogue().line(line_id).to_attest,
            signed_at=signer.signed_at,
            expires_at=signer.expires_at,
            capacities=signer.capacities,
        )
        for line_id, signer in sorted(world.signers.items())
        if line_id in judged
    )
