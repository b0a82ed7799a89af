"""Reports as a GitHub step summary: who is ready, what is in the way first, the way out one click below."""

from __future__ import annotations

import html
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from prr_pipeline.control.checking import Checked
from prr_pipeline.readiness.catalogue import Catalogue, Line
from prr_pipeline.readiness.model import LineResult, Outcome, Report
from prr_pipeline.reports.changes_markdown import TABLE, change_rows, sums
from prr_pipeline.reports.changes_markdown import title as change_title
from prr_pipeline.reports.overlay_words import (
    VERDICTS,
    count_words,
    in_the_way,
    justification_words,
    outcome_words,
    place,
    worst_first,
)
from prr_pipeline.reports.tally import ChangeTally, Tally
from prr_pipeline.reports.text import markdown, plain

LIMIT = 1024 * 1024 - 4096
"""Most bytes of a summary: the service takes 1 MiB and shows nothing of a longer one; the rest is for its end."""
_SHOWN = 3
_FIRST = 3
_MARKS = {0: "✅", 1: "❌", 2: "❔"}
_OUTCOME_MARKS = {
    Outcome.MET: "✅", Outcome.UNMET: "❌", Outcome.UNKNOWN: "❔", Outcome.NOT_APPLICABLE: "➖", Outcome.PENDING: "🕒",
}  # fmt: skip
_CUT = (
    "\n**Cut here:** a step summary holds 1 MiB at most, so some subjects or lines are left out. "
    "`prr check --format html --output FILE` writes all of them.\n"
)
_TABLE = "| outcome | line | finding |\n|---|---|---|\n"
_HEAD = "| | subject | unmet | unknown | justified | attested | first in the way |\n|---|---|--:|--:|--:|--:|---|\n"


