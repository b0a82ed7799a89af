"""What a service writes to its logs: nothing that must stay out of them, unless a wrapper hides it."""

from __future__ import annotations

from collections.abc import Iterator

from prr_pipeline.canonical import digest
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.readiness.exposed_values import exposed_in
from prr_pipeline.readiness.exposed_words import Exposed, Words
from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.findings import listed, met, unknown, unmet
from prr_pipeline.readiness.log_wrappers import Logging, wrapped
from prr_pipeline.readiness.model import Finding, Location, Reason
from prr_pipeline.readiness.named_calls import Scanned, is_call_of, scanned, spellings
from prr_pipeline.readiness.own_names import own_calls
from prr_pipeline.readiness.parameters import Parameters
from prr_pipeline.readiness.registry import check
from prr_pipeline.readiness.sources import NotSeen, Sources
from prr_pipeline.repository.typescript.code import Found, Lost
from prr_pipeline.repository.typescript.expressions import Expression, Name, Record
from prr_pipeline.repository.typescript.modules import CallSite, Module
from prr_pipeline.subjects import Subject

_NO_SECRET = (
    "id",
    "ids",
    "count",
    "length",
    "size",
    "is",
    "has",
    "type",
    "at",
    "expired",
    "expires",
    "expiry",
    "scope",
    "scopes",
)
"""What a name begins or ends with that speaks of a token and holds none, where no harmless words are declared."""
_GRANT = "grant_type"
"""The member of every request for tokens."""
_PROOFS = ("code", "code_verifier", "refresh_token", "client_secret", "client_assertion", "assertion", "password")
"""Members of such a request that get whoever has them a token."""


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


@check("logs_hide_values", LogsHideValues, version=3)
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
    own = _own_wrapper(sources, code, logged, parameters)
    if own is not None:
        message = f"What logs hide cannot be told: at {own.path}:{own.line} {own.why}."
        return unknown(
            Reason.NOT_RESOLVABLE, message, digest([judged, "own"]), [Location(own.path, own.line)], **values
        )
    if not logged:
        names = listed(parameters.calls)
        raise NotSeen(Reason.NO_EVIDENCE, f"No file of {code.pattern} calls {names}; declare what writes its logs.")
    places = [Location(each.path, each.site.line, each.site.callee) for each in logged]
    message = f"None of {len(logged)} log calls of {subject.name} is given a value by a name that must stay out."
    return met(message, judged, places, **values)


def _logged(sources: Sources, code: Scanned, parameters: LogsHideValues) -> Iterator[_Logged]:
    harmless = parameters.harmless or (_NO_SECRET if parameters.prefixes else ())
    words = Words(parameters.names, harmless, parameters.wrapper, parameters.prefixes or ())

    def look(module: Module, value: Expression, at: int) -> tuple[Module, Expression, int] | None:
        there = sources.code().follow(module.path, value, at)
        if not isinstance(there, Found):
            return None
        return sources.code().module(there.path), there.expression, there.at or 0

    written = [(module, site) for module, site in code.sites() if _writes_logs(module, site, parameters.calls)]
    logging: list[Logging] = [(module, site, site.call.arguments) for module, site in written]
    for module, site, arguments in [*logging, *wrapped(sources, code, logging)]:
        text = sources.blob(module.path).text()[site.start : site.end]
        secret = _exchanged(module, site.start) if parameters.prefixes else ()
        found = (each for one in arguments for each in exposed_in(module, one, site.start, words, look, secret))
        yield _Logged(module.path, site, " ".join(text.split()), tuple(dict.fromkeys(found)))


def _exchanged(module: Module, at: int) -> set[str]:
    """The names around an offset whose values are sent in exchange for tokens: a code, and what proves who asked."""
    around = module.function_at(at)
    sent = [each for site in module.calls_in(around) for each in site.call.arguments] if around is not None else []
    bodies = [each for each in sent if isinstance(each, Record) and each.get(_GRANT) is not None]
    return {
        entry.value.name
        for each in bodies
        for entry in each.entries
        if isinstance(entry.value, Name) and entry.key in _PROOFS
    }


def _own_wrapper(sources: Sources, code: Scanned, logged: list[_Logged], parameters: LogsHideValues) -> Lost | None:
    """A wrapper, in a file that writes logs, that the service makes itself."""
    if parameters.wrapper is None:
        return None
    paths = {each.path for each in logged}
    sites = (each for each in code.sites() if each[0].path in paths)
    return next(own_calls(sources, sites, (parameters.wrapper,)), None)


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
