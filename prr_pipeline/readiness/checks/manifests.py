"""A service's manifest: complete, with known values, and equal to what other files say of the service."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from typing import Any

from prr_pipeline.canonical import digest
from prr_pipeline.errors import Unreadable
from prr_pipeline.readiness.discovery import at_key
from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.findings import listed, met, plain, shown, unmet
from prr_pipeline.readiness.model import Finding, Location
from prr_pipeline.readiness.parameters import Parameters
from prr_pipeline.readiness.pattern_texts import PatternText
from prr_pipeline.readiness.registry import check
from prr_pipeline.readiness.sources import Sources
from prr_pipeline.repository.markup import load, load_yaml_with_lines
from prr_pipeline.repository.patterns import configured
from prr_pipeline.subjects import Subject


class ManifestIsComplete(Parameters):
    """``required``: dotted keys that must hold something. ``teams``: a file that lists the owners that there are.

    ``file_keys``: dotted keys that name a file beside the manifest.
    """

    file: str
    required: list[str]
    name_key: str = "name"
    owner_key: str = "owner"
    owner_pattern: PatternText | None = None
    status_key: str = "status"
    status_values: list[str]
    teams: str | None = None
    file_keys: list[str] | None = None


class CatalogAgrees(Parameters):
    """``file``: the manifest. ``catalog``: all services. ``fields``: one of the catalog to a key of the manifest."""

    file: str
    catalog: str
    fields: dict[str, str]


@check("manifest_is_complete", ManifestIsComplete, version=2)
def manifest_is_complete(sources: Sources, _facts: Facts, subject: Subject, parameters: ManifestIsComplete) -> Finding:
    """The manifest has every field that is asked for, the folder's name, a known owner and a known status."""
    path = sources.fill(parameters.file, subject)
    judged = digest([path, sources.snapshot.blob_id(path)])
    if not sources.exists(path):
        message = f"{path} does not exist; write it with {listed(parameters.required)}."
        return unmet(message, judged, [Location(path)])
    data, lines = load_yaml_with_lines(sources.blob(path))
    if not isinstance(data, Mapping):
        raise Unreadable(f"{path} is no mapping of keys to values.")
    faults = [
        *_missing(data, parameters),
        *_wrong(data, subject, parameters),
        *_unknown_owner(sources, data, parameters),
        *_no_files(sources, path, data, parameters),
    ]
    places = [Location(path, lines.line(f"/{key.split('.')[0]}") if at_key(data, key) else 1, key) for key, _ in faults]
    if faults:
        return unmet(f"{path}: {listed([why for _, why in faults])}.", judged, places)
    return met(f"{path} has {listed(parameters.required)}.", judged, [Location(path)])


@check("catalog_agrees", CatalogAgrees)
def catalog_agrees(sources: Sources, _facts: Facts, subject: Subject, parameters: CatalogAgrees) -> Finding:
    """The service catalog says of the service what its manifest says."""
    path, catalog = sources.fill(parameters.file, subject), sources.fill(parameters.catalog, subject)
    manifest = load(sources.blob(path))
    entry = _entry(load(sources.blob(catalog)), subject.name)
    judged = digest(
        [path, catalog, subject.name, plain(entry), [plain(at_key(manifest, key)) for key in _keys(parameters)]]
    )
    if entry is None:
        message = f"{catalog} has no entry for {subject.name}; regenerate it from the manifests."
        return unmet(message, judged, [Location(catalog)])
    faults = [
        f"{field} is {shown(at_key(entry, field), 40)!r} there and {shown(at_key(manifest, key), 40)!r} in the manifest"
        for field, key in parameters.fields.items()
        if at_key(entry, field) != at_key(manifest, key) or at_key(entry, field) is None
    ]
    places = [Location(catalog, 0, subject.name), Location(path)]
    if faults:
        return unmet(f"{catalog}: {listed(faults)}; regenerate it.", judged, places)
    return met(f"{catalog} says the same of {subject.name} as {path}.", judged, places)


def _missing(data: Mapping[str, Any], parameters: ManifestIsComplete) -> Iterator[tuple[str, str]]:
    for key in parameters.required:
        value = at_key(data, key)
        if value in (None, "", [], {}) or (isinstance(value, str) and not value.strip()):
            yield key, f"{key} is missing" if value is None else f"{key} is empty"


def _wrong(data: Mapping[str, Any], subject: Subject, parameters: ManifestIsComplete) -> Iterator[tuple[str, str]]:
    name, status = at_key(data, parameters.name_key), at_key(data, parameters.status_key)
    if name is not None and name != subject.name:
        yield parameters.name_key, f"{parameters.name_key} is {shown(name)!r}, and the folder is {subject.name!r}"
    if status is not None and status not in parameters.status_values:
        yield (
            parameters.status_key,
            f"{parameters.status_key} is {shown(status)!r}, not one of {', '.join(parameters.status_values)}",
        )
    owner = at_key(data, parameters.owner_key)
    pattern = parameters.owner_pattern
    if owner is not None and pattern and not (isinstance(owner, str) and configured(pattern).search(owner)):
        yield parameters.owner_key, f"{parameters.owner_key} is {shown(owner)!r}, which is not written like {pattern}"


def _unknown_owner(
    sources: Sources, data: Mapping[str, Any], parameters: ManifestIsComplete
) -> Iterator[tuple[str, str]]:
    """An owner whom the list of teams does not know; without such a file nobody can tell."""
    owner = at_key(data, parameters.owner_key)
    if parameters.teams is None or not isinstance(owner, str) or not sources.exists(parameters.teams):
        return
    known = _names(load(sources.blob(parameters.teams)))
    if owner not in known and owner.removeprefix("@") not in known:
        yield parameters.owner_key, f"{parameters.owner_key} {owner} stands not in {parameters.teams}"


def _no_files(
    sources: Sources, path: str, data: Mapping[str, Any], parameters: ManifestIsComplete
) -> Iterator[tuple[str, str]]:
    """Keys that name no file of the manifest's own folder."""
    folder = posixpath.dirname(path)
    for key in parameters.file_keys or ():
        value = at_key(data, key)
        target = posixpath.normpath(posixpath.join(folder, value)) if isinstance(value, str) and value else ""
        if not target:
            yield key, f"{key} names no file"
        elif not target.startswith(f"{folder}/") or not sources.exists(target):
            yield key, f"{key} names {shown(value)!r}, which is no file in {folder}"


def _names(data: object) -> set[str]:
    """Every name in a file of teams: keys and texts at any depth."""
    found: set[str] = set()
    waiting = [data]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Mapping):
            found |= {str(key) for key in node}
            waiting += node.values()
        elif isinstance(node, list):
            waiting += node
        elif isinstance(node, str):
            found.add(node)
    return found


def _entry(data: object, name: str) -> Mapping[str, Any] | None:
    """The entry of a service, in a list of them, or by name, under ``services`` or at the top."""
    inner = data.get("services", data) if isinstance(data, Mapping) else data
    rows = inner if isinstance(inner, list) else []
    found = inner.get(name) if isinstance(inner, Mapping) else None
    found = found or next((row for row in rows if isinstance(row, Mapping) and row.get("name") == name), None)
    return found if isinstance(found, Mapping) else None


def _keys(parameters: CatalogAgrees) -> list[str]:
    return sorted(parameters.fields.values())
