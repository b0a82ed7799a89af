"""Webhooks of an endpoint: a mutation emits an event that partners may subscribe to, or says why it does not."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated

from msgspec import Meta

from prr_pipeline.canonical import digest
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import PrrError
from prr_pipeline.readiness.event_calls import Publishers, Publishing, published_at
from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.findings import listed, met, not_applicable, shown, unknown, unmet
from prr_pipeline.readiness.listed_names import listed_names
from prr_pipeline.readiness.model import Finding, Location, Reason
from prr_pipeline.readiness.parameters import Parameters
from prr_pipeline.readiness.reached import Reached, functions_named, reached_from
from prr_pipeline.readiness.registry import check
from prr_pipeline.readiness.routes import handler_of, route_of
from prr_pipeline.readiness.sources import NotSeen, Sources
from prr_pipeline.repository.openapi import MISSING
from prr_pipeline.repository.typescript.pipelines import Handler
from prr_pipeline.subjects import Subject

_WORD = re.compile(r"\w+")


class StateChangeEmitsWebhook(Parameters):
    """``file`` exports ``name``, the events that partners may subscribe to. ``exemption``: the extension that says why
    there is none. ``wrappers``: middleware that takes a handler. ``code``: a glob of all code of the service.
    """

    methods: list[str]
    calls: list[str]
    outbox: str | None = None
    file: str
    name: str
    exemption: str
    exemption_words: Annotated[int, Meta(ge=1)]
    wrappers: list[str] | None = None
    code: str


@dataclass(frozen=True, slots=True)
class _Seen:
    """What the handler publishes as far as it can be followed, and the calls behind which more may be published."""

    reached: Reached
    places: tuple[Publishing, ...]
    maybe: tuple[tuple[Location, str], ...]

    @property
    def events(self) -> list[str]:
        return sorted({each.event for each in self.places if each.event is not None})


@check("state_change_emits_webhook", StateChangeEmitsWebhook)
def state_change_emits_webhook(
    sources: Sources, _facts: Facts, subject: Subject, parameters: StateChangeEmitsWebhook
) -> Finding:
    """The handler of a mutation publishes an event of the webhook catalog, or its description says why it does not."""
    operation = sources.operation(subject)
    here = Location(operation.spec.path, operation.line, subject.name)
    method = operation.method.upper()
    if method not in parameters.methods:
        return not_applicable(
            f"{subject.name} is a {method}, which changes nothing.", digest([subject.name, method]), [here]
        )
    reason = operation.extension(parameters.exemption)
    excused = isinstance(reason, str) and len(_WORD.findall(reason)) >= parameters.exemption_words
    if excused:
        message = f"{subject.name} declares that it emits no webhook: {shown(reason, 200)}"
        return met(message, digest([subject.name, method, reason]), [here], no_webhook=reason)
    seen = _seen(sources, subject, parameters)
    found = _catalogued(sources, subject, seen, parameters)
    if found is not None:
        return found
    judged = digest([subject.name, method, [], list[object](seen.events)])
    if seen.maybe:
        place, why = seen.maybe[0]
        message = f"Whether {subject.name} emits a webhook cannot be told at {place.path}:{place.line}: {why}."
        return unknown(Reason.NOT_RESOLVABLE, message, judged, [each for each, _ in seen.maybe])
    unfit = "" if reason is MISSING else f" ({parameters.exemption} gives no reason in words)"
    what = f"emits {listed(seen.events)}, which {parameters.name} lacks" if seen.events else "emits no event"
    places = [Location(each.path, each.site.line) for each in seen.places] or [_handler_place(seen), here]
    message = (
        f"{subject.name} {what}{unfit}; emit one of {parameters.name}, or say under {parameters.exemption} why not."
    )
    return unmet(message, judged, places)


def _seen(sources: Sources, subject: Subject, parameters: StateChangeEmitsWebhook) -> _Seen:
    """Raises `NotSeen` where the handler cannot be found."""
    publishers = Publishers(frozenset(parameters.calls), parameters.outbox)
    steps = frozenset(parameters.wrappers or ())
    handler = handler_of(sources, route_of(sources, subject), steps, frozenset())
    reached = reached_from(sources, handler, publishers.calls)
    places = _published(sources, reached, publishers)
    told = [(Location(each.path, each.site.line), _UNTOLD) for each in places if each.event is None]
    named = functions_named(sources, sources.fill(parameters.code, subject))
    return _Seen(reached, places, (*told, *_behind(sources, reached, named, publishers)))


_UNTOLD = "which event it is, is told only by running it; name the event by a constant"


def _published(sources: Sources, reached: Reached, publishers: Publishers) -> tuple[Publishing, ...]:
    places: dict[tuple[str, int, str | None], Publishing] = {}
    for path in dict.fromkeys(each.path for each in reached.functions):
        for each in published_at(sources, path, publishers):
            if reached.holds(path, each.site.start):
                places[path, each.site.start, each.event] = each
    return tuple(places.values())


def _behind(
    sources: Sources, reached: Reached, named: Mapping[str, Sequence[Handler]], publishers: Publishers
) -> Iterator[tuple[Location, str]]:
    """The calls that were not followed, and lead where nothing can be read or by their name to what publishes."""
    for call in reached.open:
        place = Location(call.path, call.line, call.name)
        meant = _meant(sources, call.name, named, publishers)
        if call.gone:
            yield place, call.why
        elif meant is not None:
            yield place, f"{call.name} may lead to {meant.path}:{meant.site.line}; call it by an imported name"


def _meant(
    sources: Sources, name: str, named: Mapping[str, Sequence[Handler]], publishers: Publishers
) -> Publishing | None:
    """What a function of that name publishes, or one that it may call by name in turn."""
    seen, waiting = {name}, [name]
    while waiting:
        for handler in named.get(waiting.pop(), ()):
            reached = reached_from(sources, handler, publishers.calls)
            for each in _published(sources, reached, publishers):
                return each
            more = {call.name for call in reached.open} - seen
            seen |= more
            waiting += sorted(more)
    return None


def _catalogued(sources: Sources, subject: Subject, seen: _Seen, parameters: StateChangeEmitsWebhook) -> Finding | None:
    """Met for an event of the catalog; None where none is certain. Raises `NotSeen` for a catalog that hides names."""
    if not seen.events:
        return None
    try:
        catalog = listed_names(sources, parameters.file, parameters.name)
    except NotSeen:
        raise
    except PrrError as fault:
        raise NotSeen(Reason.UNREADABLE, str(fault), [Location(parameters.file)]) from None
    found = [each for each in seen.places if each.event in catalog.entries]
    if found:
        names = sorted({each.event or "" for each in found})
        places = [Location(each.path, each.site.line, each.event or "") for each in found]
        judged = digest([subject.name, names])
        return met(f"{subject.name} emits {listed(names)} (seen in the code, not run).", judged, places, events=names)
    if catalog.lost:
        lost = catalog.lost[0]
        where = f"at {lost.path}:{lost.line} {lost.why}"
        message = f"{parameters.name} shows no plain entry of {listed(seen.events)}, and {where}; write it out."
        raise NotSeen(Reason.NOT_RESOLVABLE, message, catalog.lost_at())
    return None


def _handler_place(seen: _Seen) -> Location:
    handler = seen.reached.functions[0]
    return Location(handler.path, handler.function.line)
