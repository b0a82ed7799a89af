"""The telemetry of a service: logs, traces and metrics set up at start, under the service's own name."""

from __future__ import annotations

from prr_pipeline.canonical import digest
from prr_pipeline.readiness.discovery import at_key, manifest_of
from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.findings import listed, met, shown, unknown, unmet
from prr_pipeline.readiness.model import Finding, Location, Reason
from prr_pipeline.readiness.off_switches import switched_off
from prr_pipeline.readiness.parameters import Parameters
from prr_pipeline.readiness.registry import check
from prr_pipeline.readiness.sources import NotSeen, Sources
from prr_pipeline.readiness.start_up import HIDDEN, Option, StartUp, calls_of, is_elsewhere, options_of, start_up
from prr_pipeline.readiness.start_up_runs import runs_at_start
from prr_pipeline.repository.typescript.expressions import Text
from prr_pipeline.repository.typescript.modules import CallSite, Module
from prr_pipeline.subjects import Subject


class TelemetryIsSetUp(Parameters):
    """``signals``: each to the constructors and options that set it up. ``shared_calls``: what sets up all of them.

    ``libraries``: beginnings of the packages that a file imports which sets up telemetry.
    """

    entry: str
    code: str
    signals: dict[str, list[str]]
    shared_calls: list[str]
    libraries: list[str]


class TelemetryNamesService(Parameters):
    """``attributes``: how the attribute is called in code. ``shared_calls`` take the name under ``keys``, or first.

    ``libraries``: beginnings of the packages that a file imports which sets up telemetry.
    """

    entry: str
    code: str
    attributes: list[str]
    shared_calls: list[str]
    keys: list[str]
    libraries: list[str]
    name_key: str = "name"


@check("telemetry_is_set_up", TelemetryIsSetUp, version=3)
def telemetry_is_set_up(sources: Sources, _facts: Facts, subject: Subject, parameters: TelemetryIsSetUp) -> Finding:
    """The start-up code sets up every signal, or calls the platform's function that does."""
    entry = sources.fill(parameters.entry, subject)
    if not sources.exists(entry):
        return unmet(f"{entry} does not exist; set up telemetry there.", digest([entry]), [Location(entry)])
    found = start_up(sources, entry, sources.fill(parameters.code, subject))
    shared = _shared(sources, found, parameters.shared_calls)
    running = [place for place, runs in shared if runs]
    if running:
        message = f"{running[0].path} calls {running[0].snippet} (seen in the code, not run)."
        return met(message, digest([entry, running[0].snippet]), running)
    seen = {name: _seen(sources, found, words) for name, words in parameters.signals.items()}
    missing = [name for name, places in seen.items() if not places]
    judged = digest([entry, list[object](missing)])
    if not missing:
        places = [place for each in seen.values() for place in each]
        return met(f"{entry} sets up {listed(list(seen))} (seen in the code, not run).", judged, places)
    wanted = f"set it up, or call {' or '.join(parameters.shared_calls)} of the platform"
    hidden = _hidden(sources, found, parameters)
    maybe = [place for place, runs in shared if runs is None]
    maybe += [place for name in missing for place in _seen(sources, found, parameters.signals[name], sure=False)]
    hidden += [(place, f"{place.snippet} is not seen to run at every start, or all of it") for place in maybe]
    if hidden:
        return _unseen(entry, hidden, f"sets up {listed(missing)}", judged)
    if shared:
        where = f"{shared[0][0].snippet} at {shared[0][0].path}:{shared[0][0].line}"
        message = f"Nothing that runs at the start comes to {where}; call it in {entry}."
        return unmet(message, judged, [each for each, _ in shared])
    return unmet(f"{entry} sets up no {listed(missing)}; {wanted}.", judged, [Location(entry)])


