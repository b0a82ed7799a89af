"""Which subjects of a kind does a repository hold? Read from folders, descriptions and registries."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress

from prr_pipeline.errors import PrrError
from prr_pipeline.readiness.endpoints import endpoints, spec_path
from prr_pipeline.readiness.profile import Profile
from prr_pipeline.readiness.sources import NotDeclared, Sources
from prr_pipeline.repository.markup import load_yaml
from prr_pipeline.repository.openapi import parse_spec
from prr_pipeline.repository.snapshot import Snapshot
from prr_pipeline.subjects import Subject, SubjectKind

LISTED_BY: Mapping[SubjectKind, str] = {
    SubjectKind.OPERATION: "paths.openapi",
    SubjectKind.SERVICE: "paths.service",
    SubjectKind.THIRD_PARTY_ENDPOINT: "paths.service_openapi",
    SubjectKind.EVENT: "paths.event_registry",
    SubjectKind.JOB: "paths.job_registry",
    SubjectKind.INTEGRATION: "paths.integration",
    SubjectKind.DEPLOY: "deploy.tags",
}
"""Subject kind to the profile key that tells where its subjects are listed."""


def discover(snapshot: Snapshot, profile: Profile, kind: SubjectKind) -> tuple[Subject, ...]:
    """Every subject of the kind that the repository holds, each once; operations in the order of the description.

    A name that no subject may bear, such as one with a line break, is left out. What stands in only one of several
    places counts too: an event that a service declares and nobody registered is a subject, else no line could say so.
    Deploys are no part of a tree: git's tags name them. Raises `PrrError` when the place that lists them is not
    declared or cannot be read.
    """
    return _found(Sources(snapshot, profile), kind)


def discover_noted(
    snapshot: Snapshot, profile: Profile, kind: SubjectKind
) -> tuple[tuple[Subject, ...], Mapping[str, str]]:
    """As `discover`, and a sentence for each that it leaves out.

    The key is an id that stands more than once, method and path of an operation without one, or a name that no subject
    may bear.
    """
    sources = Sources(snapshot, profile, notes_reads=False)
    return _found(sources, kind), _passed_over(sources, kind)


def _found(sources: Sources, kind: SubjectKind) -> tuple[Subject, ...]:
    names = dict.fromkeys(_FINDERS[kind](sources))
    return tuple(Subject(kind, name) for name in names if _refusal(kind, name) is None)


def _refusal(kind: SubjectKind, name: str) -> str | None:
    """Why nothing can be judged under a name; None for a sound one."""
    try:
        Subject(kind, name)
    except PrrError as fault:
        return str(fault)
    return None


def _passed_over(sources: Sources, kind: SubjectKind) -> Mapping[str, str]:
    refused = {name: why for name in _FINDERS[kind](sources) if (why := _refusal(kind, name)) is not None}
    if kind is not SubjectKind.OPERATION:
        return refused
    spec = sources.spec()
    found = {
        f"{one.method} {one.path}": f"{spec.path} has {one.method.upper()} {one.path} (line {spec.line(one.pointer)}) "
        "without an operationId; give it one."
        for one in spec.unnamed
    }
    return {**refused, **found, **{name: spec.more_than_once(name) for name in spec.duplicates}}


def declared_kinds(profile: Profile) -> tuple[SubjectKind, ...]:
    """The kinds of which the profile tells where they are listed, in the usual order."""
    return tuple(kind for kind, key in LISTED_BY.items() if profile.value(key) is not None)


def service_names(sources: Sources) -> tuple[str, ...]:
    """The folders of services, with a manifest or without. Raises `NotDeclared`."""
    ignored = sources.profile.value("service.ignored") or ()
    return tuple(name for name in _slots(sources, _declared(sources, "paths.service") + "/**") if name not in ignored)


def event_names(sources: Sources) -> tuple[str, ...]:
    """Events that are registered, then those that a service declares to publish."""
    registered = _registered(sources, "paths.event_registry", "events.schemas_export")
    return tuple(dict.fromkeys((*registered, *_published(sources))))


def manifest_of(sources: Sources, service: str) -> Mapping[str, object]:
    """A service's manifest as data; empty when it is not there. Raises `Unreadable` for what is no mapping."""
    path = _declared(sources, "paths.manifest").replace("{service}", service)
    if not sources.exists(path):
        return {}
    data = sources.once("manifest", path, lambda: load_yaml(sources.blob(path)))
    return data if isinstance(data, Mapping) else {}


def at_key(data: object, dotted: str) -> object:
    """What stands at a dotted key of nested mappings; None where it is missing."""
    for part in dotted.split("."):
        data = data.get(part) if isinstance(data, Mapping) else None
    return data


def _operations(sources: Sources) -> Iterator[str]:
    spec = sources.spec()
    return (name for name in spec.operations if name not in spec.duplicates)


def _endpoints(sources: Sources) -> Iterator[str]:
    for service in service_names(sources):
        if _refusal(SubjectKind.SERVICE, service) is not None:
            continue
        path = spec_path(sources.profile, service)
        if path is None:
            raise NotDeclared("paths.service_openapi is not declared; set it in the profile or in .prr/profile.yaml.")
        if sources.exists(path):
            for name in endpoints(parse_spec(sources.blob(path)), sources.profile):
                yield f"{service}/{name}"


def _jobs(sources: Sources) -> tuple[str, ...]:
    return _registered(sources, "paths.job_registry", "jobs.registry_export", "jobs.id_field")


def _integrations(sources: Sources) -> tuple[str, ...]:
    return _slots(sources, _declared(sources, "paths.integration"))


def _deploys(_: Sources) -> tuple[str, ...]:
    return ()


_FINDERS: Mapping[SubjectKind, Callable[[Sources], Iterator[str] | tuple[str, ...]]] = {
    SubjectKind.OPERATION: _operations,
    SubjectKind.SERVICE: service_names,
    SubjectKind.THIRD_PARTY_ENDPOINT: _endpoints,
    SubjectKind.EVENT: event_names,
    SubjectKind.JOB: _jobs,
    SubjectKind.INTEGRATION: _integrations,
    SubjectKind.DEPLOY: _deploys,
}


def _registered(sources: Sources, file_key: str, export_key: str, id_key: str | None = None) -> tuple[str, ...]:
    """The keys of an exported object, or the ids of an exported list."""
    literal = sources.literal(_declared(sources, file_key), _declared(sources, export_key))
    field = _declared(sources, id_key) if id_key else None
    names = []
    for entry in literal.entries:
        own = at_key(entry.value, field) if field else None
        names.append(own if isinstance(own, str) else entry.key if literal.kind == "object" else None)
    return tuple(name for name in names if name)


def _published(sources: Sources) -> Iterator[str]:
    key = sources.profile.value("manifest.events_published_key")
    for service in service_names(sources) if key else ():
        with suppress(PrrError):
            listed = at_key(manifest_of(sources, service), key)
            yield from (name for name in listed if isinstance(name, str)) if isinstance(listed, list) else ()


def _slots(sources: Sources, template: str) -> tuple[str, ...]:
    """What stands in place of the template's one ``{word}`` in the paths that match it, sorted."""
    before, _, rest = template.partition("{")
    after = rest.partition("}")[2]
    pattern = f"{before}*{after}"
    names = {path[len(before) :].partition("/")[0] for path in sources.paths(pattern)}
    return tuple(sorted(names))


def _declared(sources: Sources, key: str) -> str:
    value = sources.profile.value(key)
    if value is None:
        raise NotDeclared(f"{key} is not declared; set it in the profile or in .prr/profile.yaml.")
    return str(value)
