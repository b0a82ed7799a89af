"""One group of a profile's keys: a class that names them with their types, and the validator made of it when needed."""

from __future__ import annotations

from collections.abc import Mapping
from inspect import get_annotations
from typing import Any, get_type_hints

import msgspec

from prr_pipeline.readiness.declared import Unfit, fitted


class Section:
    """One group of keys, each with its type; ``None`` means not declared.

    A plain class: the forms of all sections take longer to make than many a judgement, and a profile has few of them.
    """


class KeyFault(Exception):
    """A key that no profile may hold so. ``path`` is dotted, ``said`` goes on; ``unknown``: there is no such key."""

    def __init__(self, path: str, said: str, unknown: bool = False) -> None:
        super().__init__(path, said, unknown)
        self.path, self.said, self.unknown = path, said, unknown


def keys_of(section: type[Section]) -> tuple[str, ...]:
    """The names of its keys, those of what it extends first."""
    return tuple(name for each in reversed(section.__mro__) for name in get_annotations(each))


def validated(name: str, section: type[Section], given: object) -> Mapping[str, Any]:
    """The declared keys of the section called ``name``. Raises `KeyFault` for the first that cannot be."""
    try:
        form = fitted(given, _form(section))
    except Unfit as fault:
        path = ".".join(part for part in (name, fault.path) if part)
        whole = fault.said.startswith("The ")  # a sentence of the type itself, which tells the value
        said = f"cannot be so: {fault.said}" if whole else f"is {str(fault.given)[:60]!r}; {fault.said}"
        raise KeyFault(path, said, fault.unknown) from None
    return {key: value for key in form.__struct_fields__ if (value := getattr(form, key)) is not msgspec.UNSET}


_forms: dict[type[Section], type[msgspec.Struct]] = {}


def _form(section: type[Section]) -> type[msgspec.Struct]:
    if section not in _forms:
        hints = get_type_hints(section, include_extras=True)
        fields = [(key, kind | msgspec.UnsetType, msgspec.UNSET) for key, kind in hints.items()]
        _forms[section] = msgspec.defstruct(section.__name__, fields, forbid_unknown_fields=True, frozen=True)
    return _forms[section]
