"""SQL files as statements of Postgres' own syntax tree, each with its lines; what blocks of code run is found too."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from typing import Any

import orjson
from pglast import ast, parse_plpgsql, parse_sql
from pglast.error import Error

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import Unreadable
from prr_pipeline.repository.tree import Blob

SIZE_CAP = 4 * 2**20
"""Largest migration that is parsed, in bytes."""
_PROCEDURAL = "plpgsql"
_STATIC = "PLpgSQL_stmt_execsql"
_RUNS = (_STATIC, "PLpgSQL_stmt_dynexecute", "PLpgSQL_stmt_call")
_VALUE = "PLpgSQL_expr"
"""Conditions, assignments, loops and what PERFORM asks: each may call a function."""


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement; ``first`` and ``last`` are its lines, from 1. ``node`` is None for code that cannot be read."""

    node: ast.Node | None
    first: int
    last: int
    lines: Lines | None
    """Lines of places within it; None where only the line of the whole is known."""
    inner: bool = False
    """Within a block of code."""

    def line(self, node: ast.Node | None) -> int:
        """The line of a part of it."""
        at = getattr(node, "location", None)
        return self.lines.at(at) if self.lines is not None and isinstance(at, int) and at >= 0 else self.first


class Lines:
    """The line of each character of a text."""

    def __init__(self, text: str) -> None:
        self._starts = [0, *(at + 1 for at, character in enumerate(text) if character == "\n")]

    def at(self, offset: int) -> int:
        """From 1."""
        return bisect_right(self._starts, offset)


def read_statements(blob: Blob) -> tuple[Statement, ...]:
    """The statements of a migration. Raises `Unreadable` unless Postgres would parse all of it."""
    if len(blob.data) > SIZE_CAP:
        raise Unreadable(f"{blob.path} has {len(blob.data):,} bytes; at most {SIZE_CAP:,} of SQL are parsed.")
    text = blob.text()
    if "\0" in text:
        raise Unreadable(f"{blob.path} holds a NUL character, at which Postgres would stop reading; remove it.")
    lines = Lines(text)
    return tuple(each for raw in _parsed(text, blob.path, lines) for each in _expanded(raw, text, blob.path, lines))


def _parsed(text: str, path: str, lines: Lines) -> tuple[ast.RawStmt, ...]:
    try:
        return tuple(parse_sql(text))
    except Error as fault:
        at = next((each for each in fault.args if isinstance(each, int)), None)
        where = f", line {lines.at(at)}" if at is not None else ""
        raise Unreadable(f"{path} is no SQL that Postgres reads{where} ({str(fault.args[0])[:80]}).") from None
    except RecursionError:
        raise Unreadable(f"{path} holds SQL that is nested too deeply to be read.") from None


def _expanded(raw: ast.RawStmt, text: str, path: str, lines: Lines) -> Iterator[Statement]:
    start = raw.stmt_location or 0
    end = start + raw.stmt_len if raw.stmt_len else len(text.rstrip())
    first, last = lines.at(start), lines.at(max(start, end - 1))
    if isinstance(raw.stmt, ast.DoStmt):
        yield from _block(raw.stmt, text[start:end], first, last)
    else:
        yield Statement(raw.stmt, first, last, lines)


def _block(statement: ast.DoStmt, text: str, first: int, last: int) -> Iterator[Statement]:
    """What an anonymous block runs, in the order of its text, whichever way its branches go."""
    words = {str(each.defname): getattr(each.arg, "sval", "") for each in statement.args or ()}
    if words.get("language", _PROCEDURAL).lower() != _PROCEDURAL:
        yield Statement(None, first, last, None, True)
        return
    try:
        body = orjson.loads(orjson.dumps(parse_plpgsql(text)))
        commands = list(_commands(body))
    except (Error, RecursionError, ValueError, TypeError):
        yield Statement(None, first, last, None, True)
        return
    offset = _body_line(statement, text)
    for kind, query, line in commands:
        yield from _command(kind, query, min(first + offset + max(line, 1) - 1, last))


def _body_line(statement: ast.DoStmt, text: str) -> int:
    """How many lines after the statement's first its body begins."""
    body = next((str(each.arg.sval) for each in statement.args or () if each.defname == "as"), "")
    at = text.find(body) if body else -1
    return text.count("\n", 0, at) if at >= 0 else 0


def _command(kind: str, query: str | None, line: int) -> Iterator[Statement]:
    """A static command as its statements; a computed one cannot be read."""
    written = query or ""
    forms = {_STATIC: (written,), _VALUE: (written, f"SELECT {written.rpartition(':=')[2]}")}
    for text in forms.get(kind, ()) if written else ():
        try:
            parsed = parse_sql(text)
        except (Error, RecursionError):
            continue
        yield from (Statement(raw.stmt, line, line, None, True) for raw in parsed)
        return
    yield Statement(None, line, line, None, True)


def _commands(value: Any) -> Iterator[tuple[str, str | None, int]]:
    """Kind, text and line (of the body) of each command in a parsed block."""
    waiting = [(value, 1)]
    while waiting:
        node, line = waiting.pop()
        if isinstance(node, list):
            waiting.extend((each, line) for each in reversed(node))
        elif isinstance(node, dict):
            line = int(node.get("lineno", line))
            for name in _RUNS:
                if name in node:
                    inner = node[name]
                    expression = next((each for each in inner.values() if isinstance(each, dict)), {})
                    yield name, expression.get(_VALUE, {}).get("query"), int(inner.get("lineno", 1))
            if _VALUE in node:
                yield _VALUE, node[_VALUE].get("query"), line
            waiting.extend(reversed([(each, line) for name, each in node.items() if name not in _RUNS]))
