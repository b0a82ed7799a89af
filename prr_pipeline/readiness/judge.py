"""Judge one line of one subject: fill its parameters, run its check, join composites, never crash."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pydantic import ValidationError

from prr_pipeline.canonical import canonical_bytes, digest
from prr_pipeline.errors import PrrError
from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.findings import shown
from prr_pipeline.readiness.model import Finding, Outcome, Reason
from prr_pipeline.readiness.parameters import Resolved, resolve
from prr_pipeline.readiness.registry import COMPOSITES, Check, check_named, parts
from prr_pipeline.readiness.sources import NotSeen, Sources
from prr_pipeline.subjects import Subject

_LOCATIONS = 50
_ALL_OF = (Outcome.UNMET, Outcome.UNKNOWN, Outcome.PENDING, Outcome.MET, Outcome.NOT_APPLICABLE)
_ANY_OF = (Outcome.MET, Outcome.UNKNOWN, Outcome.PENDING, Outcome.UNMET, Outcome.NOT_APPLICABLE)


@dataclass(frozen=True, slots=True)
class Judged:
    """A finding, the version of the check that made it, and the parameters that the report binds."""

    finding: Finding
    version: int
    parameters: Mapping[str, Any]


def judge(name: str, parameters: Mapping[str, Any], sources: Sources, facts: Facts, subject: Subject) -> Judged:
    """Run a check, or each part of a composite. Whatever goes wrong inside is unknown, in one sentence."""
    if name in COMPOSITES:
        judged = [judge(part, given, sources, facts, subject) for part, given in parts(name, parameters)]
        names = [part for part, _ in parts(name, parameters)]
        return _joined(name, names, judged)
    check = check_named(name)
    filled = resolve(parameters, sources.profile)
    if filled.missing:
        keys = ", ".join(filled.missing)
        finding = _unknown(
            sources,
            subject,
            Reason.NOT_DECLARED,
            f"The profile does not declare {keys}; set that there or in .prr/profile.yaml.",
        )
    else:
        finding = _run(check, filled, sources, facts, subject)
    if filled.assumed:
        finding = replace(finding, values={**finding.values, "assumed": sorted(filled.assumed)})
    return Judged(finding, check.version, dict(filled.recorded))


def _run(check: Check, filled: Resolved, sources: Sources, facts: Facts, subject: Subject) -> Finding:
    try:
        given = check.parameters.model_validate(dict(filled.given))
        finding = check.function(sources, facts, subject, given)
        canonical_bytes(dict(finding.values))
    except NotSeen as fault:
        found = _unknown(sources, subject, fault.reason, str(fault))
        return replace(found, locations=fault.locations[:_LOCATIONS])
    except PrrError as fault:
        return _unknown(sources, subject, Reason.UNREADABLE, str(fault))
    except ValidationError as fault:
        first = fault.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        return _unknown(
            sources,
            subject,
            Reason.UNREADABLE,
            f"The check {check.name} cannot take its parameter {where}: {first['msg']}.",
        )
    except (Exception, RecursionError) as fault:
        text = f"The check {check.name} failed on this input ({type(fault).__name__}: {shown(fault)}); report it."
        return _unknown(sources, subject, Reason.UNREADABLE, text)
    return replace(finding, locations=finding.locations[:_LOCATIONS])


def _unknown(sources: Sources, subject: Subject, reason: Reason, message: str) -> Finding:
    return Finding(Outcome.UNKNOWN, message, sources.subject_digest(subject), reason=reason)


def _joined(name: str, names: Sequence[str], judged: Sequence[Judged]) -> Judged:
    """Join parts: for ``all_of`` the worst outcome counts, for ``any_of`` the best."""
    order = _ALL_OF if name == "all_of" else _ANY_OF
    findings = [part.finding for part in judged]
    outcome = min((finding.outcome for finding in findings), key=order.index)
    deciding = [finding for finding in findings if finding.outcome is outcome]
    rows: list[dict[str, Any]] = [
        {"check": part, "version": each.version, "parameters": dict(each.parameters)}
        for part, each in zip(names, judged, strict=True)
    ]
    finding = Finding(
        outcome,
        " ".join(finding.message for finding in deciding),
        digest([finding.subject_digest for finding in findings]),
        tuple(place for each in deciding for place in each.locations)[:_LOCATIONS],
        deciding[0].reason,
        _values(names, findings),
    )
    return Judged(finding, max(part.version for part in judged), {"checks": rows})


def _values(names: Sequence[str], findings: Sequence[Finding]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    assumed: set[str] = set()
    for name, finding in zip(names, findings, strict=True):
        own = dict(finding.values)
        assumed |= set(own.pop("assumed", ()))  # type: ignore[call-overload]
        values[name] = {"outcome": str(finding.outcome), **own}
    return {**values, "assumed": sorted(assumed)} if assumed else values
