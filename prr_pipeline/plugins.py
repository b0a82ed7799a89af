"""What other distributions bring: entry points, found once, loaded when named, with a sentence for each fault."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import redirect_stdout
from functools import cache
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import PrrError, UnknownName

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

OURS = "prr_pipeline"
GROUPS = tuple(f"{OURS}.{kind}" for kind in ("alerts", "checks", "feedback", "flags", "metrics", "notify", "profiles"))
"""Every group of entry points that is asked for."""
BYTES_CAP = 32 * 2**20
"""Most bytes of a plug-in's package that are read to tell one edition from another."""


@dataclass(frozen=True, slots=True, order=True)
class PlugIn:
    """One entry point. ``distribution`` is name and version, such as ``acme-readiness 1.2.0``."""

    group: str
    name: str
    distribution: str
    value: str

    @property
    def module(self) -> str:
        """The module that it names, before any colon."""
        return self.value.partition(":")[0].strip()

    def load(self) -> Any:
        """What it names. Raises `PrrError` in one sentence, whatever goes wrong; what it prints goes to stderr."""
        try:
            with redirect_stdout(sys.stderr):
                return _entry_point(self).load()
        except (Exception, SystemExit) as fault:
            raise self.fault("cannot be loaded", fault) from None

    def fault(self, what: str, fault: BaseException | str) -> PrrError:
        """The sentence about one of its faults."""
        said = " ".join(str(fault).split()).rstrip(".")
        named = said if isinstance(fault, str | PrrError) else f"{type(fault).__name__}: {said or 'no words'}"
        return PrrError(
            f"The plug-in {self.name!r} of {self.distribution} ({self.group}) {what}: {named}; mend or uninstall it."
        )


@cache
def plugins(group: str) -> tuple[PlugIn, ...]:
    """Everything that installed distributions register in a group, by name; nothing of it is loaded."""
    found = [PlugIn(group, point.name, _distribution(point), point.value) for point in _entry_points(group)]
    return tuple(sorted(set(found)))


def plugin_named(group: str, what: str, name: str, ours: Collection[str]) -> PlugIn:
    """The plug-in of that name. ``ours``: the names that need no plug-in.

    Raises `UnknownName` with all valid names, and `PrrError` when two distributions register the name.
    """
    found = [one for one in plugins(group) if one.name == name]
    if not found:
        raise UnknownName(what, name, {*ours, *(one.name for one in plugins(group))})
    if len(found) > 1:
        both = " and ".join(one.distribution for one in found)
        raise PrrError(f"Both {both} register the {what} {name!r}; uninstall one of them.")
    return found[0]


def made_by(plugin: PlugIn, arguments: Sequence[object], parts: Collection[str]) -> Any:
    """What a plug-in that is a factory makes. ``parts``: the attributes that it must have.

    A `PrrError` of its own passes (a wrong option, say); any other fault is told as one.
    """
    factory: Callable[..., Any] = plugin.load()
    try:
        with redirect_stdout(sys.stderr):
            made = factory(*arguments)
    except PrrError:
        raise
    except (Exception, SystemExit) as fault:
        raise plugin.fault("makes nothing of its options", fault) from None
    lacking = [part for part in parts if not hasattr(made, part)]
    if lacking:
        raise plugin.fault(f"made a {type(made).__name__}", f"it lacks {', '.join(lacking)}")
    return made


@cache
def distribution_of(group: str, module: str) -> str | None:
    """The distribution whose plug-in holds a module; None for a module of ours.

    A module that no plug-in of the group holds is called by its top-level package.
    """
    parts = module.split(".")
    if parts[0] == OURS:
        return None
    shared = [(_shared(one.module.split("."), parts), one.distribution) for one in plugins(group)]
    most, distribution = max(shared, default=(0, ""))
    return distribution if most else parts[0]


@cache
def edition_of(group: str, module: str) -> tuple[str, ...]:
    """The distribution of a module and the digest of its top-level package's files; empty for a module of ours.

    A distribution that is worked on keeps its version while its source changes, in whichever of its modules.
    """
    distribution = distribution_of(group, module)
    return () if distribution is None else (distribution, _digest_of(module))


def _digest_of(module: str) -> str:
    """Beyond `BYTES_CAP`, size and time of change stand for what a file says."""
    total, left = blake2b(digest_size=32), BYTES_CAP
    for name, path in sorted(_sources(module)):
        try:
            facts = path.stat()
            left -= facts.st_size
            said = path.read_bytes() if left >= 0 else b"at %d" % facts.st_mtime_ns
            total.update(b"%s %d " % (os.fsencode(name), facts.st_size) + said)
        except OSError:
            total.update(b"%s cannot be read " % os.fsencode(name))
    return total.hexdigest()


def _sources(module: str) -> Iterator[tuple[str, Path]]:
    """Every file that Python did not compile, by its name in the package; of a module without a package, its own."""
    top = sys.modules.get(module.partition(".")[0])
    folders = [Path(folder) for folder in getattr(top, "__path__", ())]
    for folder in folders:
        for at, names, files in os.walk(folder):
            names[:] = [name for name in names if name != "__pycache__" and not name.startswith(".")]
            for name in files:
                path = Path(at, name)
                if path.is_file():
                    yield str(path.relative_to(folder)), path
    own = getattr(sys.modules.get(module), "__file__", None)
    if own and not folders:
        yield Path(own).name, Path(own)


def _shared(one: Sequence[str], other: Sequence[str]) -> int:
    """How many leading parts are equal."""
    pairs = zip(one, other, strict=False)
    return next((at for at, (left, right) in enumerate(pairs) if left != right), min(len(one), len(other)))


@cache
def _all_entry_points() -> Any:
    """Reading the metadata of everything installed takes a while, so it is done once and only when needed."""
    from importlib.metadata import entry_points

    return entry_points()


def _entry_points(group: str) -> list[EntryPoint]:
    return list(_all_entry_points().select(group=group))


def _entry_point(plugin: PlugIn) -> EntryPoint:
    return next(
        point
        for point in _entry_points(plugin.group)
        if (point.name, point.value, _distribution(point)) == (plugin.name, plugin.value, plugin.distribution)
    )


def _distribution(point: EntryPoint) -> str:
    return f"{point.dist.name} {point.dist.version}" if point.dist is not None else "an unnamed distribution"
