"""Registries written as TypeScript literals: runbooks, chaos drills and the like."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import field

from prr_pipeline.canonical import digest
from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.findings import listed, mapping, met, plain, unknown, unmet
from prr_pipeline.readiness.model import Finding, Location, Reason
from prr_pipeline.readiness.parameters import Parameters
from prr_pipeline.readiness.registry import check
from prr_pipeline.readiness.sources import NotDeclared, Sources
from prr_pipeline.repository.typescript.literals import Entry, Literal, Unresolved
from prr_pipeline.subjects import Subject, SubjectKind


class LiteralHasEntry(Parameters):
    """``key_fields``: fields of an entry that may name the subject or its kind, beside an object's own key.

    ``path_fields``: the first that is there names a file that must exist. ``one_of``: field to its allowed values.
    """

    file: str
    name: str
    key_fields: list[str] = field(default_factory=list)
    path_fields: list[str] = field(default_factory=list)
    one_of: dict[str, list[str]] = field(default_factory=dict)


@check("literal_has_entry", LiteralHasEntry)
def literal_has_entry(sources: Sources, _facts: Facts, subject: Subject, parameters: LiteralHasEntry) -> Finding:
    """The exported literal has an entry for the subject or its kind, and the entry is sound."""
    path = sources.fill(parameters.file, subject)
    names = _names(sources, subject)
    wanted = " or ".join(repr(name) for name in names)
    if not sources.exists(path):
        return unmet(
            f"{path} does not exist; write it with an entry for {wanted}.", digest([path, names]), [Location(path)]
        )
    literal = sources.literal(path, parameters.name)
    entries = [entry for entry in literal.entries if _keys(literal, entry, parameters.key_fields) & set(names)]
    judged = digest([path, names, [[entry.key, plain(entry.value)] for entry in entries]])
    orphans = _orphans(sources, literal, parameters.path_fields)
    if not entries:
        return _absent(literal, wanted, judged, orphans)
    places = [Location(path, entry.line, entry.key) for entry in entries]
    faults = [fault for entry in entries for fault in _entry_faults(sources, entry, parameters)]
    if faults:
        return unmet(f"{path}: {listed(faults)}.", judged, places, entries_without_file=orphans)
    return met(f"{parameters.name} in {path} has an entry for {wanted}.", judged, places, entries_without_file=orphans)


def _names(sources: Sources, subject: Subject) -> list[str]:
    """The subject's name, and an operation's kind if it declares one."""
    if subject.kind is not SubjectKind.OPERATION:
        return [subject.name]
    try:
        return [subject.name, sources.operation_kind(subject)]
    except NotDeclared:
        return [subject.name]


def _keys(literal: Literal, entry: Entry, fields: Sequence[str]) -> set[str]:
    own = {entry.key} if literal.kind == "object" else set()
    if isinstance(entry.value, str):
        own |= {entry.value} if literal.kind == "array" else set()
    return own | {value for field in fields if isinstance(value := mapping(entry.value).get(field), str)}


def _absent(literal: Literal, wanted: str, judged: str, orphans: list[str]) -> Finding:
    place = Location(literal.path, literal.line, literal.name)
    if literal.gaps:
        gap = literal.gaps[0]
        message = (
            f"{literal.name} in {literal.path} has no plain entry for {wanted}, and line {gap.line} ({gap.source}) is "
            "told only by running it; write the entry out."
        )
        return unknown(Reason.NOT_RESOLVABLE, message, judged, [place])
    message = f"{literal.name} in {literal.path} has no entry for {wanted}; add one."
    return unmet(message, judged, [place], entries_without_file=orphans)


def _entry_faults(sources: Sources, entry: Entry, parameters: LiteralHasEntry) -> list[str]:
    fields, faults = mapping(entry.value), []
    for key, allowed in parameters.one_of.items():
        value = fields.get(key)
        if not isinstance(value, str) or value.lower() not in [each.lower() for each in allowed]:
            shown = "left to running code" if isinstance(value, Unresolved) else repr(value)
            faults.append(f"the {key} of {entry.key} is {shown}, not one of {', '.join(allowed)}")
    if parameters.path_fields:
        target = _path(entry, parameters.path_fields)
        if target is None:
            faults.append(f"{entry.key} names no file under {' or '.join(parameters.path_fields)}")
        elif not sources.exists(target):
            faults.append(f"{entry.key} points to {target}, which does not exist")
    return faults


def _path(entry: Entry, fields: Sequence[str]) -> str | None:
    if isinstance(entry.value, str):
        return entry.value
    found = (mapping(entry.value).get(field) for field in fields)
    return next((path for path in found if isinstance(path, str)), None)


def _orphans(sources: Sources, literal: Literal, fields: Sequence[str]) -> list[str]:
    """Entries of the registry whose file is not there, whoever they belong to."""
    paths = {entry.key: _path(entry, fields) for entry in literal.entries} if fields else {}
    return sorted(key for key, path in paths.items() if path is not None and not sources.exists(path))
