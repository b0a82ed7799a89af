"""What `prr check` writes: for each form, one report or many."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from io import TextIOWrapper
from typing import TYPE_CHECKING

from prr_pipeline.commands import verbs
from prr_pipeline.commands.invocation import complain, print_json, show
from prr_pipeline.commands.report_file import Format, summary_file
from prr_pipeline.control.checking import Checked, Checkup
from prr_pipeline.control.kept_reports import Write
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.reports.json_report import JsonStream, page_of, report_data
from prr_pipeline.reports.line_pages import LinePages
from prr_pipeline.reports.tally import ReportStream, Tally

if TYPE_CHECKING:
    from prr_pipeline.control.comparing import Comparison


def write_one(one: Checked, form: Format, checkup: Checkup, pages: LinePages) -> None:
    """Write one report to stdout."""
    catalogue = checkup.place.catalogue
    if form is Format.TERMINAL:
        from prr_pipeline.reports.terminal import report_screen

        show(report_screen(one.report, catalogue, one.notes), work=checkup.place.work)
    elif form is Format.JSON:
        print_json(report_data(one.report, catalogue, one.notes))
    else:
        tally, writer = Tally(), many_writer(form, checkup, pages)
        tally.add(one)
        writer.add(one)
        writer.close(tally)


def many_writer(form: Format, checkup: Checkup | Comparison, pages: LinePages) -> ReportStream:
    """What writes any number of reports to stdout."""
    catalogue, write = checkup.place.catalogue, sys.stdout.write
    match form:
        case Format.TERMINAL:
            return _Terminal(checkup)
        case Format.JSON:
            return _Json(JsonStream(_past_text()), checkup)
        case Format.MARKDOWN:
            return _Markdown(checkup)
        case Format.JUNIT:
            from prr_pipeline.reports.junit import JunitStream

            return JunitStream(write, catalogue)
        case Format.HTML:
            from prr_pipeline.reports.scorecard import Scorecard

            return Scorecard(write, catalogue, pages)
        case Format.GITHUB:
            from prr_pipeline.reports.step_summary import LIMIT, StepSummary

            return StepSummary(write, catalogue, max(LIMIT - _written_before(), 0))
        case Format.SARIF:
            return _sarif(checkup, pages)


def page_writer(form: Format, checkup: Checkup) -> Write | None:
    """What writes one report where it is judged; None for a form of which that does not pay."""
    return partial(page_of, catalogue=checkup.place.catalogue) if form is Format.JSON else None


def _past_text() -> Callable[[bytes], object]:
    """Writes ASCII bytes to stdout, past its text layer where that would pass them on as they are.

    What stands in place of stdout, such as that of a progress bar on the same terminal, wants to see all text.
    """
    out = sys.stdout
    if not isinstance(out, TextIOWrapper) or "{".encode(out.encoding) != b"{":
        return lambda data: out.write(data.decode("ascii"))
    out.flush()
    write: Callable[[bytes], object] = out.buffer.write
    return write


def _sarif(checkup: Checkup | Comparison, pages: LinePages) -> ReportStream:
    from prr_pipeline.reports.sarif import SarifStream
    from prr_pipeline.reports.sarif_origin import origin_of

    place = checkup.place
    home = place.profile.value("paths.openapi")
    origin = origin_of(place.repository)
    return SarifStream(sys.stdout.write, place.catalogue, pages, origin=origin, home=str(home) if home else None)


def _written_before() -> int:
    """Bytes that the job's step summary already holds."""
    path = summary_file(Format.GITHUB)
    return path.stat().st_size if path is not None and path.exists() else 0


@dataclass(frozen=True, slots=True)
class _Terminal:
    """A line per subject, and one of all."""

    checkup: Checkup | Comparison

    def add(self, one: Checked) -> None:
        from prr_pipeline.reports.terminal import brief_screen

        show(brief_screen(one.report))
        for note in one.notes:
            complain(note)

    def close(self, tally: Tally) -> None:
        from prr_pipeline.reports.terminal import summary_screen

        show(summary_screen(tally), work=self.checkup.place.work)


@dataclass(frozen=True, slots=True)
class _Json:
    """One document with a summary at its end."""

    stream: JsonStream
    checkup: Checkup | Comparison

    def add(self, one: Checked) -> None:
        page = self._page(one)
        if page is not None:
            self.stream.add_page(one.report.commit, page)
            return
        data = report_data(one.report, self.checkup.place.catalogue, one.notes)
        if one.compared is not None:
            from prr_pipeline.reports.changes_json import with_changes

            data = with_changes(data, one)
        self.stream.add(data)

    def _page(self, one: Checked) -> bytes | None:
        """What an earlier run wrote of this very report, else what the next one may write."""
        if one.page is None or one.notes or one.compared is not None:
            return None
        if one.page.kept is not None:
            return one.page.kept
        if one.page.written is None:
            one.page.written = page_of(one.report, self.checkup.place.catalogue)
        return one.page.written

    def close(self, tally: Tally) -> None:
        by_code = {str(code): tally.codes[code] for code in sorted(tally.codes)}
        outcomes = dict(tally.outcomes)
        since = {}
        if tally.since is not None:
            from prr_pipeline.reports.changes_json import since_data

            since = since_data(tally.since)
        self.stream.close(
            {"exit_code": tally.exit_code, "exit_codes": by_code, "outcomes": outcomes, "subjects": tally.subjects}
            | since
        )


@dataclass(frozen=True, slots=True)
class _Markdown:
    """One report after the other."""

    checkup: Checkup | Comparison

    def add(self, one: Checked) -> None:
        from prr_pipeline.reports.markdown_report import report_markdown

        verbs.echo(report_markdown(one.report, self.checkup.place.catalogue, one.notes))

    def close(self, tally: Tally) -> None:
        """Each report is whole."""
