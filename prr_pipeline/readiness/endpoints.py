"""Third-party endpoints: the routes of each service's description that others may call, with an id or without."""

from __future__ import annotations

import re
from collections.abc import Mapping

from prr_pipeline.errors import PrrError, UnknownName
from prr_pipeline.readiness.profile import Profile
from prr_pipeline.readiness.reads import NotedSnapshot
from prr_pipeline.repository.globs import matches
from prr_pipeline.repository.openapi import Operation, Spec, parse_spec
from prr_pipeline.repository.snapshot import Snapshot
from prr_pipeline.subjects import Subject, encode_id

_TEMPLATE_PART = re.compile(r"\{[^{}/]*\}")
_NOT_SLUG = re.compile(r"[^A-Za-z0-9-]+")


def split_name(subject: Subject) -> tuple[str, str]:
    """The service and the endpoint in a name such as ``identity/createGrant`` or ``events/POST /v1/events``.

    Raises `PrrError` for a name without a service.
    """
    service, slash, endpoint = subject.name.partition("/")
    if not slash or not service or not endpoint:
        raise PrrError(
            f"The third-party endpoint {subject.name!r} names no service; write it like identity/createGrant, or "
            "like 'identity/POST /v1/grants' where it has no operationId."
        )
    return service, endpoint


def spec_path(profile: Profile, service: str) -> str | None:
    """Where a service's OpenAPI document lies; None if the profile declares no place."""
    template = profile.value("paths.service_openapi")
    return str(template).replace("{service}", encode_id(service)) if template else None


def all_operations(spec: Spec) -> Mapping[str, Operation]:
    """Every operation of a document by id, or by ``POST /v1/events`` where it has none of its own."""
    found = {name: operation for name, operation in spec.operations.items() if name not in spec.duplicates}
    for pointers in spec.duplicates.values():
        for pointer in pointers:
            method, path = _method_and_path(pointer)
            found[f"{method.upper()} {path}"] = Operation(spec, f"{method.upper()} {path}", method, path, pointer)
    for one in spec.unnamed:
        name = f"{one.method.upper()} {one.path}"
        found[name] = Operation(spec, name, one.method, one.path, one.pointer)
    return found


def endpoints(spec: Spec, profile: Profile) -> Mapping[str, Operation]:
    """Those operations that are neither open to everybody nor internal."""
    closed = (*(profile.value("routes.open") or {}), *(profile.value("routes.internal") or ()))
    return {
        name: operation
        for name, operation in all_operations(spec).items()
        if not any(matches(pattern, _plain(operation.path)) for pattern in closed)
    }


def endpoint_at(snapshot: Snapshot | NotedSnapshot, profile: Profile, subject: Subject) -> Operation:
    """The operation of a third-party endpoint. Raises `PrrError`, with the names that there are."""
    service, name = split_name(subject)
    path = spec_path(profile, service)
    if path is None:
        raise PrrError("paths.service_openapi is not declared; set it in the profile or in .prr/profile.yaml.")
    known = all_operations(parse_spec(snapshot.read(path)))
    if name not in known:
        raise UnknownName(f"endpoint in {path}:", name, known)
    return known[name]


def page_words(operation: Operation) -> dict[str, str]:
    """``{method}`` and ``{path}`` of a reference page: ``/v1/grants/{id}`` is ``v1_grants_id``."""
    path = _NOT_SLUG.sub("_", operation.path).strip("_")
    return {"method": operation.method.lower(), "path": encode_id(path)}


def _plain(path: str) -> str:
    """A path for globs: braces of a template would read as alternatives."""
    return _TEMPLATE_PART.sub("_", path)


def _method_and_path(pointer: str) -> tuple[str, str]:
    head, _, method = pointer.rpartition("/")
    return method, head.rpartition("/")[2].replace("~1", "/").replace("~0", "~")
