"""What an operation says of itself in its description: whether there is prose, and an example to try."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from prr_pipeline.readiness.findings import mapping
from prr_pipeline.repository.openapi import Operation


def has_description(operation: Operation) -> bool:
    """Whether the description is there and not blank."""
    text = operation.data.get("description")
    return isinstance(text, str) and bool(text.strip())


def has_example(operation: Operation) -> bool:
    """Whether an example stands at a media type of the request or of a response, or at its schema."""
    return any(_shows(media, operation) for media in _media(operation))


def _shows(media: Mapping[str, Any], operation: Operation) -> bool:
    schema = operation.spec.references.resolve(media.get("schema"), "")[0]
    return any("example" in part or part.get("examples") for part in (media, mapping(schema)))


def _media(operation: Operation) -> Iterator[Mapping[str, Any]]:
    """The media types of the request body, then of the responses."""
    resolve = operation.spec.references.resolve
    bodies = [operation.data.get("requestBody"), *mapping(operation.data.get("responses")).values()]
    for body in bodies:
        content = mapping(mapping(resolve(body, "")[0]).get("content"))
        yield from (mapping(resolve(media, "")[0]) for media in content.values())
