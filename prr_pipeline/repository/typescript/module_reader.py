"""Reads a source into a `Module`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from ast_grep_py import SgNode

from prr_pipeline.errors import Unreadable
from prr_pipeline.repository.tree import Blob
from prr_pipeline.repository.typescript.expressions import Call, dotted
from prr_pipeline.repository.typescript.imports import LOADERS, Import, loaded
from prr_pipeline.repository.typescript.modules import CallSite, Local, Module, SqlText, Throw
from prr_pipeline.repository.typescript.patterns import bound_names
from prr_pipeline.repository.typescript.reader import Reader
from prr_pipeline.repository.typescript.scan import (
    Scan,
    Scope,
    long_templates,
    scan,
    sql_texts,
)
from prr_pipeline.repository.typescript.source import parse_source
from prr_pipeline.repository.typescript.statements import Statements, definitions_of
from prr_pipeline.repository.typescript.syntax import line_of, parts_of

_SQL_SHOWN = 120


def read_module(blob: Blob) -> Module:
    """The module of a source. Equal paths and contents are read once. Raises `Unreadable` for any syntax error."""
    found = _known(blob.path, blob.id, blob)
    if isinstance(found, str):
        raise Unreadable(found)
    return found


@lru_cache(maxsize=8_192)
def _known(path: str, _: str, blob: Blob) -> Module | str:
    """The module, or the sentence that refuses it: a broken source, too, is parsed once, and takes longer to parse."""
    try:
        return _read(path, blob)
    except Unreadable as fault:
        return str(fault)


def _read(path: str, blob: Blob) -> Module:
    root, text = parse_source(blob), blob.text()
    found = scan(root)
    reader = Reader({scope.node: scope.returns for scope in found.scopes})
    calls = _calls(found, reader)
    changed = frozenset(found.reassigned)
    top = Statements(reader, changed)
    for statement in root.children():
        top.add(statement)
    throws = [(node, parts_of(node)) for node in found.throws]
    return Module(
        path,
        (*top.imports, *_dynamic(calls, top.imports)),
        top.exports,
        tuple(top.stars),
        top.definitions,
        top.types,
        tuple(top.values),
        calls,
        tuple(Throw(reader.read(value[0]), line_of(node), node.range().start.index) for node, value in throws if value),
        tuple(_sql(sql_texts(root, text))),
        _idle_lines(text, found.comments, long_templates(root, text)),
        _locals(found, reader, changed),
        tuple(found.branches),
        tuple(reader.function(scope.node) for scope in found.scopes),
    )


def _calls(found: Scan, reader: Reader) -> tuple[CallSite, ...]:
    """The call sites. Inner ones and functions are read before those around them, so each is read once."""
    sites = []
    for node in reversed(found.nested):
        read, place = reader.read(node), found.calls.get(node)
        if place is not None and isinstance(read, Call):
            sites.append(CallSite(dotted(read.callee), read, read.line, *place))
    return tuple(reversed(sites))


def _dynamic(calls: Iterable[CallSite], known: Iterable[Import]) -> Iterable[Import]:
    """``import("x")`` and ``require("x")``, but those that a top-level constant holds."""
    bound = [(each.specifier, each.line) for each in known if each.kind == "dynamic"]
    for site in calls:
        specifier = loaded(site.call) if site.callee in LOADERS else None
        if specifier is None:
            continue
        if (specifier, site.line) in bound:
            bound.remove((specifier, site.line))
        else:
            yield Import(specifier, "dynamic", {}, site.line)


def _locals(scanned: Scan, reader: Reader, changed: frozenset[str]) -> Mapping[str, tuple[Local, ...]]:
    by_name: dict[str, list[Local]] = defaultdict(list)
    for scope in scanned.scopes:
        for parameter in reader.function(scope.node).parameters:
            for name in parameter.binds:
                by_name[name].append(Local(name, None, scope.start, scope.end))
    for node, scope in scanned.declared:
        for local in _declared(node, scope, reader):
            kept = local if local.name not in changed else replace(local, value=None)
            by_name[local.name].append(kept)
    return {name: tuple(sorted(found, key=lambda each: (each.start, -each.end))) for name, found in by_name.items()}


def _declared(node: SgNode, scope: Scope, reader: Reader) -> Iterable[Local]:
    kind = node.kind()
    if kind == "for_in_statement":
        left, span = node.field("left"), node.range()
        for name in bound_names(left) if left is not None else ():
            yield Local(name, None, span.start.index, span.end.index)
        return
    pattern, value = node.field("name"), node.field("value")
    if pattern is None:
        return
    if kind != "variable_declarator":
        yield Local(pattern.text(), reader.read(node), scope.start, scope.end)
    elif value is None:
        yield from (Local(name, None, scope.start, scope.end) for name in bound_names(pattern))
    else:
        kind_of = node.field("type")
        written = kind_of.text() if kind_of is not None and pattern.kind() == "identifier" else ""
        for name, defined in definitions_of(pattern, reader.read(value)).items():
            yield Local(name, defined, scope.start, scope.end, written)


def _sql(nodes: Iterable[SgNode]) -> Iterable[SqlText]:
    for node in nodes:
        yield SqlText(" ".join(node.text()[1:-1].split())[:_SQL_SHOWN], line_of(node))


def _idle_lines(text: str, comments: Sequence[SgNode], templates: Sequence[SgNode]) -> frozenset[int]:
    """Blank lines and lines of comments; a blank line inside a template literal is part of its text."""
    lines = text.split("\n")
    for comment in comments:
        span = comment.range()
        first, last = span.start, span.end
        for at in range(first.line, min(last.line + 1, len(lines))):
            head = lines[at][: first.column] if at == first.line else ""
            tail = lines[at][last.column :] if at == last.line else ""
            padding = len(lines[at]) - len(head) - len(tail)
            lines[at] = head + " " * padding + tail
    idle = {at + 1 for at, line in enumerate(lines) if not line or line.isspace()}
    for template in templates:
        span = template.range()
        idle.difference_update(range(span.start.line + 1, span.end.line + 2))
    return frozenset(idle)
