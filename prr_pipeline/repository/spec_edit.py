"""Set one extension of one operation in the text of a specification, and change nothing else of it."""

from __future__ import annotations

import json
import re
from typing import NoReturn

from prr_pipeline.errors import PrrError, Refused, Unreadable
from prr_pipeline.repository.lines import pointer_parts
from prr_pipeline.repository.markup import is_json
from prr_pipeline.repository.openapi import Operation
from prr_pipeline.repository.spec_nodes import Member, Node, Written, json_nodes, written_at, yaml_nodes
from prr_pipeline.repository.tree import Blob

LEVEL = "level"
"""The key of a maturity that is written as a mapping."""
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_-]*\Z")
_NOT_TEXT = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})


def with_level(blob: Blob, operation: Operation, extension: str, level: str) -> bytes:
    """The file with that level in the operation's extension: one line differs, or one is new.

    A mapping keeps its other members. Raises `Refused` with the place and the way out where one line is not enough.
    """
    text = blob.text()
    try:
        nodes = json_nodes(text) if is_json(blob) else yaml_nodes(text)
        written = written_at(nodes, pointer_parts(operation.pointer))
        edited = _edited(text, written, extension, level, as_json=is_json(blob))
    except (Refused, Unreadable) as fault:
        _by_hand(operation, blob, extension, level, fault)
    return blob.data[: len(blob.data) - len(text.encode())] + edited.encode()


def _edited(text: str, written: Written, extension: str, level: str, *, as_json: bool) -> str:
    found = written.members.get(extension)
    if found is not None:
        scalar = _scalar(found)
        return text[: scalar.start] + _replaced(text, scalar, level, as_json) + text[scalar.end :]
    if as_json:
        return _inserted_json(text, written, extension, level)
    if written.node.is_flow:
        raise Refused("it is written as a flow mapping, in braces")
    return _inserted_yaml(text, written, extension, level)


def _scalar(found: Member) -> Node:
    """The text of the level: the value itself, or its member ``level``."""
    value = found.value
    if value.kind == "mapping":
        inner = found.inner.get(LEVEL)
        if inner is None:
            raise Refused(f"the extension is a mapping without {LEVEL}")
        value = inner.value
    if value.kind != "scalar":
        raise Refused(f"the level is written as {'an alias' if value.kind == 'alias' else 'a ' + value.kind}")
    if value.style in ("|", ">") or value.start == value.end:
        raise Refused("the level is written as a block of text, or is empty")
    return value


def _replaced(text: str, scalar: Node, level: str, as_json: bool) -> str:
    """The level in the quotes of the one before."""
    shown, quote = text[scalar.start : scalar.end], scalar.style
    if not (shown.startswith(quote) if quote else shown == scalar.value):
        raise Refused("the level bears a tag or an anchor, or goes over several lines")
    if as_json or quote == '"':
        return json.dumps(level)
    if quote == "'":
        return "'" + level.replace("'", "''") + "'"
    return _plain(level)


def _inserted_yaml(text: str, written: Written, extension: str, level: str) -> str:
    """A line of its own after the operation's id."""
    named = _named(written)
    start, end = _line_of(text, named.key.start)
    indent = text[start : named.key.start]
    if indent.strip(" ") or named.value.end > end or named.value.style in ("|", ">"):
        raise Refused("its operationId does not stand on a line of its own")
    line = f"{indent}{_key(extension)}: {_plain(level)}"
    return text[:end] + _break_of(text) + line + text[end:]


def _inserted_json(text: str, written: Written, extension: str, level: str) -> str:
    """A line of its own before the operation's id, so that no comma of another line changes."""
    named = _named(written)
    start, _ = _line_of(text, named.key.start)
    indent = text[start : named.key.start]
    if indent.strip(" \t") or not start:
        raise Refused("its operationId does not begin a line")
    line = f"{indent}{json.dumps(extension)}: {json.dumps(level)},"
    return text[:start] + line + _break_of(text) + text[start:]


def _named(written: Written) -> Member:
    named = written.members.get("operationId")
    if named is None:
        raise Refused("its operationId comes from an alias or a merge")
    return named


def _line_of(text: str, at: int) -> tuple[int, int]:
    """Where the line of a character begins, and where it ends before its line break."""
    end = text.find("\n", at)
    end = len(text) if end < 0 else end
    return text.rfind("\n", 0, at) + 1, end - 1 if text[end - 1 : end] == "\r" else end


def _break_of(text: str) -> str:
    """How lines end in this file, by its first one."""
    first = text.find("\n")
    return "\r\n" if first > 0 and text[first - 1] == "\r" else "\n"


def _plain(level: str) -> str:
    """A level as a YAML scalar: bare where that is sure to stay a text."""
    return level if _PLAIN.match(level) and level.casefold() not in _NOT_TEXT else json.dumps(level)


def _key(extension: str) -> str:
    return extension if _PLAIN.match(extension) else json.dumps(extension)


def _by_hand(operation: Operation, blob: Blob, extension: str, level: str, fault: PrrError) -> NoReturn:
    why = str(fault).rstrip(".")
    raise Refused(
        f"No patch can be made of {operation.operation_id} ({blob.path}, line {operation.line}): {why}; "
        f"set {extension} to {level} there by hand."
    ) from None
