"""Which error codes a client's code handles: labels, comparisons and looked-up tables, and branches for all else."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.readiness.client_code import ClientCode, Part, called, text_at, words_in
from prr_pipeline.readiness.model import Location
from prr_pipeline.readiness.sources import Sources
from prr_pipeline.repository.typescript.code import Found
from prr_pipeline.repository.typescript.expressions import Call, Expression, Index, List, Member, Name, Record, dotted

_LOOKUPS = frozenset(("includes", "has", "get", "indexOf"))
_SAME_VALUES = frozenset(("freeze", "entries", "keys"))
"""Calls that give what they are given, as a table."""
_NESTED = 4


@dataclass(frozen=True, slots=True)
class Handled:
    """Codes with a branch of their own, by place; branches for all others; and what could not be told.

    ``unused`` are codes that stand in tables which nobody is seen to look into.
    """

    codes: dict[str, Location]
    fallbacks: tuple[Location, ...]
    unused: dict[str, Location]
    untold: tuple[Location, ...]


def handled_codes(sources: Sources, code: ClientCode, codes: Collection[str], fields: Collection[str]) -> Handled:
    """What the code does with each of the codes. ``fields``: what the code of an error is called in a response."""
    search = _Search(sources, code, frozenset(codes), frozenset(field.casefold() for field in fields))
    search.look()
    unused = {name: place for name, place in search.unused().items() if name not in search.found}
    return Handled(search.found, tuple(dict.fromkeys(search.fallbacks)), unused, tuple(search.untold))


class _Search:
    def __init__(self, sources: Sources, code: ClientCode, codes: frozenset[str], fields: frozenset[str]) -> None:
        self._sources = sources
        self._code = code
        self._codes = codes
        self._fields = fields
        self._used: set[tuple[str, int]] = set()
        self.found: dict[str, Location] = {}
        self.fallbacks: list[Location] = []
        self.untold: list[Location] = []

    def look(self) -> None:
        """Fill what is found."""
        for part in self._code.parts.values():
            for each in part.fragments.comparisons:
                self._labels(part, (each.left, each.right), each.start)
            self._choices(part)
            self._lookups(part)

    def unused(self) -> dict[str, Location]:
        """Codes in tables that no lookup was seen to lead to."""
        found: dict[str, Location] = {}
        for part in self._code.parts.values():
            for definition in part.module.definitions.values():
                if (part.path, definition.line) not in self._used:
                    for text, line in self._in_table(part, definition, 0, _NESTED):
                        found.setdefault(text, part.at(line, text))
        return found

    def _labels(self, part: Part, values: tuple[Expression, ...], start: int) -> bool:
        """Note the codes among what is compared; whether there are any."""
        texts = [text_at(self._sources, part.path, value, start) for value in values]
        own = [(str(text), value.line) for text, value in zip(texts, values, strict=True) if text in self._codes]
        for text, line in own:
            self.found.setdefault(text, part.at(line, text))
        return bool(own)

    def _choices(self, part: Part) -> None:
        for each in part.fragments.choices:
            known = self._labels(part, each.compared, each.start)
            about = known or (bool(each.compared) and self._is_of_error(each.compared[0]))
            if about and each.fallback is not None:
                self.fallbacks.append(part.at(each.fallback, "default"))
            if about and any(self._is_hidden(part, value, each.start) for value in each.compared[1:]):
                self.untold.append(part.at(each.line))

    def _is_hidden(self, part: Part, value: Expression, at: int) -> bool:
        """Whether a label is a constant, by its capital letter, whose value is not told."""
        constant = isinstance(value, Name | Member) and dotted(value)[:1].isupper()
        return constant and text_at(self._sources, part.path, value, at) is None

    def _is_of_error(self, value: Expression) -> bool:
        return any(name.casefold() in self._fields for name in list(words_in(value))[:1])

    def _lookups(self, part: Part) -> None:
        left = {(each.start, each.end) for each in part.fragments.fallbacks}
        for piece in part.fragments.accesses:
            if isinstance(piece.value, Index):
                self._lookup(part, piece.value.object, piece.start, piece.line, (piece.start, piece.end) in left)
        for site in part.module.calls:
            callee = site.call.callee
            if isinstance(callee, Member) and callee.name in _LOOKUPS:
                self._lookup(part, callee.object, site.start, site.line, (site.start, site.end) in left)

    def _lookup(self, part: Part, table: Expression, at: int, line: int, has_fallback: bool) -> None:
        found = self._sources.code().follow(part.path, table, at)
        there = self._code.parts.get(found.path) if isinstance(found, Found) else None
        if not isinstance(found, Found) or there is None:
            return
        self._used.add((there.path, found.expression.line))
        known = list(self._in_table(there, found.expression, found.at or 0, _NESTED))
        for text, where in known:
            self.found.setdefault(text, there.at(where, text))
        if known and has_fallback:
            self.fallbacks.append(part.at(line, "default"))

    def _in_table(self, part: Part, value: Expression, at: int, depth: int) -> Iterator[tuple[str, int]]:
        """The codes that a table has: keys of an object, items of a list, or the first of each pair of a map."""
        if depth == 0:
            return
        if isinstance(value, Record):
            yield from ((entry.key, entry.line) for entry in value.entries if entry.key in self._codes and entry.key)
            return
        if isinstance(value, Call):
            looked = value.arguments if value.new or called(value) in _SAME_VALUES else ()
            for argument in looked:
                yield from self._in_table(part, argument, at, depth - 1)
        for item in value.items if isinstance(value, List) else ():
            first = item.items[0] if isinstance(item, List) and item.items else item
            text = text_at(self._sources, part.path, first, at)
            if text is not None and text in self._codes:
                yield text, first.line
