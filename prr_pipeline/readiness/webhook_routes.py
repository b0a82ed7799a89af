"""The routes of a client that take webhooks: each must pass a receiver's guard before its handler."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.readiness.client_code import Part, called, chain_of, original, parts_of, text_at
from prr_pipeline.readiness.reaching import Placed, Reaching
from prr_pipeline.readiness.webhook_guards import Doubt
from prr_pipeline.readiness.webhook_receivers import Receiver, WebhookWords, calls_of
from prr_pipeline.repository.typescript.code import Found
from prr_pipeline.repository.typescript.expressions import (
    Call,
    Class,
    Expression,
    Function,
    List,
    Member,
    Name,
    Record,
    Text,
    dotted,
)
from prr_pipeline.repository.typescript.modules import CallSite

_ROUTES = frozenset(("post", "put", "all"))
_MAY_VERIFY = re.compile(r"verif|sign|construct|auth|valid", re.IGNORECASE)
_HOPS = 5


class _Step(NamedTuple):
    """What stands around or in a route."""

    part: Part
    value: Expression
    at: int


@dataclass(frozen=True, slots=True)
class WebhookRoutes:
    """The routes of a client's code, and the functions of it that compare signatures."""

    reaching: Reaching
    receivers: Sequence[Receiver]
    words: WebhookWords

    def doubts(self) -> Iterator[Doubt]:
        """Routes that take webhooks unverified, and receivers that nothing uses."""
        guarded = set[tuple[str, int]]()
        for part, site in self._sites(_ROUTES):
            steps = [*self._before(part, site), *_steps(part, site, site.call.arguments[1:])]
            first = next((n for n, each in enumerate(steps) if self._covered(each)), None)
            if first is not None:
                guarded |= {key for each in steps for key in self._covered(each)}
                if any(self._ends(each) for each in steps[:first]):
                    why = f"takes {self._path(part, site)} by a handler that stands before the signature is compared"
                    yield Doubt(why, part.at(site.line, site.callee), certain=True)
            elif "hook" in f"{self._path(part, site)} {_router(site)}".casefold():
                yield from self._unguarded(part, site)
        yield from self._files()
        yield from self._unused(guarded)

    def _files(self) -> Iterator[Doubt]:
        """Files that are routes of webhooks themselves, by the functions that they export."""
        for part in self.reaching.code.parts.values():
            for name in ("POST", "PUT"):
                value = part.module.definitions.get(name) if name in part.module.exports else None
                if value is None or "hook" not in part.path.casefold():
                    continue
                step = _Step(part, value, getattr(value, "start", 0))
                inside = [each for function in self._functions(step) for each in self.reaching.reached(function)]
                if self._covered(step) or self._reads(inside):
                    continue
                may = not inside or _may_verify(inside)
                yield Doubt(f"takes webhooks by {name} without any signature", part.at(value.line, name), not may)

    def _unguarded(self, part: Part, site: CallSite) -> Iterator[Doubt]:
        inside = [each for handler in self._handlers(part, site) for each in self.reaching.reached(handler)]
        if self._reads(inside):
            return
        path, place = self._path(part, site), part.at(site.line, site.callee)
        if _may_verify(inside) or not inside or len(self._handlers(part, site)) < len(site.call.arguments) - 1:
            yield Doubt(f"takes {path} by functions that cannot be looked into", place, certain=False)
        elif self._is_used_around(part, site):
            yield Doubt(f"takes {path} without any signature that is seen on its own router", place, certain=False)
        else:
            yield Doubt(f"takes {path} without any signature", place, certain=True)

    def _reads(self, inside: Sequence[Placed]) -> bool:
        """Whether some functions compare a signature, or read one, which is then judged for itself."""
        reading = {each.function.key for each in self.receivers}
        return any(each.key in reading for each in inside) or any(True for _ in calls_of(inside, self.words.compare))

    def _unused(self, guarded: set[tuple[str, int]]) -> Iterator[Doubt]:
        for each in self.receivers:
            function = each.function
            if function.key in guarded or not each.compares or function.part.module.function_at(function.key[1] - 1):
                continue
            places = [site for part, site in self.reaching.code.calls() if self._refers(part, site, function)]
            name = function.function.name or "what reads the signature"
            is_named = not places and not _is_exported(function) and self._is_named(function)
            if is_named or any(called(site.call) == "use" for site in places):
                yield Doubt(f"lets {name} guard no route that is seen", each.header, certain=False)
            elif not places and not _is_exported(function):
                yield Doubt(f"reads the signature in {name}, which nothing calls", each.header, certain=True)

    def _is_named(self, function: Placed) -> bool:
        """Whether the name of a function stands anywhere but in it and where it is declared."""
        word = re.compile(rf"\b{re.escape(function.function.name or '-')}\b")
        texts = {each.path: self.reaching.sources.blob(each.path).text() for each in self.reaching.code.parts.values()}
        whole = sum(len(word.findall(text)) for text in texts.values())
        own = texts[function.part.path][function.function.start : function.function.end]
        return whole > max(1, len(word.findall(own)))

    def _refers(self, part: Part, site: CallSite, function: Placed) -> bool:
        if function.holds(part.path, site.start):
            return False
        values = (site.call.callee, *site.call.arguments)
        return any(
            each.key == function.key for value in values for each in self._functions(_Step(part, value, site.start))
        )

    def _sites(self, names: frozenset[str]) -> Iterator[tuple[Part, CallSite]]:
        for part, site in self.reaching.code.calls():
            least = 1 if "use" in names else 2
            if (
                isinstance(site.call.callee, Member)
                and called(site.call) in names
                and len(site.call.arguments) >= least
            ):
                yield part, site

    def _before(self, part: Part, route: CallSite) -> Iterator[_Step]:
        """The steps of prefixes of the same router that stand before a route, and run for its path."""
        path = self._path(part, route)
        for there, site in self._sites(frozenset(("use",))):
            is_before = site.start < route.start or (site.start == route.start and site.end < route.end)
            if there.path == part.path and is_before and _router(site) == _router(route):
                first = text_at(self.reaching.sources, part.path, site.call.arguments[0], site.start)
                if first is None or _runs_for(first, path):
                    yield from _steps(part, site, site.call.arguments)

    def _is_used_around(self, part: Part, route: CallSite) -> bool:
        """Whether a guard is given to something else than the route's own router, which may lead to the route."""
        for there, site in self.reaching.code.calls():
            is_own = called(site.call) == "use" and there.path == part.path and _router(site) == _router(route)
            is_given = isinstance(site.call.callee, Member) and called(site.call) not in _ROUTES and not is_own
            if is_given and any(self._covered(each) for each in _steps(there, site, site.call.arguments)):
                return True
        return False

    def _covered(self, step: _Step) -> set[tuple[str, int]]:
        """The receivers that a step leads to."""
        found = set[tuple[str, int]]()
        for function in self._functions(step):
            reached = {each.key for each in self.reaching.reached(function)}
            found |= {
                each.function.key for each in self.receivers
                if each.compares and (each.function.key in reached or function.holds(*each.function.key))
            }  # fmt: skip
        return found

    def _ends(self, step: _Step) -> bool:
        """Whether a step is a function that never goes on to the next one."""
        function = self.reaching.target(*step)
        if function is None:
            return False
        given = (each for site in function.calls for each in (site.call.callee, *site.call.arguments))
        return not any(dotted(each).rpartition(".")[2] == "next" for each in given)

    def _functions(self, step: _Step, hops: int = _HOPS) -> Iterator[Placed]:
        """The functions of the client that a step is, is made by, or wraps."""
        own = self.reaching.target(*step)
        if own is not None:
            yield own
        value, inner = step.value, list[_Step]()
        if isinstance(value, Call):
            inner = [_Step(step.part, each, step.at) for each in (value.callee, *value.arguments)]
        elif isinstance(value, Name | Member) and own is None:
            found = self.reaching.sources.code().follow(step.part.path, value, step.at)
            there = self.reaching.code.parts.get(found.path) if isinstance(found, Found) else None
            if isinstance(found, Found) and there is not None and isinstance(found.expression, Call | List):
                inner = [_Step(there, found.expression, found.at or 0)]
        elif isinstance(value, List | Record):
            inner = [_Step(step.part, each, step.at) for each in parts_of(value)]
        for each in inner if hops else ():
            yield from self._functions(each, hops - 1)

    def _handlers(self, part: Part, site: CallSite) -> list[Placed]:
        targets = (self.reaching.target(part, each, site.start) for each in site.call.arguments[1:])
        return [each for each in targets if each is not None]

    def _path(self, part: Part, site: CallSite) -> str:
        return text_at(self.reaching.sources, part.path, site.call.arguments[0], site.start) or "a route"


