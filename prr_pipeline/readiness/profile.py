"""A profile: one organisation's conventions, each value with its basis; the monorepo may lay its own over it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from os import PathLike
from pathlib import Path
from typing import Any

from prr_pipeline.canonical import canonical_bytes
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import PrrError, UnknownName, Unreadable
from prr_pipeline.plugins import plugin_named, plugins
from prr_pipeline.readiness.profile_keys import OWN, SECTIONS, ProfileKeys
from prr_pipeline.readiness.profile_section import KeyFault, keys_of
from prr_pipeline.readiness.shipped_yaml import PROFILES, plain_data
from prr_pipeline.repository.markup import load_yaml
from prr_pipeline.repository.snapshot import Blob, Snapshot

OVERLAY_PATH = ".prr/profile.yaml"
ENTRY_POINTS = "prr_pipeline.profiles"
_OWN_KEY = re.compile(rf"{OWN}\.[a-z][a-z0-9_]*\Z")
DOCUMENTED, ASSUMED, DECLARED = "documented", "assumed", "declared"
_DEPLOYMENT_ONLY = frozenset(
    ("council", "reviewers", "quorum", "ladder", "after_ga", "gate", "gates", "freeze", "url", "urls")
)


@dataclass(frozen=True, slots=True)
class Profile:
    """Conventions by dotted key. ``basis`` says per key: documented, assumed, or declared (by the monorepo)."""

    name: str
    keys: ProfileKeys
    basis: Mapping[str, str]

    def value(self, key: str) -> Any:
        """The value of a dotted key such as ``paths.openapi``; None if not declared. Raises `UnknownName`."""
        require_key(key)
        section, _, name = key.partition(".")
        if section == OWN:
            return self.keys.own.get(name)
        return self.keys.value(section, name)

    def extension(self, name: str) -> str:
        """The full name of an extension; one that starts with ``x-`` already is full."""
        return name if name.startswith("x-") else f"{self.value('spec.extension_prefix') or 'x-'}{name}"

    @property
    def maturity_extension(self) -> str:
        """The extension that states a maturity; digests of an operation leave it out."""
        return self.extension(self.value("spec.maturity_extension") or "maturity")


def require_key(key: str) -> None:
    """Raise `UnknownName` unless a profile may hold the dotted key. Any ``own.name`` may be."""
    if key not in _known_keys() and not _OWN_KEY.match(key):
        raise UnknownName("profile key", key, (*PROFILE_KEYS, f"{OWN}.<name>"))


def profile_names() -> tuple[str, ...]:
    """The profiles that ship, and those that other distributions register."""
    return tuple(sorted({*_shipped(), *(plugin.name for plugin in plugins(ENTRY_POINTS))}))


def load_profile(name: str) -> Profile:
    """The profile of that name, or the one in a ``.yaml`` file. Raises `UnknownName`, or `PrrError` for a fault."""
    source = Path(name) if name.endswith((".yaml", ".yml")) else _shipped().get(name) or _registered(name)
    try:
        data = source.read_bytes()
    except OSError as fault:
        raise Unreadable(f"The profile {source} cannot be read ({type(fault).__name__}).") from None
    return _parse(plain_data(Blob(str(source), "", data)), source.stem)


def profile_in(snapshot: Snapshot, name: str) -> Profile:
    """The named profile with the monorepo's own conventions laid over it, where it has some."""
    profile = load_profile(name)
    return lay_over(profile, snapshot.read(OVERLAY_PATH)) if snapshot.exists(OVERLAY_PATH) else profile


def lay_over(profile: Profile, blob: Blob) -> Profile:
    """Replace the keys that the file holds; lists and mappings are replaced whole.

    A value stands as it is and counts as declared, or as ``{value: ..., basis: assumed}``, as in a shipped file.

    Raises `PrrError` for an unknown key, a wrong type, and for what only the deployment may set: council,
    reviewers, ladder, gates, time after GA, URLs.
    """
    data = load_yaml(blob)
    for key in data if isinstance(data, Mapping) else ():
        if key in _DEPLOYMENT_ONLY or key.endswith(("_url", "_urls")):
            raise PrrError(f"{blob.path} holds {key!r}, which only the deployment may set: move it to prr.toml.")
    tree = _tree(data, blob.path)
    keys: dict[str, dict[str, Any]] = profile.keys.plain()
    merged: dict[str, dict[str, Any]] = {}
    flat: dict[str, str] = {}
    for section, values in tree.items():
        merged[section] = {**keys.get(section, {}), **{key: _bare(value) for key, value in values.items()}}
        flat |= {f"{section}.{key}": _basis(f"{section}.{key}", value) for key, value in values.items()}
    return replace(profile, keys=_validated({**keys, **merged}, blob.path), basis={**profile.basis, **flat})


