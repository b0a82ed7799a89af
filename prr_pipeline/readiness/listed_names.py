"""Names that an export lists: the keys of an object, or the items of a list, as texts and constants."""

from __future__ import annotations

from prr_pipeline.readiness.members import Members, Placed, exported_members, text_of
from prr_pipeline.readiness.sources import Sources
from prr_pipeline.repository.typescript.code import Found, Lost
from prr_pipeline.repository.typescript.expressions import Expression, List, Name, Record, Spread

_NAME_KEYS = ("event", "name", "type", "id")
_DEPTH = 8


def listed_names(sources: Sources, path: str, name: str) -> Members:
    """Each name with what is said of it: an object's value, or the item of a list.

    An object may also hold the names as values, under constants. Raises `MissingFile`, `Unreadable`, or `NotSeen` for
    what is neither.
    """
    return sources.once("listed names", f"{path}#{name}", lambda: _read(sources, path, name))


def _read(sources: Sources, path: str, name: str) -> Members:
    sources.blob(path)
    found = sources.code().exported(path, name)
    if isinstance(found, Found) and isinstance(found.expression, List):
        entries: dict[str, Placed] = {}
        lost: list[Lost] = []
        _collect(sources, found, entries, lost, _DEPTH)
        return Members(found.path, name, found.expression.line, entries, tuple(lost))
    members = exported_members(sources, path, name)
    named = {_named(sources, key, placed): placed for key, placed in members.entries.items()}
    return Members(members.path, name, members.line, named, members.lost)


def _named(sources: Sources, key: str, placed: Placed) -> str:
    """The key, unless it is a constant for the event that is the value."""
    text = text_of(sources.code(), placed) if "." not in key else None
    return text if text is not None and "." in text else key


def _collect(sources: Sources, found: Found, entries: dict[str, Placed], lost: list[Lost], depth: int) -> None:
    for item in found.expression.items if isinstance(found.expression, List) else ():
        if isinstance(item, Spread):
            inner = sources.code().follow(found.path, item.value, found.at)
            if depth > 0 and isinstance(inner, Found) and isinstance(inner.expression, List):
                _collect(sources, inner, entries, lost, depth - 1)
                continue
        key = _text(sources, found, item)
        if key is None:
            shown = item.name if isinstance(item, Name) else "an item"
            lost.append(Lost(f"{shown} is told only by running it", found.path, item.line))
        else:
            entries[key] = Placed(item, found.path, item.line, found.at)


def _text(sources: Sources, found: Found, item: Expression) -> str | None:
    """The name that an item is, or that an object has among its fields."""
    inner = sources.code().follow(found.path, item, found.at)
    if isinstance(inner, Found) and isinstance(inner.expression, Record):
        value = next((value for key in _NAME_KEYS if (value := inner.expression.get(key)) is not None), None)
        return text_of(sources.code(), Placed(value, inner.path, value.line, inner.at)) if value is not None else None
    return text_of(sources.code(), Placed(item, found.path, item.line, found.at))
