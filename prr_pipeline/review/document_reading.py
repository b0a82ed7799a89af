"""Read a PRR document: its front matter, its open tasks, and the digest of what people wrote."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from prr_pipeline.canonical import digest
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.review.document_parts import Part, split
from prr_pipeline.subjects import Target, decode_id

_TASK = re.compile(r"^[ \t>]*(?:[-*+]|\d{1,9}[.)])[ \t]+\[([ xX])\](?=[ \t]|$)[ \t]*(.*)$", re.MULTILINE)
_FRONT = re.compile(r"\A\ufeff?---[ \t]*\r?\n(.*?)^---[ \t]*\r?$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Task:
    """A task-list item. ``line_id`` is None for one that people wrote."""

    line_id: str | None
    text: str
    is_ticked: bool


def tasks(document: bytes, target: Target) -> tuple[Task, ...]:
    """Every task of the target's section, also those inside quotes and code: doubt counts as a task.

    Raises `Unreadable` for broken markers.
    """
    found = []
    for part in _section(document, target):
        line_id = _line_id(part, target)
        for task in _TASK.finditer(part.data.decode().replace("\r\n", "\n")):
            found.append(Task(line_id, task[2].strip(), task[1] != " "))
    return tuple(found)


def open_tasks(document: bytes, target: Target) -> tuple[Task, ...]:
    """The tasks of the target's section that are not ticked. A justified line is ticked by the machine."""
    return tuple(task for task in tasks(document, target) if not task.is_ticked)


def has_section(document: bytes, target: Target) -> bool:
    """Whether the machine wrote a section for the target."""
    return any(True for _ in _section(document, target))


def line_ids(document: bytes, target: Target) -> tuple[str, ...]:
    """The lines that stand in the target's section, in order."""
    found = (_line_id(part, target) for part in split(document))
    return tuple(line_id for line_id in found if line_id is not None)


def human_section_digest(document: bytes | None, target: Target) -> str:
    """The digest of what people wrote in the target's section, and under which item.

    Blank text, line ends and blank space around a text do not count; no document and an untouched one are alike.
    """
    rows: list[list[str]] = []
    above = ""
    for part in _section(document or b"", target):
        if part.name is not None:
            above = part.name
        elif text := part.data.decode().replace("\r\n", "\n").strip():
            rows.append([above, text])
    return digest(rows)


def front_matter_value(document: bytes, name: str) -> str | None:
    """A text in the front matter, by a plain reading of ``name: value`` lines; None when it is not there."""
    front = _FRONT.match(document.decode())
    found = re.search(rf"^{re.escape(name)}[ \t]*:(.*)$", front[1], re.MULTILINE) if front else None
    if not found:
        return None
    text = found[1].strip(" \t\r")
    if text.startswith('"'):
        try:
            return str(json.loads(text))
        except ValueError:
            return text
    return text.partition(" #")[0].strip().strip("'")


def _line_id(part: Part, target: Target) -> str | None:
    prefix = f"{target}/line/"
    return decode_id(part.name.removeprefix(prefix)) if part.name and part.name.startswith(prefix) else None


def _section(document: bytes, target: Target) -> Iterator[Part]:
    """The parts from the section's first machine-owned one up to its end marker."""
    inside = False
    for part in split(document):
        if part.name is not None and part.name.startswith(f"{target}/"):
            inside = part.name != f"{target}/end"
            yield part
        elif inside:
            yield part
