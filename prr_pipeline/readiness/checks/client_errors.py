"""A partner's client knows what to do with each error code of the platform."""

from __future__ import annotations

from prr_pipeline.canonical import digest
from prr_pipeline.readiness.client_code import client_code
from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.findings import listed, met, unknown, unmet
from prr_pipeline.readiness.handled_codes import handled_codes
from prr_pipeline.readiness.model import Finding, Reason
from prr_pipeline.readiness.parameters import Parameters
from prr_pipeline.readiness.registry import check
from prr_pipeline.readiness.sources import Sources
from prr_pipeline.subjects import Subject


class ErrorCodesAreHandled(Parameters):
    """``codes``: all that the platform answers with. ``fields``: what the code is called in an answer and in code."""

    code: str
    codes: list[str]
    fields: list[str]


@check("error_codes_are_handled", ErrorCodesAreHandled)
def error_codes_are_handled(
    sources: Sources, _facts: Facts, subject: Subject, parameters: ErrorCodesAreHandled
) -> Finding:
    """The client has a branch for each error code of the platform, or one for all that have none, which it reports."""
    code = client_code(sources, subject, parameters.code)
    found = handled_codes(sources, code, parameters.codes, parameters.fields)
    missing = [name for name in parameters.codes if name not in found.codes]
    judged = digest([code.pattern, sorted(found.codes), bool(found.fallbacks), sorted(found.unused)])
    values = {"handled": len(found.codes), "by_default": list(missing) if found.fallbacks else []}
    places = [*found.codes.values(), *found.fallbacks]
    count = f"{len(found.codes)} of {len(parameters.codes)} error codes"
    if not missing:
        return met(f"The client handles {count} by name.", judged, dict.fromkeys(places), **values)
    if found.fallbacks:
        first = found.fallbacks[0]
        message = f"The client handles {count} by name, the others by the default branch at {first.path}:{first.line}."
        return met(message, judged, dict.fromkeys([*found.fallbacks, *places]), **values)
    hidden = code.hidden(judged)
    seen = [found.unused[name] for name in missing if name in found.unused]
    if hidden is None and (found.untold or len(seen) == len(missing)):
        where = [*found.untold, *seen]
        message = (
            f"Whether {listed(missing)} are handled is told only by running {where[0].path}:{where[0].line}; "
            "compare with plain texts, or look the table up where it can be followed."
        )
        return unknown(Reason.NOT_RESOLVABLE, message, judged, where, **values)
    message = f"{code.pattern} handles no {listed(missing)}, and has no default branch; add one that reports the code."
    return hidden or unmet(message, judged, dict.fromkeys(places), **values)
