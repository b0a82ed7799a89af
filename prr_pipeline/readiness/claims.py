"""Whether the answer of a claim on an event decides about all that its handler does."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import chain

from prr_pipeline.readiness.callers import function_run
from prr_pipeline.readiness.client_code import parts_of
from prr_pipeline.readiness.handler_effects import Effect, Effects, callbacks
from prr_pipeline.readiness.sources import Sources
from prr_pipeline.repository.typescript.expressions import Expression, Function, Name, Other
from prr_pipeline.repository.typescript.fragment_reader import read_fragments
from prr_pipeline.repository.typescript.fragments import Condition, Fragments
from prr_pipeline.repository.typescript.modules import CallSite, Module

_ASSERTIONS = frozenset(("assert", "invariant", "ok"))
_Span = tuple[int, int]


class Answer(Enum):
    """What becomes of the answer of a claim."""

    DECIDES = "it decides about all that is done"
    RETURNED = "the function gives it back"
    IGNORED = "ignores whether it did"
    LATE = "does something whatever the answer"
    UNTOLD = "only running it could tell what it decides"


@dataclass(frozen=True, slots=True)
class Claimed:
    """The answer's part, and the call that it does not decide about, if there is one."""

    answer: Answer
    beside: CallSite | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """A call in a function that claims an event. ``throws``: it refuses a second delivery by an error. ``is_note``: it
    writes a row."""

    sources: Sources
    effects: Effects
    module: Module
    function: Function
    site: CallSite
    throws: bool = False
    is_note: bool = False

    def judged(self) -> Claimed:
        """What the answer decides about."""
        spans = list(self.spans())
        is_returned = not spans and self._is_returned(list(self._carriers())[-1], self.function)
        found = self.beside(spans)
        late = next((site for site, effect in found if effect is Effect.YES), None)
        if not spans and not is_returned:
            return Claimed(Answer.UNTOLD if self._is_handed_on() else Answer.IGNORED)
        if late is not None:
            return Claimed(Answer.LATE, late)
        if found:
            return Claimed(Answer.UNTOLD, found[0][0])
        return Claimed(Answer.RETURNED if is_returned else Answer.DECIDES)

    def beside(self, spans: Sequence[_Span]) -> list[tuple[CallSite, Effect]]:
        """The calls with an effect, certain or not, that run whatever the answer."""
        found, whole = dict[int, tuple[CallSite, Effect]](), self._whole
        for site in self.module.calls_in(self.function):
            if (
                self._is_around(site, whole)
                or any(start <= site.start < end for start, end in spans)
                or self._is_undone(site)
            ):
                continue
            effect, known = self.effects.of(self.sources, self.module, self.function, site), found.get(site.start)
            if effect is Effect.YES or (effect is Effect.MAYBE and known is None):
                found[site.start] = site, effect
        return list(found.values())

    def _is_around(self, site: CallSite, whole: CallSite) -> bool:
        """Whether a call is given the claim, or is part of its chain; not what functions do that the chain is given."""
        if site.start <= self.site.start < site.end:
            return True
        is_within = whole.start <= site.start < whole.end
        return is_within and self.module.function_at(site.start) == self.module.function_at(self.site.start)

    def spans(self) -> Iterator[_Span]:
        """What runs by the answer, as spans of offsets."""
        if self.throws or self._refuses():
            yield self._whole.end, self._end_of(self.site.start)
        for carrier in self._carriers():
            for condition in self._asking(carrier):
                yield from condition

    @property
    def _fragments(self) -> Fragments:
        return read_fragments(self.sources.blob(self.module.path))

    @property
    def _whole(self) -> CallSite:
        """The chain of calls that begins with the claim."""
        return self._chain(self.site)

    def _chain(self, site: CallSite) -> CallSite:
        return max((each for each in self.module.calls if each.start == site.start), key=lambda each: each.end)

    def _end_of(self, at: int) -> int:
        around = self.module.function_at(at)
        return around.end if around is not None else self.function.end

    def _carriers(self) -> Iterator[CallSite]:
        """The claim, and the calls around it that are given its answer, or a function that gives it back."""
        current = self._whole
        yield current
        for site in reversed([each for each in self.module.calls_in(self.function) if each.start < self.site.start]):
            if not site.start < current.start < site.end:
                continue
            inner, around = self.module.function_at(current.start), self.module.function_at(site.start)
            if inner is None or (inner != around and not self._gives_back(current, inner)):
                return
            current = self._chain(site)
            yield current

    def _gives_back(self, carrier: CallSite, function: Function) -> bool:
        """Whether what a function gives depends on the answer: it returns it, or leaves early by it."""
        return self._is_returned(carrier, function) or any(each.leaves for each in self._conditions(carrier))

    def _asking(self, carrier: CallSite) -> Iterator[list[_Span]]:
        """For each condition that asks the answer, what runs by it; and functions that the claim itself is given."""
        if carrier.start == self.site.start:
            yield [(each.start, each.end) for each in self.site.call.arguments if isinstance(each, Function)]
        if carrier.callee.rpartition(".")[2] in _ASSERTIONS:
            yield [(carrier.end, self._end_of(carrier.start))]
        for each in self._conditions(carrier):
            yield [*each.branches, *([(each.end, self._end_of(each.start))] if each.leaves else [])]

    def _conditions(self, carrier: CallSite) -> Iterator[Condition]:
        """The conditions that ask an answer, or what is made of it."""
        names = self._names(carrier)
        for each in self._fragments.conditions:
            asks = each.start <= carrier.start < each.end
            later = each.start > carrier.start and bool(names & set(_words(each.asked)))
            if self._is_inside(each.start) and (asks or later):
                yield each

    def _names(self, carrier: CallSite) -> set[str]:
        """The names that hold the answer, or what is made of it."""
        bound = [
            (local.name, local.value)
            for named in self.module.locals.values()
            for local in named
            if local.value is not None and self.function.start <= local.start < self.function.end
        ]
        bound += [(each.name, each.value) for each in self._fragments.assigned if self._is_inside(each.start)]
        names = {name for name, value in bound if _holds(value, carrier)}
        for site in self.module.calls:
            if site.start == carrier.start and site.callee.endswith(".then"):
                given = [each for each in site.call.arguments[:1] if isinstance(each, Function)]
                names |= {name for each in given for parameter in each.parameters for name in parameter.binds}
        for _ in range(3):
            names |= {name for name, value in bound if names & set(_words(value)) and not isinstance(value, Function)}
        return names

    def _is_inside(self, at: int) -> bool:
        return self.function.start <= at < self.function.end

    def _is_returned(self, carrier: CallSite, function: Function) -> bool:
        if function.returns is not None and _holds(function.returns, carrier):
            return True
        names = self._names(carrier)
        returned = [each for each in self._fragments.returned if function.start <= each.start < function.end]
        return any(
            each.start <= carrier.start < each.end or bool(names & set(_words(each.value)))
            for each in returned
            if self._end_of(each.start) == function.end
        )

    def _is_handed_on(self) -> bool:
        """Whether a call, but one that logs, is given the answer by name."""
        names = {name for carrier in self._carriers() for name in self._names(carrier)}
        sites = [each for each in self.module.calls_in(self.function) if not self.effects.is_log(self.module, each)]
        given = chain.from_iterable(site.call.arguments for site in sites)
        return any(isinstance(each, Name) and each.name in names for each in given)

    def _refuses(self) -> bool:
        """Whether what is called gives nothing back and throws."""
        run = function_run(self.sources, self.module, self.site)
        if run is None or not isinstance(run.expression, Function) or run.expression.returns is not None:
            return False
        inner = self.sources.code().module(run.path)
        returned = read_fragments(self.sources.blob(run.path)).returned
        gives = any(run.expression.start <= each.start < run.expression.end for each in returned)
        return bool(inner.throws_in(run.expression)) and not gives

    def _is_undone(self, site: CallSite) -> bool:
        """Whether an error of the claim takes back a write, as both are of one transaction."""
        if not self.throws:
            return False
        shared = [
            each
            for each in callbacks(self.module, site.start, called="transaction")
            if each.start <= self.site.start < each.end
        ]
        names = {name for each in shared for parameter in each.parameters for name in parameter.binds}
        said = chain(_words(site.call.callee), *(_words(each) for each in site.call.arguments))
        return bool(names & set(said))


