"""Handlers of events that take in each event once, though it is delivered more often."""

from __future__ import annotations

from dataclasses import dataclass

from prr_pipeline.canonical import digest
from prr_pipeline.readiness.callers import followed, function_run
from prr_pipeline.readiness.discovery import at_key, manifest_of
from prr_pipeline.readiness.event_handlers import EventHandler, handlers_in
from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.findings import listed, met, not_applicable, unknown, unmet
from prr_pipeline.readiness.model import Finding, Location, Outcome, Reason
from prr_pipeline.readiness.named_calls import is_named
from prr_pipeline.readiness.parameters import Parameters
from prr_pipeline.readiness.registry import check
from prr_pipeline.readiness.service_tables import tables_of
from prr_pipeline.readiness.sources import NotSeen, Sources
from prr_pipeline.readiness.transactions import base_of
from prr_pipeline.repository.typescript.code import Found, Lost
from prr_pipeline.repository.typescript.expressions import Call, Function, Name, dotted
from prr_pipeline.repository.typescript.modules import CallSite, Module
from prr_pipeline.subjects import Subject


class ConsumersDedupe(Parameters):
    """``files`` hold handlers, registered by ``subscribe_calls`` or listed in ``export``. ``key``: where the manifest
    lists consumed events. ``calls`` refuse what was handled before; so does a row in ``table``, whose unique key is
    over just ``columns``. ``schema_files``, ``migrations`` and ``config`` tell the tables.
    """

    files: str
    subscribe_calls: list[str]
    export: str | None = None
    key: str
    calls: list[str]
    table: str
    columns: list[str]
    schema_files: str
    migrations: str | None = None
    config: str | None = None


@dataclass(frozen=True, slots=True)
class _Table:
    """The table of handled events, or why it refuses no second row."""

    symbols: frozenset[str]
    fault: str | None
    is_told: bool


@dataclass(frozen=True, slots=True)
class _Told:
    """One handler: whether it takes an event in once, and a few words why."""

    handler: EventHandler
    outcome: Outcome
    why: str

    @property
    def location(self) -> Location:
        return Location(self.handler.path, self.handler.line, self.handler.event or "")


@check("consumers_dedupe", ConsumersDedupe)
def consumers_dedupe(sources: Sources, _facts: Facts, subject: Subject, parameters: ConsumersDedupe) -> Finding:
    """Every handler asks whether it has handled the event, or notes it under a key that no second note passes."""
    pattern = sources.fill(parameters.files, subject)
    found = handlers_in(sources, pattern, parameters.subscribe_calls, parameters.export)
    table = _dedupe_table(sources, subject, parameters) if found.handlers else _Table(frozenset(), None, True)
    told = [_told(sources, each, table, parameters) for each in found.handlers]
    judged = digest([subject.name, pattern, sorted([each.handler.event or "", each.outcome] for each in told)])
    bad = [each for each in told if each.outcome is Outcome.UNMET]
    if bad:
        faults = listed([f"{_named(each)} {each.why}" for each in bad])
        way_out = f"call {' or '.join(parameters.calls)} with the event's id and the handler's name first"
        return unmet(f"{faults}; {way_out}.", judged, [each.location for each in bad])
    open_ones = [each for each in told if each.outcome is Outcome.UNKNOWN]
    if open_ones or found.lost:
        why = f"{_named(open_ones[0])} {open_ones[0].why}" if open_ones else found.lost[0].why.rstrip(".")
        message = f"Not every handler could be followed: {why}; call the guard in the handler itself."
        places = [each.location for each in open_ones] or [Location(each.path, each.line) for each in found.lost]
        return unknown(Reason.NOT_RESOLVABLE, message, judged, places)
    if not told:
        return _nothing_handled(sources, subject, pattern, parameters, judged)
    message = f"{len(told)} handlers take in each event once (seen in the code, not on every path)."
    return met(message, judged, [each.location for each in told])


def _nothing_handled(
    sources: Sources, subject: Subject, pattern: str, parameters: ConsumersDedupe, judged: str
) -> Finding:
    consumed = at_key(manifest_of(sources, subject.name), parameters.key)
    if consumed:
        message = f"{subject.name} consumes events, and no handler is seen in {pattern}; register them there."
        raise NotSeen(Reason.NO_EVIDENCE, message)
    return not_applicable(f"{subject.name} consumes no event, and no file of {pattern} handles one.", judged)


