"""Services that have an endpoint of the same name: what their own tests say of it is not of this one."""

from __future__ import annotations

from contextlib import suppress

from prr_pipeline.errors import PrrError
from prr_pipeline.readiness.discovery import service_names
from prr_pipeline.readiness.endpoints import split_name
from prr_pipeline.readiness.service_routes import operations_of
from prr_pipeline.readiness.sources import Sources
from prr_pipeline.subjects import Subject, SubjectKind


def namesake_folders(sources: Sources, subject: Subject) -> tuple[str, ...]:
    """The folders of other services, each with a slash at the end; none for what is no third-party endpoint."""
    if subject.kind is not SubjectKind.THIRD_PARTY_ENDPOINT:
        return ()
    return sources.once("namesakes", subject.name, lambda: _folders(sources, subject))


def _folders(sources: Sources, subject: Subject) -> tuple[str, ...]:
    service, name = split_name(subject)
    template: str | None = sources.profile.value("paths.service")
    found = []
    for other in service_names(sources) if template is not None else ():
        with suppress(PrrError):
            if other != service and name in operations_of(sources, other):
                found.append(str(template).replace("{service}", other) + "/")
    return tuple(found)
