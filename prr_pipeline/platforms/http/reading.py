"""JSON from outside, read strictly: whole, without doubled keys, of the documented form."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, NoReturn, TypeVar

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from prr_pipeline.platforms.http import faults
from prr_pipeline.platforms.http.service import Service
from prr_pipeline.platforms.http.wire import Received

T = TypeVar("T")


class Sent(BaseModel):
    """A form that a provider documents. What is not named is left out; what is named is there and of its type."""

    model_config = ConfigDict(strict=True, extra="ignore", frozen=True)


def read_json(service: Service, received: Received, shape: TypeAdapter[T]) -> T:
    """The body in that form. Raises `SourceSilent` whose sentence says where it differs, never what stands there."""
    require_json_type(service, received)
    try:
        json.loads(received.body, object_pairs_hook=_object, parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise faults.not_json(service, received.place, "it is cut off or broken") from None
    try:
        return shape.validate_json(received.body)
    except ValidationError as fault:
        where = _where(fault)
    raise faults.wrong_shape(service, received.place, where)


def require_json_type(service: Service, received: Received) -> None:
    """Return for what calls itself JSON. Raises `SourceSilent` for everything else, such as a log-in page."""
    kind = received.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json" and not (kind.startswith("application/") and kind.endswith("+json")):
        what = "it is HTML" if kind == "text/html" else "its content type is not JSON"
        raise faults.not_json(service, received.place, what)


def _object(pairs: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError("doubled key")
        found[key] = value
    return found


def _no_number(name: str) -> NoReturn:
    raise ValueError("no number")


def _where(fault: ValidationError) -> str:
    """The place and kind of the first difference. Keys that the service chose are not shown, only ours."""
    first = fault.errors(include_input=False, include_url=False, include_context=False)[0]
    place = ".".join(part if isinstance(part, str) and part.isidentifier() else "*" for part in first["loc"])
    return f"at {place[:80] or 'the top'} ({first['type']})"
