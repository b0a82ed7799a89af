"""Evaluate subjects: every line asked of them, judged, with what people added, as one report each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from prr_pipeline.canonical import instant_text
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import PrrError
from prr_pipeline.readiness.catalogue import Catalogue, Line
from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.judge import Judged, judge
from prr_pipeline.readiness.model import Finding, LineResult, Outcome, Reason, Report
from prr_pipeline.readiness.noted_facts import FactMarks
from prr_pipeline.readiness.overlays import attest, justify
from prr_pipeline.readiness.parameters import resolve
from prr_pipeline.readiness.profile import Profile
from prr_pipeline.readiness.reads import Mark
from prr_pipeline.readiness.sources import Sources
from prr_pipeline.readiness.verdicts import Remembering, VerdictStore
from prr_pipeline.repository.openapi import UnknownOperation
from prr_pipeline.repository.snapshot import Snapshot
from prr_pipeline.subjects import Subject, SubjectKind

PERSON = 0
"""The check version of a line that only a person judges."""


@dataclass(frozen=True, slots=True)
class Evaluated:
    """A report, everything that it rests on (None where that was not noted), and how many verdicts are new.

    ``page`` is what was written of it, where that was done with the judging.
    """

    report: Report
    marks: frozenset[Mark] | None
    judged: int
    page: bytes | None = None


def evaluate(
    snapshot: Snapshot,
    subject: Subject,
    catalogue: Catalogue,
    profile: Profile,
    facts: Facts,
    *,
    section: str | None = None,
) -> Report:
    """Judge every line asked of one subject. Equal inputs give equal reports.

    Raises `UnknownOperation` with the nearest ids for an operation that a readable spec does not hold. A missing
    or broken spec raises nothing: the lines that need it are unknown.
    """
    return next(evaluate_all(snapshot, (subject,), catalogue, profile, facts, section=section))


def evaluate_all(
    snapshot: Snapshot,
    subjects: Iterable[Subject],
    catalogue: Catalogue,
    profile: Profile,
    facts: Facts,
    *,
    section: str | None = None,
    store: VerdictStore | None = None,
) -> Iterator[Report]:
    """One report per subject, lazily and in order; files are read and parsed once for all of them.

    ``section`` limits the lines, e.g. ``Specification``. Raises `UnknownName` for a section that is not there. With a
    ``store``, a verdict of which nothing that was read has changed is not judged again.
    """
    found = evaluate_noted(snapshot, subjects, catalogue, profile, facts, section=section, store=store)
    return (each.report for each in found)


def evaluate_noted(
    snapshot: Snapshot,
    subjects: Iterable[Subject],
    catalogue: Catalogue,
    profile: Profile,
    facts: Facts,
    *,
    section: str | None = None,
    store: VerdictStore | None = None,
    sources: Sources | None = None,
) -> Iterator[Evaluated]:
    """As `evaluate_all`, with what each report rests on, which is noted where there is a ``store``.

    ``sources``: those of the snapshot and the profile with what was parsed before.
    """
    asked = catalogue.section(section) if section else catalogue
    sources = sources or Sources(snapshot, profile)
    if store is None:
        return _reports(_Judging(sources, facts), subjects, asked)
    return _reports(_Judging(sources, facts, Remembering(store, sources, FactMarks(facts))), subjects, asked)


def discover_operations(snapshot: Snapshot, profile: Profile) -> tuple[Subject, ...]:
    """Every operation of the spec that has a unique id, in document order. Raises `PrrError` if it cannot be read."""
    spec = Sources(snapshot, profile).spec()
    return tuple(Subject(SubjectKind.OPERATION, name) for name in spec.operations if name not in spec.duplicates)


@dataclass(frozen=True, slots=True)
class _Judging:
    """What all lines of all subjects are judged with."""

    sources: Sources
    facts: Facts
    remembering: Remembering | None = None


def _reports(judging: _Judging, subjects: Iterable[Subject], asked: Catalogue) -> Iterator[Evaluated]:
    sources, remembering = judging.sources, judging.remembering
    for subject in subjects:
        if remembering is None:
            results = _results(judging, subject, asked)
            yield Evaluated(_report(sources, subject, results), None, len(results))
            continue
        before = remembering.tally.judged
        with sources.tracker.frame() as beside:
            results = _results(judging, subject, asked)
        remembering.finish()
        marks = remembering.marks_of_last(beside.reads)
        yield Evaluated(_report(sources, subject, results), marks, remembering.tally.judged - before)


def _results(judging: _Judging, subject: Subject, asked: Catalogue) -> tuple[LineResult, ...]:
    _refuse_unknown(judging.sources, subject)
    if judging.remembering is not None:
        judging.remembering.begin(subject)
    return tuple(_result(line, judging, subject) for line in asked.lines_for(subject, judging.facts.target))


def _report(sources: Sources, subject: Subject, results: tuple[LineResult, ...]) -> Report:
    return Report(subject, sources.snapshot.commit, sources.profile.name, results)


def _refuse_unknown(sources: Sources, subject: Subject) -> None:
    if subject.kind is SubjectKind.OPERATION:
        try:
            sources.operation(subject)
        except UnknownOperation:
            raise
        except PrrError:
            return


def _result(line: Line, judging: _Judging, subject: Subject) -> LineResult:
    sources, facts = judging.sources, judging.facts
    judged = _due(line, sources, facts, subject) or _remembered(line, judging, subject)
    if judged.finding.outcome is Outcome.PENDING:
        return LineResult(line.id, judged.finding, line.check, judged.version, judged.parameters, line.counts)
    attested = attest(line, judged.finding, facts, _due_at(line, sources.profile, facts))
    justified = justify(line, attested.finding, facts)
    return LineResult(
        *(line.id, attested.finding, line.check, judged.version, judged.parameters, line.counts),
        justification=justified.digest,
        justification_text=justified.text,
        justification_note=justified.note,
        attestations=attested.attestations,
    )


def _remembered(line: Line, judging: _Judging, subject: Subject) -> Judged:
    if judging.remembering is None:
        return _judged(line, judging.sources, judging.facts, subject)
    return judging.remembering.judged(line, subject, lambda facts: _judged(line, judging.sources, facts, subject))


def _judged(line: Line, sources: Sources, facts: Facts, subject: Subject) -> Judged:
    if line.check is not None:
        return judge(line.check, line.parameters, sources, facts, subject)
    blank = Finding(Outcome.UNKNOWN, "", sources.subject_digest(subject), reason=Reason.NOT_ATTESTED)
    return Judged(blank, PERSON, {})


def _due(line: Line, sources: Sources, facts: Facts, subject: Subject) -> Judged | None:
    """Pending while a line after GA is not due; None once it is, and for every other line."""
    if line.stage != "after_ga":
        return None
    due_at = _due_at(line, sources.profile, facts)
    if due_at is not None and facts.now >= due_at:
        return None
    when = f"Due at {instant_text(due_at)}." if due_at else "Falls due after GA, counted from full exposure."
    return Judged(Finding(Outcome.PENDING, when, sources.subject_digest(subject), due_at=due_at), PERSON, {})


def _due_at(line: Line, profile: Profile, facts: Facts) -> datetime | None:
    if facts.after_ga is None or line.due is None:
        return None
    if line.id in facts.after_ga.due_at:
        return facts.after_ga.due_at[line.id]
    if line.due.quarters is not None:
        return _quarter_end(facts.after_ga.full_at, line.due.quarters)
    days = resolve({"days": line.due.days}, profile).given["days"]
    return facts.after_ga.full_at + timedelta(days=int(days)) if days is not None else None


def _quarter_end(at: datetime, ahead: int) -> datetime:
    """The first instant after the ``ahead``-th quarter that follows the one of ``at``."""
    quarters = at.year * 4 + (at.month - 1) // 3 + ahead + 1
    year, quarter = divmod(quarters, 4)
    return datetime(year, quarter * 3 + 1, 1, tzinfo=at.tzinfo)
