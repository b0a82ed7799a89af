"""What test cases assert: the texts and classes that stand in the assertions of a case."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.readiness.reported_cases import Reported, source_of
from prr_pipeline.readiness.requests_made import functions_of
from prr_pipeline.readiness.sources import Sources
from prr_pipeline.readiness.tested_files import RanFile, root_name
from prr_pipeline.repository.test_results import CaseOutcome
from prr_pipeline.repository.typescript.cases import SourceCase
from prr_pipeline.repository.typescript.code import Found
from prr_pipeline.repository.typescript.expressions import (
    Call,
    Class,
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
from prr_pipeline.repository.typescript.modules import CallSite

_WORD = re.compile(r"\w+(?:[.:-]\w+)*")
_NESTED = 6
_PROMISED = ("rejects", "resolves")
_CHAINED = ("expect", "should", "assert")
"""How assertions begin that are chained to a request, such as ``request(app).get("/x").expect(200)``."""


@dataclass(frozen=True, slots=True)
class Asserted:
    """``words``: every word of the texts. ``classes``: file and line of the definition of each class."""

    words: frozenset[str]
    classes: frozenset[tuple[str, int]]


def asserted_in(sources: Sources, file: RanFile, assertions: Sequence[str]) -> Asserted:
    """What the passed cases of a file assert. Raises `PrrError` where the file cannot be read.

    Rows of ``each`` count where every case of them passed, and the case asserts anything.
    """
    words, classes = set[str](), set[tuple[str, int]]()
    for case, reported in _declared(sources, file):
        if not any(each.case.outcome is CaseOutcome.PASSED for each in reported):
            continue
        sites = list(_assertions(sources, case, assertions))
        values = [(argument, path, site.start) for site, path in sites for argument in site.call.arguments]
        if case.rows is not None and sites and all(each.case.outcome is CaseOutcome.PASSED for each in reported):
            values.append((case.rows, file.path, 0))
        for value, path, at in values:
            for part in _parts(sources, value, path, at, 0):
                if isinstance(part, str):
                    words |= {part, *_WORD.findall(part), *re.findall(r"\w+", part)}
                else:
                    classes.add(part)
    return Asserted(frozenset(words), frozenset(classes))


def asserts_nothing(
    sources: Sources, case: SourceCase, assertions: Sequence[str], side: Collection[str], depth: int = 3
) -> bool:
    """Whether a case is written out and asserts nothing, nor do helpers in the files of ``side`` that it calls."""
    functions = list(functions_of(sources, case.path, case.body))
    return bool(functions) and not any(_asserts(sources, *each, assertions, side, depth) for each in functions)


def _asserts(
    sources: Sources, function: Function, path: str, assertions: Sequence[str], side: Collection[str], depth: int
) -> bool:
    for site in sources.code().module(path).calls_in(function):
        root = root_name(site.call)
        if root is not None and any(root == name or _continues(root, name) for name in assertions):
            return True
        found = sources.code().follow(path, site.call.callee, site.start) if depth else None
        inner = found.expression if isinstance(found, Found) and found.path in side else None
        if isinstance(found, Found) and isinstance(inner, Function) and inner != function:
            if _asserts(sources, inner, found.path, assertions, side, depth - 1):
                return True
        elif site.callee.rpartition(".")[2].startswith(_CHAINED):
            return True
    return False


def is_assertion(call: Call, names: Sequence[str]) -> bool:
    """Whether a call asserts that something holds: ``expect(...)...``, ``assert...(...)``; not with ``.not``."""
    root = root_name(call)
    if root is None or not any(root == name or _continues(root, name) for name in names):
        return False
    part: Expression = call
    while isinstance(part, Member | Call):
        if isinstance(part, Member) and part.name == "not":
            return False
        part = part.object if isinstance(part, Member) else part.callee
    return True


def is_whole(site: CallSite, sites: Iterable[CallSite]) -> bool:
    """Whether no longer chain begins with the call, as ``expect(x).toBe(1)`` does with ``expect(x)``."""
    return not any(each.start == site.start and each.end > site.end for each in sites)


def _continues(root: str, name: str) -> bool:
    """``expectError`` is a helper of ``expect``; ``expected`` is not."""
    return root.startswith(name) and root[len(name) : len(name) + 1].isupper()


def _declared(sources: Sources, file: RanFile) -> list[tuple[SourceCase, list[Reported]]]:
    """The cases as they are written, with what was reported of each."""
    found: dict[int, tuple[SourceCase, list[Reported]]] = {}
    for each in file.cases:
        case = source_of(sources, each)
        if case is not None:
            found.setdefault(case.line, (case, []))[1].append(each)
    return list(found.values())


def _assertions(sources: Sources, case: SourceCase, names: Sequence[str]) -> Iterator[tuple[CallSite, str]]:
    for function, path in functions_of(sources, case.path, case.body):
        sites = sources.code().module(path).calls_in(function)
        for site in sites:
            if not is_assertion(site.call, names) or not is_whole(site, sites):
                continue
            if not _is_of_words(site.call) and not _is_unawaited(sources, path, site):
                yield site, path


def _is_of_words(call: Call) -> bool:
    """Whether what is asserted about is a text that the test writes itself: ``expect("x").toBe("x")``."""
    part: Expression = call
    while isinstance(part, Member) or (isinstance(part, Call) and isinstance(part.callee, Member)):
        part = part.object if isinstance(part, Member) else part.callee
    return isinstance(part, Call) and len(part.arguments) == 1 and isinstance(part.arguments[0], Text)


def _is_unawaited(sources: Sources, path: str, site: CallSite) -> bool:
    """Whether it asserts of a promise, and is over before that: ``expect(...).rejects`` that nobody waits for."""
    part, promised = site.call.callee, False
    while isinstance(part, Member | Call):
        promised = promised or (isinstance(part, Member) and part.name in _PROMISED)
        part = part.object if isinstance(part, Member) else part.callee
    before = sources.blob(path).text()[: site.start].rstrip()
    return promised and (not before or before[-1] in ";{})")


def _parts(sources: Sources, value: Expression, path: str, at: int, depth: int) -> Iterator[str | tuple[str, int]]:
    """The texts and classes in an argument, in objects, lists and calls too."""
    match value:
        case Text():
            yield from value.parts if value.value is None else (value.value,)
        case Other():
            yield value.source
        case Name() | Member():
            yield from _named(sources, value, path, at, depth)
        case _ if depth < _NESTED:
            for inner in _inner(value):
                yield from _parts(sources, inner, path, at, depth + 1)


def _named(sources: Sources, value: Expression, path: str, at: int, depth: int) -> Iterator[str | tuple[str, int]]:
    found = sources.code().follow(path, value, at)
    if not isinstance(found, Found):
        return
    if isinstance(found.expression, Class):
        yield found.path, found.expression.line
    elif depth < _NESTED and isinstance(found.expression, Text | Record | List):
        yield from _parts(sources, found.expression, found.path, found.at or 0, depth + 1)


def _inner(value: Expression) -> Sequence[Expression]:
    if isinstance(value, Record):
        return [entry.value for entry in value.entries]
    if isinstance(value, List):
        return value.items
    if isinstance(value, Call):
        return value.arguments
    return [value.value] if isinstance(value, Spread) else []
