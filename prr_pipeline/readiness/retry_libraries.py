"""Libraries that retry by themselves: the calls of them whose delays are random, and those whose are not."""

from __future__ import annotations

from collections.abc import Mapping

from prr_pipeline.readiness.client_code import ClientCode, Part
from prr_pipeline.readiness.model import Location
from prr_pipeline.readiness.sources import Sources
from prr_pipeline.repository.typescript.code import Found, Outside
from prr_pipeline.repository.typescript.expressions import Expression, Other, Record
from prr_pipeline.repository.typescript.modules import CallSite


def retrying_calls(
    sources: Sources, code: ClientCode, libraries: Mapping[str, str]
) -> tuple[list[Location], list[tuple[Location, bool]]]:
    """Calls of a library that retries with chance, and those without; of these, whether that is told.

    ``libraries``: package to the option that makes its delays random.
    """
    configured: list[Location] = []
    plain: list[tuple[Location, bool]] = []
    for part, site in code.calls():
        found = sources.code().follow(part.path, site.call.callee, site.start)
        option = libraries.get(found.package) if isinstance(found, Outside) else None
        if option is not None and site.call.arguments:
            is_set = _is_set(sources, part, site, option)
            place = part.at(site.line, site.callee)
            configured += [place] if is_set else []
            plain += [(place, is_set is False)] if not is_set else []
    return configured, plain


def _is_set(sources: Sources, part: Part, site: CallSite, option: str) -> bool | None:
    """Whether an option of the call is on; None where the options cannot be told."""
    told = False
    for argument in site.call.arguments[1:]:
        options = _followed(sources, part, argument, site.start)
        if not isinstance(options, Record):
            return None
        told = any(entry.key is None for entry in options.entries) or told
        value = options.get(option)
        if value is not None:
            inner = _followed(sources, part, value, site.start)
            said = inner.source if isinstance(inner, Other) else getattr(inner, "value", None)
            return None if said is None else said not in ("false", "none", "0", "")
    return None if told else False


def _followed(sources: Sources, part: Part, value: Expression, at: int) -> Expression:
    found = sources.code().follow(part.path, value, at)
    return found.expression if isinstance(found, Found) else value