def _shipped() -> dict[str, Path]:
    return {path.stem: path for path in PROFILES.glob("*.yaml")}


def _registered(name: str) -> Path:
    """The file of a profile that another distribution registers; one with the name of a shipped one is never asked."""
    plugin = plugin_named(ENTRY_POINTS, "profile", name, _shipped())
    path = plugin.load()
    if not isinstance(path, str | PathLike):
        raise plugin.fault(f"names a {type(path).__name__}", "a profile is the path of a YAML file")
    return Path(path)


def _parse(data: object, name: str) -> Profile:
    """Read a shipped file: every value stands as ``{value: ..., basis: documented|assumed}``."""
    tree = _tree(data, f"The profile {name}", skip="profile")
    values: dict[str, dict[str, Any]] = {}
    basis: dict[str, str] = {}
    for section, keys in tree.items():
        for key, marked in keys.items():
            values.setdefault(section, {})[key] = _unmarked(name, f"{section}.{key}", marked)
            basis[f"{section}.{key}"] = marked["basis"]
    title = data.get("profile", name) if isinstance(data, Mapping) else name
    return Profile(str(title), _validated(values, f"The profile {name}"), basis)


def _unmarked(profile: str, key: str, marked: object) -> Any:
    if not isinstance(marked, Mapping) or not _is_marked(marked):
        raise PrrError(f"The profile {profile} gives {key} without its basis; write {{value: ..., basis: assumed}}.")
    if marked["basis"] not in (DOCUMENTED, ASSUMED):
        raise UnknownName(f"basis of {key}", str(marked["basis"]), (DOCUMENTED, ASSUMED))
    return marked["value"]


def _is_marked(value: object) -> bool:
    return isinstance(value, Mapping) and {"value", "basis"} <= set(value) <= {"value", "basis", "note"}


def _bare(value: Any) -> Any:
    return value["value"] if _is_marked(value) else value


def _basis(key: str, value: Any) -> str:
    found = str(value["basis"]) if _is_marked(value) else DECLARED
    if found not in (DOCUMENTED, ASSUMED, DECLARED):
        raise UnknownName(f"basis of {key}", found, (DOCUMENTED, ASSUMED, DECLARED))
    return found


def _tree(data: object, where: str, skip: str = "") -> dict[str, Mapping[str, Any]]:
    if data is None:
        return {}
    if not isinstance(data, Mapping):
        raise PrrError(f"{where} is no mapping of sections to keys.")
    for section, keys in data.items():
        if section != skip and not isinstance(keys, Mapping):
            raise PrrError(f"{where}: {section!r} is no mapping of keys; write {section}: {{key: value}}.")
    return {str(section): keys for section, keys in data.items() if section != skip}


def _validated(values: Mapping[str, Any], where: str) -> ProfileKeys:
    try:
        keys = ProfileKeys.of(values)
    except KeyFault as fault:
        raise PrrError(_sentence(where, fault)) from None
    try:
        canonical_bytes(keys.plain())
    except PrrError as fault:
        raise PrrError(f"{where}: {fault}") from None
    return keys


def _sentence(where: str, fault: KeyFault) -> str:
    if fault.unknown:
        return str(UnknownName(f"key in {where}:", fault.path, _valid_beside(fault.path)))
    return f"{where}: {fault.path} {fault.said}."


def _valid_beside(path: str) -> list[str]:
    section, dot, _ = path.partition(".")
    if not dot:
        return [*SECTIONS, OWN]
    return [key for key in PROFILE_KEYS if key.startswith(f"{section}.")]


@cache
def _known_keys() -> frozenset[str]:
    return frozenset(PROFILE_KEYS)


PROFILE_KEYS = tuple(f"{section}.{key}" for section, keys in SECTIONS.items() for key in keys_of(keys))
"""Every dotted key that a profile may hold."""
