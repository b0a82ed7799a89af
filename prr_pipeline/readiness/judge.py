"""Judge one line of one subject: fill its parameters, run its check, join composites, never crash."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

from prr_pipeline.canonical import canonical_bytes, digest
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import PrrError
from prr_pipeline.readiness.apart import Misbehaved, run_apart
from prr_pipeline.readiness.declared import Unfit, fitted
from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.findings import shown
from prr_pipeline.readiness.model import Finding, Outcome, Reason
from prr_pipeline.readiness.parameters import Parameters, Resolved, resolve
from prr_pipeline.readiness.registry import COMPOSITES, Check, check_named, parts
from prr_pipeline.readiness.sources import NotSeen, Sources
from prr_pipeline.subjects import Subject

INTERNAL_FAULT = "failed on this input"
"""Stands in the sentence of a check that raised what it should not: a fault of ours, which a damaged file shows."""
_LOCATIONS = 50
_ALL_OF = (Outcome.UNMET, Outcome.UNKNOWN, Outcome.PENDING, Outcome.MET, Outcome.NOT_APPLICABLE)
_ANY_OF = (Outcome.MET, Outcome.UNKNOWN, Outcome.PENDING, Outcome.UNMET, Outcome.NOT_APPLICABLE)


@dataclass(frozen=True, slots=True)
class Judged:
    """A finding, the version of the check that made it, and the parameters that the report binds."""

    finding: Finding
    version: int
    parameters: Mapping[str, Any]


class _Asked:
    """A check and what it is told, alike for every subject that is judged by the same line."""

    def __init__(self, check: Check, filled: Resolved) -> None:
        self.check = check
        self.filled = filled
        self.is_foreign = check.origin is not None

    @cached_property
    def parameters(self) -> Parameters:
        """What the check gets. Raises `Unfit`."""
        return fitted(dict(self.filled.given), self.check.parameters)


def judge(name: str, parameters: Mapping[str, Any], sources: Sources, facts: Facts, subject: Subject) -> Judged:
    """Run a check, or each part of a composite. Whatever goes wrong inside is unknown, in one sentence."""
    if name in COMPOSITES:
        judged = [judge(part, given, sources, facts, subject) for part, given in parts(name, parameters)]
        names = [part for part, _ in parts(name, parameters)]
        return _joined(name, names, judged)
    asked = sources.of(name, parameters, lambda: _Asked(check_named(name), resolve(parameters, sources.profile)))
    check, filled = asked.check, asked.filled
    if filled.missing:
        keys = ", ".join(filled.missing)
        finding = _unknown(
            sources,
            subject,
            Reason.NOT_DECLARED,
            f"The profile does not declare {keys}; set that there or in .prr/profile.yaml.",
        )
    else:
        finding = _run(asked, sources, facts, subject)
    if filled.assumed:
        finding = replace(finding, values={**finding.values, "assumed": sorted(filled.assumed)})
    return Judged(finding, check.version, filled.recorded)


def _run(asked: _Asked, sources: Sources, facts: Facts, subject: Subject) -> Finding:
    check = asked.check
    try:
        if asked.is_foreign:
            finding = run_apart(check, sources, facts, subject, asked.filled.given)
        else:
            finding = check.function(sources, facts, subject, asked.parameters)
        if finding.values:
            canonical_bytes(dict(finding.values))
    except NotSeen as fault:
        found = _unknown(sources, subject, fault.reason, str(fault))
        return replace(found, locations=fault.locations[:_LOCATIONS])
    except Misbehaved as fault:
        text = f"The {_named(check)} cannot be trusted with this line: {fault}; report it to its maker."
        return _unknown(sources, subject, Reason.UNREADABLE, text)
    except PrrError as fault:
        return _unknown(sources, subject, Reason.UNREADABLE, str(fault))
    except Unfit as fault:
        return _unknown(
            sources,
            subject,
            Reason.UNREADABLE,
            f"The {_named(check)} cannot take its parameter {fault.path}: {fault.said}.",
        )
    except (Exception, RecursionError) as fault:
        text = f"The {_named(check)} {INTERNAL_FAULT} ({type(fault).__name__}: {shown(fault)}); report it."
        return _unknown(sources, subject, Reason.UNREADABLE, text)
    if _writable(finding.message) != finding.message:
        finding = replace(finding, message=_writable(finding.message))
    if len(finding.locations) > _LOCATIONS:
        return replace(finding, locations=finding.locations[:_LOCATIONS])
    return finding


def _named(check: Check) -> str:
    return f"check {check.name}" + (f" of {check.origin}" if check.origin is not None else "")


def _unknown(sources: Sources, subject: Subject, reason: Reason, message: str) -> Finding:
    return Finding(Outcome.UNKNOWN, _writable(message), sources.subject_digest(subject), reason=reason)


def _writable(text: str) -> str:
    """Half surrogates, which no report can hold, become question marks: a foreign exception may speak them."""
    return text if text.isascii() else text.encode(errors="replace").decode()


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
        " ".join(dict.fromkeys(finding.message for finding in deciding)),
        digest([finding.subject_digest for finding in findings]),
        tuple(dict.fromkeys(place for each in deciding for place in each.locations))[:_LOCATIONS],
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
