"""Reports as a scorecard: one HTML page that needs nothing but itself, for one subject or for many."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from tempfile import SpooledTemporaryFile

from prr_pipeline.control.checking import Checked
from prr_pipeline.readiness.catalogue import Catalogue
from prr_pipeline.readiness.model import LineResult, Outcome, Report
from prr_pipeline.reports.line_pages import LinePages
from prr_pipeline.reports.overlay_words import VERDICTS, count_words, in_the_way, worst_first
from prr_pipeline.reports.scorecard_changes import ChangeTable
from prr_pipeline.reports.scorecard_lines import mark, row_id, section_tables, shown
from prr_pipeline.reports.scorecard_style import STYLE
from prr_pipeline.reports.tally import Tally

_IN_MEMORY = 4 * 1024 * 1024
"""Bytes of finished parts that are kept in memory; more go to a temporary file."""
_SIGNS = {0: "✓", 1: "✗", 2: "?"}
_FIRST = 3
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
"""What the page may load: nothing. Text of the repository could not fetch or run anything even if it got through."""


class Scorecard:
    """Writes one page at its close; of each subject only its row is kept, its part waits in a temporary file.

    Pure ASCII, with character references for everything else.
    """

    def __init__(self, write: Callable[[str], object], catalogue: Catalogue, pages: LinePages) -> None:
        self._write, self._pages = write, pages
        self._lines = {line.id: line for line in catalogue.lines}
        self._parts = SpooledTemporaryFile(_IN_MEMORY, mode="w+", encoding="utf-8", errors="replace")  # noqa: SIM115
        self._rows: list[tuple[int, str]] = []
        self._first: Report | None = None
        self._changes = ChangeTable()

    def add(self, one: Checked) -> None:
        """Write one subject's part aside. The first report is held: alone, it is laid out in full."""
        report, notes = one.report, one.notes
        if self._first is None:
            self._first, self._notes, self._since = report, tuple(notes), one.compared
        number = len(self._rows)
        self._rows.append((report.exit_code, _row(report, number)))
        self._changes.add(one, number)
        self._parts.write(self._folded(one, number))

    def close(self, tally: Tally) -> None:
        """Write the page."""
        with self._parts as parts:
            if self._first is not None and len(self._rows) == 1:
                self._put(_head(f"{self._first.subject}: {VERDICTS[tally.report_exit_code]}"))
                self._put(self._alone(self._first, self._changes.page_part(tally)))
            else:
                self._put(_head(f"Production readiness of {tally.subjects} subjects"))
                self._put(_summary(tally, self._first) + self._changes.page_part(tally) + _index(self._rows))
                parts.seek(0)
                while piece := parts.read(1 << 16):
                    self._put(piece)
                self._put("</main>\n")
            self._put(_FOOT)

    def _put(self, text: str) -> None:
        self._write(text.encode("ascii", "xmlcharrefreplace").decode("ascii"))

    def _alone(self, report: Report, changes: str) -> str:
        tables = "".join(section_tables(report, self._lines, self._pages, since=self._since))
        return (
            f'<header><h1>{shown(report.subject)}</h1><p class="marks">{_verdict(report.exit_code)}</p>'
            f"{_where(report)}</header>\n<main>{_tiles(report.results)}{_notes(self._notes)}{changes}"
            f"{_open_lines(report)}"
            f"{tables}</main>\n"
        )

    def _folded(self, one: Checked, number: int) -> str:
        report, notes = one.report, one.notes
        tables = "".join(section_tables(report, self._lines, self._pages, f"s{number}-", one.compared))
        return (
            f'<details class="subject" id="s{number}"><summary><h2>{shown(report.subject.name)}</h2> '
            f'{_verdict(report.exit_code)} <span class="soft">{shown(_counts(report.results))}</span></summary>\n'
            f"{_where(report)}{_notes(notes)}{tables}</details>\n"
        )


def _head(title: str) -> str:
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{shown(title)}</title><style>{STYLE}</style></head>\n<body>\n"
    )


