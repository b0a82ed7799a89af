"""An event's schema, its place in the registry, its generated name, and who declares to publish it."""

from __future__ import annotations

from prr_pipeline.canonical import digest
from prr_pipeline.readiness.discovery import at_key, manifest_of, service_names
from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.findings import listed, met, unknown, unmet
from prr_pipeline.readiness.members import Members, exported_members, text_of
from prr_pipeline.readiness.model import Finding, Location, Reason
from prr_pipeline.readiness.parameters import Parameters
from prr_pipeline.readiness.registry import check
from prr_pipeline.readiness.schema_strength import accepts_anything, is_lookalike
from prr_pipeline.readiness.sources import NotSeen, Sources
from prr_pipeline.repository.typescript.code import Found
from prr_pipeline.repository.typescript.expressions import Call, Expression, Member, dotted
from prr_pipeline.subjects import Subject


class EventSchemaIsDeclared(Parameters):
    """``file``: where the schema must be exported. ``registry`` and ``name``: the object that leads from an event to
    its schema. ``makers``: what makes a schema, such as ``z.object``."""

    file: str
    registry: str
    name: str
    makers: list[str]


class EventIsRegistered(Parameters):
    """``file`` and ``name``: the object of all events by name. ``makers``: what makes a schema."""

    file: str
    name: str
    makers: list[str]


class NamesAreRegenerated(Parameters):
    """``names`` and ``names_export``: the generated object of names. The rest: the object that it is made from."""

    names: str
    names_export: str
    registry: str
    registry_export: str


class PublisherDeclares(Parameters):
    """``key``: the dotted key of the service manifest under which it lists the events that it publishes."""

    key: str


@check("event_schema_is_declared", EventSchemaIsDeclared, version=2)
def event_schema_is_declared(
    sources: Sources, _facts: Facts, subject: Subject, parameters: EventSchemaIsDeclared
) -> Finding:
    """The event's schema is made by Zod, exported by the file of its family, and refuses something."""
    path = sources.fill(parameters.file, subject)
    if not sources.exists(path):
        message = f"{path} does not exist; export the schema of {subject.name} there."
        return unmet(message, digest([path, subject.name]), [Location(path)])
    own = _named_after(sources, path, subject)
    if own is not None:
        return _made(sources, subject, own, subject.name, parameters.makers)
    registered = _registered(sources, subject, parameters)
    if registered is None:
        makers = " or ".join(parameters.makers)
        message = f"{path} exports no schema that is named after {subject.name}; export one, made by {makers}."
        return unmet(message, digest([path, subject.name]), [Location(path)])
    if registered.path != path:
        message = (
            f"The schema of {subject.name} is defined in {registered.path}; define it in {path}, its family's file."
        )
        place = Location(registered.path, registered.expression.line)
        return unmet(message, digest([path, registered.path]), [place])
    return _made(sources, subject, registered, subject.name, parameters.makers)


@check("event_is_registered", EventIsRegistered, version=2)
def event_is_registered(sources: Sources, _facts: Facts, subject: Subject, parameters: EventIsRegistered) -> Finding:
    """The registry of events has the event, and its value is a schema that the repository defines."""
    path = sources.fill(parameters.file, subject)
    members = exported_members(sources, path, parameters.name)
    placed = members.entries.get(subject.name)
    if placed is None:
        return _absent(members, subject)
    found = sources.code().follow(placed.path, placed.value, placed.at)
    place = members.location(subject.name)
    if not isinstance(found, Found):
        message = (
            f"What {parameters.name} holds for {subject.name} could not be followed; import a schema of the repository."
        )
        return unknown(Reason.NOT_RESOLVABLE, message, digest([path, subject.name]), [place])
    maker = _maker(found.expression)
    judged = digest([path, subject.name, found.path, maker])
    own = _named_after(sources, found.path, subject)
    if own is not None and own != found:
        message = f"{parameters.name} holds another schema for {subject.name} than the one of its name in {own.path}"
        return unmet(f"{message}; give it that.", judged, [place, Location(own.path, own.expression.line)])
    if members.lost:
        message = f"{parameters.name} may hold another schema for {subject.name}: {members.lost[0].why}; write it out."
        return unknown(Reason.NOT_RESOLVABLE, message, judged, [place, *members.lost_at()])
    if maker and maker.partition(".")[0] not in {each.partition(".")[0] for each in parameters.makers}:
        made_at = Location(found.path, found.expression.line, maker)
        message = (
            f"Whether {maker} at {made_at.path}:{made_at.line} makes a schema for {subject.name} is told only by "
            f"running it; make it there by {' or '.join(parameters.makers)}."
        )
        return unknown(Reason.NOT_RESOLVABLE, message, judged, [made_at, place])
    if maker not in parameters.makers:
        makers = " or ".join(parameters.makers)
        message = f"{parameters.name} holds no schema for {subject.name}; give it what {makers} makes."
        return unmet(message, judged, [place])
    return met(f"{parameters.name} has {subject.name}, with the schema of {found.path}.", judged, [place])