def _may_verify(inside: Sequence[Placed]) -> bool:
    return any(_MAY_VERIFY.search(original(each.part, own.callee)) for each in inside for own in each.calls)


def _steps(part: Part, site: CallSite, values: Sequence[Expression]) -> Iterator[_Step]:
    for each in values:
        if isinstance(each, List):
            yield from _steps(part, site, each.items)
        elif not isinstance(each, Text):
            yield _Step(part, each, site.start)


def _router(site: CallSite) -> str:
    """What a route is registered on; of one chain, the offset that it begins at."""
    first = chain_of(site.call)[0]
    base = first.callee.object if isinstance(first.callee, Member) and not first.new else None
    return dotted(base) if base is not None else f"at {site.start}"


def _runs_for(prefix: str, path: str) -> bool:
    """Whether what is used on a path, such as ``*`` or ``/loop/*``, runs for a route."""
    whole = prefix.removesuffix("*").rstrip("/")
    return path == whole or (prefix.endswith("*") and path.startswith(f"{whole}/")) or not whole


def _is_exported(placed: Placed) -> bool:
    """Whether others may call a function: it, or the class or object that holds it, is exported."""
    module, start = placed.part.module, placed.function.start
    return any(
        _holds(module.definitions.get(each.name), placed.function.line, start)
        for each in module.exports.values()
        if each.specifier is None
    )


def _holds(value: Expression | None, line: int, start: int) -> bool:
    match value:
        case Function():
            return value.start <= start < value.end
        case Class():
            return value.line <= line <= value.end_line
        case Record():
            return any(_holds(each.value, line, start) for each in value.entries)
    return value is None
