"""Whether the answer of a claim on an event decides about all that its handler does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.readiness.claim_answers import first_told, is_unawaited
from prr_pipeline.readiness.claim_sides import Answer, Claimed, Span, decided, is_in, is_left, reach_of
from prr_pipeline.readiness.claim_words import holds, refuses, words
from prr_pipeline.readiness.handler_effects import Effect, Effects, shares_transaction
from prr_pipeline.readiness.sources import Sources
from prr_pipeline.repository.tree import Blob
from prr_pipeline.repository.typescript.expressions import Expression, Function, Name
from prr_pipeline.repository.typescript.fragment_reader import read_fragments
from prr_pipeline.repository.typescript.fragments import Condition, Fragments
from prr_pipeline.repository.typescript.modules import CallSite, Module
from prr_pipeline.repository.typescript.sides import Declared, Known, answer_of, declared_in, sides_of

_ASSERTIONS = frozenset(("assert", "invariant", "ok"))


@dataclass(frozen=True, slots=True)
class Claim:
    """A call in a function that claims an event. ``throws``: it refuses a second delivery by an error. ``is_note``: it
    writes a row. ``first``: whether a true answer tells of the first delivery, where a helper was looked into."""

    sources: Sources
    effects: Effects
    module: Module
    function: Function
    site: CallSite
    throws: bool = False
    is_note: bool = False
    first: bool | None = None

    def judged(self) -> Claimed:
        """What the answer decides about."""
        if any(start <= self.site.start < end for start, end in self._fragments.unreached):
            return Claimed(Answer.UNREACHED)
        overruled = self._overruled()
        if overruled is not None:
            return Claimed(overruled)
        carriers = list(self._carriers())
        if is_unawaited(self.sources, self.module, carriers, self._names(carriers[-1])):
            return Claimed(Answer.UNAWAITED)
        spans = list(self.spans())
        is_returned = not spans and self._is_returned(carriers[-1], self.function)
        found, weak = self.beside(spans), list(self.spans(weak=True))
        late = next((site for site, effect in found if effect is Effect.YES and not is_in(weak, site)), None)
        if not spans and not weak and not is_returned:
            return Claimed(Answer.UNTOLD if self._is_handed_on() else Answer.IGNORED)
        if late is not None:
            return Claimed(Answer.LATE, late)
        if found:
            return Claimed(Answer.UNTOLD, found[0][0], is_in(weak, found[0][0]))
        is_run = any(isinstance(each, Function) for each in self.site.call.arguments)
        if is_returned or is_run or self._first is not None or self._is_thrown:
            return Claimed(Answer.RETURNED if is_returned else Answer.DECIDES)
        return Claimed(Answer.UNNAMED)

    def told_by(self, function: Function) -> bool | None:
        """Whether a true answer of a function that gives the answer back says that the delivery is the first."""
        span, first = (function.start, function.end), self._first
        known = answer_of(self._blob, span, (self.site.start, self.site.end), self._names(self._whole))
        return known == first if isinstance(known, bool) and first is not None else None

    def beside(self, spans: Sequence[Span]) -> list[tuple[CallSite, Effect]]:
        """The calls with an effect, certain or not, that run whatever the answer."""
        found, whole = dict[int, tuple[CallSite, Effect]](), self._whole
        for site in self.module.calls_in(self.function):
            is_undone = self.throws and shares_transaction(self.module, site, self.site)
            if self._is_around(site, whole) or is_in(spans, site) or is_undone:
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

    def spans(self, *, weak: bool = False) -> Iterator[Span]:
        """What runs by the answer, as spans of offsets; ``weak``: what runs by that and something beside it."""
        if not weak and self._is_thrown:
            yield self._whole.end, self._reach_of(self.site.start)
        for carrier, is_first in self._told_carriers():
            for condition in self._asking(carrier, is_first, weak=weak):
                yield from condition

    @property
    def _fragments(self) -> Fragments:
        return read_fragments(self._blob)

    @property
    def _whole(self) -> CallSite:
        return self._chain(self.site)

    def _chain(self, site: CallSite) -> CallSite:
        return max((each for each in self.module.calls if each.start == site.start), key=lambda each: each.end)

    def _reach_of(self, at: int) -> int:
        return reach_of(self._blob, self.module.function_at(at) or self.function, self._fragments, at)

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

    def _asking(self, carrier: CallSite, is_first: Known, *, weak: bool) -> Iterator[list[Span]]:
        """For each condition that asks the answer, what runs by it; and functions that the claim itself is given."""
        if carrier.start == self.site.start and not weak:
            yield [(each.start, each.end) for each in self.site.call.arguments if isinstance(each, Function)]
        if carrier.callee.rpartition(".")[2] in _ASSERTIONS and not weak:
            yield [(carrier.end, self._reach_of(carrier.start))]
        names = self._names(carrier)
        around = self.module.function_at(carrier.start)
        for each in self._conditions(carrier):
            if each.start <= carrier.start < each.end and self.module.function_at(each.start) != around:
                continue
            sides = sides_of(self._blob, (each.start, each.end), (carrier.start, carrier.end), names)
            if sides is not None:
                rest = each.end, self._reach_of(each.start)
                yield [span for span, sure in decided(*sides, rest, is_first) if sure is not weak]

    @property
    def _is_thrown(self) -> bool:
        return self.throws or refuses(self.sources, self.module, self.site)

    @property
    def _first(self) -> bool | None:
        """Whether a true answer says that the delivery is the first."""
        if self.is_note or self.first is not None:
            return self.is_note or self.first
        return first_told(self.module, self.site, self._names(list(self._carriers())[-1]))

    def _told_carriers(self) -> Iterator[tuple[CallSite, Known]]:
        """The carriers, and whether a true answer of each says that the delivery is the first."""
        is_first: Known = self._first
        before: CallSite | None = None
        for carrier in self._carriers():
            inner = self.module.function_at(before.start) if before is not None else None
            is_within = inner is not None and inner.start > carrier.start
            if before is not None and inner is not None and is_within and isinstance(is_first, bool):
                span, names = (inner.start, inner.end), self._names(before)
                known = answer_of(self._blob, span, (before.start, before.end), names)
                is_first = known == is_first if isinstance(known, bool) else None
            yield carrier, is_first
            before = carrier

    def _overruled(self) -> Answer | None:
        """Whether a name that holds the answer may say otherwise: it is set anew, or the claim's error forgotten."""
        is_first = self._first
        tries = [each for each in self._fragments.tries if each.start <= self.site.start < each.end]
        is_caught = any(not is_left(self._blob, each.catch) for each in tries)
        carrier = list(self._carriers())[-1]
        declared = self._declared()
        names = {name for name, value, _ in self._bound() if holds(value, carrier)}
        names |= {each.name for each in declared if self._keeps(each, carrier)}
        set_to = [(each.name, each.said) for each in declared if is_caught and not is_in([each.span], carrier)]
        for name, value, at in self._bound():
            if not holds(value, carrier) and (is_caught or at > carrier.start):
                set_to.append((name, getattr(value, "source", "")))
        for said in [said for name, said in set_to if name in names]:
            if said == ("true" if is_first else "false") and is_first is not None:
                return Answer.OVERRULED
            if said not in ("true", "false"):
                return Answer.UNTOLD
        return None

    @property
    def _blob(self) -> Blob:
        return self.sources.blob(self.module.path)

    def _conditions(self, carrier: CallSite) -> Iterator[Condition]:
        """The conditions that ask an answer, or what is made of it."""
        names = self._names(carrier)
        for each in self._fragments.conditions:
            asks = each.start <= carrier.start < each.end
            later = each.start > carrier.start and bool(names & set(words(each.asked)))
            if self._is_inside(each.start) and (asks or later):
                yield each

    def _names(self, carrier: CallSite) -> set[str]:
        """The names that hold the answer, or what is made of it."""
        bound = [(name, value) for name, value, _ in self._bound()]
        names = {name for name, value in bound if holds(value, carrier)}
        names |= {each.name for each in self._declared() if self._keeps(each, carrier)}
        for site in self.module.calls:
            if site.start == carrier.start and site.callee.endswith(".then"):
                given = [each for each in site.call.arguments[:1] if isinstance(each, Function)]
                names |= {name for each in given for parameter in each.parameters for name in parameter.binds}
        for _ in range(3):
            names |= {name for name, value in bound if names & set(words(value)) and not isinstance(value, Function)}
        return names

    def _bound(self) -> Iterator[tuple[str, Expression, int]]:
        """The names that the function sets, what to, and where; of a ``const`` the beginning of its function."""
        for local in chain.from_iterable(self.module.locals.values()):
            if local.value is not None and self.function.start <= local.start < self.function.end:
                yield local.name, local.value, local.start
        for each in self._fragments.assigned:
            if self._is_inside(each.start):
                yield each.name, each.value, each.start

    def _declared(self) -> tuple[Declared, ...]:
        return declared_in(self._blob, (self.function.start, self.function.end))

    def _keeps(self, declared: Declared, carrier: CallSite) -> bool:
        """Whether a name is first set to an answer, not to what is made by a function that holds the call."""
        around = self.module.function_at(carrier.start)
        return is_in([declared.span], carrier) and self.module.function_at(declared.span[0]) == around

    def _is_inside(self, at: int) -> bool:
        return self.function.start <= at < self.function.end

    def _is_returned(self, carrier: CallSite, function: Function) -> bool:
        if function.returns is not None and holds(function.returns, carrier):
            return True
        names = self._names(carrier)
        returned = [each for each in self._fragments.returned if function.start <= each.start < function.end]
        return any(
            each.start <= carrier.start < each.end or bool(names & set(words(each.value)))
            for each in returned
            if (self.module.function_at(each.start) or self.function).end == function.end
        )

    def _is_handed_on(self) -> bool:
        """Whether a call, but one that logs, is given the answer by name."""
        names = {name for carrier in self._carriers() for name in self._names(carrier)}
        sites = [each for each in self.module.calls_in(self.function) if not self.effects.is_log(self.module, each)]
        given = chain.from_iterable(site.call.arguments for site in sites)
        return any(isinstance(each, Name) and each.name in names for each in given)