@check("telemetry_names_service", TelemetryNamesService)
def telemetry_names_service(
    sources: Sources, _facts: Facts, subject: Subject, parameters: TelemetryNamesService
) -> Finding:
    """The name that the start-up code gives to telemetry is the one in the service's manifest."""
    entry = sources.fill(parameters.entry, subject)
    wanted = _name_in_manifest(sources, subject, parameters.name_key)
    if not sources.exists(entry):
        message = f"{entry} does not exist; give telemetry the name {wanted!r} there."
        return unmet(message, digest([entry, wanted]), [Location(entry)])
    found = start_up(sources, entry, sources.fill(parameters.code, subject))
    given = _names(sources, found, parameters)
    judged = digest([entry, wanted, sorted({each.text or "" for each in given})])
    places = [Location(each.path, each.line, each.key) for each in given]
    wrong = [each for each in given if each.text is not None and each.text != wanted]
    if wrong:
        message = f"{wrong[0].path}:{wrong[0].line} names the service {shown(wrong[0].text)!r}; name it {wanted!r}."
        return unmet(message, judged, places)
    if any(each.text is None for each in given):
        hidden = next(each for each in given if each.text is None)
        message = f"{hidden.path}:{hidden.line} gives a name that only running it could tell; write {wanted!r} there."
        return unknown(Reason.NOT_RESOLVABLE, message, judged, places)
    if given:
        return met(f"Telemetry of {subject.name} is named {wanted!r}.", judged, places)
    unread = _hidden(sources, found, parameters)
    unread += [(each, "nothing is told to it") for each, _ in _shared(sources, found, parameters.shared_calls)]
    if unread:
        return _unseen(entry, unread, f"gives telemetry the name {wanted!r}", judged)
    message = f"{entry} gives telemetry no {parameters.attributes[0]}; set it to {wanted!r}."
    return unmet(message, judged, [Location(entry)])


def _name_in_manifest(sources: Sources, subject: Subject, key: str) -> str:
    name = at_key(manifest_of(sources, subject.name), key)
    if isinstance(name, str) and name:
        return name
    message = f"The manifest of {subject.name} has no {key}, so nothing can be compared; write it."
    raise NotSeen(Reason.NOT_DECLARED, message)


def _shared(sources: Sources, found: StartUp, calls: list[str]) -> list[tuple[Location, bool | None]]:
    """Calls of the platform's function, and whether each runs at the start; one that the service defines is none.

    Of one that an option may switch off only running it could tell.
    """
    return [
        (Location(module.path, site.line, site.callee), _runs(sources, found, module, site))
        for module, site in calls_of(found)
        if site.callee.rpartition(".")[2] in calls and is_elsewhere(sources, found, module, site)
    ]


def _runs(sources: Sources, found: StartUp, module: Module, site: CallSite) -> bool | None:
    runs = runs_at_start(sources, found, module, site)
    return None if runs and switched_off(sources, module, site) is not None else runs


def _seen(sources: Sources, found: StartUp, words: list[str], *, sure: bool = True) -> list[Location]:
    """Where one of the words is set up by what certainly runs at the start; not ``sure``: by what may run there."""
    places: list[Location] = []
    for module, site in calls_of(found):
        here = [
            Location(each.path, each.line, each.key) for each in options_of(sources, module, site) if each.key in words
        ]
        if site.call.new and site.callee.rpartition(".")[2] in words:
            here.insert(0, Location(module.path, site.line, site.callee))
        if here and runs_at_start(sources, found, module, site) is (True if sure else None):
            places += here
    return places


def _names(sources: Sources, found: StartUp, parameters: TelemetryNamesService) -> list[Option]:
    """Every name that is given, each place once."""
    given: dict[tuple[str, int, str], Option] = {}
    for module, site in calls_of(found):
        named = site.callee.rpartition(".")[2] in parameters.shared_calls
        shared = named and is_elsewhere(sources, found, module, site)
        keys = {*parameters.attributes, *(parameters.keys if shared else ())}
        for each in options_of(sources, module, site):
            if each.key in keys:
                given[each.path, each.line, each.key] = each
        first = site.call.arguments[0] if shared and site.call.arguments else None
        if isinstance(first, Text):
            given[module.path, site.line, site.callee] = Option(site.callee, first.value, module.path, site.line)
    return list(given.values())


def _hidden(
    sources: Sources, found: StartUp, parameters: TelemetryIsSetUp | TelemetryNamesService
) -> list[tuple[Location, str]]:
    """Places where telemetry may be set up unseen, and why."""
    places = [(Location(each.path, each.line), each.why) for each in found.lost]
    for module, site in calls_of(found):
        shared = site.callee.rpartition(".")[2] in parameters.shared_calls
        if shared and is_elsewhere(sources, found, module, site) is None:
            places.append((Location(module.path, site.line), f"{site.callee} could not be followed"))
        if any(each.specifier.startswith(tuple(parameters.libraries)) for each in module.imports):
            options = [each for each in options_of(sources, module, site) if each.key == HIDDEN]
            places += [(Location(each.path, each.line), "what is given is computed") for each in options]
    return places


def _unseen(entry: str, hidden: list[tuple[Location, str]], what: str, judged: str) -> Finding:
    place, why = hidden[0]
    message = f"Whether {entry} {what} cannot be told: at {place.path}:{place.line} {why}; mend it."
    return unknown(Reason.NOT_RESOLVABLE, message, judged, [each for each, _ in hidden])
