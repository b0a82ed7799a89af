"""What a flag back end must do, the ways in which one fails, and how one is found by its name."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import timedelta
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Protocol

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import PrrError, Refused, Unavailable, UnknownName, Unreadable
from prr_pipeline.exposure import Exposure, Rest
from prr_pipeline.plugins import made_by, plugin_named

GROUP = "prr_pipeline.flags"
"""Entry-point group of back ends out of tree. An entry is a callable ``(options, root) -> FlagBackend``."""

_MAX_KEY = 300


class FlagError(PrrError):
    """A flag back end could not do what was asked; the sentence says whether anything was changed."""


class FlagsUnreadable(FlagError, Unreadable):
    """The flags cannot be read as a whole: nothing may rise; a lowering still works."""


class FlagsReadOnly(FlagError):
    """The flags cannot be written from here."""


class FlagsUnavailable(FlagError, Unavailable):
    """The back end does not answer now (busy, full, broken); trying again may succeed."""


@dataclass(frozen=True, slots=True)
class ExposureRecord:
    """What a back end holds for one flag key.

    ``exposure`` is None when the definition there is none of our shapes (drift); ``fault`` then says what is wrong.
    ``version`` grows with every change of this key and is 0 when the flag does not exist (exposure off).
    With an exposure, ``fault`` tells what a lowering had to give up.
    """

    exposure: Exposure | None
    version: int
    fault: str | None = None


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a back end promises.

    ``granularity_bp`` is the smallest step of a share, ``propagation_bound`` the longest time until a healthy reader
    serves a write, ``reads_see_last_write`` whether a read-back proves the write, ``demo_safe`` whether a
    time-lapse may run on it.
    """

    compare_and_set: bool
    granularity_bp: int
    propagation_bound: timedelta
    reads_see_last_write: bool
    demo_safe: bool


class FlagBackend(Protocol):
    """Where exposure is set. Raising needs `write` and its compare-and-set; lowering needs only `lower_all`."""

    @property
    def name(self) -> str:
        """The name in the settings."""
        ...

    @property
    def capabilities(self) -> Capabilities:
        """What this back end promises."""
        ...

    def read(self, keys: Collection[str]) -> dict[str, ExposureRecord]:
        """A record for each key, read now. Raises `FlagError` when the flags cannot be read."""
        ...

    def write(self, key: str, exposure: Exposure, *, expected_version: int, intent_id: str) -> ExposureRecord:
        """Set ``key`` to ``exposure`` if its version is still ``expected_version``; return a fresh read-back.

        Raises `StaleVersion` when the version moved. The same intent with the same exposure is done once and
        succeeds again without a change; with another exposure it is `Refused`, and so is a definition that is
        not ours. Raises `FlagError` when the back end fails.
        """
        ...

    def lower_all(self, targets: Mapping[str, Exposure], *, intent_id: str) -> dict[str, ExposureRecord]:
        """Lower every key to its target in one write, without asking for versions; return fresh read-backs.

        Never raises a key: see `lowered`. Unknown keys are created as off. Every key's version moves even if its
        exposure does not, so that a raise in flight loses its compare-and-set.
        """
        ...


def lowered(present: Exposure | None, target: Exposure) -> Exposure:
    """What a lowering to ``target`` writes over ``present``: never more than what is there.

    A definition that cannot be read (None) becomes off. At equal shares the rest may shrink to off, never grow.
    """
    if present is None:
        return Exposure(-1)
    if target < present or (target.level == present.level and target.rest is Rest.OFF):
        return target
    return present


def check_write(key: str, intent_id: str) -> None:
    """Refuse a flag key or an intent id that could not be told apart later. Raises `Refused`."""
    if not key or len(key) > _MAX_KEY or not key.isprintable():
        raise Refused(
            f"{key[:40]!r} cannot be a flag key: it needs 1..{_MAX_KEY} printable characters; name another flag key."
        )
    if not intent_id:
        raise Refused(f"A write to the flag {key!r} needs an intent id; take the one of the ledger's open intent.")


def intent_reused(key: str, intent_id: str, held: str, asked: Exposure) -> Refused:
    """The refusal of an intent id that comes again with another exposure."""
    return Refused(
        f"The intent {intent_id!r} already set the flag {key!r} to {held}; it cannot also set {asked}. "
        "Write a new intent."
    )


def not_ours(key: str, fault: str | None) -> Refused:
    """The refusal to raise over a definition that this pipeline does not understand."""
    return Refused(
        f"The flag {key!r} holds a definition that is not ours ({fault or 'unknown form'}), so it is not raised. "
        "Roll it back first, which overwrites it with off."
    )


_BUILT_IN = (
    EntryPoint("memory", "prr_pipeline.flags.memory:from_options", GROUP),
    EntryPoint("flagd_file", "prr_pipeline.flags.flagd_file:from_options", GROUP),
)


def flag_backend(name: str, options: Mapping[str, object], root: Path) -> FlagBackend:
    """The back end of that name. Relative paths in ``options`` count from ``root``.

    Raises `UnknownName` listing the valid names (also for an option), `PrrError` for a bad option value.
    """
    ours = {entry.name: entry for entry in _BUILT_IN}
    if name in ours:
        return ours[name].load()(options, root)  # type: ignore[no-any-return]
    plugin = plugin_named(GROUP, "flag back end", name, ours)
    backend: FlagBackend = made_by(plugin, (options, root), ("name", "capabilities", "read", "write", "lower_all"))
    return backend


def check_options(backend: str, options: Mapping[str, object], valid: Collection[str]) -> None:
    """Raise `UnknownName` for the first option that ``backend`` does not know."""
    for option in options:
        if option not in valid:
            raise UnknownName(f"option of the flag back end {backend}", option, valid)
