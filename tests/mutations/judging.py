"""Judge a world: gather what its files say, have every statement signed for what is judged now, ask every line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from prr_pipeline.canonical import digest_bytes
from prr_pipeline.readiness.catalogue import Catalogue
from prr_pipeline.readiness.evaluate import evaluate_all
from prr_pipeline.readiness.facts import ArtefactAbsent, ArtefactFact, AttestationFact, Facts
from prr_pipeline.readiness.model import LineResult, Outcome, Reason, Report
from prr_pipeline.readiness.profile import OVERLAY_PATH, Profile, profile_in
from prr_pipeline.readiness.profile_keys import ProfileKeys
from prr_pipeline.repository.tree import Blob, blob_id_of
from tests.mutations.state import Sample, World
from tests.readiness.fakes import FakeSnapshot
from tests.readiness.stores import MemoryVerdicts

OTHER = "0" * 40
"""A commit that nothing here is made of."""


@dataclass(frozen=True, slots=True)
class Judged:
    """How every line stands, by its number, and the reports behind it: one per subject."""

    sample: Sample
    vector: Mapping[str, str]
    reports: tuple[Report, ...]

    @property
    def report(self) -> Report:
        """That of the first subject."""
        return self.reports[0]

    @property
    def results(self) -> tuple[LineResult, ...]:
        """Every line's whole result."""
        return tuple(result for report in self.reports for result in report.results)

    def result(self, number: str) -> LineResult:
        """The whole result of one line."""
        return next(each for each in self.results if self.sample.numbers[each.line_id] == number)


def judge(world: World, lines: Catalogue | None = None) -> Judged:
    """Every line of the sample (or those given), after everybody signed anew what is judged now."""
    world = world.sample.renew(world)
    sample, snapshot, profile = world.sample, FakeSnapshot(world.files), profile_of(world)
    facts = gathered(world, snapshot, profile)
    asked = Catalogue(tuple(line for line in sample.catalogue.lines if line.id in world.signers))
    known = MemoryVerdicts()
    unsigned = tuple(evaluate_all(snapshot, sample.subjects, asked, profile, facts, store=known))
    facts = replace(facts, attestations=_signed(world, unsigned))
    reports = tuple(evaluate_all(snapshot, sample.subjects, lines or sample.catalogue, profile, facts, store=known))
    vector = {
        sample.numbers[each.line_id]: outcome_text(each.outcome, each.finding.reason)
        for report in reports
        for each in report.results
    }
    return Judged(sample, vector, reports)


def outcome_text(outcome: Outcome, reason: Reason | None) -> str:
    """``met``, or for an unknown one with its reason: ``unknown: stale``."""
    return f"{outcome}: {reason}" if reason is not None else str(outcome)


def profile_of(world: World) -> Profile:
    """The profile of the sample, with the monorepo's own conventions and the world's changes."""
    profile = _profile(world.sample.profile, world.files.get(OVERLAY_PATH))
    if not world.profile:
        return profile
    keys = profile.keys.plain()
    for name, value in world.profile.items():
        section, _, key = name.partition(".")
        keys.setdefault(section, {})[key] = value
    return replace(profile, keys=ProfileKeys.of(keys))


@lru_cache(maxsize=8)
def _profile(name: str, overlay: bytes | None) -> Profile:
    return profile_in(FakeSnapshot({OVERLAY_PATH: overlay} if overlay is not None else {}), name)


def gathered(world: World, snapshot: FakeSnapshot, profile: Profile) -> Facts:
    """What is known of a world beside its files; nobody has signed anything yet."""
    artefacts = {name: _artefact(world, name) for name in world.sample.artefacts}
    found = {"artefacts": artefacts, **world.sample.gather(world, snapshot, profile)}
    return replace(world.facts, **{**found, **world.answers})


def _artefact(world: World, name: str) -> ArtefactFact | ArtefactAbsent:
    filed = world.artefacts.get(name)
    if filed is None:
        return ArtefactAbsent(f"CI has filed no artefact {name!r} up to this commit.", Reason.NO_EVIDENCE)
    blob = Blob(f"artefacts/{filed.file}", blob_id_of(filed.data), filed.data)
    commit, made_at = FakeSnapshot.commit if filed.current else OTHER, world.facts.now - filed.age
    return ArtefactFact(blob, filed.tool, filed.version, made_at, commit, filed.current)


def _signed(world: World, reports: tuple[Report, ...]) -> tuple[AttestationFact, ...]:
    """One statement per line, each bound to what is judged now unless its signer signed something else."""
    judged = {each.line_id: each.finding.subject_digest for report in reports for each in report.results}
    return tuple(
        AttestationFact(
            digest=digest_bytes(f"{line_id} by {signer.person}".encode()),
            lines={line_id: signer.digest or judged[line_id]},
            person=signer.person,
            role="engineer",
            statement=world.sample.catalogue.line(line_id).to_attest,
            signed_at=signer.signed_at,
            expires_at=signer.expires_at,
            capacities=signer.capacities,
        )
        for line_id, signer in sorted(world.signers.items())
        if line_id in judged
    )
