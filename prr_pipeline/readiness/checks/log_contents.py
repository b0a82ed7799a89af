"""What a service writes to its logs: nothing that must stay out of them, unless a wrapper hides it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from prr_pipeline.canonical import digest
from prr_pipeline.readiness.exposed_values import Exposed, Words, exposed_in
from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.findings import listed, met, unknown, unmet
from prr_pipeline.readiness.model import Finding, Location, Reason
from prr_pipeline.readiness.named_calls import Scanned, is_call_of, scanned, spellings
from prr_pipeline.readiness.parameters import Parameters
from prr_pipeline.readiness.registry import check
from prr_pipeline.readiness.sources import NotSeen, Sources
from prr_pipeline.repository.typescript.modules import CallSite, Module
from prr_pipeline.subjects import Subject


class LogsHideValues(Parameters):
    """``calls`` write logs, such as ``logger.*``. ``names``: words of variables, properties and types that must not be
    logged; ``harmless``: words at the beginning or end of a name that take it out, such as ``id``.

    ``wrapper`` makes a value fit for a log. ``prefixes``: what a text in a log call must not hold.
    """

    code: str
    calls: list[str]
    names: list[str]
    harmless: list[str] | None = None
    wrapper: str | None = None
    prefixes: list[str] | None = None


@dataclass(frozen=True, slots=True)
class _Logged:
    """One log call, its source on one line, and what it gives away."""

    path: str
    site: CallSite
    source: str
    exposed: tuple[Exposed, ...]


@check("logs_hide_values", LogsHideValues)
def logs_hide_values(sources: Sources, _facts: Facts, subject: Subject, parameters: LogsHideValues) -> Finding:
    """No log call is given a value that is called after what must stay out of logs, but for those in the wrapper."""
    code = scanned(sources, sources.fill(parameters.code, subject))
    logged = list(_logged(sources, code, parameters))
    judged = digest([subject.name, sorted([each.path, each.source] for each in logged)])
    values = {"log_calls": len(logged)}
    bare = [(each, value) for each in logged for value in each.exposed if value.certain]
    if bare:
        faults = listed(sorted({f"{each.path}:{value.line} logs {value.written}" for each, value in bare}))
        wayout = f"wrap it with {parameters.wrapper}() or leave it out" if parameters.wrapper else "leave it out"
        return unmet(f"{faults}; {wayout}.", judged, [_place(*pair) for pair in bare], **values)
    hidden = [(each, value) for each in logged for value in each.exposed]
    if hidden or code.lost:
        return _not_told(code, hidden, judged)
    if not logged:
        names = listed(parameters.calls)
        raise NotSeen(Reason.NO_EVIDENCE, f"No file of {code.pattern} calls {names}; declare what writes its logs.")
    places = [Location(each.path, each.site.line, each.site.callee) for each in logged]
    message = f"None of {len(logged)} log calls of {subject.name} is given a value by a name that must stay out."
    return met(message, judged, places, **values)


def _logged(sources: Sources, code: Scanned, parameters: LogsHideValues) -> Iterator[_Logged]:
    words = Words(parameters.names, parameters.harmless or (), parameters.wrapper, parameters.prefixes or ())
    for module, site in code.sites():
        if not _writes_logs(module, site, parameters.calls):
            continue
        text = sources.blob(module.path).text()[site.start : site.end]
        found = (each for argument in site.call.arguments for each in exposed_in(module, argument, site.start, words))
        yield _Logged(module.path, site, " ".join(text.split()), tuple(dict.fromkeys(found)))


def _writes_logs(module: Module, site: CallSite, calls: list[str]) -> bool:
    return any(is_call_of(each, calls) for each in spellings(module, site.call.callee, site.start))


def _place(logged: _Logged, value: Exposed) -> Location:
    return Location(logged.path, value.line, value.written)


def _not_told(code: Scanned, hidden: list[tuple[_Logged, Exposed]], judged: str) -> Finding:
    if hidden:
        each, value = hidden[0]
        why = f"what {each.path}:{value.line} logs ({value.written}) is told only by running it; log a plain value"
    else:
        why = f"{code.lost[0].why.rstrip('.')}"
    places = [*(_place(*pair) for pair in hidden), *code.lost_at()]
    return unknown(Reason.NOT_RESOLVABLE, f"Not every log call could be read: {why}.", judged, places)
