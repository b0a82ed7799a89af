"""A report with one line of every sort, for the tests of what shows it."""

from __future__ import annotations

from prr_pipeline.canonical import digest
from prr_pipeline.readiness.catalogue import AppliesTo, Catalogue, Line
from prr_pipeline.readiness.model import Finding, LineResult, Location, Outcome, Reason, Report
from prr_pipeline.subjects import Subject, SubjectKind

SUBJECT = Subject(SubjectKind.OPERATION, "createGrant")


def line(name: str, section: str = "First", wording: str = "It holds.") -> Line:
    """A line of a checklist of our own."""
    return Line(
        id=name, number=f"T{len(name)}", section=section, line=wording, applies_to=AppliesTo(kind=SUBJECT.kind),
        kind="A", why="Because it matters a lot.", if_unmet="Mend it by doing so and so.",
        evidence="What was looked at, and where.",
    )  # fmt: skip


def result(name: str, outcome: Outcome, message: str = "Looked at it.", **other: object) -> LineResult:
    """A judged line."""
    reason = Reason.NO_EVIDENCE if outcome is Outcome.UNKNOWN else None
    places = tuple(Location(f"src/{name}.ts", number, "  const x = 1") for number in range(5))
    finding = Finding(outcome, message, digest(name), places, reason)
    return LineResult(name, finding, "some_check", 1, {}, **{"counted": True, **other})  # type: ignore[arg-type]


CATALOGUE = Catalogue(
    (
        line("met"), line("unmet"), line("justified"), line("uncounted", "Second"), line("unknown_one", "Second"),
        line("absent_here", "Third"),
    )
)  # fmt: skip
REPORT = Report(
    SUBJECT,
    "a" * 40,
    "matter",
    (
        result("met", Outcome.MET, attestations=("sha256:1",)),
        result("unmet", Outcome.UNMET, "<b>bad</b> [x](http://evil) | \x1b[31mred\x1b[0m"),
        result("justified", Outcome.UNMET, justification="sha256:2"),
        result("uncounted", Outcome.UNMET, counted=False),
        result("unknown_one", Outcome.UNKNOWN),
    ),
)