_FOOT = (
    "<footer><p>An unmet line may be justified for a time and a person may attest what no check sees: both are marked, "
    "and the outcome underneath stays as it was judged. Unknown never passes.</p></footer>\n</body></html>\n"
)


def _verdict(code: int) -> str:
    return mark(VERDICTS[code], VERDICTS[code].replace(" ", "-"), _SIGNS[code])


def _where(report: Report) -> str:
    at = f"commit <code>{shown(report.commit)}</code>" if report.commit else "the working tree"
    return f'<p class="soft">Judged at {at}, profile {shown(report.profile)}; report <code>{report.digest}</code></p>\n'


def _counts(results: Sequence[LineResult]) -> str:
    return "; ".join(f"{count} {words}" for words, count in count_words(results).items())


def _tiles(results: Sequence[LineResult]) -> str:
    tiles = "".join(f"<li><b>{count}</b>{shown(words)}</li>" for words, count in count_words(results).items())
    return f'<ul class="tiles">{tiles}</ul>\n'


def _notes(notes: Sequence[str]) -> str:
    return "".join(f'<p class="said">{shown(note)}</p>\n' for note in notes)


def _open_lines(report: Report) -> str:
    """A way to each line that is in the way."""
    found = [result for result in worst_first(report.results) if in_the_way(result)]
    rows = "".join(
        f'<li>{shown(result.outcome)}: <a href="#{row_id("", result)}">{shown(result.line_id)}</a></li>'
        for result in found
    )
    return f'<h2>In the way</h2>\n<ul class="ways">{rows}</ul>\n' if found else ""


def _row(report: Report, place: int) -> str:
    counts = Counter(result.outcome for result in report.counted if in_the_way(result))
    justified = sum(1 for result in report.counted if result.justification)
    attested = sum(1 for result in report.counted if result.attestations)
    first = [result.line_id for result in worst_first(report.results) if in_the_way(result)]
    rest = f" and {len(first) - _FIRST} more" if len(first) > _FIRST else ""
    numbers = (counts[Outcome.UNMET], counts[Outcome.UNKNOWN], justified, attested)
    cells = "".join(f'<td class="n">{number}</td>' for number in numbers)
    return (
        f'<tr><th scope="row"><a href="#s{place}">{shown(report.subject.name)}</a>'
        f"<small>{report.subject.kind.replace('_', ' ')}</small></th>"
        f"<td>{_verdict(report.exit_code)}</td>{cells}"
        f'<td class="ids">{shown(", ".join(first[:_FIRST]) + rest) or "nothing"}</td></tr>\n'
    )


def _summary(tally: Tally, first: Report | None) -> str:
    tiles = "".join(f"<li><b>{tally.codes[code]}</b>{VERDICTS[code]}</li>" for code in (0, 1, 2))
    where = ""
    if first is not None:
        at = f"commit <code>{shown(first.commit)}</code>" if first.commit else "the working tree"
        where = f'<p class="soft">Judged at {at}, profile {shown(first.profile)}</p>'
    return (
        f"<header><h1>Production readiness of {tally.subjects} subjects</h1>{where}"
        f'<ul class="tiles">{tiles}</ul></header>\n<main>'
    )


def _index(rows: Sequence[tuple[int, str]]) -> str:
    """The table of all subjects, the worst first; each leads to its own part."""
    order = {1: 0, 2: 1, 0: 2}
    body = "".join(row for _, row in sorted(rows, key=lambda one: order[one[0]]))
    names = "".join(f'<th scope="col" class="n">{name}</th>' for name in ("Unmet", "Unknown", "Justified", "Attested"))
    return (
        '<div class="wide"><table><caption>Subjects by verdict; numbers are counted lines, and what is justified or '
        "attested is not among those in the way</caption><thead><tr>"
        f'<th scope="col">Subject</th><th scope="col">Verdict</th>{names}<th scope="col">First in the way</th></tr>'
        f"</thead><tbody>{body}</tbody></table></div>\n<h2>Line by line</h2>\n"
    )
