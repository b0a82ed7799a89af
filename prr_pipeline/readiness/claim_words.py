"""The words of a claim: what a value is made of, and which deliveries the answer of a guard speaks of."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from prr_pipeline.readiness.callers import function_run
from prr_pipeline.readiness.client_code import parts_of
from prr_pipeline.readiness.sources import Sources
from prr_pipeline.repository.typescript.expressions import Expression, Function, Name, Other
from prr_pipeline.repository.typescript.fragment_reader import read_fragments
from prr_pipeline.repository.typescript.modules import CallSite, Module

_REPEATED = re.compile(r"already|processed|handled|seen|duplicate|exists|known|repeat|^(?:was|has)[A-Z_]")
_FIRST = re.compile(r"claim|first|fresh|new|acquire|reserve|insert|record|mark|once", re.IGNORECASE)


def is_first_told_by(callee: str) -> bool | None:
    """Whether a true answer of a guard says that the delivery is the first; None where its name does not tell."""
    name = callee.rpartition(".")[2]
    if _REPEATED.search(name) or _REPEATED.search(name.casefold()):
        return False
    return True if _FIRST.search(name) else None


def holds(value: Expression, carrier: CallSite, depth: int = 8) -> bool:
    """Whether a value is made of a call; of what is read as text alone, whether it stands there."""
    if value == carrier.call:
        return True
    if isinstance(value, Other) and not value.operands:
        return value.line <= carrier.line and carrier.callee.rpartition(".")[2] in set(words(value))
    inner: Collection[Expression] = value.operands if isinstance(value, Other) else parts_of(value)
    return depth > 0 and any(holds(each, carrier, depth - 1) for each in inner)


def words(value: Expression, depth: int = 8) -> Iterator[str]:
    """The names that a value is made of."""
    if isinstance(value, Name):
        yield value.name
    if isinstance(value, Other) and not value.operands:
        yield from re.findall(r"(?<![.\w$])[A-Za-z_$][\w$]*", value.source)
    for each in value.operands if isinstance(value, Other) else parts_of(value):
        if depth > 0:
            yield from words(each, depth - 1)


def conflicts_are_skipped(module: Module, site: CallSite) -> bool:
    """Whether a statement goes on without an error where the row is there: ``.onConflictDoNothing()``."""
    chained = [each.callee.rpartition(".")[2] for each in module.calls if each.start == site.start]
    return any(name.startswith("onConflict") for name in chained)


def refuses(sources: Sources, module: Module, site: CallSite) -> bool:
    """Whether what is called gives nothing back and throws."""
    run = function_run(sources, module, site)
    if run is None or not isinstance(run.expression, Function) or run.expression.returns is not None:
        return False
    inner = sources.code().module(run.path)
    returned = read_fragments(sources.blob(run.path)).returned
    gives = any(run.expression.start <= each.start < run.expression.end for each in returned)
    return bool(inner.throws_in(run.expression)) and not gives
