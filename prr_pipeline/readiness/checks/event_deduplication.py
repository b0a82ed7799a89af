"""Handlers of events that take in each event once, though it is delivered more often."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from prr_pipeline.canonical import digest
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.readiness.callers import followed, function_run
from prr_pipeline.readiness.claim_sides import Answer
from prr_pipeline.readiness.claim_verdicts import Verdict, beside, verdict_on
from prr_pipeline.readiness.claim_words import conflicts_are_skipped
from prr_pipeline.readiness.claims import Claim
from prr_pipeline.readiness.dedupe_table import DedupeTable, dedupe_table
from prr_pipeline.readiness.discovery import at_key, manifest_of
from prr_pipeline.readiness.event_handlers import EventHandler, handlers_in
from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.findings import listed, met, not_applicable, unknown, unmet
from prr_pipeline.readiness.handler_effects import Effect, Effects, hides
from prr_pipeline.readiness.model import Finding, Location, Outcome, Reason
from prr_pipeline.readiness.named_calls import is_named
from prr_pipeline.readiness.own_names import own_name
from prr_pipeline.readiness.parameters import Parameters
from prr_pipeline.readiness.registry import check
from prr_pipeline.readiness.service_tables import tables_of
from prr_pipeline.readiness.sources import NotSeen, Sources
from prr_pipeline.repository.typescript.code import Found
from prr_pipeline.repository.typescript.expressions import Call, Function, Name, dotted
from prr_pipeline.repository.typescript.modules import CallSite, Module
from prr_pipeline.subjects import Subject


class ConsumersDedupe(Parameters):
    """``files`` hold handlers, registered by ``subscribe_calls`` or listed in ``export``. ``key``: where the manifest
    lists consumed events. ``calls`` refuse what was handled before; so does a row in ``table``, whose unique key is
    over just ``columns``. ``schema_files``, ``migrations`` and ``config`` tell the tables. What may not happen twice:
    ``publish_calls``, ``write_calls`` (methods), ``request_calls``, and other calls but ``log_calls``.
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
    publish_calls: list[str] | None = None
    write_calls: list[str] | None = None
    request_calls: list[str] | None = None
    log_calls: list[str] | None = None

    @property
    def effects(self) -> Effects:
        """What must not happen twice."""
        given = (self.publish_calls, self.write_calls, self.request_calls, self.log_calls)
        return Effects(*(each or () for each in given))


@dataclass(frozen=True, slots=True)
class _Told:
    """One handler: whether it takes an event in once, and a few words why."""

    handler: EventHandler
    outcome: Outcome
    why: str

    @property
    def location(self) -> Location:
        return Location(self.handler.path, self.handler.line, self.handler.event or "")


@dataclass(frozen=True, slots=True)
class _Seen:
    """What the claims of a handler come to, and whether it hands the event on to what cannot be followed."""

    verdicts: Sequence[Verdict]
    is_hidden: bool


@check("consumers_dedupe", ConsumersDedupe, version=3)
def consumers_dedupe(sources: Sources, _facts: Facts, subject: Subject, parameters: ConsumersDedupe) -> Finding:
    """Every handler first asks whether it has handled the event, and goes by the answer, or notes it under a key."""
    pattern = sources.fill(parameters.files, subject)
    found = handlers_in(sources, pattern, parameters.subscribe_calls, parameters.export)
    table = _table(sources, subject, parameters) if found.handlers else DedupeTable(frozenset(), None, True)
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


def _table(sources: Sources, subject: Subject, parameters: ConsumersDedupe) -> DedupeTable:
    found = tables_of(sources, subject, parameters.schema_files, parameters.migrations, parameters.config)
    return dedupe_table(found, parameters.table, parameters.columns)


def _nothing_handled(
    sources: Sources, subject: Subject, pattern: str, parameters: ConsumersDedupe, judged: str
) -> Finding:
    consumed = at_key(manifest_of(sources, subject.name), parameters.key)
    if consumed:
        message = f"{subject.name} consumes events, and no handler is seen in {pattern}; register them there."
        raise NotSeen(Reason.NO_EVIDENCE, message)
    return not_applicable(f"{subject.name} consumes no event, and no file of {pattern} handles one.", judged)


