"""Builds plain data from a stream of YAML nodes within a budget, before anything is expanded."""

from __future__ import annotations

from array import array
from dataclasses import field
from typing import Any

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import Unreadable
from prr_pipeline.repository.yaml_budgets import DEPTH_CAP, NODE_BUDGET
from prr_pipeline.repository.yaml_scalars import core_kind, resolve

_MERGE = "<<"


@dataclass(slots=True)
class _Open:
    """A mapping or sequence that is still being read; ``lines`` holds the line of each child, from 1."""

    value: dict[str, Any] | list[Any]
    anchor: str | None
    lines: array[int]
    key: str | None = None
    merges: list[Any] = field(default_factory=list)
    nodes: int = 1
    height: int = 1

    @property
    def wants_key(self) -> bool:
        return isinstance(self.value, dict) and self.key is None


@dataclass(frozen=True, slots=True)
class _Anchored:
    value: Any
    nodes: int
    height: int


class Builder:
    """Takes nodes in document order. An alias shares its anchor's value, and counts with all its nodes.

    Sentences it raises (`Unreadable`) are fragments without the file's name; the caller adds that.
    """

    def __init__(self, budget: int = NODE_BUDGET) -> None:
        self.result: Any = None
        self.done = False
        self.lines: dict[int, array[int]] = {}
        """Identity of a container -> line of each child."""
        self._budget = budget
        self._nodes = 0
        self._aliased = 0
        self._open: list[_Open] = []
        self._anchors: dict[str, _Anchored | None] = {}

    def begin(self, mapping: bool, anchor: str | None, tag: str | None, line: int) -> None:
        """A mapping or a sequence starts."""
        if core_kind(tag) not in (None, "map" if mapping else "seq"):
            raise Unreadable(f"the tag {tag!r} does not fit a {'mapping' if mapping else 'sequence'}")
        self._count(1)
        if len(self._open) >= DEPTH_CAP:
            raise Unreadable(f"it is nested deeper than {DEPTH_CAP}")
        self._note_item(line, "a mapping or a sequence")
        if anchor is not None:
            self._anchors[anchor] = None
        self._open.append(_Open({} if mapping else [], anchor, array("I")))

    def end(self) -> None:
        """The innermost mapping or sequence ends."""
        done = self._open.pop()
        if isinstance(done.value, dict):
            for merged in done.merges:
                done.value.update({k: v for k, v in merged.items() if k not in done.value})
        self.lines[id(done.value)] = done.lines
        if done.anchor is not None:
            self._anchors[done.anchor] = _Anchored(done.value, done.nodes, done.height)
        self._place(done.value, done.nodes, done.height)

    def scalar(self, text: str, plain: bool, anchor: str | None, tag: str | None, line: int) -> None:
        """A key, an item, or a value. A key is its text as written."""
        self._count(1)
        top = self._open[-1] if self._open else None
        is_key = top is not None and top.wants_key
        value: Any = text
        if not is_key:
            self._note_item(line, "a scalar")
            value = resolve(text, plain, tag)
        if anchor is not None:
            self._anchors[anchor] = _Anchored(value, 1, 0)
        if top is not None and is_key:
            core_kind(tag)
            _take_key(top, text, line)
        else:
            self._place(value, 1, 0)

    def alias(self, name: str, line: int) -> None:
        """A reference to what an anchor named before."""
        target = self._anchors.get(name)
        if target is None:
            raise Unreadable(f"the alias *{name[:40]} refers to nothing that is complete before it")
        self._note_item(line, "an alias")
        self._count(target.nodes)
        self._aliased += target.nodes
        if self._aliased > NODE_BUDGET:
            raise Unreadable(f"its aliases expand to more than {NODE_BUDGET:,} nodes")
        if len(self._open) + target.height > DEPTH_CAP:
            raise Unreadable(f"it is nested deeper than {DEPTH_CAP}")
        self._place(target.value, target.nodes, target.height)

    def _place(self, value: Any, nodes: int, height: int) -> None:
        if not self._open:
            self.result, self.done = value, True
            return
        top = self._open[-1]
        top.nodes += nodes
        top.height = max(top.height, height + 1)
        if isinstance(top.value, list):
            top.value.append(value)
        else:
            _put(top, top.value, value)

    def _note_item(self, line: int, what: str) -> None:
        """Remember the line of a sequence's item; refuse a key that is no scalar."""
        top = self._open[-1] if self._open else None
        if top is None:
            return
        if top.wants_key:
            raise Unreadable(f"{what} stands as a key in line {line}")
        if isinstance(top.value, list):
            top.lines.append(line)

    def _count(self, nodes: int) -> None:
        self._nodes += nodes
        if self._nodes > self._budget:
            raise Unreadable(f"it has more than {self._budget:,} nodes, aliases expanded")


def _take_key(top: _Open, text: str, line: int) -> None:
    if text in top.value or (text == _MERGE and top.merges):
        raise Unreadable(f"the key {text[:60]!r} stands twice in one mapping, again in line {line}")
    top.key = text
    if text != _MERGE:
        top.lines.append(line)


def _put(top: _Open, mapping: dict[str, Any], value: Any) -> None:
    key, top.key = top.key, None
    if key is None:
        raise Unreadable("a mapping holds a value without a key")
    if key != _MERGE:
        mapping[key] = value
        return
    sources = value if isinstance(value, list) else [value]
    if not sources or not all(isinstance(source, dict) for source in sources):
        raise Unreadable("the merge key << takes mappings only")
    top.merges.extend(sources)
