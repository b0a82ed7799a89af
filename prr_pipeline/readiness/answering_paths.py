"""Is a call made on each path on which a function answers? What nobody runs counts for nothing, failures need none."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.readiness.sources import Sources
from prr_pipeline.repository.typescript.expressions import Call, Expression, Function, Other, Record, dotted
from prr_pipeline.repository.typescript.fragment_reader import read_fragments
from prr_pipeline.repository.typescript.fragments import Fragments, Piece
from prr_pipeline.repository.typescript.modules import CallSite, Module

_PLAIN_RETURN = re.compile(r"\breturn[ \t]*(?:[;}\n]|\Z)")
_FAILURES = range(400, 600)
_SOMETIMES = frozenset(
    """forEach map flatMap filter some every find findIndex findLast reduce reduceRight sort catch on once waitUntil
    setTimeout setInterval setImmediate queueMicrotask nextTick requestIdleCallback addEventListener""".split()  # noqa: SIM905
)
"""Calls that run what they are given many times or never, or later."""
_WAITED = re.compile(r"(?:\b(?:await|return)|=>)[\s(]*\Z")
_BEFORE = 40
_REFUSING = frozenset(("notFound", "unauthorized", "forbidden"))


@dataclass(frozen=True, slots=True)
class Paths:
    """The ways through one function of a module."""

    module: Module
    function: Function
    fragments: Fragments
    text: str
    """The module's source."""

    def is_live(self, site: CallSite) -> bool:
        """Whether a run may reach a call: it stands behind no way out."""
        return not self._is_dead(site.start)

    def is_given(self, site: CallSite) -> bool:
        """Whether each function between this one and a call is called where it is written, or by a call that is waited
        for and calls it once."""
        return all(self._is_run(each) for each in self._inner(site.start))

    def bare(self, sites: Sequence[CallSite]) -> int | None:
        """The line of the first answer that is given without one of the calls; None if there is none such.

        An answer with a status of 400 and more needs no call.
        """
        spans = [(site.start, site.end) for site in sites]
        for condition in reversed(self.fragments.conditions):
            spot = self._on_both_ways(condition.branches, spans)
            spans += [spot] if spot is not None else []
        for answer in self._answers():
            if not any(self._comes_before(start, answer) for start, _ in spans):
                return answer.line
        return None

    def _answers(self) -> Iterator[Piece]:
        """What the function's own body returns, failures apart; its end, if it ever returns nothing."""
        own = [each for each in self.fragments.returned if self._is_own(each.start)]
        plain = list(self._plain_returns())
        yield from plain
        if plain or not own:
            function, end = self.function, self.function.end
            yield Piece(function, function.line, end - 1, end)
        yield from (each for each in own if not _is_failure(each.value) and not self._is_dead(each.start))

    def _plain_returns(self) -> Iterator[Piece]:
        """Where a branch of the function leaves it without a value."""
        for first, last in (way for each in self.fragments.conditions if each.leaves for way in each.branches):
            for found in _PLAIN_RETURN.finditer(self.text, first, last):
                if self._is_own(found.start()):
                    line = self.text.count("\n", 0, found.start()) + 1
                    yield Piece(self.function, line, found.start(), found.end())

    def _comes_before(self, start: int, answer: Piece) -> bool:
        """Whether a call at that offset was made when the answer is given: all that surrounds it holds the answer."""
        around = [(first, last) for first, last in self._regions() if first <= start < last]
        return start < answer.end and all(first <= answer.start < last for first, last in around)

    def _on_both_ways(
        self, branches: Sequence[tuple[int, int]], spans: Sequence[tuple[int, int]]
    ) -> tuple[int, int] | None:
        """Where a choice begins whose both branches make a call for certain."""
        if len(branches) < 2:
            return None
        for way in branches:
            inside = [start for start, _ in spans if way[0] <= start < way[1]]
            regions = [each for each in self._regions() if way[0] <= each[0] and each[1] <= way[1] and each != way]
            if not any(not any(first <= start < last for first, last in regions) for start in inside):
                return None
        return self._whole(branches)

    def _whole(self, branches: Sequence[tuple[int, int]]) -> tuple[int, int]:
        """The choice that has these branches; it stands just before itself, so that it surrounds nothing."""
        first, last = branches[0][0], branches[-1][1]
        begun = [start for start, end in self.module.branches if start <= first and last <= end]
        start = max(begun, default=first)
        return start - 1, start

    def _regions(self) -> Iterator[tuple[int, int]]:
        """What of the function runs sometimes only."""
        inside = self.function
        ways = (way for each in self.fragments.conditions for way in each.branches)
        for first, last in (*self.module.branches, *ways):
            if inside.start <= first and last <= inside.end:
                yield first, last

    def _inner(self, at: int) -> Iterator[Function]:
        """The functions within this one around an offset."""
        outer = self.function
        yield from (each for each in self.module.functions if outer.start < each.start <= at < each.end <= outer.end)

    def _is_run(self, function: Function) -> bool:
        for site in self.module.calls:
            if not site.start <= function.start < site.end:
                continue
            if isinstance(site.call.callee, Function) and site.call.callee.start == function.start:
                return True
            given = any(isinstance(each, Function) and each.start == function.start for each in site.call.arguments)
            before = self.text[max(0, site.start - _BEFORE) : site.start]
            if given and site.callee.rpartition(".")[2] not in _SOMETIMES and _WAITED.search(before):
                return True
        return False

    def _is_own(self, at: int) -> bool:
        around = self.module.function_at(at)
        return around is not None and (around.start, around.end) == (self.function.start, self.function.end)

    def _is_dead(self, at: int) -> bool:
        return any(start <= at < end for start, end in self.fragments.unreached)


def paths_of(sources: Sources, module: Module, function: Function) -> Paths:
    """The ways through a function of a module. Raises `Unreadable`."""
    blob = sources.blob(module.path)
    return Paths(module, function, read_fragments(blob), blob.text())


def _is_failure(answer: Expression) -> bool:
    """Whether an answer is written to be one of failure: ``c.json(problem, 409)``, ``c.notFound()``."""
    if not isinstance(answer, Call):
        return False
    if dotted(answer.callee).rpartition(".")[2] in _REFUSING:
        return True
    given = [
        each for one in answer.arguments for each in ((one, one.get("status")) if isinstance(one, Record) else (one,))
    ]
    return any(isinstance(each, Other) and _status(each.source) in _FAILURES for each in given)


def _status(source: str) -> int:
    digits = source.split(" ")[0]
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) == 3 else 0
