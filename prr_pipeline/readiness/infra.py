"""A service's infrastructure as code: the construct that declares it, and what is given to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.readiness.model import Location, Reason
from prr_pipeline.readiness.sources import NotSeen, Sources
from prr_pipeline.repository.typescript.code import Found
from prr_pipeline.repository.typescript.expressions import Entry, Expression, List, Other, Record, Spread, Text


@dataclass(frozen=True, slots=True)
class Construct:
    """The call that declares a service, with every option given to it by key, spreads followed."""

    path: str
    line: int
    options: Mapping[str, Found]
    complete: bool
    """Whether every spread could be followed: else more options may be given."""

    @property
    def location(self) -> Location:
        return Location(self.path, self.line)


def service_construct(sources: Sources, path: str, calls: Sequence[str]) -> Construct:
    """The one construct of a service in its file. Raises `MissingFile`, `Unreadable` or `NotSeen`."""
    module = sources.code().module(path)
    sites = [site for site in module.calls if site.callee in calls or site.callee.rpartition(".")[2] in calls]
    if not sites:
        message = (
            f"{path} calls none of {', '.join(calls)}, so what it declares cannot be told; declare the service so."
        )
        raise NotSeen(Reason.NO_EVIDENCE, message, [Location(path)])
    site = sites[0]
    options: dict[str, Found] = {}
    complete = True
    for argument in site.call.arguments:
        found = sources.code().follow(path, argument, site.start)
        if isinstance(found, Found) and isinstance(found.expression, Record):
            complete &= _collect(sources, found, options, 6)
        elif not isinstance(argument, Text):
            complete = False
    return Construct(path, site.line, options, complete)


def alarm_names(sources: Sources, construct: Construct, key: str) -> tuple[str, ...]:
    """The names of the alarms that are given to a construct. Raises `NotSeen` where they cannot be told."""
    return tuple(name for name, _ in alarms_of(sources, construct, key))


def alarms_of(sources: Sources, construct: Construct, key: str) -> tuple[tuple[str, Found], ...]:
    """Each alarm by name, with what defines it; an object by key, or a list whose items have a name."""
    given = construct.options.get(key)
    if given is None:
        if construct.complete:
            return ()
        raise NotSeen(Reason.NOT_RESOLVABLE, _hidden(construct, key), [construct.location])
    value = given.expression
    if isinstance(value, Record):
        if any(entry.key is None for entry in value.entries):
            raise NotSeen(Reason.NOT_RESOLVABLE, _hidden(construct, key), [Location(given.path, value.line)])
        return tuple((entry.key or "", _followed(sources, given, entry.value)) for entry in value.entries)
    if isinstance(value, List):
        return tuple(_named(sources, construct, given, item, key) for item in value.items)
    raise NotSeen(Reason.NOT_RESOLVABLE, _hidden(construct, key), [Location(given.path, value.line)])


def is_range_of_none(value: Expression) -> bool:
    """Whether it is ``{ min, max }`` between which no number of instances lies, or only none."""
    if not isinstance(value, Record):
        return False
    ends = [value.get(key) for key in ("min", "max")]
    least, most = (int(each.source) if isinstance(each, Other) and each.source.isdecimal() else None for each in ends)
    return most is not None and (most == 0 or (least is not None and least > most))


def _collect(sources: Sources, found: Found, options: dict[str, Found], depth: int) -> bool:
    record, complete = found.expression, True
    for entry in record.entries if isinstance(record, Record) else ():
        if entry.key is not None:
            options[entry.key] = _followed(sources, found, entry.value)
        elif depth > 0 and (inner := _spread(sources, found, entry)) is not None:
            complete &= _collect(sources, inner, options, depth - 1)
        else:
            complete = False
    return complete


def _spread(sources: Sources, found: Found, entry: Entry) -> Found | None:
    value = entry.value.value if isinstance(entry.value, Spread) else None
    inner = sources.code().follow(found.path, value, found.at) if value is not None else None
    return inner if isinstance(inner, Found) and isinstance(inner.expression, Record) else None


def _followed(sources: Sources, found: Found, value: Expression) -> Found:
    """What a value stands for; the value itself where that cannot be told."""
    inner = sources.code().follow(found.path, value, found.at)
    return inner if isinstance(inner, Found) else Found(found.path, value, found.at)


def _named(sources: Sources, construct: Construct, given: Found, item: Expression, key: str) -> tuple[str, Found]:
    found = _followed(sources, given, item)
    value = found.expression
    name = (
        next((entry.value for entry in value.entries if entry.key == "name"), None)
        if isinstance(value, Record)
        else None
    )
    if isinstance(name, Text) and name.value is not None:
        return name.value, found
    if isinstance(value, Text) and value.value is not None:
        return value.value, found
    raise NotSeen(Reason.NOT_RESOLVABLE, _hidden(construct, key), [Location(given.path, item.line)])


def _hidden(construct: Construct, key: str) -> str:
    return f"What {construct.path} gives as {key} is told only by running it; write the {key} out with plain names."
