"""`prr check --base`: judge the base, then what is here, and write what became of each line."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from prr_pipeline.commands import verbs
from prr_pipeline.commands.check_output import many_writer
from prr_pipeline.commands.invocation import print_json, show
from prr_pipeline.commands.progress import progress
from prr_pipeline.commands.report_file import Format, written_to
from prr_pipeline.control.base import BasePlace, open_base
from prr_pipeline.control.checking import Checked
from prr_pipeline.control.comparing import Comparison
from prr_pipeline.control.places import Place
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.reports.changes_json import vanished_data, with_changes
from prr_pipeline.reports.json_report import report_data
from prr_pipeline.reports.line_pages import LinePages
from prr_pipeline.reports.tally import ChangeTally, ReportStream, Tally
from prr_pipeline.subjects import Subject, SubjectKind, Target

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Writing", "compare_many", "compare_one", "open_base"]


@dataclass(frozen=True, slots=True)
class Writing:
    """How the outcome is written, and of which lines (None: all)."""

    form: Format
    output: Path | None
    pages: LinePages
    section: str | None


def compare_one(place: Place, base: BasePlace, subject: Subject, target: Target | None, how: Writing) -> int:
    """Write what became of one subject; returns the exit code."""
    comparison = Comparison(place, base, target)
    one = comparison.check_one(subject, how.section)
    tally = _tally(comparison)
    with written_to(how.output, how.form):
        if how.form is Format.JSON:
            print_json(_document(one, subject, comparison))
            return one.exit_code if one is not None else 0
        writer = _writer(comparison, how)
        if one is not None:
            tally.add(one)
            writer.add(one)
        writer.close(tally)
    return tally.exit_code


def compare_many(
    place: Place, base: BasePlace, kind: SubjectKind | None, target: Target | None, how: Writing, faults: list[str]
) -> int:
    """Write what became of every subject, each as it is judged; returns the exit code of all.

    ``faults`` takes a sentence for each thing that could not be listed.
    """
    comparison = Comparison(place, base, target)
    named = comparison.subjects(kind, faults)
    with written_to(how.output, how.form):
        return _many(comparison, named, how)


def _many(comparison: Comparison, named: Sequence[Subject], how: Writing) -> int:
    tally = _tally(comparison)
    with progress(2 * len(named)) as advance:
        for _ in comparison.judge_base(named, how.section):
            advance()
        writer = _writer(comparison, how)
        for one in comparison.check(named, how.section):
            tally.add(one)
            writer.add(one)
            advance()
    writer.close(tally)
    return tally.exit_code


def _tally(comparison: Comparison) -> Tally:
    return Tally(since=ChangeTally(comparison.base, tuple(comparison.vanished)))


def _document(one: Checked | None, subject: Subject, comparison: Comparison) -> dict[str, object]:
    place = comparison.place
    if one is None:
        return vanished_data(subject, comparison.base, place.snapshot.commit)
    return with_changes(report_data(one.report, place.catalogue, one.notes), one)


def _writer(comparison: Comparison, how: Writing) -> ReportStream:
    if how.form is Format.TERMINAL:
        return _Terminal(comparison)
    if how.form is Format.MARKDOWN:
        from prr_pipeline.reports.changes_markdown import ChangesMarkdown

        return ChangesMarkdown(verbs.echo)
    return many_writer(how.form, comparison, how.pages)


@dataclass(frozen=True, slots=True)
class _Terminal:
    """A table per subject that changed, and one line of all."""

    comparison: Comparison

    def add(self, one: Checked) -> None:
        from prr_pipeline.reports.changes_screen import changes_screen

        screen = changes_screen(one)
        if screen is not None:
            show(screen)

    def close(self, tally: Tally) -> None:
        from prr_pipeline.reports.changes_screen import change_summary_screen, vanished_screen

        if tally.since is not None:
            gone = [vanished_screen(subject) for subject in tally.since.vanished]
            last = change_summary_screen(tally.since, tally.subjects, tally.exit_code)
            show(*gone, last, work=self.comparison.place.work)
