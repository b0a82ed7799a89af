"""Whether a line is unknown for want of evidence that no commit holds."""

from __future__ import annotations

from dataclasses import replace

import pytest

from prr_pipeline.readiness.facts import ArtefactAbsent, ArtefactFact, Facts, OasdiffAbsent
from prr_pipeline.readiness.model import Reason
from prr_pipeline.readiness.outside import evidence_is_owed
from prr_pipeline.readiness.sources import Sources
from prr_pipeline.repository.tree import Blob
from tests.mutations.judging import profile_of
from tests.mutations.matter import sample
from tests.mutations.world import GRANT, NOW, catalogue
from tests.readiness.fakes import FakeSnapshot

COVERAGE, COMPATIBLE, LONG = "M13", "M6", "handler_is_at_most_50_lines"
OLD = ArtefactFact(Blob("artefacts/coverage.json", "0" * 40, b"{}"), "vitest", "4.0.8", NOW, "1" * 40, False)
GONE = ArtefactAbsent("CI has filed none.", Reason.NO_EVIDENCE)
BROKEN = ArtefactAbsent("Its envelope is broken.", Reason.UNREADABLE)


@pytest.fixture(scope="module")
def sources() -> Sources:
    """The sample."""
    world = sample()
    return Sources(FakeSnapshot(world.files), profile_of(world))


def owed(sources: Sources, number: str, facts: Facts, reason: Reason | None) -> bool:
    """What is said of a line of createGrant."""
    return evidence_is_owed(catalogue().line(number), sources, facts, GRANT, reason)


@pytest.mark.parametrize(
    ("artefact", "reason", "expected"),
    [
        (GONE, Reason.NO_EVIDENCE, True),
        (BROKEN, Reason.UNREADABLE, True),
        (OLD, Reason.STALE, True),
        (None, Reason.NO_EVIDENCE, True),
        (GONE, Reason.NOT_RESOLVABLE, False),
        (replace(OLD, current=True), Reason.UNREADABLE, False),
        (GONE, None, False),
    ],
    ids=["absent", "broken", "of other code", "nobody looked", "the code's fault", "its content", "known"],
)
def test_an_artefact_that_is_not_there_is_owed(
    sources: Sources, artefact: ArtefactAbsent | ArtefactFact | None, reason: Reason | None, expected: bool
) -> None:
    """For the very reason that the line is unknown, and no other."""
    artefacts = {"coverage": artefact} if artefact is not None else {}
    assert owed(sources, COVERAGE, Facts(now=NOW, artefacts=artefacts), reason) is expected


@pytest.mark.parametrize(
    ("reason", "expected"),
    [(Reason.TOOL_ABSENT, True), (Reason.STALE, True), (Reason.NO_BASELINE, False), (Reason.UNREADABLE, False)],
)
def test_a_comparison_is_owed_by_the_tool_and_not_by_the_specification(
    sources: Sources, reason: Reason, expected: bool
) -> None:
    """A previous minor that is missing or broken lies in the repository."""
    facts = Facts(now=NOW, oasdiff=OasdiffAbsent("Not compared.", reason))
    assert owed(sources, COMPATIBLE, facts, reason) is expected


def test_a_line_that_reads_no_artefact_is_owed_none(sources: Sources) -> None:
    """Whatever else CI has not filed."""
    facts = Facts(now=NOW, artefacts={"coverage": GONE})
    assert not owed(sources, LONG, facts, Reason.NO_EVIDENCE)
