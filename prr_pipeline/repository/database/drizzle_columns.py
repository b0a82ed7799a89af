"""The columns of a Drizzle table: builders in an object, shared ones spread into it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import field, replace
from typing import Literal

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.repository.database.drizzle_values import Chain, Term, Values
from prr_pipeline.repository.database.tables import Column, Gap, Index
from prr_pipeline.repository.typescript.expressions import Entry, Function, Member, Name, Record, Spread

Casing = Literal["snake_case", "camelCase"]
"""How Drizzle is told to turn a property's name into a column's where none is written."""
_FILLED = frozenset(
    ("default", "defaultNow", "defaultRandom", "generatedAlwaysAs", "generatedAlwaysAsIdentity",
     "generatedByDefaultAsIdentity", "autoincrement")
)  # fmt: skip
_SERIAL = frozenset(("serial", "bigserial", "smallserial"))
_REQUIRED = frozenset(("notNull", "primaryKey", "generatedAlwaysAsIdentity", "generatedByDefaultAsIdentity"))
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_DEPTH = 16


@dataclass(slots=True)
class Columns:
    """Columns by property, the keys that they make on their own, and what could not be followed."""

    found: dict[str, Column] = field(default_factory=dict)
    unique: dict[str, Index] = field(default_factory=dict)
    primary: dict[str, Index] = field(default_factory=dict)
    gaps: list[Gap] = field(default_factory=list)

    def lose(self, what: str, term: Term) -> None:
        """Something that could not be followed; it may replace any column before it."""
        self.gaps.append(Gap(what, term.path, term.line))
        self.found = {name: replace(column, certain=False) for name, column in self.found.items()}


def read_columns(values: Values, term: Term, casing: Casing | None) -> Columns:
    """The columns of an object of builders, or of a function that returns one."""
    columns = Columns()
    found = values.value(term)
    builders: Mapping[str, str] = {}
    if found is not None and isinstance(found.expression, Function):
        function = found.expression
        builders = _builders(function)
        found = values.value(found.within(function, function.returns)) if function.returns is not None else None
    if found is None or not isinstance(found.expression, Record):
        columns.lose("its columns are told only by running it", term)
    else:
        _Reading(values, casing, builders, columns).record(found, found.expression.entries, _DEPTH)
    return columns


def _builders(function: Function) -> Mapping[str, str]:
    """What the parameter of ``(t) => ({ id: t.uuid() })`` binds: ``t``, or builders by their local names."""
    first = function.parameters[0] if function.parameters else None
    if first is None:
        return {}
    return {first.name: ""} if first.name is not None else dict(first.members)


class _Reading:
    def __init__(self, values: Values, casing: Casing | None, builders: Mapping[str, str], into: Columns) -> None:
        self._values = values
        self._casing = casing
        self._builders = builders
        self._into = into

    def record(self, term: Term, entries: Sequence[Entry], depth: int) -> None:
        """Add each entry; a later one of the same property replaces an earlier."""
        for entry in entries:
            part = term.of(entry.value)
            if isinstance(entry.value, Spread) and entry.key is None:
                self._spread(part.of(entry.value.value), depth)
            elif entry.key is None:
                self._into.lose("a computed key", part)
            else:
                self._column(entry.key, part)

    def _spread(self, term: Term, depth: int) -> None:
        found = self._values.value(term)
        if found is None or not isinstance(found.expression, Record) or depth <= 0:
            self._into.lose("a spread that could not be followed", term)
        else:
            self.record(found, found.expression.entries, depth - 1)

    def _column(self, key: str, term: Term) -> None:
        into = self._into
        for known in (into.found, into.unique, into.primary):
            known.pop(key, None)
        chain = self._values.chain(term)
        kind = self._kind(chain) if chain is not None else None
        if chain is None or kind is None:
            into.gaps.append(Gap(f"the column {key} could not be followed", term.path, term.line))
            return
        name = self._name(key, chain)
        if name is None:
            into.gaps.append(Gap(f"the name of the column {key} is computed", term.path, term.line))
            return
        links = {link.name for link in chain.links}
        serial = kind in _SERIAL
        required, filled = serial or bool(links & _REQUIRED), serial or bool(links & _FILLED)
        into.found[key] = Column(name, kind, not required, filled, term.path, term.line, key)
        own = Index((name,), True, term.path, term.line)
        if "unique" in links:
            into.unique[key] = own
        if "primaryKey" in links:
            into.primary[key] = own

    def _kind(self, chain: Chain) -> str | None:
        """The builder that is called: one of Drizzle's, one made by Drizzle, or one that the table hands over."""
        if chain.maker is not None:
            return chain.maker.rpartition(".")[2]
        callee = chain.call.callee
        if isinstance(callee, Member) and isinstance(callee.object, Name) and callee.object.name in self._builders:
            return callee.name
        return self._builders.get(callee.name) if isinstance(callee, Name) else None

    def _name(self, key: str, chain: Chain) -> str | None:
        """The text that the builder is given, else the property as Drizzle's casing turns it."""
        if not chain.call.arguments:
            return cased(key, self._casing)
        first = self._values.value(chain.base.of(chain.call.arguments[0]))
        if first is not None and isinstance(first.expression, Record):
            return cased(key, self._casing)
        return self._values.text(chain.base.of(chain.call.arguments[0]))


def cased(property_name: str, casing: Casing | None) -> str:
    """A property's name as the database calls it."""
    words = [word.lower() for word in _WORD.findall(property_name)]
    if casing is None or not words:
        return property_name
    return "_".join(words) if casing == "snake_case" else words[0] + "".join(word.capitalize() for word in words[1:])
