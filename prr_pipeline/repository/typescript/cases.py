"""Test cases as their sources declare them: titles, nesting, and what is skipped, still to do, or told to run alone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Literal

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.repository.patterns import Pattern, compiled, literal
from prr_pipeline.repository.typescript.expressions import Call, Expression, Function, Member, Name, Text
from prr_pipeline.repository.typescript.modules import CallSite, Module

Mode = Literal["run", "only", "skip", "todo", "conditional"]
_SUITES = frozenset(("describe", "suite", "context"))
_CASES = frozenset(("it", "test", "specify"))
_PREFIXED: dict[str, tuple[str, Mode]] = {
    "xit": ("it", "skip"), "xtest": ("test", "skip"), "xdescribe": ("describe", "skip"),
    "fit": ("it", "only"), "fdescribe": ("describe", "only"),
}  # fmt: skip
_CURRIED = frozenset(("each", "for", "prop", "runIf", "skipIf"))
"""Members that take arguments of their own before the title: ``it.each(rows)(title, body)``."""
_MODES: dict[str, Mode] = {
    "skip": "skip", "only": "only", "todo": "todo", "fixme": "skip", "skipIf": "conditional", "runIf": "conditional",
}  # fmt: skip
_WEIGHT: tuple[Mode, ...] = ("run", "only", "conditional", "todo", "skip")
_HOLE = "\0"
_BLANK = " \t\n\f\r"
_PLACES = re.compile(r"%%|%[sdifjoOpc#$]|\$#|\$[A-Za-z_][\w.]*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Title:
    """A title as it is written. ``%s``, ``$name`` and ``${...}`` stand for what only running the code could tell."""

    text: str
    pieces: tuple[str, ...]
    """The parts around those places; a title without any is one piece."""

    @property
    def is_plain(self) -> bool:
        return len(self.pieces) == 1

    def ends(self, reported: str) -> bool:
        """Whether a title in a report is this one, alone or after the titles of its suites."""
        if not reported.endswith(self.pieces[-1]):
            return False
        if self.is_plain:
            before = reported[: len(reported) - len(self.pieces[0])]
            return not before or before[-1] in _BLANK
        return bool(_pattern(self.pieces).fullmatch(reported))


@dataclass(frozen=True, slots=True)
class SourceCase:
    """One case. ``titles`` are those of its suites, outermost first, and its own.

    ``mode`` is that of the case or, where it weighs more, of a suite around it. ``body`` is its function where it is
    written in place, else the expression that names it. ``rows`` is what ``each`` was given; ``generated`` tells a
    case whose arguments a library makes up (``test.prop``).
    """

    path: str
    titles: tuple[Title, ...]
    mode: Mode
    line: int
    body: Expression | None
    rows: Expression | None
    generated: bool = False

    @property
    def title(self) -> Title:
        return self.titles[-1]

    @property
    def text(self) -> str:
        """All titles in one line."""
        return " > ".join(title.text for title in self.titles)


@dataclass(frozen=True, slots=True)
class _Declared:
    """A call that declares a suite or a case."""

    is_suite: bool
    mode: Mode
    title: Title
    body: Expression | None
    rows: Expression | None
    generated: bool
    line: int
    start: int


def cases_in(module: Module) -> tuple[SourceCase, ...]:
    """Every case of a test file, in its order. A case without a title that can be read has a hole for one."""
    declared = [found for site in module.calls if (found := _declared(module, site)) is not None]
    suites = [each for each in declared if each.is_suite and isinstance(each.body, Function)]
    return tuple(_case(module.path, each, suites) for each in declared if not each.is_suite)


def _case(path: str, case: _Declared, suites: Sequence[_Declared]) -> SourceCase:
    around = [suite for suite in suites if _holds(suite, case.start)]
    mode = max([case.mode, *(suite.mode for suite in around)], key=_WEIGHT.index)
    titles = (*(suite.title for suite in around), case.title)
    return SourceCase(path, titles, mode, case.line, case.body, case.rows, case.generated)


def _holds(suite: _Declared, start: int) -> bool:
    return isinstance(suite.body, Function) and suite.body.start <= start < suite.body.end


def _declared(module: Module, site: CallSite) -> _Declared | None:
    """What a call declares; None for a call of anything else, and for ``it.each(rows)`` before its title."""
    call, rows = site.call, None
    callee = call.callee
    if call.new or call.tag:
        return None
    curried = isinstance(callee, Call)
    if isinstance(callee, Call):
        rows = callee.arguments[0] if callee.arguments else None
        callee = callee.callee
    names = _chain(module, callee)
    if not names or names[0] not in _SUITES | _CASES or curried != (names[-1] in _CURRIED):
        return None
    is_suite = names[0] in _SUITES or any(name in _SUITES for name in names[1:])
    modes = [_MODES[name] for name in names[1:] if name in _MODES]
    title = _title(call.arguments[0]) if call.arguments else None
    if title is None:
        return None
    body = next((each for each in reversed(call.arguments[1:]) if isinstance(each, Function)), None)
    given = body or next((each for each in call.arguments[1:] if isinstance(each, Name | Member | Call)), None)
    mode: Mode = max(["run", *modes], key=_WEIGHT.index)
    table = rows if names[-1] in ("each", "for") else None
    return _Declared(is_suite, mode, title, given, table, "prop" in names, site.line, site.start)


def _chain(module: Module, callee: Expression) -> list[str]:
    """``test.describe.skip`` as its names, the first as the test library calls it; empty for anything else."""
    names: list[str] = []
    while isinstance(callee, Member):
        names.append(callee.name)
        callee = callee.object
    if not isinstance(callee, Name):
        return []
    bound = module.imported(callee.name)
    first = bound[1] if bound is not None and bound[1] not in ("default", "*") else callee.name
    if bound is not None and bound[1] == "*" and names:
        first = names.pop()
    plain, mode = _PREFIXED.get(first, (first, "run"))
    marks = [mode] if mode != "run" else []
    return [plain, *marks, *reversed(names)]


def _title(argument: Expression) -> Title | None:
    if isinstance(argument, Text):
        if argument.value is None:
            return Title("${}".join(argument.parts), ("", *argument.parts, ""))
        pieces = _PLACES.sub(lambda found: "%" if found[0] == "%%" else _HOLE, argument.value).split(_HOLE)
        return Title(argument.value, tuple(pieces))
    if isinstance(argument, Name | Member):
        return Title("${}", ("", ""))
    return None


@lru_cache(maxsize=8_192)
def _pattern(pieces: tuple[str, ...]) -> Pattern:
    body = ".*".join(map(literal, pieces))
    return compiled(rf"(?s)(?:.*\s)?{body}")
