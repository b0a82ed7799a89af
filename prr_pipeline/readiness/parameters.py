"""Parameters of a check: strict forms, and ``{profile: key}`` references that the profile in force fills."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from prr_pipeline.canonical import digest
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.readiness.declared import Declared
from prr_pipeline.readiness.profile import ASSUMED, Profile

_REFERENCE = {"profile", "optional", "record"}


class Parameters(Declared):
    """What one check can be told. Every check has its own subclass; an unknown parameter is an error."""


class NoParameters(Parameters):
    """For a check that needs none."""


@dataclass(frozen=True, slots=True)
class Resolved:
    """Parameters after the profile filled them.

    ``given`` is what the check gets, ``recorded`` what the report binds (a large value as its digest),
    ``missing`` the profile keys that are needed and not declared, ``assumed`` those whose value is our assumption.
    """

    given: Mapping[str, Any]
    recorded: Mapping[str, Any]
    missing: tuple[str, ...]
    assumed: tuple[str, ...]


def is_reference(value: object) -> bool:
    """Whether the value is ``{profile: key}``, with ``optional: true`` or ``record: digest`` if need be."""
    return isinstance(value, Mapping) and "profile" in value and set(value) <= _REFERENCE


def references(value: object) -> Iterator[str]:
    """Every profile key that the parameters name, at any depth."""
    if isinstance(value, Mapping):
        if is_reference(value):
            yield str(value["profile"])
            return
        for item in value.values():
            yield from references(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from references(item)


def resolve(parameters: Mapping[str, Any], profile: Profile) -> Resolved:
    """Fill every reference of the top level from the profile."""
    given, recorded = dict(parameters), dict(parameters)
    missing, assumed = [], []
    for name, value in parameters.items():
        if not is_reference(value):
            continue
        key = value["profile"]
        given[name] = found = profile.value(key)
        recorded[name] = digest(found) if value.get("record") == "digest" and found is not None else found
        if found is None and not value.get("optional"):
            missing.append(key)
        if found is not None and profile.basis.get(key) == ASSUMED:
            assumed.append(key)
    return Resolved(given, recorded, tuple(missing), tuple(assumed))
