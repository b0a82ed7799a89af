"""Whether a receiver of webhooks goes on only if the signature is right, and does nothing before it knows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field
from typing import NamedTuple

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.readiness.client_code import is_named, last_name, words_in
from prr_pipeline.readiness.model import Location
from prr_pipeline.readiness.reaching import Placed, Reaching
from prr_pipeline.readiness.sources import Sources
from prr_pipeline.readiness.webhook_receivers import Receiver, WebhookWords, leads_at, ways_to
from prr_pipeline.readiness.webhook_refusals import refusal_doubt
from prr_pipeline.repository.typescript.answers import fates_of, fates_of_ending, is_waited_for
from prr_pipeline.repository.typescript.fates import Fate
from prr_pipeline.repository.typescript.modules import CallSite

_FALSY = ("false", "null", "undefined", "0", "")
_LOGS = ("console", "logger", "log", "metrics", "span", "tracer")
_PREPARES = ("update", "set", "append", "header", "setHeader")


class Doubt(NamedTuple):
    """What is wrong with a receiver, or not ``certain``: what could not be told of it."""

    why: str
    place: Location
    certain: bool


@dataclass(frozen=True, slots=True)
class _Step:
    """A call whose answer, or whose mere ending, says that the signature is right."""

    placed: Placed
    site: CallSite
    when: bool | None


@dataclass(slots=True)
class GuardReading:
    """Follows each comparison of a receiver to what it decides."""

    sources: Sources
    reaching: Reaching
    words: WebhookWords
    _seen: set[tuple[str, int, bool | None]] = field(default_factory=set)

    def doubts(self, receiver: Receiver) -> list[Doubt]:
        """Everything that keeps a receiver's comparisons from guarding it."""
        self._seen = set()
        found: list[Doubt] = []
        waiting = [_Step(placed, site, True) for placed, site in receiver.compares]
        while waiting:
            step = waiting.pop(0)
            key = (step.placed.part.path, step.site.start, step.when)
            if key in self._seen:
                continue
            self._seen.add(key)
            for fate in self._fates(step):
                after = list(self._after(receiver, step, fate))
                found += [each for each in after if isinstance(each, Doubt)]
                waiting += [each for each in after if isinstance(each, _Step)]
        return [*found, *self._effects(receiver)]

    def _fates(self, step: _Step) -> tuple[Fate, ...]:
        blob, span = self.sources.blob(step.placed.part.path), (step.site.start, step.site.end)
        function = self.reaching.target(step.placed.part, step.site.call.callee, step.site.start)
        if ("subtle" in step.site.callee or self._is_async(function)) and not is_waited_for(blob, span):
            return (Fate("lost", "does not await what comes out"),)
        if step.when is None:
            return fates_of_ending(blob, span, self.words.parse)
        return fates_of(blob, span, step.when, self.words.parse)

    def _is_async(self, function: Placed | None) -> bool:
        if function is None:
            return False
        return self.sources.blob(function.part.path).text()[function.function.start :].startswith("async")

    def _after(self, receiver: Receiver, step: _Step, fate: Fate) -> Iterator[Doubt | _Step]:
        place = step.placed.part.at(step.site.line, step.site.callee)
        begins = "compares" if (step.placed, step.site) in receiver.compares else f"calls {step.site.callee}"
        if fate.kind == "lost":
            yield Doubt(f"{begins} and {fate.why}", place, certain=True)
            return
        function = next(
            (each for each in step.placed.part.module.functions if each.start == fate.function), None
        )  # fmt: skip
        if fate.kind == "untold" or function is None:
            yield Doubt(f"{begins} and does what cannot be followed with what comes out", place, certain=False)
            return
        callers = list(self._callers(receiver, Placed(step.placed.part, function)))
        if fate.kind == "returned":
            yield from (_Step(caller, site, fate.when) for caller, site in callers)
            if not callers:
                yield Doubt(f"{begins} and returns it to what is not seen", place, certain=False)
        elif fate.throws:
            yield from (_Step(caller, site, None) for caller, site in callers)
        elif fate.refusal in (*_FALSY, "true"):
            yield from (_Step(caller, site, fate.refusal != "true") for caller, site in callers)
        elif not callers and (doubt := refusal_doubt(fate, self._said(step, fate))) is not None:
            yield Doubt(doubt[0], place, certain=doubt[1])
        elif callers and not receiver.function.holds(step.placed.part.path, step.site.start):
            yield Doubt(f"{begins} and refuses in a way that cannot be followed", place, certain=False)

    def _said(self, step: _Step, fate: Fate) -> str:
        return self.sources.blob(step.placed.part.path).text()[step.site.start : fate.until]

    def _callers(self, receiver: Receiver, function: Placed) -> Iterator[tuple[Placed, CallSite]]:
        """The calls of a function: within the receiver if it is not the receiver itself, else anywhere."""
        inside = {each.key for each in receiver.inside}
        for part, site in self.reaching.code.calls():
            there = self.reaching.target(part, site.call.callee, site.start)
            around = self.reaching.around(part, site.start)
            if there is None or around is None or there.key != function.key or around.key == function.key:
                continue
            is_inside = around.key in inside or receiver.function.holds(part.path, site.start)
            if function.key == receiver.function.key or is_inside:
                yield around, site

    def _effects(self, receiver: Receiver) -> Iterator[Doubt]:
        """What the receiver does before it compares: calls whose value nobody takes, and those given the body."""
        function = receiver.function
        first = min(leads_at(self.reaching, function, each) for each in receiver.compares)
        ways = {each.start for pair in receiver.compares for each in ways_to(self.reaching, function, pair)}
        bodies, text = set(self._bodies(function)), self.sources.blob(function.part.path).text()
        for site in function.calls:
            name = last_name(site.callee)
            is_idle = site.callee.partition(".")[0] in _LOGS or name in _PREPARES or site.start in ways
            if site.start >= first or is_idle:
                continue
            given = {word for each in site.call.arguments for word in words_in(each)}
            place = function.part.at(site.line, site.callee)
            is_discarded = site.start in function.part.fragments.discarded
            is_proof = is_named(site.callee, (*self.words.hmac, *self.words.compare))
            if is_discarded and (name == "next" or given & bodies):
                yield Doubt(f"calls {site.callee} before the signature is compared", place, certain=True)
            elif text[: site.start].rstrip().endswith("await") and (is_discarded or (given & bodies and not is_proof)):
                why = f"calls {site.callee} before the signature is compared, which may have an effect"
                yield Doubt(why, place, certain=False)

    def _bodies(self, function: Placed) -> Iterator[str]:
        """Names that the receiver gives to what was read as it came."""
        for name, bound in function.part.module.locals.items():
            for each in bound:
                text = set(words_in(each.value)) if each.value is not None else set()
                if function.holds(function.part.path, each.start) and text & self.words.raw:
                    yield name
