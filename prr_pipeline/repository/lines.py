"""From a JSON pointer to the line where it stands, for JSON and YAML."""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple, Protocol

_TOKEN = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"(\s*:)?|[{\[]')


class Lines(Protocol):
    """Where the parts of a document stand in its text."""

    def line(self, pointer: str) -> int:
        """The line of the key or item, from 1; of the nearest ancestor that has one if the pointer leads nowhere."""
        ...


class Places:
    """Where children stand among their siblings. Nodes are known by identity, so somebody must keep them alive."""

    def __init__(self) -> None:
        self._known: dict[int, dict[str, int]] = {}

    def of(self, node: Any, part: str) -> int | None:
        """The place, from 0, of the child that a component of a pointer names; None if there is none."""
        if isinstance(node, dict):
            if id(node) not in self._known:
                self._known[id(node)] = {key: at for at, key in enumerate(node)}
            return self._known[id(node)].get(part)
        if isinstance(node, list) and part.isascii() and part.isdigit() and len(part) < 10:
            return int(part) if int(part) < len(node) else None
        return None


class LineIndex:
    """Lines of a parsed document's parts. Keeps the document alive: parts are known by identity."""

    def __init__(self, value: Any, lines: Mapping[int, Sequence[int]]) -> None:
        self._value = value
        self._lines = lines
        self._places = Places()

    def line(self, pointer: str) -> int:
        """See `Lines`."""
        node, line = self._value, 1
        for part in pointer_parts(pointer):
            place = self._places.of(node, part)
            if place is None:
                break
            known = self._lines.get(id(node), ())
            line = known[place] if place < len(known) else line
            node = node[part] if isinstance(node, dict) else node[place]
        return line

    def kept(self) -> KeptRows | None:
        """What `KeptLines` needs of them; None if a container stands twice (an alias)."""
        nodes = list(_containers(self._value))
        if len({id(node) for node in nodes}) != len(nodes):
            return None
        sizes = [1] * len(nodes)
        for at in range(len(nodes) - 1, -1, -1):
            for child in _inner(nodes[at]):
                if isinstance(child, dict | list):
                    sizes[at] += sizes[at + sizes[at]]
        return KeptRows([list(self._lines.get(id(node), ())) for node in nodes], sizes)


class KeptRows(NamedTuple):
    """For each container, each before what it holds and the last child's before the others': the lines of its
    children, and how many containers it is and holds."""

    lines: Sequence[Sequence[int]]
    sizes: Sequence[int]


class KeptLines:
    """The lines of a document whose text is not at hand. Nothing is counted until somebody asks for a line."""

    def __init__(self, value: Any, rows: KeptRows) -> None:
        self._value = value
        self._rows, self._sizes = rows
        self._places = Places()
        self._begins: dict[int, dict[int, int]] = {}
        """Row of a container -> place of a child that is one -> the child's row."""

    def line(self, pointer: str) -> int:
        """See `Lines`."""
        node, line, at = self._value, 1, 0
        for part in pointer_parts(pointer):
            place = self._places.of(node, part)
            if place is None or at >= len(self._rows):
                break
            known = self._rows[at]
            line = known[place] if place < len(known) else line
            node, at = (node[part] if isinstance(node, dict) else node[place]), self._begin(node, at, place)
        return line

    def _begin(self, node: Any, at: int, place: int) -> int:
        """The row of a child; beyond the last for one that is no container."""
        if at not in self._begins:
            begins, begin = self._begins.setdefault(at, {}), at + 1
            for number, child in reversed(list(enumerate(_inner(node)))):
                if isinstance(child, dict | list) and begin < len(self._sizes):
                    begins[number] = begin
                    begin += self._sizes[begin]
        return self._begins[at].get(place, len(self._rows))


class ScannedLines:
    """The lines of a JSON text of any layout; it is scanned when the first line is asked for."""

    def __init__(self, data: bytes, value: Any) -> None:
        self._data = data
        self._value = value

    def line(self, pointer: str) -> int:
        """See `Lines`."""
        return self._index.line(pointer)

    @cached_property
    def _index(self) -> LineIndex:
        return json_line_index(self._data, self._value)


def pointer_parts(pointer: str) -> list[str]:
    """The components of a JSON pointer, unescaped; of none for the document itself."""
    parts = pointer.split("/")[1:]
    return [part.replace("~1", "/").replace("~0", "~") for part in parts] if "~" in pointer else parts


def pointer_to(*parts: str | int) -> str:
    """The JSON pointer of those components, escaped."""
    return "".join(["/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts])


def json_line_index(data: bytes, value: Any) -> LineIndex:
    """The lines of a JSON text that was parsed to ``value`` (without repeated keys).

    One scan for keys and opening brackets, paired with the parsed data, which holds them in the same order.
    """
    tokens = _token_lines(data)
    lines: dict[int, array[int]] = {}
    if not isinstance(value, dict | list):
        return LineIndex(value, lines)
    next(tokens, None)
    lines[id(value)] = array("I")
    pending = [(value, _children(value), 1)]
    while pending:
        node, children, start = pending[-1]
        own = lines[id(node)]
        for child in children:
            is_container = isinstance(child, dict | list)
            line = next(tokens, start) if isinstance(node, dict) else start
            opened = next(tokens, start) if is_container else start
            own.append(line if isinstance(node, dict) else opened)
            if is_container:
                lines[id(child)] = array("I")
                pending.append((child, _children(child), opened))
                break
        else:
            pending.pop()
    return LineIndex(value, lines)


def _inner(node: dict[str, Any] | list[Any]) -> Iterable[Any]:
    return node.values() if isinstance(node, dict) else node


def _containers(value: Any) -> Iterator[dict[str, Any] | list[Any]]:
    """Every mapping and list, each before what it holds."""
    waiting = [value]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict | list):
            yield node
            waiting.extend(_inner(node))


def _children(node: dict[str, Any] | list[Any]) -> Iterator[Any]:
    return iter(_inner(node))


def _token_lines(data: bytes) -> Iterator[int]:
    """The line of each key and of each opening bracket, in order."""
    line, last = 1, 0
    for token in _TOKEN.finditer(data):
        start = token.start()
        if token[1] is not None or data[start] != 0x22:
            line += data.count(b"\n", last, start)
            last = start
            yield line
