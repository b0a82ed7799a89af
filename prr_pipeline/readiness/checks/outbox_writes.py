"""Events that are published in the transaction of the change that they tell of."""

from __future__ import annotations

from collections.abc import Sequence

from prr_pipeline.canonical import digest
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.readiness.callers import function_run
from prr_pipeline.readiness.event_calls import Publishers, Publishing, is_outbox_row, published_in, publishes
from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.findings import listed, met, not_applicable, unknown, unmet
from prr_pipeline.readiness.model import Finding, Location, Reason
from prr_pipeline.readiness.named_calls import scanned
from prr_pipeline.readiness.own_names import own_name
from prr_pipeline.readiness.parameters import Parameters
from prr_pipeline.readiness.registry import check
from prr_pipeline.readiness.settings_asked import hangs_on_setting
from prr_pipeline.readiness.sources import Sources
from prr_pipeline.readiness.swallowed import idle_or_unheard
from prr_pipeline.readiness.transactions import Shared, Shares, Transactions, base_of, sharing, writes_beside
from prr_pipeline.repository.typescript.expressions import Function
from prr_pipeline.repository.typescript.modules import Module
from prr_pipeline.subjects import Subject


class OutboxSharesTransaction(Parameters):
    """``calls`` publish, and so do rows that are put into the ``outbox``. ``transaction`` opens a transaction.

    ``words`` name one in code; ``writes`` are its methods that change state.
    """

    code: str
    calls: list[str]
    outbox: str | None = None
    transaction: str
    words: list[str]
    writes: list[str]


@dataclass(frozen=True, slots=True)
class _Told:
    """One place that publishes, how it stands to a transaction, and whether that changes state beside it.

    ``doubt``: why it cannot be told whether it publishes at all; ``idle``: why it does not.
    """

    place: Publishing
    shared: Shared
    has_change: bool
    doubt: str = ""
    idle: str | None = None

    @property
    def fault(self) -> str | None:
        """What is wrong, in a few words; None where it holds or cannot be told."""
        if self.shared.shares in (Shares.OUTSIDE, Shares.OTHER, Shares.LEFT):
            return str(self.shared.shares.value)
        if self.idle is not None:
            return self.idle
        alone = self.shared.shares is Shares.YES and not self.has_change
        return "the transaction changes no state beside it" if alone else None

    @property
    def location(self) -> Location:
        return Location(self.place.path, self.place.site.line, self.place.event or self.place.site.callee)


@check("outbox_shares_transaction", OutboxSharesTransaction, version=3)
def outbox_shares_transaction(
    sources: Sources, _facts: Facts, subject: Subject, parameters: OutboxSharesTransaction
) -> Finding:
    """Each event is published with the very transaction that changes the state beside it."""
    pattern = sources.fill(parameters.code, subject)
    found = published_in(sources, pattern, Publishers(frozenset(parameters.calls), parameters.outbox))
    told = _told(sources, pattern, found.places, parameters)
    rows = sorted(
        [each.place.path, each.place.event or "", each.shared.shares.name, each.has_change, each.idle or each.doubt]
        for each in told
    )
    judged = digest([subject.name, pattern, rows])
    faults = [f"{_where(each)}: {each.fault}" for each in told if each.fault is not None]
    places = [each.location for each in told if each.fault is not None]
    if faults:
        way_out = "write the event with the transaction argument that the change uses"
        return unmet(f"{listed(faults)}; {way_out}.", judged, places)
    hidden = [each for each in told if each.shared.shares is Shares.UNKNOWN or each.doubt]
    if hidden:
        why = hidden[0].doubt or f"{hidden[0].shared.shares.value}; open the transaction around it, or pass it in"
        message = f"{_where(hidden[0])}: {why}."
        return unknown(Reason.NOT_RESOLVABLE, message, judged, [each.location for each in hidden])
    if found.lost:
        why = f"Not all code of {subject.name} could be read: {found.lost[0].why}"
        return unknown(Reason.UNREADABLE, why, judged, [Location(each.path, each.line) for each in found.lost])
    if not told:
        return not_applicable(f"No file of {pattern} publishes an event.", judged, events=[])
    message = f"{len(told)} events are written in the transaction of their change (seen in the code, not proved)."
    return met(message, judged, [each.location for each in told])


def _told(
    sources: Sources, pattern: str, places: Sequence[Publishing], parameters: OutboxSharesTransaction
) -> list[_Told]:
    if not places:
        return []
    how = Transactions(scanned(sources, pattern), parameters.transaction, parameters.words)
    found = []
    for place in places:
        module, site = sources.code().module(place.path), place.site
        is_row = is_outbox_row(module, site, parameters.outbox)
        handed = (base_of(site.call.callee),) if is_row else site.call.arguments
        shared = sharing(sources, how, module, site.start, handed, connection=is_row)
        publishing = [each.site.start for each in places if each.path == place.path]
        but = {path: _inner(sources.code().module(path), parameters, publishing) for path in _paths(shared)}
        beside = [writes_beside(each, parameters.writes, but[each.module.path]) for each in shared.callbacks]
        doubt, idle = _doubt(sources, module, place, places, shared, parameters), idle_or_unheard(sources, module, site)
        found.append(_Told(place, shared, all(beside), doubt, idle))
    return found


def _doubt(
    sources: Sources,
    module: Module,
    place: Publishing,
    places: Sequence[Publishing],
    shared: Shared,
    parameters: OutboxSharesTransaction,
) -> str:
    """Why a call may not publish: the function is the service's own and writes nothing, or a setting may forbid it."""
    site = place.site
    own = own_name(sources, module, site.call.callee, parameters.calls, site.start)
    run = function_run(sources, module, site) if own is not None else None
    if own is not None and run is not None and isinstance(run.expression, Function):
        start, end = run.expression.start, run.expression.end
        if not any(each.path == run.path and start <= each.site.start < end for each in places):
            return own.why
    begins = [each.function.start for each in shared.callbacks if each.module.path == module.path]
    around = module.function_at(site.start)
    first = max((each for each in begins if each <= site.start), default=around.start if around is not None else 0)
    asked = hangs_on_setting(sources, module, site, first, parameters.writes)
    if asked is None:
        return ""
    return "a condition that asks nothing of the change decides whether it is published; publish it always"


def _paths(shared: Shared) -> set[str]:
    return {each.module.path for each in shared.callbacks}


def _inner(module: Module, parameters: OutboxSharesTransaction, publishing: Sequence[int]) -> list[int]:
    """Calls that are part of publishing, which is no change of state itself."""
    publishers = Publishers(frozenset(parameters.calls), parameters.outbox)
    return [*publishing, *(site.start for site in module.calls if publishes(module, site, publishers))]


def _where(told: _Told) -> str:
    return f"{told.place.path}:{told.place.site.line} ({told.place.event or told.place.site.callee})"
