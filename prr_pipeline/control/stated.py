"""What the specification of one commit states of maturity, operation by operation."""

from __future__ import annotations

import json
from collections.abc import Mapping

from prr_pipeline.control.listing import maturity_text
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import PrrError, Unreadable
from prr_pipeline.readiness.profile import Profile
from prr_pipeline.repository.openapi import MISSING, Spec, parse_spec
from prr_pipeline.repository.snapshot import Snapshot
from prr_pipeline.rollout.maturity import LADDER, Levels


@dataclass(frozen=True, slots=True)
class Statement:
    """The levels in one specification, by operation id; ``POST /grants`` for an operation without one.

    ``routes`` are methods and paths by the same names. ``spec`` is None where no specification lies at ``path``.
    ``twice`` are ids that stand more than once: all that is stated of them counts as one text.
    """

    levels: Mapping[str, str | None]
    routes: Mapping[str, str]
    unnamed: frozenset[str]
    twice: frozenset[str]
    path: str
    spec: Spec | None

    def place(self, name: str) -> str:
        """File and line of an operation; the file alone for one that is not there."""
        found = self.spec.operations.get(name) if self.spec else None
        return f"{self.path}:{found.line}" if found else self.path


def levels_of(profile: Profile) -> Levels:
    """The profile's ladder of maturities. Raises `PrrError` for one without Beta and GA."""
    names, retired = profile.value("maturity.names"), profile.value("maturity.retired")
    return Levels(tuple(names or LADDER), tuple(retired or ()))


def spec_path(profile: Profile) -> str:
    """Where the specification lies. Raises `PrrError` when the profile does not say."""
    path = profile.value("paths.openapi")
    if not path:
        raise PrrError(f"The profile {profile.name} declares no paths.openapi, so no maturity is stated anywhere.")
    return str(path)


def stated_in(snapshot: Snapshot, profile: Profile) -> Statement:
    """Read the specification; without one at its path, nothing is stated. Raises `PrrError` for a broken one."""
    path = spec_path(profile)
    if not snapshot.exists(path):
        return Statement({}, {}, frozenset(), frozenset(), path, None)
    spec, name = parse_spec(snapshot.read(path)), profile.maturity_extension
    levels = {one: stated_text(operation.extension(name)) for one, operation in spec.operations.items()}
    routes = {one: f"{operation.method.upper()} {operation.path}" for one, operation in spec.operations.items()}
    for one, pointers in spec.duplicates.items():
        texts = (stated_text(_extension(spec.references.at(pointer), name)) for pointer in pointers)
        levels[one] = " and ".join(sorted(text or "none" for text in texts))
    unnamed = {f"{one.method.upper()} {one.path}": one.pointer for one in spec.unnamed}
    for one, pointer in unnamed.items():
        levels[one] = stated_text(_extension(spec.references.at(pointer), name))
    return Statement(levels, routes, frozenset(unnamed), frozenset(spec.duplicates), path, spec)


def require_stated(statements: tuple[Statement, ...], profile: Profile) -> None:
    """Raise `Unreadable` when nobody says how a maturity is stated: no declaration, and no operation with one."""
    declared = profile.value("spec.maturity_extension")
    if not declared and not any(level for one in statements for level in one.levels.values()):
        raise Unreadable(
            f"The profile {profile.name} declares no spec.maturity_extension and no operation carries "
            f"{profile.maturity_extension}, so no maturity is stated; declare it in .prr/profile.yaml."
        )


def stated_text(value: object) -> str | None:
    """A level as written; the value as JSON where it is none, and None where nothing stands."""
    if value is MISSING:
        return None
    return maturity_text(value) or json.dumps(value, sort_keys=True, default=str)


def _extension(operation: object, name: str) -> object:
    return operation.get(name, MISSING) if isinstance(operation, Mapping) else MISSING
