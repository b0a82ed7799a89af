"""One group of a profile's keys: a class that names them with their types, and the validator made of it when needed."""

from __future__ import annotations

from collections.abc import Mapping
from inspect import get_annotations
from typing import Any, get_type_hints

from pydantic import BaseModel, ConfigDict, ValidationError, create_model

_STRICT = ConfigDict(extra="forbid", strict=True)


class Section:
    """One group of keys, each with its type; ``None`` means not declared.

    A plain class and no pydantic model: making the models of all sections takes longer than many a judgement, and a
    profile has few of them.
    """


class KeyFault(Exception):
    """A key that no profile may hold so. ``path`` is dotted; ``kind`` and ``said`` are pydantic's."""

    def __init__(self, path: str, kind: str, said: str, given: object) -> None:
        super().__init__(path, kind, said, given)
        self.path, self.kind, self.said, self.given = path, kind, said, given


def keys_of(section: type[Section]) -> tuple[str, ...]:
    """The names of its keys, those of what it extends first."""
    return tuple(name for each in reversed(section.__mro__) for name in get_annotations(each))


def validated(name: str, section: type[Section], given: object) -> Mapping[str, Any]:
    """The declared keys of the section called ``name``. Raises `KeyFault` for the first that cannot be."""
    try:
        return _model(section).model_validate(given).model_dump(exclude_unset=True)
    except ValidationError as fault:
        first = fault.errors()[0]
        path = ".".join((name, *(str(part) for part in first["loc"])))
        raise KeyFault(path, first["type"], first["msg"], first.get("input")) from None


_models: dict[type[Section], type[BaseModel]] = {}


def _model(section: type[Section]) -> type[BaseModel]:
    if section not in _models:
        hints = get_type_hints(section, include_extras=True)
        kinds: dict[str, Any] = {key: (kind, None) for key, kind in hints.items()}
        _models[section] = create_model(section.__name__, __config__=_STRICT, **kinds)
    return _models[section]