@check("names_are_regenerated", NamesAreRegenerated)
def names_are_regenerated(
    sources: Sources, _facts: Facts, subject: Subject, parameters: NamesAreRegenerated
) -> Finding:
    """The generated names have the event exactly if the registry has it, under the constant of its name."""
    registry = exported_members(sources, parameters.registry, parameters.registry_export)
    if subject.name not in registry.entries:
        return _absent(registry, subject)
    if not sources.exists(parameters.names):
        message = f"{parameters.names} does not exist; generate it and commit it."
        return unmet(message, digest([parameters.names, subject.name]), [Location(parameters.names)])
    names = exported_members(sources, parameters.names, parameters.names_export)
    constant = subject.name.upper().replace(".", "_").replace("-", "_")
    texts = {key: text_of(sources.code(), placed) for key, placed in names.entries.items()}
    keys = sorted(key for key, text in texts.items() if text == subject.name)
    judged = digest([parameters.names, subject.name, list[object](keys)])
    stale = sorted(text for text in texts.values() if text is not None and text not in registry.entries)
    if constant in keys:
        message = f"{parameters.names_export}.{constant} is {subject.name}."
        return met(message, judged, [names.location(constant)], names_of_no_event=stale)
    if names.lost and not keys:
        message = (
            f"{parameters.names_export} in {names.path} holds what only running it could tell; generate plain names."
        )
        return unknown(Reason.NOT_RESOLVABLE, message, judged, names.lost_at())
    seen = f"it has {listed(keys)} for it" if keys else f"it lacks {constant}"
    message = f"{parameters.names} is not generated from {parameters.registry}: {seen}; generate it anew."
    return unmet(message, judged, [names.location(keys[0] if keys else None)], names_of_no_event=stale)


@check("publisher_declares", PublisherDeclares)
def publisher_declares(sources: Sources, _facts: Facts, subject: Subject, parameters: PublisherDeclares) -> Finding:
    """A service's manifest lists the event among those that it publishes."""
    template = str(sources.profile.value("paths.manifest"))
    declaring, elsewhere, odd = [], [], []
    for service in service_names(sources):
        path = template.replace("{service}", service)
        value = at_key(manifest_of(sources, service), parameters.key)
        if value is not None and not isinstance(value, list):
            odd.append(path)
        elif subject.name in (value or ()):
            declaring.append(path)
        elif subject.name in _strings(at_key(manifest_of(sources, service), parameters.key.rpartition(".")[2])):
            elsewhere.append(path)
    judged = digest([subject.name, list[object](declaring), list[object](elsewhere)])
    if declaring:
        return met(f"{listed(declaring)} lists {subject.name}.", judged, [Location(path) for path in declaring])
    if odd:
        message = f"{parameters.key} of {listed(odd)} is no list; write one name per line."
        return unknown(Reason.UNREADABLE, message, judged, [Location(path) for path in odd])
    if elsewhere:
        message = f"{listed(elsewhere)} lists {subject.name} at the top; move it under {parameters.key}."
        return unmet(message, judged, [Location(path) for path in elsewhere])
    return unmet(f"No service lists {subject.name} under {parameters.key}; the publisher must.", judged)


def _named_after(sources: Sources, path: str, subject: Subject) -> Found | None:
    """What a file exports under the event's name."""
    for name in sorted(sources.code().module(path).exports):
        found = sources.code().exported(path, name) if _folded(name) == _folded(subject.name) else None
        if isinstance(found, Found):
            return found
    return None


def _registered(sources: Sources, subject: Subject, parameters: EventSchemaIsDeclared) -> Found | None:
    """Where the registry leads; None if it does not know the event. Raises `NotSeen` where it cannot be followed."""
    try:
        members = exported_members(sources, parameters.registry, parameters.name)
    except NotSeen:
        return None
    placed = members.entries.get(subject.name)
    if placed is None:
        return None
    found = sources.code().follow(placed.path, placed.value, placed.at)
    if isinstance(found, Found):
        return found
    message = (
        f"What {parameters.name} holds for {subject.name} could not be followed; import a schema of the repository."
    )
    raise NotSeen(Reason.NOT_RESOLVABLE, message, [members.location(subject.name)])


def _made(sources: Sources, subject: Subject, found: Found, name: str, makers: list[str]) -> Finding:
    why = accepts_anything(sources, found, makers)
    judged = digest([found.path, name, _maker(found.expression), *([why] if why is not None else [])])
    place = Location(found.path, found.expression.line, name)
    if why is not None:
        message = f"What {found.path} defines for {subject.name} accepts anything, as {why}; say what is in the event."
        return unmet(message, judged, [place])
    if is_lookalike(sources, found, "zod"):
        message = (
            f"What {found.path} makes the schema of {subject.name} with is the repository's own; import it from zod."
        )
        return unknown(Reason.NOT_RESOLVABLE, message, judged, [place])
    if _maker(found.expression) in makers:
        return met(f"{found.path} defines the schema of {subject.name}.", judged, [place])
    message = (
        f"What {found.path} defines for {subject.name} is not made by {' or '.join(makers)}; define the schema with it."
    )
    return unmet(message, judged, [place])


def _maker(expression: Expression) -> str:
    """The call at the root of a chain: ``z.object`` of ``z.object({...}).strict().describe("...")``."""
    while isinstance(expression, Call) and isinstance(expression.callee, Member):
        if not isinstance(expression.callee.object, Call):
            return dotted(expression.callee)
        expression = expression.callee.object
    return dotted(expression.callee) if isinstance(expression, Call) else ""


def _absent(members: Members, subject: Subject) -> Finding:
    judged = digest([members.path, subject.name, None])
    if members.lost:
        lost = members.lost[0]
        where = f"at {lost.path}:{lost.line} {lost.why}"
        message = f"{members.name} has no plain entry for {subject.name}, and {where}; write it out."
        return unknown(Reason.NOT_RESOLVABLE, message, judged, members.lost_at())
    message = f"{members.name} in {members.path} has no entry for {subject.name}; register it."
    return unmet(message, judged, [members.location()])


def _strings(value: object) -> list[str]:
    return [name for name in value if isinstance(name, str)] if isinstance(value, list) else []


def _folded(name: str) -> str:
    """A name without case and punctuation; a schema may say that it is one."""
    plain = "".join(letter for letter in name.casefold() if letter.isalnum())
    return plain.removesuffix("schema")
