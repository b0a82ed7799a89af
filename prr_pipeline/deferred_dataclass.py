"""`dataclass`, whose methods are made when the first of them is used.

To make the methods of a class, the standard library compiles each of them from text, which takes a third of a
millisecond. A command imports hundreds of classes and uses some. Here a class with slots is made at once, in a
twentieth of that time, and its methods when somebody needs them: ``__init__`` here, into which nearly all that time
goes, and those that compare, show and tell by the standard library. A class that asks for more (no slots, a base,
methods of its own in place of made ones, ``ClassVar`` by that name) is made by the standard library at once.
"""

from __future__ import annotations

import copy
import dataclasses
from abc import ABC
from collections.abc import Callable, Iterator, Mapping
from inspect import get_annotations
from typing import TYPE_CHECKING, Any, Generic, Protocol

__all__ = ["dataclass"]

_BUILDING = ("__init__",)
_SHOWING = ("__repr__",)
_ORDERING = ("__lt__", "__le__", "__gt__", "__ge__")
_COMPARING = ("__eq__", "__hash__", *_ORDERING)
_TOLD = ("__dataclass_fields__", "__dataclass_params__", "__match_args__")
_REPLACING = ("__replace__",) if hasattr(copy, "replace") else ()
_MADE = frozenset(
    (*_BUILDING, *_SHOWING, *_COMPARING, "__slots__", "__setattr__", "__delattr__", "__getstate__", "__setstate__")
)
_OPTIONS = frozenset(("frozen", "slots", "order"))
_BESIDE = frozenset(("__dict__", "__weakref__"))
"""Attributes that each class gets anew."""
_MORE = ("ClassVar", "InitVar", "KW_ONLY")
_TAKEN = ("self", "_given", "_set_", "_default_", "_make_")
"""Names in the text of ``__init__`` begin so."""
_BARE = frozenset((Generic, Protocol, ABC))
"""Bases that bring no field, no default and no method of those that are made."""
_GIVEN = object()
"""Stands for a default that a factory makes."""


def _dataclass(cls: type | None = None, /, **options: bool) -> Any:
    """As `dataclasses.dataclass`."""
    if cls is None:
        return lambda cls: _made(cls, options)
    return _made(cls, options)


if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass
else:
    dataclass = _dataclass


def _made(cls: type, options: Mapping[str, bool]) -> type:
    names = get_annotations(cls)
    if not _can_wait(cls, options, names):
        return dataclasses.dataclass(**options)(cls)
    pending = _Pending(cls, options, names)
    body = {name: value for name, value in cls.__dict__.items() if name not in names and name not in _BESIDE}
    pending.made = type(cls)(cls.__name__, cls.__bases__, body | {"__slots__": tuple(names)} | dict(_waiting(pending)))
    pending.made.__qualname__ = cls.__qualname__
    return pending.made


def _can_wait(cls: type, options: Mapping[str, bool], names: Mapping[str, Any]) -> bool:
    if not options.get("slots") or not options.keys() <= _OPTIONS or not _MADE.isdisjoint(cls.__dict__):
        return False
    if not all(name.isidentifier() and not name.startswith(_TAKEN) for name in names):
        return False  # they become part of a text that is compiled
    if any(not isinstance(kind, str) or any(word in kind for word in _MORE) for kind in names.values()):
        return False
    if not _BARE.issuperset(cls.__mro__[1:-1]):
        return False
    return _are_sound(cls.__dict__[name] for name in names if name in cls.__dict__) and _are_last(cls, names)


def _are_sound(defaults: Iterator[Any]) -> bool:
    """Whether `__init__` takes each, and none of them is shared and can change."""
    return all(
        each.init and each.kw_only is dataclasses.MISSING and type(each.default).__hash__ is not None
        if isinstance(each, dataclasses.Field)
        else type(each).__hash__ is not None
        for each in defaults
    )


def _are_last(cls: type, names: Mapping[str, Any]) -> bool:
    """Whether no field without a default comes after one with."""
    optional = [_default(cls, name) is not dataclasses.MISSING for name in names]
    return optional == sorted(optional)


def _default(cls: type, name: str) -> Any:
    given = cls.__dict__.get(name, dataclasses.MISSING)
    if not isinstance(given, dataclasses.Field):
        return given
    return _GIVEN if given.default_factory is not dataclasses.MISSING else given.default


