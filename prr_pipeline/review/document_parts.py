"""Split a PRR document into what the machine owns, between markers, and what people wrote, everything else."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import Unreadable

MAX_DOCUMENT_BYTES = 2 * 1024 * 1024
_MARKER = re.compile(
    rb"^(?:<!-- prr:(begin|end) ([\w./:%-]+) -->|# prr:(begin|end) ([\w./:%-]+))[ \t]*\r?$", re.MULTILINE
)
_STRAY = re.compile(rb"^[ \t>*+-]*(?:<!--|#)[ \t]*prr:(?:begin|end)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Part:
    """A run of bytes. ``name`` is that of a machine-owned part (markers included), None for what people wrote."""

    name: str | None
    data: bytes


def split(document: bytes) -> tuple[Part, ...]:
    """The document's parts in order; joined they are the document. Raises `Unreadable` for broken markers."""
    if len(document) > MAX_DOCUMENT_BYTES:
        raise Unreadable(f"The PRR document has {len(document)} bytes; the limit is {MAX_DOCUMENT_BYTES}.")
    try:
        document.decode()
    except UnicodeDecodeError:
        raise Unreadable("The PRR document is not UTF-8 text; save it as UTF-8.") from None
    parts: list[Part] = []
    at, opened, begin = 0, None, 0
    for found in _MARKER.finditer(document):
        verb, name = (found[1] or found[3]).decode(), (found[2] or found[4]).decode()
        if opened is None and verb == "begin":
            parts.append(Part(None, document[at : found.start()]))
            opened, begin = name, found.start()
        elif opened == name and verb == "end":
            at = found.end() + (document[found.end() : found.end() + 1] == b"\n")
            parts.append(Part(name, document[begin:at]))
            opened = None
        else:
            raise _broken(document, found.start(), f"{verb} of {name!r}", opened)
    if opened is not None:
        raise _broken(document, begin, f"begin of {opened!r}", None)
    parts.append(Part(None, document[at:]))
    return _checked(document, [part for part in parts if part.name or part.data])


def join(parts: Iterable[Part]) -> bytes:
    """The document of these parts."""
    return b"".join(part.data for part in parts)


def machine_part(name: str, lines: Sequence[str], newline: bytes, *, front_matter: bool = False) -> Part:
    """A part with its markers: HTML comments in the text, comment lines in the front matter."""
    left, right = ("# prr:", "") if front_matter else ("<!-- prr:", " -->")
    text = [f"{left}begin {name}{right}", *lines, f"{left}end {name}{right}"]
    return Part(name, b"".join(line.encode() + newline for line in text))


def names(parts: Iterable[Part]) -> list[str]:
    """The names of the machine-owned parts, in order."""
    return [part.name for part in parts if part.name is not None]


def _checked(document: bytes, parts: list[Part]) -> tuple[Part, ...]:
    seen = names(parts)
    if len(set(seen)) != len(seen):
        twice = next(name for name in seen if seen.count(name) > 1)
        raise Unreadable(f"The PRR document holds the part {twice!r} twice; delete one of the two with its markers.")
    for part in parts:
        if part.name is None and (stray := _STRAY.search(part.data)):
            line = document[: document.find(part.data) + stray.start()].count(b"\n") + 1
            raise Unreadable(f"Line {line} of the PRR document looks like a broken prr: marker; restore or delete it.")
    return tuple(parts)


def _broken(document: bytes, at: int, what: str, opened: str | None) -> Unreadable:
    line = document[:at].count(b"\n") + 1
    inside = f" inside {opened!r}" if opened else " without its other half"
    return Unreadable(
        f"Line {line} of the PRR document has a marker {what}{inside}; restore the markers from the last good commit."
    )
