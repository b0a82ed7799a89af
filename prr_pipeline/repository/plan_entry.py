"""One more entry in a game-day plan: a row of its table of scenarios, else an item at its end; all else stays."""

from __future__ import annotations

import re

from prr_pipeline.errors import Refused
from prr_pipeline.repository.documents import Document, Table
from prr_pipeline.repository.tree import Blob

_SAFE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*\Z")
_SUBJECT = re.compile(r"operation|endpoint|subject", re.IGNORECASE)
_SCENARIO = re.compile(r"scenario|experiment|what|attack|failure", re.IGNORECASE)
_SEEN = re.compile(r"seen|when|expect|outcome|success|hypothesis|passes", re.IGNORECASE)
SCENARIO = "It is rolled back from 100% while it is called"
SEEN = "the flag is read back at off, and every caller gets the old version"
OPEN = "to be chosen"
HEADER = ("Scenario", "Operations", "Seen to work when")


def with_entry(blob: Blob, document: Document, name: str) -> bytes:
    """The plan with an entry for an operation. Raises `Refused` for a name that is no plain word."""
    cell = _cell(name)
    text = blob.data.decode("utf-8")
    lines = text.split("\n")
    end = "\r" if lines[0].endswith("\r") else ""
    table = next((one for one in document.tables if any(_SUBJECT.search(head) for head in one.header)), None)
    if table is not None:
        last = table.rows[-1].line if table.rows else table.line + 1
        return "\n".join([*lines[:last], _row(table, cell) + end, *lines[last:]]).encode()
    tail = [] if not text or text.endswith("\n") else [end] if end else [""]
    item = f"- {cell}: {SCENARIO[:1].lower()}{SCENARIO[1:]}; seen to work when {SEEN}"
    return (text + "\n".join([*tail, item + end, ""])).encode()


def new_plan(quarter: str, name: str) -> bytes:
    """A plan for a quarter that has none, with one entry."""
    cells = (SCENARIO, _cell(name), SEEN)
    head = f"---\ntitle: Game day, {quarter}\n---\n\n"
    return (head + "\n".join(map(_joined, (HEADER, ("---",) * len(HEADER), cells))) + "\n").encode()


def _cell(name: str) -> str:
    if not _SAFE.match(name):
        raise Refused(f"The name {name[:80]!r} is no plain word, so no entry is written for it; enter it by hand.")
    return f"`{name}`"


def _row(table: Table, cell: str) -> str:
    """A cell for each column by what its heading asks; the first that asks for operations gets the name."""
    at = next(place for place, head in enumerate(table.header) if _SUBJECT.search(head))
    return _joined([cell if place == at else _words(head) for place, head in enumerate(table.header)])


def _words(head: str) -> str:
    if _SEEN.search(head):
        return SEEN
    return SCENARIO if _SCENARIO.search(head) else OPEN


def _joined(cells: tuple[str, ...] | list[str]) -> str:
    inner = " | ".join(cells)
    return f"|{'|'.join(cells)}|" if cells[0] == "---" else f"| {inner} |"