def _waiting(pending: _Pending) -> Iterator[tuple[str, Any]]:
    """What stands for the methods until they are made."""
    comparing = _COMPARING if pending.options.get("order") else ("__eq__",)
    groups: list[tuple[str, ...]] = [_BUILDING, _SHOWING, _REPLACING, comparing]
    if pending.options.get("frozen"):
        groups.append(("__hash__",))
        yield from _FROZEN.items()
    else:
        yield "__hash__", None
    for name in (name for group in groups for name in group):
        yield name, _first_use(pending, name)
    for name in _TOLD:
        yield name, _Told(pending, name)


def _first_use(pending: _Pending, name: str) -> Callable[..., Any]:
    """A method that has its like made, and goes on with what was made in its place."""

    def method(*args: Any, **kwargs: Any) -> Any:
        pending.make(name)
        return getattr(pending.made, name)(*args, **kwargs)

    method.__name__ = name
    return method


class _Told:
    """What the class tells of its fields, once somebody asks."""

    def __init__(self, pending: _Pending, name: str) -> None:
        self._pending = pending
        self._name = name

    def __get__(self, instance: object, owner: type | None = None) -> Any:
        self._pending.make(self._name)
        return getattr(self._pending.made, self._name)


class _Pending:
    """A class as it was written. The methods are made on a copy of it: all that bears a name stays as it is."""

    made: type

    def __init__(self, cls: type, options: Mapping[str, bool], names: Mapping[str, Any]) -> None:
        self.options = {name: value for name, value in options.items() if name != "slots"}
        self._cls = cls
        self._names = tuple(names)
        self._has_init = self._has_others = False

    def make(self, name: str) -> None:
        """Have a method in its place. Where several threads ask at once, each makes the same and one stays."""
        if name != "__init__":
            if not self._has_others:
                self._make_others()
                self._has_others = True
        elif not self._has_init:
            self.made.__init__ = self._init()  # type: ignore[misc]
            self._has_init = True

    def _make_others(self) -> None:
        cls = self._cls
        body = {name: value for name, value in cls.__dict__.items() if name not in _BESIDE}
        twin = type(cls)(cls.__name__, cls.__bases__, body)
        twin.__qualname__ = cls.__qualname__
        dataclasses.dataclass(**self.options)(twin)
        for name in (*_SHOWING, *_REPLACING, *_COMPARING, *_TOLD):
            if name in twin.__dict__:
                setattr(self.made, name, twin.__dict__[name])

    def _init(self) -> Callable[..., None]:
        """As the standard library's, but that each value goes into its slot directly."""
        cls, made = self._cls, self.made
        known: dict[str, Any] = {"_given": _GIVEN}
        head, body = ["self"], []
        for name in self._names:
            default, value = _default(cls, name), name
            known[f"_set_{name}"] = made.__dict__[name].__set__
            known[f"_default_{name}"] = default
            head.append(name if default is dataclasses.MISSING else f"{name}=_default_{name}")
            if default is _GIVEN:
                known[f"_make_{name}"] = cls.__dict__[name].default_factory
                value = f"_make_{name}() if {name} is _given else {name}"
            body.append(f"_set_{name}(self, {value})")
        if hasattr(made, "__post_init__"):
            body.append("self.__post_init__()")
        exec(f"def __init__({', '.join(head)}):\n " + "\n ".join(body or ["pass"]), known)  # noqa: S102 - own names
        init: Callable[..., None] = known["__init__"]
        init.__qualname__ = f"{cls.__qualname__}.__init__"
        init.__module__ = cls.__module__
        return init


def _refuse_assignment(self: object, name: str, value: object) -> None:
    raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")


def _refuse_deletion(self: object, name: str) -> None:
    raise dataclasses.FrozenInstanceError(f"cannot delete field {name!r}")


def _getstate(self: Any) -> list[Any]:
    return [getattr(self, each.name) for each in dataclasses.fields(self)]


def _setstate(self: Any, state: list[Any]) -> None:
    for each, value in zip(dataclasses.fields(self), state, strict=True):
        object.__setattr__(self, each.name, value)


_FROZEN = {
    "__setattr__": _refuse_assignment,
    "__delattr__": _refuse_deletion,
    "__getstate__": _getstate,
    "__setstate__": _setstate,
}
"""Nothing may be assigned to a frozen value, which is how a copy would be filled: that goes past it."""
