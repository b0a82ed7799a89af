"""Whether the control areas that an operation touches are in the control map, with what enforces and shows them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from msgspec import field

from prr_pipeline.canonical import digest
from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.findings import listed, mapping, met, not_applicable, plain, unknown, unmet
from prr_pipeline.readiness.model import Finding, Location, Reason
from prr_pipeline.readiness.parameters import Parameters
from prr_pipeline.readiness.registry import check
from prr_pipeline.readiness.routes import route_of
from prr_pipeline.readiness.sources import NotDeclared, Sources
from prr_pipeline.repository.globs import select
from prr_pipeline.repository.typescript.code import Closure
from prr_pipeline.repository.typescript.literals import Entry, Literal, Unresolved
from prr_pipeline.subjects import Subject

_TAG = "tag:"


class ControlsAreMapped(Parameters):
    """``triggers``: control id to globs of code, or ``tag:<tag>``. ``cites``: fields of an entry that name files.

    ``operation_fields``: fields that list operations; an entry that has one must list the subject.
    """

    file: str
    name: str
    triggers: dict[str, list[str]]
    cites: list[str]
    operation_fields: list[str] = field(default_factory=list)


@check("controls_are_mapped", ControlsAreMapped)
def controls_are_mapped(sources: Sources, _facts: Facts, subject: Subject, parameters: ControlsAreMapped) -> Finding:
    """Each control that the operation's tags or the code of its route touch has an entry that cites existing files."""
    if not parameters.triggers:
        raise NotDeclared("security.soc2_path_triggers is empty; say which code and tags belong to which control.")
    route = route_of(sources, subject)
    closure = sources.closure(route.path)
    touched = _touched(sources, subject, closure, parameters.triggers)
    if not touched:
        return _untouched(subject, closure, route.location, parameters)
    literal = _map(sources, parameters)
    if literal is None:
        message = f"{parameters.file} does not exist; write it with entries for {listed(sorted(touched))}."
        return unmet(message, digest([subject.name, sorted(touched)]), [Location(parameters.file)])
    entries = {control: literal.entry(control) or _in_list(literal, control) for control in sorted(touched)}
    # What an entry cites is the subject's; that it lists other operations too is theirs.
    cited = {control: _cited(entry, parameters.cites) for control, entry in entries.items()}
    judged = digest([subject.name, cited])
    faults = [
        fault for control in entries for fault in _faults(sources, subject, literal, control, entries, parameters)
    ]
    values = {"touched": {control: sorted(why)[:3] for control, why in sorted(touched.items())}}
    if faults:
        return _wrong(literal, entries, faults, judged, values)
    if closure.lost:
        return _lost(subject, closure, judged)
    places = [Location(literal.path, entry.line, control) for control, entry in entries.items() if entry is not None]
    return met(f"{literal.name} has {listed(list(entries))}, each with files that exist.", judged, places, **values)


def _cited(entry: Entry | None, cites: Sequence[str]) -> object:
    return {cite: plain(mapping(entry.value).get(cite)) for cite in cites} if entry is not None else None


def _wrong(
    literal: Literal,
    entries: Mapping[str, Entry | None],
    faults: Sequence[tuple[str, Location]],
    judged: str,
    values: Mapping[str, object],
) -> Finding:
    """Unmet, unless an entry that is missing may stand where only running the code would tell."""
    places = [place for _, place in faults]
    if all(entry is not None for entry in entries.values()) or literal.complete:
        return unmet(f"{literal.path}: {listed([text for text, _ in faults])}.", judged, places, **values)
    gap = literal.gaps[0]
    message = f"{literal.name} in {literal.path} has parts that only running it tells (line {gap.line}, {gap.source})"
    return unknown(Reason.NOT_RESOLVABLE, f"{message}; write the entries out.", judged, places, **values)


def _touched(
    sources: Sources, subject: Subject, closure: Closure, triggers: Mapping[str, Sequence[str]]
) -> dict[str, list[str]]:
    """Control to what touches it: files of the route's code, and tags of the operation."""
    tags = sources.operation(subject).data.get("tags")
    own = {f"{_TAG}{tag}" for tag in tags} if isinstance(tags, list) else set()
    files, found = sorted(closure.files), dict[str, list[str]]()
    for control, patterns in triggers.items():
        why = [pattern for pattern in patterns if pattern in own]
        why += [path for glob in patterns if not glob.startswith(_TAG) for path in select(glob, files)]
        if why:
            found[control] = why
    return found


def _untouched(subject: Subject, closure: Closure, here: Location, parameters: ControlsAreMapped) -> Finding:
    judged = digest([subject.name, []])
    if closure.lost:
        return _lost(subject, closure, judged)
    looked = f"{len(closure.files)} files of its route and its tags"
    message = f"{subject.name} touches no control area: none of {looked} belongs to"
    return not_applicable(f"{message} {listed(sorted(parameters.triggers))}.", judged, [here], files=len(closure.files))


def _lost(subject: Subject, closure: Closure, judged: str) -> Finding:
    first = closure.lost[0]
    message = f"Not all code of {subject.name} could be followed: at {first.path}:{first.line} {first.why}"
    places = [Location(each.path, each.line) for each in closure.lost]
    return unknown(
        Reason.NOT_RESOLVABLE, f"{message}; mend the import, else nobody knows what it touches.", judged, places
    )


def _map(sources: Sources, parameters: ControlsAreMapped) -> Literal | None:
    return sources.literal(parameters.file, parameters.name) if sources.exists(parameters.file) else None


def _in_list(literal: Literal, control: str) -> Entry | None:
    """The entry of a map that is written as a list."""
    named = (entry for entry in literal.entries if control in (mapping(entry.value).get(k) for k in ("id", "control")))
    return next(named, None) if literal.kind == "array" else None


def _faults(
    sources: Sources,
    subject: Subject,
    literal: Literal,
    control: str,
    entries: Mapping[str, Entry | None],
    parameters: ControlsAreMapped,
) -> Iterator[tuple[str, Location]]:
    entry = entries[control]
    if entry is None:
        yield f"{literal.name} has no entry for {control}; add one", Location(literal.path, literal.line, control)
        return
    fields, place = mapping(entry.value), Location(literal.path, entry.line, control)
    for cite in parameters.cites:
        paths = _texts(fields.get(cite))
        if not paths:
            yield f"{control} cites no {cite}; name the file", place
        for path in paths:
            if not sources.exists(path.partition("#")[0]):
                yield f"{control} cites {path} as {cite}, which does not exist", place
    lists = [fields[name] for name in parameters.operation_fields if name in fields]
    if lists and not any(subject.name in _texts(names) for names in lists):
        yield f"{control} does not list {subject.name}; add it", place


def _texts(value: object) -> list[str]:
    """One text, or a list of them; what only running code could tell is none."""
    items = value if isinstance(value, list) else [value]
    return [item for item in items if isinstance(item, str) and not isinstance(item, Unresolved) and item]
