"""Acme's own check, that somebody pays for every operation, and the path of Acme's profile."""

from __future__ import annotations

from pathlib import Path

from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.findings import listed, met, shown, unmet
from prr_pipeline.readiness.model import Finding, Location
from prr_pipeline.readiness.parameters import Parameters
from prr_pipeline.readiness.registry import check
from prr_pipeline.readiness.sources import Sources
from prr_pipeline.repository.openapi import MISSING
from prr_pipeline.subjects import Subject

PROFILE = Path(__file__).with_name("acme.yaml")


class OperationNamesCostCentre(Parameters):
    """``extension``: where the operation names it; ``known``: the cost centres that there are."""

    extension: str
    known: list[str]


@check("operation_names_cost_centre", OperationNamesCostCentre)
def operation_names_cost_centre(
    sources: Sources, _facts: Facts, subject: Subject, parameters: OperationNamesCostCentre
) -> Finding:
    """The operation names a cost centre that exists, so that its costs can be charged."""
    operation = sources.operation(subject)
    here = Location(operation.spec.path, operation.line, parameters.extension)
    judged = sources.subject_digest(subject)
    named = operation.extension(parameters.extension)
    if named is MISSING:
        return unmet(f"{subject.name} names no {parameters.extension}; add one to the operation.", judged, [here])
    if named not in parameters.known:
        message = f"{subject.name} names the cost centre {shown(named)}; valid: {listed(parameters.known)}."
        return unmet(message, judged, [here])
    return met(f"{subject.name} is paid for by {named}.", judged, [here], cost_centre=named)
