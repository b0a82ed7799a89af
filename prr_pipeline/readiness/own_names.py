"""Is what a file calls by a declared name made by the service itself? Then nobody else vouches for what it does."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from prr_pipeline.readiness.callers import followed
from prr_pipeline.readiness.named_calls import is_named
from prr_pipeline.readiness.sources import Sources
from prr_pipeline.repository.globs import matches
from prr_pipeline.repository.typescript.code import Definition, Found, Lost, Outside
from prr_pipeline.repository.typescript.expressions import Call, Expression, Member, Name, dotted
from prr_pipeline.repository.typescript.modules import CallSite, Module

_HOPS = 8
_ALIASES = (".", "/", "~", "#", "@/")
"""Beginnings of imports that are of the package's own files."""
_WHOLE = frozenset(("default", "*"))


def own_name(
    sources: Sources, module: Module, callee: Expression, names: Collection[str], at: int | None
) -> Lost | None:
    """Why what is called by one of the names may not be what the platform shares under it; None if it is.

    Not shared are definitions of a service, other exports under that name, and what cannot be followed. A name that
    nothing in the file binds is a global, and an import of a package is that package's though its code is not there.
    """
    line = callee.line
    for _ in range(_HOPS):
        if isinstance(callee, Call):
            callee = callee.callee
            continue
        base = _base(callee)
        if base is None or not _is_bound(module, base.name, at):
            return None
        renamed = _renamed(module, callee, names, at)
        if renamed:
            return Lost(renamed, module.path, line)
        found = _followed(sources, module, callee, at)
        if isinstance(found, Outside):
            return None
        if not isinstance(found, Found):
            hidden = Lost(f"where {dotted(callee)} comes from cannot be told", module.path, line)
            return None if _is_of_package(module, base.name, at) else hidden
        if not _is_own(sources, module.path, found.path):
            return None
        inner = found.expression.callee if isinstance(found.expression, Call) else None
        if inner is None or dotted(inner).rpartition(".")[2] not in names:
            where = f"{found.path}:{found.expression.line}"
            return Lost(f"{dotted(callee)} is the service's own ({where}); import the shared one", module.path, line)
        module, callee, at = sources.code().module(found.path), inner, found.at
    return Lost("it leads through too many names", module.path, line)


def own_calls(sources: Sources, sites: Iterable[tuple[Module, CallSite]], names: Collection[str]) -> Iterator[Lost]:
    """The calls by one of the names of which the same is to be said, one after another."""
    for module, site in sites:
        if is_named(module, site.call.callee, names, site.start):
            lost = own_name(sources, module, site.call.callee, names, site.start)
            if lost is not None:
                yield lost


def _base(callee: Expression) -> Name | None:
    while isinstance(callee, Member):
        callee = callee.object
    return callee if isinstance(callee, Name) else None


def _is_bound(module: Module, name: str, at: int | None) -> bool:
    return name == "this" or _is_defined(module, name, at) or module.imported(name) is not None


def _is_defined(module: Module, name: str, at: int | None) -> bool:
    return name in module.definitions or (at is not None and module.local(name, at) is not None)


def _followed(sources: Sources, module: Module, callee: Expression, at: int | None) -> Definition | None:
    if at is None:
        return sources.code().follow(module.path, callee)
    return followed(sources, module, callee, at)


def _renamed(module: Module, callee: Expression, names: Collection[str], at: int | None) -> str:
    """What an import of another name is there: ``import { allow as requireScope }``."""
    if not isinstance(callee, Name) or _is_defined(module, callee.name, at):
        return ""
    bound = module.imported(callee.name)
    if bound is None or bound[1] in names or bound[1] in _WHOLE:
        return ""
    return f"{callee.name} is {bound[1]} of {bound[0].specifier}; import the shared one"


def _is_of_package(module: Module, name: str, at: int | None) -> bool:
    bound = module.imported(name) if not _is_defined(module, name, at) else None
    return bound is not None and not bound[0].specifier.startswith(_ALIASES)


def _is_own(sources: Sources, caller: str, path: str) -> bool:
    """Whether a file is of a service; of the caller's package where the profile does not say what is of a service."""
    before, service, _ = str(sources.profile.value("paths.service_code") or "").partition("{service}")
    if service:
        return matches(f"{before}*/**", path)
    code = sources.code()
    return path == caller or code.package_of(path) == code.package_of(caller)
