"""A report with one line of every sort, for the tests of what shows it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from prr_pipeline.canonical import digest
from prr_pipeline.control.checking import Checked
from prr_pipeline.readiness.catalogue import AppliesTo, Catalogue, Line
from prr_pipeline.readiness.model import Finding, LineResult, Location, Outcome, Reason, Report
from prr_pipeline.reports.tally import ReportStream, Tally
from prr_pipeline.subjects import Subject, SubjectKind

SUBJECT = Subject(SubjectKind.OPERATION, "createGrant")


def line(name: str, section: str = "First", wording: str = "It holds.") -> Line:
    """A line of a checklist of our own."""
    return Line(
        id=name, number=f"T{len(name)}", section=section, line=wording, applies_to=AppliesTo(kind=SUBJECT.kind),
        kind="A", why="Because it matters a lot.", if_unmet="Mend it by doing so and so.",
        evidence="What was looked at, and where.", checklist="endpoint",
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

HOSTILE = "a\x00b\x1b[31m\u202e </td></details><script>alert(1)</script> ]]> & \"'` [x](javascript:1) {0} \ud800 Ü😀"
"""Text as a monorepo could hold it: it must be shown as it is, or less, and never act."""
HOSTILE_FINDING = Finding(
    Outcome.UNMET,
    HOSTILE,
    digest("h"),
    (Location("src/a b#?%\x07</x>.ts", 3, HOSTILE),),
    None,
    {HOSTILE: HOSTILE, "n": [1]},
)
JUSTIFIED = "Justified by mara, approved by noor, until 2026-06-01T00:00:00.000000Z: a <new> gate comes in May"
VOID = "The justification by mara ended at 2026-01-01T00:00:00.000000Z; justify it anew or mend it."
EVERY = Catalogue(
    (
        line("met"), line("attested"), line("person"), line("hostile", "Second & <b>"),
        line("justified", "Second & <b>"), line("void"), line("unneeded"), line("unknown_one"), line("exempt"),
        line("later", "Third"), line("agreement", "Third"),
    )
)  # fmt: skip
EVERY_LINE = Report(
    SUBJECT,
    "b" * 40,
    "matter",
    (
        result("met", Outcome.MET),
        result("attested", Outcome.MET, "Seen. Attested by noor (council): fine.", attestations=("sha256:a1",)),
        replace(result("person", Outcome.MET, "Attested, not checked.", attestations=("sha256:a2",)), check=None),
        replace(result("hostile", Outcome.UNMET), finding=HOSTILE_FINDING),
        result("justified", Outcome.UNMET, "57 lines.", justification="sha256:j1", justification_text=JUSTIFIED),
        result("void", Outcome.UNMET, "58 lines.", justification_note=VOID),
        result("unneeded", Outcome.MET, justification_note="The line is met: it is no longer needed; delete it."),
        result("unknown_one", Outcome.UNKNOWN),
        result("exempt", Outcome.NOT_APPLICABLE, "It stores nothing."),
        result("later", Outcome.PENDING, "Due at 2026-05-01T00:00:00.000000Z.", counted=False),
        result("agreement", Outcome.UNMET, "Nobody signed.", counted=False),
    ),
)
"""A line of every sort, with every overlay, and text that would act if it could."""


def written(stream: Callable[[Callable[[str], object]], ReportStream], *reports: Checked) -> str:
    """What a stream writes of these reports."""
    parts: list[str] = []
    tally, writer = Tally(), stream(parts.append)
    for one in reports:
        tally.add(one)
        writer.add(one)
    writer.close(tally)
    return "".join(parts)
