"""Test cases that call something twice: whether they assert anything after the second call."""

from __future__ import annotations

from collections.abc import Sequence

from prr_pipeline.errors import PrrError
from prr_pipeline.readiness.asserted import is_assertion
from prr_pipeline.readiness.reported_cases import Reported, source_of
from prr_pipeline.readiness.requests_made import functions_of
from prr_pipeline.readiness.sources import Sources
from prr_pipeline.repository.typescript.code import Found
from prr_pipeline.repository.typescript.expressions import Function
from prr_pipeline.repository.typescript.modules import CallSite

_CHAINED = ("not", "should", "to")
"""What stands in the chain of an assertion that is a refusal, or is made of words."""


def asserts_the_repeat(sources: Sources, reported: Reported, assertions: Sequence[str]) -> bool:
    """Whether the second of two equal calls is followed, or held, by an assertion.

    A case that calls nothing twice by itself, such as one with a loop, must assert anything at all; one whose source
    cannot be read is believed.
    """
    try:
        case = source_of(sources, reported)
    except PrrError:
        return True
    if case is None or not assertions:
        return True
    for function, path in functions_of(sources, case.path, case.body):
        sites = sources.code().module(path).calls_in(function)
        asserting = [each for each in sites if _asserts(sources, path, each, assertions)]
        again = _second(sites, assertions)
        return any(again is None or each.end > again for each in asserting)
    return True


def _asserts(sources: Sources, path: str, site: CallSite, assertions: Sequence[str]) -> bool:
    """Whether a call asserts, as ``request(app).post(url).expect(200)`` does too, or is of a function that does."""
    if _is_assertion(site, assertions):
        return True
    found = sources.code().follow(path, site.call.callee, site.start)
    if not isinstance(found, Found) or not isinstance(found.expression, Function):
        return False
    inner = sources.code().module(found.path).calls_in(found.expression)
    return any(_is_assertion(each, assertions) for each in inner)


def _is_assertion(site: CallSite, assertions: Sequence[str]) -> bool:
    return is_assertion(site.call, assertions) or not {*_CHAINED, *assertions}.isdisjoint(site.callee.split("."))


def _second(sites: Sequence[CallSite], assertions: Sequence[str]) -> int | None:
    """Where the first call that has been made before begins, such as the second ``post(url)``."""
    seen: set[tuple[str, object]] = set()
    for site in sorted(sites, key=lambda each: each.start):
        first = site.call.arguments[0] if site.call.arguments else None
        key = (site.callee, str(getattr(first, "value", None)))
        if _is_assertion(site, assertions) or site.call.new or not site.call.arguments:
            continue
        if key in seen:
            return site.start
        seen.add(key)
    return None
