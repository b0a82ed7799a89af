"""The bounds that load scripts hold a metric to, read from k6 scripts and Artillery's YAML; nothing is run."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import PrrError
from prr_pipeline.readiness.findings import mapping
from prr_pipeline.readiness.model import Location
from prr_pipeline.readiness.sources import Sources
from prr_pipeline.repository.load_test import upper_bound
from prr_pipeline.repository.markup import load_yaml
from prr_pipeline.repository.typescript.expressions import (
    Call,
    Expression,
    Function,
    List,
    Member,
    Name,
    Other,
    Record,
    Spread,
    Text,
)
from prr_pipeline.repository.typescript.modules import Module

_NUMBER = re.compile(r"\d[\d_]{0,18}(?:\.\d{1,9})?")


@dataclass(frozen=True, slots=True)
class Bound:
    """The most that a script allows; ``value`` is None where only running it could tell."""

    value: float | None
    place: Location


@dataclass(frozen=True, slots=True)
class Asked:
    """Which number: a metric's statistic, of what carries the tag with that value."""

    metric: str
    statistic: str
    tag: str
    value: str

    @property
    def tagged(self) -> str:
        """How k6 calls the part of the metric that has the tag."""
        return f"{self.metric}{{{self.tag}:{self.value}}}"


def bounds_in(sources: Sources, pattern: str, asked: Asked) -> tuple[list[Bound], list[str]]:
    """Every bound on the number in the scripts of a glob, and sentences on scripts that cannot be read."""
    found: list[Bound] = []
    lost: list[str] = []
    for path in sources.paths(pattern):
        try:
            found += (
                _of_yaml(sources, path, asked) if path.endswith((".yml", ".yaml")) else _of_k6(sources, path, asked)
            )
        except PrrError as fault:
            lost.append(str(fault))
    return found, lost


def _of_yaml(sources: Sources, path: str, asked: Asked) -> Iterator[Bound]:
    """Artillery: ``config.ensure.thresholds``, a list of ``{metric.subject.statistic: bound}``."""
    document = sources.parsed(sources.blob(path), load_yaml)
    ensure = mapping(mapping(mapping(document).get("config")).get("ensure"))
    statistics = {asked.statistic, "mean"} if asked.statistic == "avg" else {asked.statistic}
    names = {f"{asked.metric}.{asked.value}.{statistic}" for statistic in statistics}
    rows: Any = ensure.get("thresholds")
    for row in rows if isinstance(rows, list) else ():
        for name, value in mapping(row).items():
            if name in names and isinstance(value, int | float):
                yield Bound(float(value), Location(path, 0, f"{name}: {value}"))


def _of_k6(sources: Sources, path: str, asked: Asked) -> Iterator[Bound]:
    """k6: ``thresholds`` of the exported ``options``, written out, or made from a table that names the subject."""
    module = sources.code().module(path)
    options = module.definitions.get("options")
    thresholds = options.get("thresholds") if isinstance(options, Record) and "options" in module.exports else None
    if thresholds is None:
        return
    if isinstance(thresholds, Name):
        thresholds = module.definitions.get(thresholds.name, thresholds)
    literal = list(_written_out(thresholds, asked)) if isinstance(thresholds, Record) else []
    if literal:
        yield from (Bound(value, Location(path, line, asked.tagged)) for value, line in literal)
        return
    computed = thresholds.get(asked.tagged) if isinstance(thresholds, Record) else None
    if computed is not None and any(_is_computed(part) for part in _parts(computed)):
        yield Bound(None, Location(path, computed.line, asked.tagged))
        return
    texts = [text for text in _texts(thresholds) if text]
    of_metric = any(text == asked.metric or text.startswith(f"{asked.metric}{{") for text in texts)
    if of_metric and any(re.match(rf"{re.escape(asked.statistic)}\s*<", text) for text in texts):
        yield from _from_tables(module, thresholds, asked)


def _written_out(thresholds: Record, asked: Asked) -> Iterator[tuple[float, int]]:
    """Thresholds whose key names the subject and whose bound is a number."""
    for entry in thresholds.entries:
        if entry.key != asked.tagged:
            continue
        for text in _texts(entry.value):
            value = upper_bound(text, asked.statistic)
            if value is not None:
                yield value, entry.line


def _from_tables(module: Module, thresholds: Expression, asked: Asked) -> Iterator[Bound]:
    """The subject's number in the table that the thresholds name; else in the only kind of table that has one."""
    tables = {name: table for name, table in module.definitions.items() if isinstance(table, Record)}
    named = [tables[name] for name in _names(thresholds) if name in tables]
    found = list(_numbers(named or list(tables.values()), asked.value))
    values = {value for value, _ in found}
    if len(values) == 1:
        yield Bound(found[0][0], Location(module.path, found[0][1], f"{asked.value}: {found[0][0]:g}"))
    elif found or any(_may_hold(table, asked.value) for table in named):
        yield Bound(None, Location(module.path, thresholds.line, "thresholds"))


def _may_hold(table: Record, key: str) -> bool:
    """Whether running the script may put a number there: its value is computed, or the table holds a spread."""
    return table.get(key) is not None or any(entry.key is None for entry in table.entries)


def _is_computed(part: Expression) -> bool:
    return isinstance(part, Name | Call | Member) or (isinstance(part, Text) and part.value is None)


def _numbers(tables: Sequence[Record], key: str) -> Iterator[tuple[float, int]]:
    for table in tables:
        value = table.get(key)
        if isinstance(value, Other) and _NUMBER.fullmatch(value.source):
            yield float(value.source.replace("_", "")), value.line


def _texts(expression: Expression) -> Iterator[str]:
    """The strings in an expression, keys of objects among them; of a template, how it begins."""
    for part in _parts(expression):
        if isinstance(part, Text):
            yield part.value if part.value is not None else (part.parts[0] if part.parts else "")
        elif isinstance(part, Record):
            yield from (entry.key for entry in part.entries if entry.key is not None)


def _names(expression: Expression) -> Iterator[str]:
    return (part.name for part in _parts(expression) if isinstance(part, Name))


def _parts(expression: Expression) -> Iterator[Expression]:
    """The expression and everything in it that was read."""
    waiting: list[Expression] = [expression]
    while waiting:
        part = waiting.pop(0)
        yield part
        waiting += _inner(part)


def _inner(part: Expression) -> Sequence[Expression]:
    if isinstance(part, Call):
        return [part.callee, *part.arguments]
    if isinstance(part, List):
        return part.items
    if isinstance(part, Record):
        return [entry.value for entry in part.entries]
    if isinstance(part, Member):
        return [part.object]
    if isinstance(part, Spread):
        return [part.value]
    if isinstance(part, Function):
        return [part.returns] if part.returns is not None else []
    return []


def number_of(extension: Any, field: str | None) -> float | None:
    """The number that an extension declares: itself, or the field of that name."""
    value = extension.get(field) if isinstance(extension, Mapping) and field else extension
    if isinstance(value, bool) or not isinstance(value, int | float) or value <= 0:
        return None
    return float(value)
