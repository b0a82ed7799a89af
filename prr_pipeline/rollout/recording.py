"""What a decision looked at, as canonical data and back: a recorded decision can be made again, bit for bit."""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import datetime, timedelta
from enum import Enum
from functools import cache
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from prr_pipeline.canonical import instant_text, parse_instant
from prr_pipeline.errors import Unreadable
from prr_pipeline.rollout.alerts import AlertAnswer
from prr_pipeline.subjects import Subject

T = TypeVar("T")

_MICROSECOND = timedelta(microseconds=1)
_LEFT_OUT: Mapping[type, frozenset[str]] = {AlertAnswer: frozenset({"episodes"})}
"""What no decision looks at: an answer's value, severity and words are all that counts of its episodes."""


def recorded(value: object) -> object:
    """The canonical form of a value: text, integers, lists and objects. `restored` is the inverse.

    Durations become microseconds, instants UTC text, floats their exact hexadecimal text, values of an enumeration
    their names. Raises TypeError for a value of a kind that nothing here is made of.
    """
    if isinstance(value, Enum):
        return value.name
    if value is None or isinstance(value, str | int):
        return value
    if isinstance(value, float):
        return value.hex()
    if isinstance(value, datetime):
        return instant_text(value)
    if isinstance(value, timedelta):
        return value // _MICROSECOND
    if is_dataclass(value) and not isinstance(value, type):
        skipped = _LEFT_OUT.get(type(value), frozenset())
        return {one.name: recorded(getattr(value, one.name)) for one in fields(value) if one.name not in skipped}
    if isinstance(value, Mapping):
        return {_key(key): recorded(each) for key, each in value.items()}
    if isinstance(value, frozenset):
        return sorted((recorded(each) for each in value), key=str)
    if isinstance(value, tuple | list):
        return [recorded(each) for each in value]
    raise TypeError(f"{type(value).__name__} has no place in a decision record")


def restored(kind: type[T], data: object) -> T:
    """A value of that kind out of what `recorded` gave. A field that is missing gets its default: an older record.

    Raises `Unreadable` where the data is of another form, such as a newer version's.
    """
    try:
        value: T = _restored(kind, data)
    except (KeyError, TypeError, ValueError, AttributeError) as fault:
        raise Unreadable(f"This is no recorded {kind.__name__} ({type(fault).__name__}: {fault}).") from None
    return value


def _key(key: object) -> str:
    return str(key) if isinstance(key, Subject) else str(recorded(key))


def _restored(kind: Any, data: Any) -> Any:
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        return None if data is None else _restored(_only(kind), data)
    if origin is Literal:
        return data
    if origin is not None:
        return _restored_many(origin, get_args(kind), data)
    if kind is datetime:
        return parse_instant(data)
    if kind is timedelta:
        return timedelta(microseconds=data)
    if kind is float:
        return float.fromhex(data)
    if kind in (str, int, bool):
        return _plain(kind, data)
    if is_dataclass(kind):
        return _restored_object(kind, data)
    return kind[data]  # an enumeration, by name


def _plain(kind: type, data: object) -> object:
    if type(data) is not kind:
        raise TypeError(f"{data!r} is no {kind.__name__}")
    return data


def _restored_many(origin: Any, parts: tuple[Any, ...], data: Any) -> Any:
    if origin is frozenset:
        return frozenset(_restored(parts[0], each) for each in data)
    if origin is tuple and parts[-1] is not Ellipsis:
        return tuple(_restored(part, each) for part, each in zip(parts, data, strict=True))
    if origin in (tuple, list):
        return tuple(_restored(parts[0], each) for each in data)
    return {_restored_key(parts[0], key): _restored(parts[1], each) for key, each in data.items()}


def _restored_key(kind: Any, key: str) -> Any:
    return Subject.parse(key) if kind is Subject else _restored(kind, key)


def _restored_object(kind: Any, data: Mapping[str, Any]) -> Any:
    hints = _hints(kind)
    strange = sorted(data.keys() - hints.keys())
    if strange:
        raise KeyError(f"{kind.__name__} has no {', '.join(strange)}")
    given = {name: _restored(hints[name], data[name]) for name in hints if name in data}
    missing = [one.name for one in fields(kind) if one.name not in given and not _has_default(one)]
    if missing:
        raise KeyError(f"{kind.__name__} lacks {', '.join(missing)}")
    return kind(**given)


def _has_default(one: Any) -> bool:
    return one.default is not MISSING or one.default_factory is not MISSING


@cache
def _hints(kind: Any) -> dict[str, Any]:
    """The types of a record's fields, by name."""
    found = get_type_hints(kind)
    return {one.name: found[one.name] for one in fields(kind)}


def _only(kind: Any) -> Any:
    """The one kind beside None. Raises TypeError for a choice of several."""
    [one] = [part for part in get_args(kind) if part is not types.NoneType]
    return one
