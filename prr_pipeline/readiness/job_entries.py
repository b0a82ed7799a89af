"""A job's entry in the registry of jobs, as code: its fields may be names of things that are defined elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from prr_pipeline.readiness.members import Placed, text_of
from prr_pipeline.readiness.model import Location, Reason
from prr_pipeline.readiness.sources import NotSeen, Sources
from prr_pipeline.repository.typescript.code import Found
from prr_pipeline.repository.typescript.expressions import Expression, List, Record
from prr_pipeline.subjects import Subject


def job_entry(sources: Sources, subject: Subject, file: str, export: str, id_field: str) -> Found:
    """The object that registers the job. Raises `MissingFile`, `Unreadable`, or `NotSeen` where it cannot be told."""
    found = sources.code().exported(file, export)
    sources.blob(file)
    for entry, key in _entries(sources, found) if isinstance(found, Found) else ():
        value = entry.expression
        own = value.get(id_field) if isinstance(value, Record) else None
        name = text_of(sources.code(), Placed(own, entry.path, own.line, entry.at)) if own is not None else key
        if name == subject.name and isinstance(value, Record):
            return entry
    message = (
        f"{export} in {file} shows no entry of {subject.name}; write it there as a plain object with its {id_field}."
    )
    raise NotSeen(Reason.NOT_RESOLVABLE, message, [Location(file)])


def job_ids(sources: Sources, file: str, export: str, id_field: str) -> tuple[str, ...]:
    """The ids of all entries that can be told."""
    found = sources.code().exported(file, export)
    ids = []
    for entry, key in _entries(sources, found) if isinstance(found, Found) else ():
        own = entry.expression.get(id_field) if isinstance(entry.expression, Record) else None
        ids.append(text_of(sources.code(), Placed(own, entry.path, own.line, entry.at)) if own is not None else key)
    return tuple(name for name in ids if name)


def position_of(sources: Sources, subject: Subject, file: str, export: str, id_field: str) -> int | None:
    """At which place from 0 of the list the job stands; None where it cannot be told."""
    found = sources.code().exported(file, export)
    ids = job_ids(sources, file, export, id_field)
    items = found.expression.items if isinstance(found, Found) and isinstance(found.expression, List) else ()
    return ids.index(subject.name) if len(ids) == len(items) and subject.name in ids else None


def texts_in(sources: Sources, entry: Found, fields: Sequence[str]) -> list[str | None]:
    """The texts under the first of the fields that an entry has, alone or in a list; None for one that is not told."""
    record = entry.expression
    given = [value for each in fields if isinstance(record, Record) and (value := record.get(each)) is not None]
    if not given:
        return []
    values = given[0].items if isinstance(given[0], List) else given[:1]
    return [text_of(sources.code(), Placed(each, entry.path, each.line, entry.at)) for each in values]


def _entries(sources: Sources, found: Found) -> Iterator[tuple[Found, str | None]]:
    """Each entry of a list, or of an object with its key."""
    value = found.expression
    rows: list[tuple[Expression, str | None]] = []
    if isinstance(value, List):
        rows = [(item, None) for item in value.items]
    elif isinstance(value, Record):
        rows = [(entry.value, entry.key) for entry in value.entries]
    for expression, key in rows:
        inner = sources.code().follow(found.path, expression, found.at)
        if isinstance(inner, Found):
            yield inner, key
