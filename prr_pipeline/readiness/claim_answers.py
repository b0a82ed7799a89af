"""What a true answer of a claim says, and whether the claim waits for it at all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from prr_pipeline.readiness.callers import function_run
from prr_pipeline.readiness.claim_words import is_first_told_by
from prr_pipeline.readiness.named_calls import spellings
from prr_pipeline.readiness.sources import Sources
from prr_pipeline.repository.typescript.expressions import Function
from prr_pipeline.repository.typescript.modules import CallSite, Module

_WAITS = ("await", "return", "=>", "yield*")
_ASYNC = frozenset(("transaction", "begin"))
_HANDS_ON = (".then", ".catch", ".finally")


def first_told(module: Module, site: CallSite, names: Iterable[str]) -> bool | None:
    """Whether a true answer says that the delivery is the first: by the name of what is called, aliases and imports
    undone, else by a name that holds the answer; None where none of them tells."""
    called = (site.callee, *spellings(module, site.call.callee, site.start))
    told = (is_first_told_by(each) for each in (*called, *sorted(names)))
    return next((each for each in told if each is not None), None)


def is_unawaited(sources: Sources, module: Module, carriers: Sequence[CallSite], names: Iterable[str]) -> bool:
    """Whether an answer that certainly is a promise is asked as it is: a promise is always true."""
    text, last = sources.blob(module.path).text(), carriers[-1]
    chained = [each for each in module.calls if each.start == last.start]
    if text[: last.start].rstrip().endswith(_WAITS) or any(each.callee.endswith(_HANDS_ON) for each in chained):
        return False
    behind = text[last.end :]
    if any(f"await {name}" in behind or f"{name}.then" in behind for name in names):
        return False
    return any(_is_async(sources, module, each) for each in carriers)


def _is_async(sources: Sources, module: Module, site: CallSite) -> bool:
    if site.callee.rpartition(".")[2] in _ASYNC:
        return True
    run = function_run(sources, module, site)
    if run is None or not isinstance(run.expression, Function):
        return False
    return sources.blob(run.path).text()[run.expression.start :].startswith("async")