def _told(sources: Sources, handler: EventHandler, table: _Table, parameters: ConsumersDedupe) -> _Told:
    module = sources.code().module(handler.path)
    value = handler.value
    if isinstance(value, Call) and is_named(module, value.callee, parameters.calls, handler.at):
        return _Told(handler, Outcome.MET, "is wrapped")
    function = _function(sources, module, handler)
    if function is None:
        return _Told(handler, Outcome.UNKNOWN, "could not be followed to its function")
    inner = sources.code().module(function[0])
    outcomes, is_hidden = _looked_through(sources, inner, function[1], table, parameters)
    if Outcome.MET in outcomes:
        return _Told(handler, Outcome.MET, "dedupes")
    if Outcome.UNMET in outcomes:
        return _Told(handler, Outcome.UNMET, f"notes what it handled, and {table.fault}")
    if is_hidden or Outcome.UNKNOWN in outcomes:
        why = table.fault if Outcome.UNKNOWN in outcomes else "hands the event on to code that could not be followed"
        return _Told(handler, Outcome.UNKNOWN, why or "")
    return _Told(handler, Outcome.UNMET, "does not ask whether the event was handled before")


def _function(sources: Sources, module: Module, handler: EventHandler) -> tuple[str, Function] | None:
    """The handler's function and its file."""
    if handler.value is None:
        return None
    found = followed(sources, module, handler.value, handler.at or 0)
    if isinstance(found, Found) and isinstance(found.expression, Function):
        return found.path, found.expression
    return None


def _looked_through(
    sources: Sources, module: Module, function: Function, table: _Table, parameters: ConsumersDedupe
) -> tuple[set[Outcome], bool]:
    """What the calls of a handler do, and those of functions that it calls; and whether the event is handed on to what
    cannot be followed."""
    outcomes: set[Outcome] = set()
    is_hidden = False
    bound = {name for parameter in function.parameters[:1] for name in parameter.binds}
    for site in module.calls_in(function):
        outcomes |= _of_call(module, site, table, parameters)
        deeper = function_run(sources, module, site)
        if deeper is not None and isinstance(deeper.expression, Function):
            inner = sources.code().module(deeper.path)
            for each in inner.calls_in(deeper.expression):
                outcomes |= _of_call(inner, each, table, parameters)
        elif any(isinstance(each, Name) and each.name in bound for each in site.call.arguments):
            is_hidden = is_hidden or _is_hidden(sources, module, site)
    return outcomes, is_hidden


def _of_call(module: Module, site: CallSite, table: _Table, parameters: ConsumersDedupe) -> set[Outcome]:
    if is_named(module, site.call.callee, parameters.calls, site.start):
        return {Outcome.MET}
    first = site.call.arguments[0] if site.call.arguments else None
    if not site.callee.endswith(".insert") or first is None or dotted(first).rpartition(".")[2] not in table.symbols:
        return set()
    if table.fault is None:
        return {Outcome.MET}
    return {Outcome.UNMET} if table.is_told else {Outcome.UNKNOWN}


def _is_hidden(sources: Sources, module: Module, site: CallSite) -> bool:
    """Whether a call runs code of the repository that cannot be followed; a global's or a package's is none of it."""
    base = base_of(site.call.callee)
    if isinstance(base, Name):
        bound = module.local(base.name, site.start) or module.definitions.get(base.name) or module.imported(base.name)
        if bound is None:
            return False
    return isinstance(followed(sources, module, base, site.start), Lost | None)


def _dedupe_table(sources: Sources, subject: Subject, parameters: ConsumersDedupe) -> _Table:
    """The table in the schema, else in the migrations; as both make it, where both have it."""
    found = tables_of(sources, subject, parameters.schema_files, parameters.migrations, parameters.config)
    named = [
        (table, bool(tables.gaps))
        for tables in (found.declared, found.migrated)
        if tables is not None
        for table in tables.tables
        if table.name == parameters.table
    ]
    if not named:
        return _Table(frozenset(), f"there is no table {parameters.table}", True)
    symbols = frozenset(table.symbol or table.name for table, _ in named)
    open_ones = [table for table, _ in named if table.unique_over(parameters.columns) is None]
    if not open_ones:
        return _Table(symbols, None, True)
    is_told = not any(has_gaps or table.gaps for table, has_gaps in named if table in open_ones)
    columns = " and ".join(parameters.columns)
    return _Table(symbols, f"{open_ones[0].full_name} has no unique key over just {columns}", is_told)


def _named(told: _Told) -> str:
    return f"{told.handler.path}:{told.handler.line} ({told.handler.event or 'an event'})"
