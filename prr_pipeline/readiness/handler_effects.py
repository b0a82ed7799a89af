"""What a handler of events does that a second delivery must not do again: writes, publications, requests, and calls."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import Enum
from itertools import chain

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.readiness.callers import followed, function_run
from prr_pipeline.readiness.claim_words import words
from prr_pipeline.readiness.named_calls import is_call_of, is_named, spellings
from prr_pipeline.readiness.sources import Sources
from prr_pipeline.readiness.transactions import base_of
from prr_pipeline.repository.typescript.code import Found, Lost, Outside
from prr_pipeline.repository.typescript.expressions import Call, Function, Member, Name
from prr_pipeline.repository.typescript.fragment_reader import read_fragments
from prr_pipeline.repository.typescript.modules import CallSite, Module

_DEPTH = 3
_GLOBALS = frozenset(("console", "JSON", "Object", "Math", "Reflect", "performance", "clearTimeout", "structuredClone"))
_HARMLESS = frozenset(
    ("parse", "parseAsync", "validate", "assert", "invariant", "ok", "strictEqual", "push", "set", "add",
     "setAttribute", "setAttributes", "addEvent", "setStatus", "end", "increment",
     "observe", "record", "info", "debug", "warn")
)  # fmt: skip
"""What checks or notes something in memory, as code and telemetry name it."""


class Effect(Enum):
    """Whether a call changes something outside the handler."""

    YES = "it does"
    MAYBE = "only running it could tell"
    NO = "it does not"


@dataclass(frozen=True, slots=True)
class Effects:
    """Names of calls that publish, write (methods), send requests, and log."""

    publishes: Sequence[str]
    writes: Sequence[str]
    requests: Sequence[str]
    logs: Sequence[str]

    def of(self, sources: Sources, module: Module, function: Function, site: CallSite) -> Effect:
        """Of a call in a handler's function."""
        if self.is_listed(sources, module, site):
            return Effect.YES
        if self.is_log(module, site) or site.callee.rpartition(".")[2] in _HARMLESS:
            return Effect.NO
        if site.start not in read_fragments(sources.blob(module.path)).discarded:
            return Effect.NO
        return _discarded(sources, module, function, site)

    def is_log(self, module: Module, site: CallSite) -> bool:
        """Whether a call only logs."""
        return any(is_call_of(name, self.logs) for name in spellings(module, site.call.callee, site.start))

    def is_write(self, site: CallSite) -> bool:
        """Whether a call is a method of a name that writes: ``db.insert(orders)``."""
        callee = site.call.callee
        if not isinstance(callee, Member) or callee.name not in self.writes or not site.call.arguments:
            return False
        first = site.call.arguments[0]
        plain = isinstance(callee.object, Name | Member)
        return plain and (isinstance(first, Name | Member) or (isinstance(first, Call) and first.tag))

    def is_listed(self, sources: Sources, module: Module, site: CallSite, depth: int = 0) -> bool:
        """Whether a call writes, publishes or asks, itself or in the function of the repository that it runs."""
        names = list(spellings(module, site.call.callee, site.start))
        if self.is_write(site) or is_named(module, site.call.callee, self.publishes, site.start):
            return True
        if any(is_call_of(name, self.requests) for name in names):
            return True
        run = function_run(sources, module, site) if depth < _DEPTH else None
        if run is None or not isinstance(run.expression, Function):
            return False
        inner = sources.code().module(run.path)
        return any(self.is_listed(sources, inner, each, depth + 1) for each in inner.calls_in(run.expression))


def callbacks(module: Module, start: int, *, called: str = "") -> Iterator[Function]:
    """The functions written as arguments around an offset; with ``called``, those given to a method of that name."""
    for site in module.calls:
        if site.start <= start < site.end and (not called or site.callee.rpartition(".")[2] == called):
            for each in site.call.arguments:
                if isinstance(each, Function) and each.start <= start < each.end:
                    yield each


def shares_transaction(module: Module, site: CallSite, other: CallSite) -> bool:
    """Whether a call is made on the transaction whose callback holds the other one."""
    around = callbacks(module, site.start, called="transaction")
    shared = [each for each in around if each.start <= other.start < each.end]
    names = {name for each in shared for parameter in each.parameters for name in parameter.binds}
    said = chain(words(site.call.callee), *(words(each) for each in site.call.arguments))
    return bool(names & set(said))


def hides(sources: Sources, module: Module, site: CallSite) -> bool:
    """Whether a call runs code of the repository that cannot be followed; a global's or a package's is none of it."""
    base = base_of(site.call.callee)
    if isinstance(base, Name):
        bound = module.local(base.name, site.start) or module.definitions.get(base.name) or module.imported(base.name)
        if bound is None:
            return False
    return isinstance(followed(sources, module, base, site.start), Lost | None)


def _discarded(sources: Sources, module: Module, function: Function, site: CallSite) -> Effect:
    """A call whose value nobody takes is made for what it does; a function that was read does nothing listed."""
    base = base_of(site.call.callee)
    found = followed(sources, module, site.call.callee, site.start)
    if isinstance(found, Found) and isinstance(found.expression, Function):
        return Effect.NO
    if not isinstance(base, Name):
        return Effect.YES if isinstance(followed(sources, module, base, site.start), Outside) else Effect.MAYBE
    local = module.local(base.name, site.start)
    if local is not None:
        given = {name for parameter in function.parameters for name in parameter.binds}
        return Effect.NO if base.name in given and local.start == function.start else Effect.MAYBE
    if module.imported(base.name) is not None or base.name in module.definitions:
        return Effect.YES if isinstance(found, Outside) else Effect.MAYBE
    return Effect.NO if base.name in _GLOBALS else Effect.YES