class StepSummary:
    """Writes one summary, at its close: what is worst comes first, and what does not fit is left out and said to be.

    ``limit``: bytes in UTF-8. No more than a few times as many are ever kept, whatever the number of subjects.
    """

    def __init__(self, write: Callable[[str], object], catalogue: Catalogue, limit: int = LIMIT) -> None:
        self._write, self._limit = write, limit
        self._lines = {line.id: line for line in catalogue.lines}
        self._rows = {code: _Pile(limit) for code in (1, 2, 0)}
        self._details = {code: _Pile(limit) for code in (1, 2, 0)}
        self._only: list[str] = []
        self._about = ""
        self._changes = _Pile(limit // 2)

    def add(self, one: Checked) -> None:
        """Take in one report."""
        report, notes = one.report, one.notes
        at = f"commit `{report.commit[:12]}`" if report.commit else "the working tree"
        first = not self._about
        for row in change_rows(one):
            self._changes.add(f"{row}\n")
        self._about = f"At {at}, profile {markdown(report.profile)}.\n\n"
        parts = list(_parts(report, self._lines, notes))
        self._only = [f"### {markdown(str(report.subject))}\n\n{_counts(report)}.\n\n", *parts] if first else []
        self._rows[report.exit_code].add(_row(report))
        title = f"{_verdict(report)}: {html.escape(plain(report.subject.name))} ({_counts(report)})"
        self._details[report.exit_code].add(_folded(title, "".join(parts)))

    def close(self, tally: Tally) -> None:
        """Write it."""
        page = _Pile(self._limit)
        if tally.since is not None:
            for part in _since(tally, tally.since, self._changes.texts):
                page.add(part)
        page.add(_title(tally) + self._about)
        for part in self._only:
            page.add(part)
        if not self._only and tally.subjects:
            self._many(page)
        self._write("".join(page.texts))
        piles = () if self._only else (*self._rows.values(), *self._details.values())
        if page.left_out or any(pile.left_out for pile in (*piles, self._changes)):
            self._write(_CUT)

    def _many(self, page: _Pile) -> None:
        """The table first, with at most half of the room, then the details, the worst first in both."""
        page.add(_HEAD)
        for code in (1, 2, 0):
            for row in self._rows[code].texts:
                page.add(row, leave=self._limit // 2)
        page.add("\n")
        for code in (1, 2, 0):
            for text in self._details[code].texts:
                page.add(text)


class _Pile:
    """Texts up to a number of bytes; what does not fit is counted, not kept."""

    def __init__(self, limit: int) -> None:
        self.texts: list[str] = []
        self.left_out = 0
        self._room = limit

    def add(self, text: str, leave: int = 0) -> None:
        """Take a text that leaves room for ``leave`` bytes, or count it as left out."""
        size = len(text.encode("utf-8", "replace"))
        if self._room - size < leave:
            self.left_out += 1
            return
        self._room -= size
        self.texts.append(text)


def _since(tally: Tally, since: ChangeTally, rows: Sequence[str]) -> Iterator[str]:
    """What a reviewer reads first: the changes, what is new or gone, and what it all comes to."""
    yield change_title(since, tally.exit_code) + "\n"
    if rows:
        yield f"{TABLE}\n{rows[0]}"
        yield from rows[1:]
        yield "\n"
    yield from (f"- {markdown(str(subject))} is new.\n" for subject in since.appeared)
    yield from (f"- {markdown(str(subject))} is gone.\n" for subject in since.vanished)
    yield f"\n{sums(tally, since)}\n\n"


def _title(tally: Tally) -> str:
    level, code = "##" if tally.since is None else "###", tally.report_exit_code
    if tally.subjects == 1:
        return f"{level} {_MARKS[code]} Production readiness: {VERDICTS[code]}\n\n"
    words = ", ".join(f"{tally.codes[each]} {VERDICTS[each]}" for each in (0, 1, 2) if tally.codes[each])
    return (
        f"{level} {_MARKS[code]} Production readiness of {tally.subjects} subjects\n\n"
        f"{words or 'Nothing to judge'}.\n\n"
    )


def _row(report: Report) -> str:
    counts = Counter(result.outcome for result in report.counted if in_the_way(result))
    justified = sum(1 for result in report.counted if result.justification)
    attested = sum(1 for result in report.counted if result.attestations)
    first = [result.line_id for result in worst_first(report.results) if in_the_way(result)][:_FIRST]
    numbers = " | ".join(str(n) for n in (counts[Outcome.UNMET], counts[Outcome.UNKNOWN], justified, attested))
    return f"| {_verdict(report)} | {markdown(report.subject.name)} | {numbers} | {markdown(', '.join(first))} |\n"


def _verdict(report: Report) -> str:
    return f"{_MARKS[report.exit_code]} {VERDICTS[report.exit_code]}"


def _counts(report: Report) -> str:
    return "; ".join(f"{count} {words}" for words, count in count_words(report.results).items())


def _parts(report: Report, lines: dict[str, Line], notes: Sequence[str]) -> Iterator[str]:
    """A subject's own part: a table of what is in the way, then the rest, folded."""
    yield from (f"> {markdown(note)}\n\n" for note in notes)
    ranked = worst_first(report.results)
    in_way, rest = [r for r in ranked if in_the_way(r)], [r for r in ranked if not in_the_way(r)]
    if in_way:
        yield _TABLE
        yield from (_row_of_line(lines[r.line_id], r) for r in in_way)
        yield "\n"
    if rest:
        rows = "".join(_row_of_line(lines[r.line_id], r) for r in rest)
        yield _folded(f"{len(rest)} lines that are not in the way", _TABLE + rows)


def _row_of_line(line: Line, result: LineResult) -> str:
    name = f"**{line.number}** {markdown(line.id)}"
    return f"| {_outcome(result)} | {name} | {_said(result)}{_way_out(line, result)} |\n"


def _way_out(line: Line, result: LineResult) -> str:
    """One click below: what the line asks, the places and the way out, all on the one line of a table's cell."""
    if not in_the_way(result):
        return ""
    places = [markdown(place(at)) for at in result.finding.locations[:_SHOWN]]
    more = len(result.finding.locations) - _SHOWN
    places += [f"and {more} more places"] if more > 0 else []
    parts = [f"*{markdown(line.line)}*", *places, f"**Way out:** {markdown(line.if_unmet)}"]
    return f"<details><summary>Way out</summary>{'<br>'.join(parts)}</details>"


def _said(result: LineResult) -> str:
    overlay = justification_words(result)
    counted = "" if result.counted else "Not counted. "
    return f"{counted}{markdown(result.finding.message)}" + (f" *{markdown(overlay)}*" if overlay else "")


def _outcome(result: LineResult) -> str:
    return f"{_OUTCOME_MARKS[result.outcome]} {outcome_words(result)}"


def _folded(title: str, body: str) -> str:
    return f"<details><summary>{title}</summary>\n\n{body}\n</details>\n\n"
