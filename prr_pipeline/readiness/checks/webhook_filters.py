"""Whether an event that partners see can be chosen by them, and only by those whose scope opens it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress

from prr_pipeline.canonical import digest
from prr_pipeline.errors import PrrError
from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.findings import listed, met, not_applicable, unmet
from prr_pipeline.readiness.listed_names import listed_names
from prr_pipeline.readiness.members import Members, Placed, exported_members, text_of
from prr_pipeline.readiness.model import Finding, Location, Reason
from prr_pipeline.readiness.parameters import Parameters
from prr_pipeline.readiness.registry import check
from prr_pipeline.readiness.several import each_of
from prr_pipeline.readiness.sources import NotSeen, Sources
from prr_pipeline.repository.typescript.code import Found
from prr_pipeline.repository.typescript.expressions import (
    Call,
    Expression,
    List,
    Member,
    Name,
    Other,
    Record,
    Text,
    dotted,
)
from prr_pipeline.subjects import Subject

_FLAGS = {"true": True, "false": False}


class UserFacingEventIsFilterable(Parameters):
    """``registry`` exports ``registry_name``, all events with their schemas; ``marker`` is what a schema says of who
    sees it. ``filters`` exports ``filters_name``, what partners may choose. ``catalog`` exports ``catalog_name``, an
    event to its scope or to an object with that under ``scope_field``. ``scopes`` exports ``scopes_name``, all scopes;
    third parties get none whose verb is in ``never``.
    """

    registry: str
    registry_name: str
    marker: str
    filters: str
    filters_name: str
    catalog: str
    catalog_name: str
    scope_field: str
    scopes: str
    scopes_name: str
    never: list[str] | None = None


@check("user_facing_event_is_filterable", UserFacingEventIsFilterable, version=2)
def user_facing_event_is_filterable(
    sources: Sources, _facts: Facts, subject: Subject, parameters: UserFacingEventIsFilterable
) -> Finding:
    """An event that its schema marks as user-facing is among the webhook filters and has a scope of third parties."""
    flag, place = _flag(sources, subject, parameters)
    if not flag:
        return _internal(sources, subject, parameters, place)
    asked: dict[str, Callable[[], str | None]] = {
        "filter": lambda: _unlisted(sources, subject, parameters),
        "scope": lambda: _unscoped(sources, subject, parameters),
    }
    items = each_of(asked, lambda name: _seen(asked[name]))
    judged = digest([subject.name, True, items.rows])
    if items.wrong:
        files = {"filter": parameters.filters, "scope": parameters.catalog}
        places = [Location(files[name]) for name, fault in items.faults.items() if fault is not None]
        message = f"{subject.name} is {parameters.marker}, but {listed(items.wrong)}."
        return unmet(message, judged, [place, *places])
    items.require()
    filters = listed_names(sources, parameters.filters, parameters.filters_name)
    catalog = listed_names(sources, parameters.catalog, parameters.catalog_name)
    message = f"{parameters.filters_name} offers {subject.name}, and {parameters.catalog_name} gives it a scope."
    return met(message, judged, [place, filters.location(subject.name), catalog.location(subject.name)])


def _seen(ask: Callable[[], str | None]) -> str | None:
    """What was asked; a file that cannot be read hides it."""
    try:
        return ask()
    except NotSeen:
        raise
    except PrrError as fault:
        raise NotSeen(Reason.UNREADABLE, str(fault)) from None


def _internal(sources: Sources, subject: Subject, parameters: UserFacingEventIsFilterable, place: Location) -> Finding:
    """Not applicable, unless partners can choose the event all the same."""
    with suppress(PrrError):
        filters = listed_names(sources, parameters.filters, parameters.filters_name)
        if subject.name in filters.entries:
            message = (
                f"{subject.name} is marked as not {parameters.marker}, and {parameters.filters_name} offers it to "
                "partners; drop it there, or mark it."
            )
            return unmet(message, digest([subject.name, False, "offered"]), [filters.location(subject.name), place])
    message = f"{place.path}:{place.line} marks {subject.name} as not {parameters.marker}."
    return not_applicable(message, digest([subject.name, False]), [place])


def _flag(sources: Sources, subject: Subject, parameters: UserFacingEventIsFilterable) -> tuple[bool, Location]:
    """Whether the schema says that users see the event, and where. Raises `NotSeen` where it says nothing."""
    members = exported_members(sources, parameters.registry, parameters.registry_name)
    placed = members.entries.get(subject.name)
    if placed is None:
        _refuse_lost(members, subject.name)
        message = f"{parameters.registry_name} has no {subject.name}, so nothing says who sees it; register it."
        raise NotSeen(Reason.NO_EVIDENCE, message, [members.location()])
    found = sources.code().follow(placed.path, placed.value, placed.at)
    if not isinstance(found, Found):
        message = f"What {parameters.registry_name} holds for {subject.name} could not be followed; import its schema."
        raise NotSeen(Reason.NOT_RESOLVABLE, message, [members.location(subject.name)])
    for path, record in _records(sources, found, 4):
        value = record.get(parameters.marker)
        told = _FLAGS.get(value.source) if isinstance(value, Other) else None
        if value is not None and told is not None:
            return told, Location(path, value.line, f"{parameters.marker}: {str(told).lower()}")
    message = (
        f"The schema of {subject.name} does not say whether users see it; add .meta({{ {parameters.marker}: true }}), "
        "or false."
    )
    raise NotSeen(Reason.NOT_DECLARED, message, [Location(found.path, found.expression.line)])


def _records(sources: Sources, found: Found, depth: int) -> Iterator[tuple[str, Record]]:
    """The objects that are given along a chain of calls, the last first; an entry that is an object, and its values."""
    expression: Expression = found.expression
    if isinstance(expression, Record):
        yield found.path, expression
        for entry in expression.entries if depth > 0 else ():
            inner = sources.code().follow(found.path, entry.value, found.at)
            if entry.key is not None and isinstance(inner, Found) and isinstance(inner.expression, Call):
                yield from _records(sources, inner, depth - 1)
    while isinstance(expression, Call):
        for argument in expression.arguments:
            inner = sources.code().follow(found.path, argument, found.at)
            if isinstance(inner, Found) and isinstance(inner.expression, Record):
                yield inner.path, inner.expression
        callee = expression.callee
        expression = callee.object if isinstance(callee, Member) else callee
        if isinstance(expression, Name) and depth > 0:
            base = sources.code().follow(found.path, expression, found.at)
            if isinstance(base, Found) and isinstance(base.expression, Call):
                yield from _records(sources, base, depth - 1)


def _unlisted(sources: Sources, subject: Subject, parameters: UserFacingEventIsFilterable) -> str | None:
    path, name = parameters.filters, parameters.filters_name
    if not sources.exists(path):
        return f"{path} does not exist; list it there"
    filters = listed_names(sources, path, name)
    if subject.name in filters.entries:
        return None
    _refuse_lost(filters, subject.name)
    return f"{name} in {path} lacks it; add it"


def _unscoped(sources: Sources, subject: Subject, parameters: UserFacingEventIsFilterable) -> str | None:
    path, name = parameters.catalog, parameters.catalog_name
    if not sources.exists(path):
        return f"{path} does not exist; give it a scope there"
    catalog = listed_names(sources, path, name)
    placed = catalog.entries.get(subject.name)
    if placed is None:
        _refuse_lost(catalog, subject.name)
        return f"{name} in {path} lacks it; add it with its scope"
    scopes = list(_scopes(sources, placed, subject, parameters))
    if not scopes:
        return f"{name} in {path} gives it no {parameters.scope_field}; write one"
    own, given = _own_scope(sources, subject, parameters), [text_of(sources.code(), each) for each in scopes]
    if own is not None and None not in given and own not in given:
        return (
            f"{name} in {path} opens it by {listed([each or '' for each in given])}, and its schema by {own}; say one"
        )
    return next((fault for scope in scopes if (fault := _scope_fault(sources, scope, parameters)) is not None), None)


def _own_scope(sources: Sources, subject: Subject, parameters: UserFacingEventIsFilterable) -> str | None:
    """The scope that the schema itself names beside the mark; None where it names none."""
    placed = exported_members(sources, parameters.registry, parameters.registry_name).entries.get(subject.name)
    found = sources.code().follow(placed.path, placed.value, placed.at) if placed is not None else None
    if not isinstance(found, Found):
        return None
    for path, record in _records(sources, found, 4):
        value = record.get(parameters.scope_field)
        if value is not None and record.get(parameters.marker) is not None:
            return text_of(sources.code(), Placed(value, path, value.line, found.at))
    return None


def _scopes(
    sources: Sources, placed: Placed, subject: Subject, parameters: UserFacingEventIsFilterable
) -> Iterator[Placed]:
    """The value itself, or what it holds under the field; one scope, or a list of them."""
    found = sources.code().follow(placed.path, placed.value, placed.at)
    if isinstance(found, Found) and isinstance(found.expression, Record):
        value = found.expression.get(parameters.scope_field)
    else:
        value = None if text_of(sources.code(), placed) == subject.name else placed.value
        found = Found(placed.path, placed.value, placed.at)
    items = value.items if isinstance(value, List) else (value,) if value is not None else ()
    for item in items:
        if not (isinstance(item, Text) and item.value is not None and not item.value.strip()):
            yield Placed(item, found.path, item.line, found.at)


def _scope_fault(sources: Sources, scope: Placed, parameters: UserFacingEventIsFilterable) -> str | None:
    """What is wrong with a scope. Raises `NotSeen` for one that cannot be told."""
    exported = exported_members(sources, parameters.scopes, parameters.scopes_name)
    known = {text_of(sources.code(), each) for each in exported.entries.values()}
    text = text_of(sources.code(), scope)
    written = dotted(scope.value) if isinstance(scope.value, Member) else ""
    if text is None and not (written.startswith(f"{parameters.scopes_name}.") and not exported.lost):
        message = f"The scope at {scope.path}:{scope.line} is told only by running it; name one of {exported.name}."
        raise NotSeen(Reason.NOT_RESOLVABLE, message, [Location(scope.path, scope.line)])
    if text is None or text not in known:
        _refuse_lost(exported, text or written)
        return f"its scope {text or written} is none of {exported.name} in {exported.path}; use one that is"
    if text.partition(":")[0] in (parameters.never or ()):
        return f"its scope {text} is one that no third party gets; choose another"
    return None


def _refuse_lost(members: Members, name: str) -> None:
    """Raise `NotSeen` if entries are hidden, among which the name may be."""
    if members.lost:
        lost = members.lost[0]
        where = f"at {lost.path}:{lost.line} {lost.why}"
        message = f"{members.name} has no plain entry for {name}, and {where}; write it out."
        raise NotSeen(Reason.NOT_RESOLVABLE, message, members.lost_at())
