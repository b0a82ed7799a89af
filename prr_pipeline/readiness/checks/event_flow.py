"""Events between services: what is published is registered, and what is subscribed to has a handler."""

from __future__ import annotations

from prr_pipeline.canonical import digest
from prr_pipeline.readiness.begun import is_begun
from prr_pipeline.readiness.discovery import at_key, manifest_of
from prr_pipeline.readiness.event_calls import Published, Publishers, published_in
from prr_pipeline.readiness.event_handlers import EventHandler, handlers_in
from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.findings import listed, met, not_applicable, unknown, unmet
from prr_pipeline.readiness.members import exported_members
from prr_pipeline.readiness.model import Finding, Location, Reason
from prr_pipeline.readiness.parameters import Parameters
from prr_pipeline.readiness.registry import check
from prr_pipeline.readiness.sources import NotSeen, Sources
from prr_pipeline.repository.typescript.code import Lost
from prr_pipeline.subjects import Subject


class PublishedEventsAreRegistered(Parameters):
    """``code``: what may publish, by ``calls`` or into the ``outbox``. ``file`` and ``name``: the registry."""

    code: str
    calls: list[str]
    outbox: str | None = None
    file: str
    name: str


class SubscriptionsHaveHandlers(Parameters):
    """``key``: where the manifest lists consumed events. ``files``: the handlers. ``calls`` register one; ``export`` is
    an object of them by event. ``code``: the service's, something of which must come to each registration."""

    key: str
    files: str
    calls: list[str]
    export: str | None = None
    code: str | None = None


@check("published_events_are_registered", PublishedEventsAreRegistered)
def published_events_are_registered(
    sources: Sources, _facts: Facts, subject: Subject, parameters: PublishedEventsAreRegistered
) -> Finding:
    """Every event that the service's code publishes stands in the registry of events."""
    pattern = sources.fill(parameters.code, subject)
    found = published_in(sources, pattern, Publishers(frozenset(parameters.calls), parameters.outbox))
    names = sorted({each.event for each in found.places if each.event is not None})
    judged = digest([pattern, list[object](names)])
    if not found.places and not found.lost:
        return not_applicable(f"No file of {pattern} publishes an event.", judged, events=[])
    registry = exported_members(sources, parameters.file, parameters.name)
    missing = [each for each in found.places if each.event is not None and each.event not in registry.entries]
    if missing and not registry.lost:
        faults = listed(sorted({f"{each.event} ({each.path}:{each.site.line})" for each in missing}))
        places = [Location(each.path, each.site.line, each.event or "") for each in missing]
        return unmet(f"{parameters.name} lacks {faults}; register them.", judged, places)
    hidden = _hidden(found) or (list(registry.lost) if missing else [])
    if hidden:
        return _unresolved(hidden, judged)
    places = [Location(each.path, each.site.line, each.event or "") for each in found.places]
    return met(f"{parameters.name} has all of {listed(names)}.", judged, places, events=names)


@check("subscriptions_have_handlers", SubscriptionsHaveHandlers, version=2)
def subscriptions_have_handlers(
    sources: Sources, _facts: Facts, subject: Subject, parameters: SubscriptionsHaveHandlers
) -> Finding:
    """The events that the manifest says are consumed, and those that a handler is registered for, are the same."""
    manifest = sources.fill(str(sources.profile.value("paths.manifest")), subject)
    value = at_key(manifest_of(sources, subject.name), parameters.key)
    if not sources.exists(manifest) or (value is not None and not isinstance(value, list)):
        why = "is no list" if sources.exists(manifest) else "cannot be read, as there is no manifest"
        raise NotSeen(Reason.NOT_DECLARED, f"{parameters.key} of {manifest} {why}; list there what is consumed.")
    consumed = {name for name in value or () if isinstance(name, str)}
    handled, lost = _handled(sources, subject, parameters)
    judged = digest([manifest, sorted(consumed), sorted(handled)])
    faults = [f"{name} is consumed and has no handler" for name in sorted(consumed - set(handled))]
    if faults and lost:
        return _unresolved(lost, judged)
    faults += [f"{name} has a handler and is not listed in {manifest}" for name in sorted(set(handled) - consumed)]
    places = [place for _, place in sorted(handled.items())] or [Location(manifest)]
    if faults:
        return unmet(f"{listed(faults)}.", judged, places)
    if lost:
        return _unresolved(lost, judged)
    if not consumed:
        return not_applicable(f"{manifest} lists no consumed event, and no handler is registered.", judged, places)
    return met(f"{listed(sorted(consumed))} have a handler.", judged, places)


def _handled(
    sources: Sources, subject: Subject, parameters: SubscriptionsHaveHandlers
) -> tuple[dict[str, Location], list[Lost]]:
    """Each event that has a handler, with its place, and what could not be followed."""
    pattern = sources.fill(parameters.files, subject)
    found = handlers_in(sources, pattern, parameters.calls, parameters.export)
    handled: dict[str, Location] = {}
    lost = list(found.lost)
    for each in found.handlers:
        begun = _begun(sources, subject, each, parameters)
        if each.event is None:
            lost.append(Lost("which event is handled is told only by running it", each.path, each.line))
        elif begun is None:
            lost.append(Lost(f"whether {each.event} is subscribed to is told only by running it", each.path, each.line))
        elif not begun:
            continue
        else:
            handled.setdefault(each.event, Location(each.path, each.line, each.event))
    return handled, lost


def _begun(
    sources: Sources, subject: Subject, handler: EventHandler, parameters: SubscriptionsHaveHandlers
) -> bool | None:
    """Whether a run comes to the registration of a handler; one that a table lists is there."""
    module = sources.code().module(handler.path)
    is_call = any(each.start == handler.at and each.line == handler.line for each in module.calls)
    if handler.at is None or parameters.code is None or not is_call:
        return True
    return is_begun(sources, module, handler.at, sources.fill(parameters.code, subject))


def _hidden(found: Published) -> list[Lost]:
    why = "which event is published is told only by running it"
    return [*found.lost, *(Lost(why, each.path, each.site.line) for each in found.places if each.event is None)]


def _unresolved(lost: list[Lost], judged: str) -> Finding:
    first = lost[0]
    where = f"{first.path}:{first.line}" if first.line else first.path
    message = f"Not all events could be told: {where}: {first.why}; name events by plain text or by a constant."
    return unknown(Reason.NOT_RESOLVABLE, message, judged, [Location(each.path, each.line) for each in lost])