def _told(sources: Sources, handler: EventHandler, table: DedupeTable, parameters: ConsumersDedupe) -> _Told:
    module = sources.code().module(handler.path)
    value = handler.value
    if isinstance(value, Call) and is_named(module, value.callee, parameters.calls, handler.at):
        return _Told(handler, Outcome.MET, "is wrapped")
    function = _function(sources, module, handler)
    if function is None:
        return _Told(handler, Outcome.UNKNOWN, "could not be followed to its function")
    inner = sources.code().module(function[0])
    seen = _looked_through(sources, inner, function[1], table, parameters)
    for outcome in (Outcome.MET, Outcome.UNKNOWN, Outcome.UNMET):
        why = next((each.why for each in seen.verdicts if each.outcome is outcome), None)
        if why is not None:
            return _Told(handler, outcome, why)
    if seen.is_hidden:
        return _Told(handler, Outcome.UNKNOWN, "hands the event on to code that could not be followed")
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
    sources: Sources, module: Module, function: Function, table: DedupeTable, parameters: ConsumersDedupe
) -> _Seen:
    """What the claims in a handler come to, and those of functions that it calls; and whether the event is handed on
    to what cannot be followed."""
    verdicts: list[Verdict] = []
    is_hidden = False
    bound = {name for parameter in function.parameters[:1] for name in parameter.binds}
    for site in module.calls_in(function):
        claim = _claim(sources, module, function, site, table, parameters)
        deeper = function_run(sources, module, site)
        own = _own_guard(sources, claim, parameters) if deeper is not None else None
        if claim is not None and own is None:
            verdicts.append(verdict_on(claim, table, parameters.columns))
        elif deeper is not None and isinstance(deeper.expression, Function):
            around = Claim(sources, parameters.effects, module, function, site)
            inside = list(_deeper(around, deeper.path, deeper.expression, table, parameters))
            verdicts += inside or ([own] if own is not None else [])
        elif any(isinstance(each, Name) and each.name in bound for each in site.call.arguments):
            is_hidden = is_hidden or hides(sources, module, site)
    return _Seen(verdicts, is_hidden)


def _own_guard(sources: Sources, claim: Claim | None, parameters: ConsumersDedupe) -> Verdict | None:
    """What a guard comes to that the service made itself, where nothing in it dedupes; None of the shared one."""
    if claim is None or claim.is_note:
        return None
    site = claim.site
    lost = own_name(sources, claim.module, site.call.callee, parameters.calls, site.start)
    return Verdict(Outcome.UNKNOWN, f"asks a guard of which nothing is known: {lost.why}") if lost is not None else None


def _deeper(
    around: Claim, path: str, function: Function, table: DedupeTable, parameters: ConsumersDedupe
) -> Iterator[Verdict]:
    """What the claims of a function come to that a handler calls: what it decides there, and for the handler."""
    module = around.sources.code().module(path)
    for site in module.calls_in(function):
        claim = _claim(around.sources, module, function, site, table, parameters)
        if claim is None:
            continue
        verdict = verdict_on(claim, table, parameters.columns)
        if verdict.outcome is Outcome.MET and claim.judged().answer is Answer.RETURNED:
            told = replace(around, first=claim.told_by(function))
            yield verdict_on(told, table, parameters.columns, is_helper=True)
        elif verdict.outcome is Outcome.MET:
            yield _with_beside(around)
        else:
            yield verdict


def _with_beside(around: Claim) -> Verdict:
    """Of a function that dedupes: whether its handler does something beside it, whatever it found."""
    left = around.beside(list(around.spans()))
    sure = [site for site, effect in left if effect is Effect.YES]
    if not left:
        return Verdict(Outcome.MET, "dedupes")
    return Verdict(*beside(around, (sure or [left[0][0]])[0], is_sure=bool(sure)))


def _claim(
    sources: Sources,
    module: Module,
    function: Function,
    site: CallSite,
    table: DedupeTable,
    parameters: ConsumersDedupe,
) -> Claim | None:
    if is_named(module, site.call.callee, parameters.calls, site.start):
        return Claim(sources, parameters.effects, module, function, site)
    first = site.call.arguments[0] if site.call.arguments else None
    if not site.callee.endswith(".insert") or first is None or dotted(first).rpartition(".")[2] not in table.symbols:
        return None
    throws = not conflicts_are_skipped(module, site)
    return Claim(sources, parameters.effects, module, function, site, throws, is_note=True)


def _named(told: _Told) -> str:
    return f"{told.handler.path}:{told.handler.line} ({told.handler.event or 'an event'})"
