"""Calls by what they are named in a profile, such as ``logger.*``, whatever a file calls them after imports."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import PrrError
from prr_pipeline.readiness.model import Location, Reason
from prr_pipeline.readiness.sources import NotSeen, Sources
from prr_pipeline.repository.globs import matches
from prr_pipeline.repository.typescript.code import Lost
from prr_pipeline.repository.typescript.expressions import Call, Expression, Member, Name
from prr_pipeline.repository.typescript.files import SUFFIXES
from prr_pipeline.repository.typescript.modules import CallSite, Module

_HOPS = 8
_GLOBALS = frozenset(("globalThis", "window", "self", "global"))


@dataclass(frozen=True, slots=True)
class Scanned:
    """The modules of some files by path, and those that could not be read."""

    pattern: str
    modules: tuple[Module, ...]
    lost: tuple[Lost, ...]

    def sites(self) -> Iterator[tuple[Module, CallSite]]:
        """Every call, by file and line."""
        return ((module, site) for module in self.modules for site in module.calls)

    def lost_at(self) -> list[Location]:
        """The files that could not be read."""
        return [Location(each.path, each.line) for each in self.lost]


def scanned(sources: Sources, pattern: str) -> Scanned:
    """The TypeScript that matches the pattern, test files apart. Raises `NotSeen` where there is none."""
    found = sources.once("scanned", pattern, lambda: _scan(sources, pattern))
    if not found.modules and not found.lost:
        raise NotSeen(Reason.NO_EVIDENCE, f"No code of {pattern} is there; write it, or declare where it lies.")
    return found


def spellings(module: Module, callee: Expression, at: int | None = None, *, of_results: bool = True) -> Iterator[str]:
    """A callee as `dotted`, then with one alias or import after another undone: ``u.request`` of undici is
    ``undici.request`` as well.

    A default or whole import is called after its package; calls within are left out, so ``logger.child({}).info``
    reads ``logger.child.info``. Without ``of_results`` a method of what a call gives has no spelling.
    """
    tail: list[str] = []
    for _ in range(_HOPS):
        callee, parts = _taken_apart(callee, of_results=of_results)
        tail = [*parts, *tail]
        if not isinstance(callee, Name):
            return
        yield _without_global([callee.name, *tail])
        local = module.local(callee.name, at) if at is not None else None
        value = local.value if local is not None else module.definitions.get(callee.name)
        if local is None and value is None:
            yield from (_without_global([origin, *tail]) for origin in _imported(module, callee.name))
        if not isinstance(value, Name | Member | Call) or value is callee:
            return
        callee, at = value, local.start if local is not None else None


def is_call_of(spelling: str, names: Collection[str]) -> bool:
    """Whether a spelling is one of the names; ``console.*`` is every method, and a call, of any ``console``.

    A dotted name may stand at the end of a longer one (``this.logger.info``); a plain one stands alone, or after
    ``this``.
    """
    parts = spelling.split(".")
    for name in names:
        wanted = name.removesuffix(".*").split(".")
        if parts in (wanted, ["this", *wanted]):
            return True
        last = len(parts) - len(wanted)
        if name.endswith(".*") and any(parts[at : at + len(wanted)] == wanted for at in range(last)):
            return True
        if not name.endswith(".*") and len(wanted) > 1 and parts[-len(wanted) :] == wanted:
            return True
    return False


def is_named(module: Module, callee: Expression, names: Collection[str], at: int | None = None) -> bool:
    """Whether one of a callee's spellings is a call of the names, or a plain name ends it (``platform.safeView``)."""
    return any(is_call_of(each, names) or each.rpartition(".")[2] in names for each in spellings(module, callee, at))


def _taken_apart(callee: Expression, *, of_results: bool) -> tuple[Expression, list[str]]:
    """What a chain of members and calls begins with, and the names of its members."""
    parts: list[str] = []
    while isinstance(callee, Member) or (of_results and isinstance(callee, Call)):
        if isinstance(callee, Member):
            parts.insert(0, callee.name)
        callee = callee.object if isinstance(callee, Member) else callee.callee
    return callee, parts


def _without_global(parts: list[str]) -> str:
    return ".".join(parts[1:] if len(parts) > 1 and parts[0] in _GLOBALS else parts)


def _imported(module: Module, name: str) -> Iterator[str]:
    """What an imported name is called where it comes from."""
    bound = module.imported(name)
    if bound is None:
        return
    statement, there = bound
    if not statement.specifier.startswith("."):
        package = statement.specifier.removeprefix("node:")
        yield package if there in ("*", "default") else f"{package}.{there}"
    elif there not in ("*", "default", name):
        yield there


def _scan(sources: Sources, pattern: str) -> Scanned:
    tests = sources.profile.value("paths.test_files")
    modules: list[Module] = []
    lost: list[Lost] = []
    for path in sources.paths(pattern):
        if not path.endswith(SUFFIXES) or path.endswith(".d.ts") or (tests and matches(str(tests), path)):
            continue
        try:
            modules.append(sources.code().module(path))
        except PrrError as fault:
            lost.append(Lost(str(fault), path, 0))
    return Scanned(pattern, tuple(modules), tuple(lost))
