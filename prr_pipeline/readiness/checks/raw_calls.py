"""Requests that a service makes by hand to hosts for which there is an SDK."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from prr_pipeline.canonical import digest
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.readiness.callers import Use, uses_of
from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.findings import listed, met, unknown, unmet
from prr_pipeline.readiness.model import Finding, Location, Reason
from prr_pipeline.readiness.named_calls import Scanned, is_call_of, scanned, spellings
from prr_pipeline.readiness.parameters import Parameters
from prr_pipeline.readiness.registry import check
from prr_pipeline.readiness.sources import Sources
from prr_pipeline.readiness.url_texts import Leads, Url, fold
from prr_pipeline.repository.typescript.expressions import Expression, Function, Name, Record
from prr_pipeline.repository.typescript.modules import CallSite, Module
from prr_pipeline.subjects import Subject

_URL_KEYS = ("url", "uri", "baseURL", "baseUrl", "prefixUrl", "origin", "hostname", "host")
_BARE_HOST = ("hostname", "host")
_DEPTH = 4


class RawCallsAvoidHosts(Parameters):
    """``calls`` make requests, such as ``fetch`` and ``axios.*``, but for methods of the names in ``but``.

    ``hosts``: patterns of hosts that they must not ask; ``host_call`` makes names of such hosts.
    """

    code: str
    calls: list[str]
    hosts: list[str]
    host_call: str | None = None
    but: list[str] | None = None


@dataclass(frozen=True, slots=True)
class _Request:
    """One request: where it is made, to what URL, and whether that is one of the hosts."""

    path: str
    site: CallSite
    url: Url
    leads: Leads

    @property
    def place(self) -> Location:
        return Location(self.path, self.site.line, self.url.shown)


@check("raw_calls_avoid_hosts", RawCallsAvoidHosts)
def raw_calls_avoid_hosts(sources: Sources, _facts: Facts, subject: Subject, parameters: RawCallsAvoidHosts) -> Finding:
    """No request that the service's code makes by hand leads to one of the hosts."""
    code = scanned(sources, sources.fill(parameters.code, subject))
    requests = [each for module, site in code.sites() for each in _requests(sources, code, module, site, parameters)]
    judged = digest([subject.name, sorted([each.path, each.url.shown, each.leads.value] for each in requests)])
    there = [each for each in requests if each.leads is Leads.THERE]
    hosts = listed(parameters.hosts)
    if there:
        faults = listed([f"{each.path}:{each.site.line} ({each.site.callee})" for each in there])
        return unmet(f"Raw requests to {hosts}: {faults}; call the SDK.", judged, [each.place for each in there])
    hidden = [each for each in requests if each.leads is Leads.UNKNOWN]
    if hidden:
        first = hidden[0].place
        message = (
            f"Where {first.path}:{first.line} sends its request ({first.snippet}) is told only by running it; write "
            f"the host as a constant, or call the SDK if it is one of {hosts}."
        )
        return unknown(Reason.NOT_RESOLVABLE, message, judged, [each.place for each in hidden])
    if code.lost:
        message = f"Not all code of {subject.name} could be read: {code.lost[0].why}"
        return unknown(Reason.UNREADABLE, message, judged, code.lost_at())
    message = f"None of {len(requests)} requests in {len(code.modules)} files of {subject.name} leads to {hosts}."
    return met(message, judged, [each.place for each in requests], requests=len(requests), files=len(code.modules))


def _requests(
    sources: Sources, code: Scanned, module: Module, site: CallSite, parameters: RawCallsAvoidHosts
) -> Iterator[_Request]:
    """The request of a call; of a method of something that such a call gave only where it is certain to be one."""
    if site.callee.rpartition(".")[2] in (parameters.but or ()):
        return
    direct = any(is_call_of(each, parameters.calls) for each in _spelled(module, site, of_results=False))
    if not direct and not any(is_call_of(each, parameters.calls) for each in _spelled(module, site, of_results=True)):
        return
    for value, is_host in _urls(site):
        for found in _folded(sources, code, Use(module, site), value, parameters.host_call, 0):
            url = Url(f"//{found.text}") if is_host and not found.builds_host else found
            leads = url.leads_to(parameters.hosts)
            if direct or leads is Leads.THERE:
                yield _Request(module.path, site, url, leads)


def _folded(
    sources: Sources, code: Scanned, use: Use, value: Expression, host_call: str | None, depth: int
) -> Sequence[Url]:
    """The URL that is given to a call; of a parameter what everybody gives who is seen to call the function."""
    module, at = use.module, use.site.start
    place = _parameter(module, value, at) if depth < _DEPTH else None
    if place is not None:
        key = f"{code.pattern}#{host_call}#{module.path}#{place[0].start}#{place[1]}#{depth}"
        ask = partial(_given, sources, code, module, place, host_call, depth)
        found = sources.once("URLs given", key, ask)
        if found:
            return found
    return [fold(sources, module.path, value, at, host_call)]


def _given(
    sources: Sources, code: Scanned, module: Module, place: tuple[Function, int], host_call: str | None, depth: int
) -> Sequence[Url]:
    """The URLs that callers give to a function in that place; none where one of them cannot be told."""
    uses = uses_of(sources, code, module.path, place[0])
    given = [(each, each.site.call.arguments[place[1] : place[1] + 1]) for each in uses if each.given is None]
    if len(given) < len(uses) or not all(arguments for _, arguments in given):
        return ()
    deeper = (_folded(sources, code, each, argument[0], host_call, depth + 1) for each, argument in given)
    return tuple(dict.fromkeys(url for found in deeper for url in found))


def _parameter(module: Module, value: Expression, at: int) -> tuple[Function, int] | None:
    """The function and the place of its parameter that a name is."""
    local = module.local(value.name, at) if isinstance(value, Name) else None
    for function in module.functions if local is not None and local.value is None else ():
        for place, parameter in enumerate(function.parameters):
            if local is not None and function.start == local.start and parameter.name == local.name:
                return function, place
    return None


def _spelled(module: Module, site: CallSite, *, of_results: bool) -> Iterator[str]:
    return spellings(module, site.call.callee, site.start, of_results=of_results)


def _urls(site: CallSite) -> Iterator[tuple[Expression, bool]]:
    """What may be the URL of a request, and whether it is a host alone."""
    for argument in site.call.arguments[:2]:
        if isinstance(argument, Record):
            found = ((key, argument.get(key)) for key in _URL_KEYS)
            yield from ((value, key in _BARE_HOST) for key, value in found if value is not None)
    first = site.call.arguments[0] if site.call.arguments else None
    if first is not None and not isinstance(first, Record | Function):
        yield first, False
