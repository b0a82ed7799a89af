"""The keys and indexes of a Drizzle table: what the function after its columns gives."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.repository.database.drizzle_values import Chain, Link, Term, Values
from prr_pipeline.repository.database.tables import Column, Gap, Index
from prr_pipeline.repository.typescript.expressions import (
    Call,
    Expression,
    Function,
    List,
    Member,
    Name,
    Parameter,
    Record,
    Spread,
    Text,
)
from prr_pipeline.repository.typescript.scopes import substituted

_ON = ("on", "onOnly", "using")
_KINDS = ("index", "uniqueIndex", "unique", "primaryKey")


@dataclass(slots=True)
class Keys:
    """Keys and indexes, and what could not be followed."""

    indexes: list[Index] = field(default_factory=list)
    unique: list[Index] = field(default_factory=list)
    primary: Index | None = None
    gaps: list[Gap] = field(default_factory=list)


def read_keys(values: Values, term: Term, columns: Mapping[str, Column]) -> Keys:
    """What the third argument of a table gives; ``columns`` are the table's, by property."""
    keys = Keys()
    found = values.value(term)
    function = found.expression if found is not None else None
    if found is None or not isinstance(function, Function) or function.returns is None:
        keys.gaps.append(Gap("its indexes are told only by running it", term.path, term.line))
        return keys
    itself = function.parameters[0] if function.parameters else None
    reading = _Reading(values, itself, columns, keys)
    for item in reading.items(found.within(function, function.returns)):
        reading.add(item)
    return keys


class _Reading:
    def __init__(self, values: Values, itself: Parameter | None, columns: Mapping[str, Column], into: Keys) -> None:
        self._values = values
        self._itself = itself
        self._columns = columns
        self._into = into

    def items(self, term: Term) -> Iterator[Term]:
        """The items of a list or the values of an object; spreads of either are looked into."""
        found = self._values.value(term)
        held = found.expression if found is not None else None
        parts: list[Expression] = []
        if isinstance(held, List):
            parts = list(held.items)
        elif isinstance(held, Record):
            parts = [entry.value for entry in held.entries]
        else:
            self._lose("indexes that are told only by running it", term)
        for part in parts if found is not None else ():
            if isinstance(part, Spread):
                yield from self.items(found.of(part.value))  # type: ignore[union-attr]
            else:
                yield found.of(part)  # type: ignore[union-attr]

    def add(self, term: Term) -> None:
        """Add what one item declares; checks, policies and foreign keys are no index."""
        chain = self._values.chain(term)
        if chain is None or chain.maker is None:
            self._lose("an index that could not be followed", term)
            return
        if chain.maker not in _KINDS:
            return
        columns = self._primary(chain) if chain.maker == "primaryKey" else self._on(chain)
        if columns is None:
            return
        partial = any(link.name == "where" for link in chain.links)
        name = self._values.text(chain.base.of(chain.call.arguments[0])) if chain.call.arguments else None
        key = Index(columns, chain.maker != "index", term.path, chain.base.line, name, partial)
        if chain.maker == "primaryKey":
            self._into.primary = key
        elif chain.maker == "unique":
            self._into.unique.append(key)
        else:
            self._into.indexes.append(key)

    def _primary(self, chain: Chain) -> tuple[str, ...] | None:
        """``primaryKey({ columns: [t.a, t.b] })``, in older code ``primaryKey(t.a, t.b)``."""
        given = self._values.value(chain.base.of(chain.call.arguments[0])) if chain.call.arguments else None
        if given is not None and isinstance(given.expression, Record):
            listed = given.expression.get("columns")
            found = self._values.value(given.of(listed)) if listed is not None else None
            if found is None or not isinstance(found.expression, List):
                self._lose("a primary key whose columns could not be followed", chain.base)
                return None
            return self._all(found, found.expression.items)
        return self._all(chain.base, chain.call.arguments)

    def _on(self, chain: Chain) -> tuple[str, ...] | None:
        link = next((link for link in chain.links if link.name in _ON), None)
        if link is None:
            self._lose("an index without columns", chain.base)
            return None
        return self._all(link.call, _indexed(link))

    def _all(self, term: Term, arguments: tuple[Expression, ...]) -> tuple[str, ...]:
        return tuple(self._one(term.of(argument)) for argument in arguments)

    def _one(self, term: Term) -> str:
        """The database name of ``t.column``, with a sort order or without; empty for an SQL expression."""
        scope, expression = substituted(term.scope, term.expression)
        if isinstance(expression, Call) and expression.tag:
            return ""
        while isinstance(expression, Call) and isinstance(expression.callee, Member):
            scope, expression = substituted(scope, expression.callee.object)
        column = self._columns.get(self._property(expression) or "")
        if column is None:
            self._lose("an index over a column that could not be followed", term)
            return ""
        return column.name

    def _property(self, expression: Expression) -> str | None:
        itself = self._itself
        if itself is None:
            return None
        if isinstance(expression, Member) and isinstance(expression.object, Name):
            return expression.name if expression.object.name == itself.name else None
        return itself.members.get(expression.name) if isinstance(expression, Name) else None

    def _lose(self, what: str, term: Term) -> None:
        self._into.gaps.append(Gap(what, term.path, term.line))


def _indexed(link: Link) -> tuple[Expression, ...]:
    """The columns of ``.on(a, b)``, and of ``.using("btree", a, b)``, whose first argument is the method."""
    method = link.name == "using" and bool(link.arguments) and isinstance(link.arguments[0], Text)
    return link.arguments[1:] if method else link.arguments
