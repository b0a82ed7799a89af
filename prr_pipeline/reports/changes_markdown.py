"""What a change did to readiness, as Markdown for a reviewer: a table of changes, what is new and gone, and sums."""

from __future__ import annotations

from collections.abc import Callable

from prr_pipeline.control.checking import Checked
from prr_pipeline.readiness.changes import Cause, Change, Effect
from prr_pipeline.reports.change_words import count_words, kind_words, ordered, path_words, place_words, verdict_words
from prr_pipeline.reports.overlay_words import VERDICTS
from prr_pipeline.reports.tally import ChangeTally, Tally
from prr_pipeline.reports.text import markdown

TABLE = "| | subject | line | before -> after | why |\n|---|---|---|---|---|"
_MARKS = {0: "✅", 1: "❌", 2: "❔"}


class ChangesMarkdown:
    """Writes one document at its close; only the rows of changes are kept.

    ``write`` takes a line or several, without the last line break.
    """

    def __init__(self, write: Callable[[str], object]) -> None:
        self._write = write
        self._rows: list[str] = []
        self._about: list[str] = []

    def add(self, one: Checked) -> None:
        """Take in one report's changes."""
        self._rows += change_rows(one)
        self._about += [f"- {markdown(str(one.report.subject))}: {markdown(note)}" for note in one.notes]
        if one.compared is not None and one.compared.appeared:
            self._about.append(appeared_words(one))

    def close(self, tally: Tally) -> None:
        """Write it."""
        since = tally.since
        if since is None:
            return
        self._write("\n".join([title(since, tally.exit_code), *([TABLE, *self._rows, ""] if self._rows else [])]))
        rest = [*self._about, *(f"- {markdown(str(subject))} is gone." for subject in since.vanished)]
        self._write("\n".join([*rest, *([""] if rest else []), sums(tally, since)]))


def title(since: ChangeTally, exit_code: int) -> str:
    """The heading, and what was compared with."""
    verdict = verdict_words(exit_code)
    about = f"Against the merge base with {markdown(since.base.ref)}, `{since.base.commit[:12]}`."
    return f"## {_MARKS[exit_code]} Production readiness: {verdict}\n\n{about}\n"


def change_rows(one: Checked) -> list[str]:
    """A row of the table per change, the worse first."""
    if one.compared is None:
        return []
    return [_row(one, change) for change in ordered(one.compared.changes)]


def appeared_words(one: Checked) -> str:
    """A list item about a subject that is new."""
    open_lines = sum(1 for result in one.report.counted if not result.passes)
    name, words = markdown(str(one.report.subject)), VERDICTS[one.report.exit_code]
    return f"- {name} is new: {words}, {open_lines} lines in the way. It makes nothing worse."


def sums(tally: Tally, since: ChangeTally) -> str:
    """The last lines: all changes, and how every subject stands, old debt included."""
    stand = ", ".join(f"{tally.codes[code]} {VERDICTS[code]}" for code in (0, 1, 2) if tally.codes[code])
    return f"{count_words(since)}. All in all: {stand or 'nothing to judge'}."


def _row(one: Checked, change: Change) -> str:
    place = place_words(change)
    why = markdown(change.why) + (f"<br>{markdown(place)}" if place else "")
    counted = "" if change.counted else "not counted: "
    cells = (
        f"{_mark(change)} {kind_words(change)}",
        markdown(one.report.subject.name),
        markdown(change.line_id),
        markdown(path_words(change)),
        f"{counted}{why}",
    )
    return f"| {' | '.join(cells)} |"


def _mark(change: Change) -> str:
    if change.cause is not Cause.COMMIT or change.effect is Effect.OTHER:
        return "➖"
    return "✅" if change.effect is Effect.BETTER else "❌"
