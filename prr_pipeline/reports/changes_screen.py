"""What a change did to readiness, on the terminal: per subject the lines that stand otherwise, and why."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from prr_pipeline.control.checking import Checked
from prr_pipeline.readiness.changes import Cause, Change, Effect
from prr_pipeline.reports.change_words import count_words, kind_words, ordered, path_words, place_words, verdict_words
from prr_pipeline.reports.overlay_words import VERDICTS
from prr_pipeline.reports.screen import cell
from prr_pipeline.reports.tally import ChangeTally
from prr_pipeline.subjects import Subject

_STYLE = {0: "bold green", 1: "bold red", 2: "bold magenta"}
_EFFECTS = {Effect.WORSE: "red", Effect.BETTER: "green", Effect.OTHER: ""}


def changes_screen(one: Checked) -> RenderableType | None:
    """The changes of one subject; None where nothing stands otherwise."""
    compared = one.compared
    if compared is None:
        return None
    title = cell(str(one.report.subject), "bold")
    notes = [cell(f"note: {note}", "yellow") for note in one.notes]
    if compared.appeared:
        words = f" is new: {VERDICTS[one.report.exit_code]}, {_open(one)} lines in the way. It makes nothing worse."
        return Group(Text.assemble(title, cell(words, "")), *notes)
    if not compared.changes:
        return None
    rows = [part for change in ordered(compared.changes) for part in _rows(change)]
    return Group(title, *rows, *notes, Text(""))


def _rows(change: Change) -> Iterator[RenderableType]:
    """What became of a line; below it, where and why. A narrow screen breaks between words, never within a name."""
    head = cell(f"{kind_words(change):<14} ", _style(change))
    yield Text.assemble(head, cell(change.line_id, "bold"), cell(f"  {path_words(change)}", ""))
    where = place_words(change)
    counted = "" if change.counted else "[not counted] "
    why = cell(counted + change.why, "")
    yield Padding(Text.assemble(cell(where, "cyan"), ": ", why) if where else why, (0, 0, 0, 2))


def vanished_screen(subject: Subject) -> RenderableType:
    """A subject that only the base holds."""
    return cell(f"{subject} is gone: the base holds it, and nothing here does.", "yellow")


def change_summary_screen(since: ChangeTally, subjects: int, exit_code: int) -> RenderableType:
    """The last line: what was compared with, and what it comes to."""
    verdict = verdict_words(exit_code)
    of = f"{subjects} subject" if subjects == 1 else f"{subjects} subjects"
    text = f" (against {since.base}, {of}). {count_words(since)}."
    return Text.assemble((verdict[0].upper() + verdict[1:], _STYLE[exit_code]), cell(text, ""))


def _open(one: Checked) -> int:
    return sum(1 for result in one.report.counted if not result.passes)


def _style(change: Change) -> str:
    return _EFFECTS[change.effect] if change.cause is Cause.COMMIT else "dim"
