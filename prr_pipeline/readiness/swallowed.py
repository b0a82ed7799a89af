"""Calls that nothing comes to, and calls whose error nobody hears."""

from __future__ import annotations

import re

from prr_pipeline.readiness.sources import Sources
from prr_pipeline.repository.typescript.expressions import Function
from prr_pipeline.repository.typescript.fragment_reader import read_fragments
from prr_pipeline.repository.typescript.modules import CallSite, Module

_THROWS = re.compile(r"\b(?:throw|reject|rollback)\b")


def idle_or_unheard(sources: Sources, module: Module, site: CallSite) -> str | None:
    """Why a call does not what it says, in a few words; None where nothing of the kind is seen.

    An error is heard where what catches it throws again, or takes the transaction back.
    """
    blob = sources.blob(module.path)
    fragments, text = read_fragments(blob), blob.text()
    if any(start <= site.start < end for start, end in fragments.unreached):
        return "nothing ever comes to it"
    around = module.function_at(site.start)
    begins = around.start if around is not None else -1
    caught = [
        each.catch
        for each in fragments.tries
        if begins < each.start <= site.start < each.end and module.function_at(each.start) == around
    ]
    for each in module.calls:
        if each.start == site.start and each.callee.rpartition(".")[2] == "catch":
            caught += [(one.start, one.end) for one in each.call.arguments if isinstance(one, Function)]
    if any(not _THROWS.search(text[start:end]) for start, end in caught):
        return "its error is caught, and the change is kept without it"
    return None
