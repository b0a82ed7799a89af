"""Whether a client's wait holds its next try back: it is waited for, and stands on the way of a limited answer."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.readiness.client_code import Part, is_named, original
from prr_pipeline.readiness.model import Location
from prr_pipeline.readiness.reaching import Placed, Reaching
from prr_pipeline.repository.typescript.expressions import Expression, Function, Name, Other
from prr_pipeline.repository.typescript.fragments import Condition
from prr_pipeline.repository.typescript.modules import CallSite

_TIMER = "setTimeout"
_PROMISED = "timers/promises"
_COMMENT = re.compile(r"(?://[^\n]*|/\*(?:[^*]|\*(?!/))*\*/)\s*\Z")
_TAKEN = re.compile(r"(?:\b(?:await|return|yield|of|in|new|case)|=>|[=(,\[?:&|+!<>])\Z")
"""What stands before an expression whose value somebody takes; before a bare statement stands none of it."""
_BEFORE = 400
_THEN = re.compile(r"\s*\.\s*(?:then|finally)\b")
_EQUAL = ("===", "==")


@dataclass(frozen=True, slots=True)
class Wait:
    """A call that waits, and the value that it is told."""

    part: Part
    site: CallSite
    delay: Expression

    @property
    def place(self) -> Location:
        return self.part.at(self.site.line, self.site.callee)


@dataclass(frozen=True, slots=True)
class Waits:
    """The waits of one client. ``names`` are the calls that wait."""

    reaching: Reaching
    names: Collection[str]

    def all(self) -> Sequence[Wait]:
        """Every wait that a run may come to. Of a function that waits for its own parameter, its callers wait."""
        every = list(self._every())
        told = [self.reaching.target(each.part, each.site.call.callee, each.site.start) for each in every]
        waiting = {each.key for each in told if each is not None}
        return [each for each in every if not _is_dead(each) and _hands_on(each) not in waiting]

    def _every(self) -> Iterator[Wait]:
        for part, site in self.reaching.code.calls():
            if not is_named(original(part, site.callee), self.names):
                continue
            given = site.call.arguments[1:2] if _is_timer(part, site) else site.call.arguments
            for each in given:
                if not isinstance(each, Function) and self.reaching.target(part, each, site.start) is None:
                    yield Wait(part, site, each)

    def is_dropped(self, wait: Wait) -> bool:
        """Whether nobody waits for it: neither where it stands, nor wherever the function that returns it is called."""
        if _is_timer(wait.part, wait.site) and self._goes_on(wait):
            return False
        start, end = _carrier(wait)
        if self._is_bare(wait.part, start, end):
            return True
        around = wait.part.module.function_at(start)
        if around is None or not self._before(wait.part, start).endswith(("return", "=>")):
            return False
        callers = list(self._callers(Placed(wait.part, around)))
        return bool(callers) and all(self._is_bare(part, site.start, site.end) for part, site in callers)

    def follows(self, wait: Wait, seen: Sequence[Placed]) -> bool:
        """Whether one function leads to the wait and to one of those in which a limited answer is seen."""
        own = self.reaching.around(wait.part, wait.site.start)
        wanted = {each.key for each in seen}
        for leading in self.reaching.leading_to(own) if own is not None else ():
            if any(leading.holds(each.part.path, each.function.start) for each in seen):
                return True
            if wanted & {each.key for each in self.reaching.reached(leading)}:
                return True
        return False

    def left_before(self, wait: Wait, is_limit: Callable[[Part, Expression, int], bool]) -> int | None:
        """The line where the wait's own function throws each limited answer on, before it could wait."""
        part, at = wait.part, _carrier(wait)[0]
        function = part.module.function_at(at)
        for each in part.module.throws:
            if each.start < at and function is not None and part.module.function_at(each.start) == function:
                around = [one for one in part.fragments.conditions if _branch_of(one, each.start) is not None]
                caught = any(one.start <= each.start < one.end for one in part.fragments.tries)
                if len(around) == 1 and not caught and _branch_of(around[0], at) is None:
                    first = _branch_of(around[0], each.start) == 0
                    if first and _holds_for_all(part, around[0], is_limit):
                        return each.line
        return None

    def _goes_on(self, wait: Wait) -> bool:
        """Whether a timer is given the next step itself, not the end of a promise."""
        there = self.reaching.target(wait.part, wait.site.call.arguments[0], wait.site.start)
        return there is not None and bool(self.reaching.next_to(there))

    def _callers(self, placed: Placed) -> Iterator[tuple[Part, CallSite]]:
        for part, site in self.reaching.code.calls():
            there = self.reaching.target(part, site.call.callee, site.start)
            if there is not None and there.key == placed.key:
                yield part, site

    def _is_bare(self, part: Part, start: int, end: int) -> bool:
        """Whether an expression is a statement of its own, whose promise nobody takes."""
        after = self.reaching.sources.blob(part.path).text()[end : end + _BEFORE]
        return not _TAKEN.search(self._before(part, start)) and not _THEN.match(after)

    def _before(self, part: Part, start: int) -> str:
        text = self.reaching.sources.blob(part.path).text()[max(0, start - _BEFORE) : start].rstrip()
        while found := _COMMENT.search(text):
            text = text[: found.start()].rstrip()
        return text


def _is_dead(wait: Wait) -> bool:
    return any(start <= wait.site.start < end for start, end in wait.part.fragments.unreached)


def _hands_on(wait: Wait) -> tuple[str, int] | None:
    """The function whose parameter is how long to wait."""
    local = wait.part.module.local(wait.delay.name, wait.site.start) if isinstance(wait.delay, Name) else None
    return (wait.part.path, local.start) if local is not None and local.value is None else None


def _is_timer(part: Part, site: CallSite) -> bool:
    """Whether the first argument is what is run later, and the second for how long to wait."""
    name = original(part, site.callee).rpartition(".")[2]
    bound = part.module.imported(site.callee.partition(".")[0])
    return name == _TIMER and not (bound is not None and bound[0].specifier.endswith(_PROMISED))


def _carrier(wait: Wait) -> tuple[int, int]:
    """The offsets of the promise that is over when the wait is: of ``new Promise(...)`` around a timer, or its own."""
    module, start, end = wait.part.module, wait.site.start, wait.site.end
    function = module.function_at(start)
    for site in module.calls:
        given = [each.start for each in site.call.arguments if isinstance(each, Function)]
        if function is not None and site.callee == "Promise" and function.start in given:
            return site.start, site.end
    return start, end


def _branch_of(condition: Condition, at: int) -> int | None:
    return next((n for n, (first, last) in enumerate(condition.branches) if first <= at < last), None)


def _holds_for_all(part: Part, condition: Condition, is_limit: Callable[[Part, Expression, int], bool]) -> bool:
    """Whether a condition is true of every limited answer: that it is one stands in it, behind ``||`` alone."""
    found, asked = False, list[Expression]([condition.asked])
    while asked:
        one = asked.pop()
        if isinstance(one, Other) and one.operator == "||":
            asked += one.operands
        elif isinstance(one, Other) and one.operator in _EQUAL:
            found = found or any(is_limit(part, each, condition.start) for each in one.operands)
    return found
