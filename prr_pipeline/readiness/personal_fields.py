"""Which fields of an operation hold personal data, by what the specification declares."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.readiness.model import Location, Reason
from prr_pipeline.readiness.sources import NotSeen
from prr_pipeline.repository.openapi import MISSING, Operation


@dataclass(frozen=True, slots=True)
class Marking:
    """How the spec marks personal data: the extension, the key that lists fields, and the words that mean "none"."""

    extension: str
    fields_key: str
    none_words: frozenset[str]


def personal_fields(operation: Operation, marking: Marking) -> Mapping[str, Location]:
    """Name and place of each field: those that the operation lists, and the marked properties and parameters.

    Raises `NotSeen` for an operation that says that it holds personal data and does not say where.
    """
    here = Location(operation.spec.path, operation.line, operation.operation_id)
    found = dict.fromkeys(_listed(operation.extension(marking.extension), marking), here)
    for name, line in _marked(operation, marking):
        found.setdefault(name, Location(operation.spec.path, line, name))
    if not found and _says_yes(operation.extension(marking.extension), marking):
        message = (
            f"{operation.operation_id} has {marking.extension} without saying which fields; list them under "
            f"{marking.fields_key}, or mark the properties."
        )
        raise NotSeen(Reason.NOT_DECLARED, message, [here])
    return dict(sorted(found.items()))


def _listed(value: object, marking: Marking) -> list[str]:
    if isinstance(value, Mapping):
        value = value.get(marking.fields_key)
    if isinstance(value, Mapping):
        return [str(name) for name, mark in value.items() if _says_yes(mark, marking)]
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def _marked(operation: Operation, marking: Marking) -> Iterator[tuple[str, int]]:
    for found in operation.properties():
        if _says_yes(found.extension(marking.extension), marking):
            yield found.name, found.line
    for parameter in operation.parameters():
        data: Mapping[str, Any] = parameter.schema
        schema = data.get("schema")
        marks = [data.get(marking.extension, MISSING)]
        marks += [schema.get(marking.extension, MISSING)] if isinstance(schema, Mapping) else []
        if any(_says_yes(mark, marking) for mark in marks):
            yield str(data.get("name")), operation.spec.line(parameter.pointer)


def _says_yes(value: object, marking: Marking) -> bool:
    """Whether a mark says that there is personal data: true, a class of it, or a list or mapping that is not empty."""
    if value is MISSING or value is None or value is False:
        return False
    if isinstance(value, str):
        return value.strip().lower() not in marking.none_words
    if isinstance(value, Mapping) and marking.fields_key in value:
        return bool(value[marking.fields_key])
    return bool(value)
