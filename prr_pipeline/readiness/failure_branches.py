"""What runs when something failed: ``catch``, and the branch of a condition in which success was asked and is not."""

from __future__ import annotations

import re
from collections.abc import Iterator

from prr_pipeline.readiness.sources import Sources
from prr_pipeline.repository.typescript.expressions import Function
from prr_pipeline.repository.typescript.fragment_reader import read_fragments
from prr_pipeline.repository.typescript.fragments import Condition
from prr_pipeline.repository.typescript.modules import CallSite, Module

_WORDS = r"(?:ok|success|succeeded|successful|is_?ok|is_?success|is_?successful)"
_ASKED = re.compile(rf"(!*)\(?(?:[\w$?.\[\]'\"]*[.?])?{_WORDS}(?:\(\))?\)?", re.IGNORECASE)
_TRUTH = re.compile(rf"(?:[\w$?.]*\.)?{_WORDS}\s*(===?|!==?)\s*(true|false)", re.IGNORECASE)
_CODE = re.compile(r"[\w$?.]*(?:status|statusCode|code)\s*(===?|!==?|<=?|>=?)\s*([1-5]\d\d)")
_STATE = re.compile(rf"[\w$?.]*\s*(===?|!==?)\s*['\"](?:fulfilled|{_WORDS})['\"]", re.IGNORECASE)
_FAILING, _LAST = 300, 400
"""The lowest status that does not say success, and the highest that is a bound of those that do."""


def on_failure(sources: Sources, module: Module, site: CallSite) -> bool:
    """Whether a call runs where something failed, as far as that can be told: any other condition may ask for it."""
    if on_success(sources, module, site):
        return False
    if any(first <= site.start < last for first, last in _caught(sources, module)):
        return True
    return module.is_conditional(site.start, site.end) or any(
        each.leaves and len(each.branches) == 1 and _follows(module, each, site)
        for each in read_fragments(sources.blob(module.path)).conditions
        if says_success(_text(sources, module, each.start, each.end)) is True
    )


def on_success(sources: Sources, module: Module, site: CallSite) -> bool:
    """Whether a call certainly runs only where something succeeded, what catches a fault in there apart."""
    caught = [each for each in _caught(sources, module) if each[0] <= site.start < each[1]]
    for condition in read_fragments(sources.blob(module.path)).conditions:
        told = says_success(_text(sources, module, condition.start, condition.end))
        for at, (first, last) in enumerate(condition.branches):
            inside = first <= site.start < last and not any(first <= begun for begun, _ in caught)
            if inside and told is (at == 0 and not _is_or(sources, module, condition)):
                return True
    return False


def says_success(asked: str) -> bool | None:
    """Whether a condition holds where something succeeded (True) or failed (False); None if it may ask anything."""
    asked = asked.strip()
    while asked.startswith("(") and asked.endswith(")") and asked.count("(") == 1:
        asked = asked[1:-1].strip()
    if "&&" in asked and "||" not in asked:
        return True if any(says_success(part) is True for part in asked.split("&&")) else None
    if found := _ASKED.fullmatch(asked):
        return len(found[1]) % 2 == 0
    if found := _TRUTH.fullmatch(asked):
        return (found[1][0] == "=") is (found[2].lower() == "true")
    if found := _STATE.fullmatch(asked):
        return found[1][0] == "="
    found = _CODE.fullmatch(asked)
    return _of_code(found[1], int(found[2])) if found else None


def _of_code(operator: str, code: int) -> bool | None:
    """``status < 400`` says success, ``status >= 400`` and ``status !== 200`` say failure."""
    if operator[0] == "<":
        return True if _FAILING - 1 <= code <= _LAST else None
    if operator[0] == ">":
        return False if _FAILING - 1 <= code <= _LAST else None
    if code >= _FAILING:
        return None
    return operator[0] == "="


def _follows(module: Module, condition: Condition, site: CallSite) -> bool:
    """Whether a call stands after a condition in the same function."""
    return site.start >= condition.branches[0][1] and module.function_at(site.start) == module.function_at(
        condition.start
    )


def _is_or(sources: Sources, module: Module, condition: Condition) -> bool:
    """Whether the branch of ``a || b`` is asked about, which runs where ``a`` does not hold."""
    return "||" in _text(sources, module, condition.end, condition.branches[0][0])


def _caught(sources: Sources, module: Module) -> Iterator[tuple[int, int]]:
    """The spans of each ``catch``, and of the functions that are given to ``.catch``."""
    yield from (each.catch for each in read_fragments(sources.blob(module.path)).tries)
    for site in module.calls:
        if site.callee.endswith(".catch"):
            yield from ((each.start, each.end) for each in site.call.arguments if isinstance(each, Function))


def _text(sources: Sources, module: Module, start: int, end: int) -> str:
    return sources.blob(module.path).text()[start:end]
