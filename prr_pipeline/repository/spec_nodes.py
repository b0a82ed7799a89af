"""Where the members of one mapping of a YAML or JSON text stand, without making data of the rest."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

import yaml

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import Refused, Unreadable

Kind = Literal["mapping", "sequence", "end", "scalar", "alias"]
_JSON_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\]]|[^\s{}\[\],:"]+')


@dataclass(frozen=True, slots=True)
class Node:
    """One node as it is written: characters ``[start, end)``; of a container, of what opens it.

    ``is_flow``: a container in brackets. ``style`` is a scalar's quote, ``|`` or ``>``; empty for a plain one.
    """

    kind: Kind
    start: int
    end: int
    value: str = ""
    is_flow: bool = False
    style: str = ""


@dataclass(frozen=True, slots=True)
class Member:
    """A key and its value; ``inner`` are the members of a value that is a mapping."""

    key: Node
    value: Node
    inner: Mapping[str, Member]


@dataclass(frozen=True, slots=True)
class Written:
    """A mapping as it is written: its own node and its members in order."""

    node: Node
    members: Mapping[str, Member]


def yaml_nodes(text: str) -> Iterator[Node]:
    """The nodes of a YAML text, keys and values alike, in order."""
    try:
        for event in yaml.parse(text, Loader=yaml.CSafeLoader):
            start, end = _at(event.start_mark), _at(event.end_mark)
            if isinstance(event, yaml.ScalarEvent):
                yield Node("scalar", start, end, event.value, style=event.style or "")
            elif isinstance(event, yaml.CollectionStartEvent):
                kind: Kind = "mapping" if isinstance(event, yaml.MappingStartEvent) else "sequence"
                yield Node(kind, start, end, is_flow=bool(event.flow_style))
            elif isinstance(event, yaml.CollectionEndEvent):
                yield Node("end", start, end)
            elif isinstance(event, yaml.AliasEvent):
                yield Node("alias", start, end, event.anchor or "")
    except yaml.YAMLError:
        raise Unreadable("its YAML is broken") from None


def json_nodes(text: str) -> Iterator[Node]:
    """The nodes of a JSON text that is known to be sound."""
    for found in _JSON_TOKEN.finditer(text):
        word, start, end = found[0], found.start(), found.end()
        if word in ("{", "["):
            yield Node("mapping" if word == "{" else "sequence", start, end, is_flow=True)
        elif word in ("}", "]"):
            yield Node("end", start, end)
        elif word.startswith('"'):
            yield Node("scalar", start, end, _unescaped(word), style='"')
        else:
            yield Node("scalar", start, end, word)


def written_at(nodes: Iterator[Node], parts: Sequence[str]) -> Written:
    """The mapping that the keys of ``parts`` lead to. Raises `Refused` where the way there is not written plainly."""
    opened = next(nodes, None)
    for part in parts:
        if opened is None or opened.kind != "mapping":
            raise Refused(f"what {part!r} stands in is no mapping that is written there")
        opened = _value_of(nodes, part)
    if opened is None or opened.kind != "mapping":
        raise Refused("it is written elsewhere (an alias), or is no mapping")
    return Written(opened, _members(nodes, 0))


def _value_of(nodes: Iterator[Node], name: str) -> Node:
    """The value of a key of the mapping that was just opened; all before it is passed over."""
    for key in nodes:
        if key.kind != "scalar":
            break
        value = next(nodes)
        if key.value == name:
            return value
        _pass_over(nodes, value)
    raise Refused(f"{name!r} is not written there: it comes from an alias or a merge")


def _members(nodes: Iterator[Node], depth: int) -> dict[str, Member]:
    """The members of the mapping that was just opened, up to its end; of mappings in it, those one level down."""
    found: dict[str, Member] = {}
    for key in nodes:
        if key.kind == "end":
            return found
        value = next(nodes)
        inner: Mapping[str, Member] = {}
        if value.kind == "mapping" and depth == 0:
            inner = _members(nodes, depth + 1)
        else:
            _pass_over(nodes, value)
        found[key.value] = Member(key, value, inner)
    raise Unreadable("it ends in the middle of a mapping")


def _pass_over(nodes: Iterator[Node], value: Node) -> None:
    depth = 1 if value.kind in ("mapping", "sequence") else 0
    while depth:
        kind = next(nodes).kind
        depth += (kind in ("mapping", "sequence")) - (kind == "end")


def _unescaped(word: str) -> str:
    return str(json.loads(word)) if "\\" in word else word[1:-1]


def _at(mark: Any) -> int:
    """The character that a mark of libyaml is at; every event has one."""
    return int(mark.index)
