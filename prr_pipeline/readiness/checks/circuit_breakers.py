"""Calls of vendors that a circuit breaker cuts off while the vendor is down."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Annotated

from msgspec import Meta

from prr_pipeline.canonical import digest
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.readiness.callers import function_run, uses_of
from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.findings import listed, met, not_applicable, unknown, unmet
from prr_pipeline.readiness.model import Finding, Location, Reason
from prr_pipeline.readiness.named_calls import Scanned, is_named, scanned
from prr_pipeline.readiness.off_switches import switched_off
from prr_pipeline.readiness.own_names import own_calls
from prr_pipeline.readiness.parameters import Parameters
from prr_pipeline.readiness.registry import check
from prr_pipeline.readiness.sources import Sources
from prr_pipeline.readiness.vendor_clients import Vendors, client_of
from prr_pipeline.repository.typescript.expressions import Function, Name
from prr_pipeline.repository.typescript.modules import CallSite, Module
from prr_pipeline.subjects import Subject

_DEPTH = 4


class VendorCallsHaveBreaker(Parameters):
    """``vendors``: globs of the packages that vendors' clients come from. ``breakers``: calls that run a function, or
    wrap a client or function, behind a circuit breaker."""

    code: str
    vendors: Annotated[list[str], Meta(min_length=1)]
    breakers: Annotated[list[str], Meta(min_length=1)]


@dataclass(frozen=True, slots=True)
class _VendorCall:
    """One call of a vendor, and whether a breaker stands before it."""

    package: str
    module: Module
    site: CallSite
    is_safe: bool

    @property
    def shown(self) -> str:
        return f"{self.module.path}:{self.site.line} ({self.site.callee} of {self.package})"

    @property
    def location(self) -> Location:
        return Location(self.module.path, self.site.line, self.site.callee)


@check("vendor_calls_have_breaker", VendorCallsHaveBreaker, version=2)
def vendor_calls_have_breaker(
    sources: Sources, _facts: Facts, subject: Subject, parameters: VendorCallsHaveBreaker
) -> Finding:
    """Each call of a vendor's client lies in a function that a breaker runs, or goes through a wrapped client."""
    code = scanned(sources, sources.fill(parameters.code, subject))
    vendors = Vendors(parameters.vendors, parameters.breakers)
    calls = list(_vendor_calls(sources, code, vendors))
    rows = sorted([each.module.path, each.site.callee, each.package, each.is_safe] for each in calls)
    judged = digest([subject.name, rows])
    bare = [each for each in calls if not each.is_safe]
    if bare:
        faults = listed(
            [f"{each.module.path}:{each.site.line} ({each.site.callee} of {each.package})" for each in bare]
        )
        message = f"Vendors are called without a breaker: {faults}; run each inside {' or '.join(parameters.breakers)}."
        return unmet(message, judged, [each.location for each in bare])
    if code.lost:
        message = f"Not all code of {subject.name} could be read: {code.lost[0].why}"
        return unknown(Reason.UNREADABLE, message, judged, code.lost_at())
    if not calls:
        return _none_seen(code, subject, vendors, judged)
    own = next(own_calls(sources, code.sites(), parameters.breakers), None)
    if own is not None:
        message = f"Whether a breaker stands before each call cannot be told: at {own.path}:{own.line} {own.why}."
        return unknown(Reason.NOT_RESOLVABLE, message, digest([judged, "own"]), [Location(own.path, own.line)])
    off = _switched_off(sources, code, vendors)
    if off is not None:
        message = (
            f"Whether the breaker at {off.path}:{off.line} does anything cannot be told, as it is given {off.snippet}"
        )
        return unknown(Reason.NOT_RESOLVABLE, f"{message}; leave that out.", digest([judged, "off"]), [off])
    packages = sorted({each.package for each in calls})
    message = f"{len(calls)} calls of {listed(packages)} stand behind a breaker (seen in the code, not proved)."
    return met(message, judged, [each.location for each in calls], vendors=packages)


def _switched_off(sources: Sources, code: Scanned, vendors: Vendors) -> Location | None:
    """The first breaker that an option may switch off."""
    for module, site in code.sites():
        if is_named(module, site.call.callee, vendors.wrappers, site.start):
            option = switched_off(sources, module, site)
            if option is not None:
                return Location(module.path, site.line, option)
    return None


def _none_seen(code: Scanned, subject: Subject, vendors: Vendors, judged: str) -> Finding:
    """No call: not applicable only if nothing of a vendor is imported to run."""
    imports = [
        Location(module.path, each.line, each.specifier)
        for module in code.modules
        for each in module.imports
        if each.kind != "type" and vendors.of_import(each.specifier) is not None
    ]
    if imports:
        names = listed(sorted({place.snippet for place in imports}))
        message = f"{subject.name} imports {names}, and no call of it could be followed; give the client a type."
        return unknown(Reason.NOT_RESOLVABLE, message, judged, imports)
    message = f"None of the {len(code.modules)} files of {subject.name} imports {listed(list(vendors.packages))}."
    return not_applicable(message, judged, files=len(code.modules))


def _vendor_calls(sources: Sources, code: Scanned, vendors: Vendors) -> Iterator[_VendorCall]:
    for module, site in code.sites():
        if site.call.new or module.function_at(site.start) is None:
            continue
        if is_named(module, site.call.callee, vendors.wrappers, site.start):
            continue
        if isinstance(site.call.callee, Name) and function_run(sources, module, site) is not None:
            continue
        client = client_of(sources, vendors, module, site.call.callee, site.start)
        if client is not None and not _makes_client(module, site):
            safe = client.wrapped or _is_safe(sources, code, vendors, module, site, 0)
            yield _VendorCall(client.package, module, site, safe)


def _makes_client(module: Module, site: CallSite) -> bool:
    """Whether a vendor's plain function is called for the client that it makes: one that is returned, or called on."""
    if not isinstance(site.call.callee, Name):
        return False
    around = module.function_at(site.start)
    if around is not None and around.returns == site.call:
        return True
    names = {name for name, found in module.locals.items() if any(each.value == site.call for each in found)}
    return any(other.callee.partition(".")[0] in names and "." in other.callee for other in module.calls)


def _is_safe(sources: Sources, code: Scanned, vendors: Vendors, module: Module, site: CallSite, depth: int) -> bool:
    """Whether a call lies in a function that a breaker runs; else whether all who run the function around it do."""
    around = [each for each in module.functions if each.start <= site.start < each.end]
    for other in module.calls:
        given = [each for each in other.call.arguments if isinstance(each, Function)]
        inside = any(each.start <= site.start < each.end for each in given)
        if inside and is_named(module, other.call.callee, vendors.wrappers, other.start):
            return True
    if depth >= _DEPTH:
        return False
    return any(
        sources.once(
            "run in a breaker",
            f"{code.pattern}#{vendors.wrappers}#{module.path}#{function.start}#{depth}",
            partial(_is_always_run_so, sources, code, vendors, module, function, depth),
        )
        for function in reversed(around)
    )


def _is_always_run_so(
    sources: Sources, code: Scanned, vendors: Vendors, module: Module, function: Function, depth: int
) -> bool:
    """Whether a function is used, and only given to a breaker or run inside one."""
    uses = uses_of(sources, code, module.path, function)
    return bool(uses) and all(
        is_named(use.module, use.site.call.callee, vendors.wrappers, use.site.start)
        if use.given is not None
        else _is_safe(sources, code, vendors, use.module, use.site, depth + 1)
        for use in uses
    )
