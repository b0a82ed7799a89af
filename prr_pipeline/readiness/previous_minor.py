"""Which frozen spec is the previous minor version: patches, pre-releases and the current minor do not count."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Protocol

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import Unreadable
from prr_pipeline.readiness.profile import Profile
from prr_pipeline.readiness.sources import Sources
from prr_pipeline.repository.openapi import parse_spec
from prr_pipeline.repository.snapshot import Blob

_DATED = re.compile(r"\d{4}-\d{2}-\d{2}")
_SEMVER = re.compile(r"v?(\d{1,6})\.(\d{1,6})(?:\.(\d{1,6}))?")
Key = tuple[int, ...]


class Files(Protocol):
    """What is read of a snapshot."""

    def paths(self, pattern: str) -> tuple[str, ...]: ...

    def read(self, path: str) -> Blob: ...


@dataclass(frozen=True, slots=True)
class Baseline:
    """The two specs to compare. ``version`` is the previous minor's, ``current`` the judged spec's own."""

    version: str
    base: Blob
    current: str
    head: Blob


class NoBaseline(Unreadable):
    """Nothing to compare with was found, though there may have been an earlier version."""


class FirstVersion(Unreadable):
    """The list of versions was read, and it holds nothing but the judged minor itself."""


def previous_minor(files: Files, profile: Profile) -> Baseline:
    """The judged spec and the frozen spec of the minor before it.

    Where every other frozen version is later, none is the first: the judged spec's own version is in doubt.

    Dated versions: the newest older date. Semantic ones: the newest patch of the next lower (major, minor), without
    pre-releases. Raises `NoBaseline`, `FirstVersion`, or `Unreadable`.
    """
    path, template = profile.value("paths.openapi"), profile.value("paths.openapi_previous")
    if not path or not template or template.count("{version}") != 1:
        raise NoBaseline("The profile does not declare paths.openapi and paths.openapi_previous (with {version}).")
    head = files.read(path)
    current = _version_of(head)
    frozen = _frozen(files, template)
    dated = (profile.value("spec.version_kind") or ("dated" if _DATED.fullmatch(current) else "semver")) == "dated"
    found = _newest_before(current, frozen, dated)
    if found is None:
        listed = ", ".join(frozen)
        if later := _later_than(current, frozen, dated):
            raise NoBaseline(
                f"{current} cannot be the first minor version, for {', '.join(later)} is frozen already; "
                "correct info.version, or freeze the minor before it."
            )
        raise FirstVersion(f"{current} is the first minor version: the frozen ones ({listed}) hold none before it.")
    return Baseline(found, files.read(frozen[found]), current, head)


def baseline_of(sources: Sources) -> Baseline:
    """The previous minor of the spec that is judged, found once. Raises as `previous_minor`."""
    return sources.once("previous minor", "", lambda: previous_minor(_Known(sources), sources.profile))


@dataclass(frozen=True, slots=True)
class _Known:
    """Files as a check reads them: each once for all lines."""

    sources: Sources

    def paths(self, pattern: str) -> tuple[str, ...]:
        return self.sources.paths(pattern)

    def read(self, path: str) -> Blob:
        return self.sources.blob(path)


def _frozen(files: Files, template: str) -> dict[str, str]:
    """Version to path of each frozen spec. No file at all is no list of versions."""
    before, _, after = template.partition("{version}")
    paths = files.paths(f"{before}*{after}")
    if not paths:
        raise NoBaseline(f"No frozen spec lies at {template}; commit the previous minor's spec there.")
    return {path.removeprefix(before).removesuffix(after): path for path in paths}


def _version_of(head: Blob) -> str:
    info = parse_spec(head).document.get("info")
    version = info.get("version") if isinstance(info, dict) else None
    if not isinstance(version, str):
        raise NoBaseline(f"{head.path} has no text info.version, so nobody can say which minor came before it.")
    return version


def _newest_before(current: str, frozen: dict[str, str], dated: bool) -> str | None:
    keys = {version: key for version in frozen if (key := _key(version, dated)) is not None}
    own = _key(current, dated)
    if own is None or not keys:
        kind = "date (2026-01-31)" if dated else "release (1.2.3)"
        raise NoBaseline(f"The versions ({current}; frozen: {', '.join(frozen)}) are not each a {kind}.")
    earlier = {version: key for version, key in keys.items() if _minor(key, dated) < _minor(own, dated)}
    return max(earlier, key=lambda version: earlier[version], default=None)


def _later_than(current: str, frozen: Iterable[str], dated: bool) -> list[str]:
    """The frozen versions of a later minor."""
    own = _key(current, dated) or ()
    keys = {version: key for version in frozen if (key := _key(version, dated)) is not None}
    return [version for version, key in keys.items() if _minor(key, dated) > _minor(own, dated)]


def _minor(key: Key, dated: bool) -> Key:
    return key if dated else key[:2]


def _key(version: str, dated: bool) -> Key | None:
    if dated:
        return tuple(int(part) for part in version.split("-")) if _DATED.fullmatch(version) else None
    found = _SEMVER.fullmatch(version)
    return tuple(int(part or 0) for part in found.groups()) if found else None
