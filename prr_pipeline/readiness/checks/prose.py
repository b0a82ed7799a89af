"""Checks of what an operation says of itself in the specification: its description and its examples."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Literal

from msgspec import Meta

from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.findings import met, unmet
from prr_pipeline.readiness.model import Finding, Location
from prr_pipeline.readiness.operation_prose import has_description, has_example
from prr_pipeline.readiness.parameters import Parameters
from prr_pipeline.readiness.registry import check
from prr_pipeline.readiness.sources import Sources
from prr_pipeline.repository.openapi import Operation
from prr_pipeline.subjects import Subject

Part = Literal["description", "example"]


class OperationIsDocumented(Parameters):
    """``parts``: what the operation must have, of ``description`` and ``example``."""

    parts: Annotated[list[Part], Meta(min_length=1)]


@check("operation_is_documented", OperationIsDocumented)
def operation_is_documented(
    sources: Sources, _facts: Facts, subject: Subject, parameters: OperationIsDocumented
) -> Finding:
    """The operation has a description that is not blank, or an example, or both: whichever is asked.

    An example stands at a media type of the request body or of a response, or at its schema; references are followed.
    """
    operation = sources.operation(subject)
    missing = [part for part in parameters.parts if not _HAS[part](operation)]
    digest = sources.subject_digest(subject)
    here = Location(operation.spec.path, operation.line, f"{operation.method} {operation.path}")
    if missing:
        texts = " and no ".join(missing)
        return unmet(f"{subject.name} has no {texts}. Write what is missing there.", digest, [here], missing=missing)
    return met(f"{subject.name} has its {' and its '.join(parameters.parts)}.", digest, [here])


_HAS: Mapping[Part, Callable[[Operation], bool]] = {"description": has_description, "example": has_example}