def _holds(value: Expression, carrier: CallSite, depth: int = 8) -> bool:
    """Whether a value is made of a call; of what is read as text alone, whether it stands there."""
    if value == carrier.call:
        return True
    if isinstance(value, Other) and not value.operands:
        return value.line <= carrier.line and carrier.callee.rpartition(".")[2] in set(_words(value))
    inner: Collection[Expression] = value.operands if isinstance(value, Other) else parts_of(value)
    return depth > 0 and any(_holds(each, carrier, depth - 1) for each in inner)


def _words(value: Expression, depth: int = 8) -> Iterator[str]:
    """The names that a value is made of."""
    if isinstance(value, Name):
        yield value.name
    if isinstance(value, Other) and not value.operands:
        yield from re.findall(r"(?<![.\w$])[A-Za-z_$][\w$]*", value.source)
    for each in value.operands if isinstance(value, Other) else parts_of(value):
        if depth > 0:
            yield from _words(each, depth - 1)


def conflicts_are_skipped(module: Module, site: CallSite) -> bool:
    """Whether a statement goes on without an error where the row is there: ``.onConflictDoNothing()``."""
    chained = [each.callee.rpartition(".")[2] for each in module.calls if each.start == site.start]
    return any(name.startswith("onConflict") for name in chained)
