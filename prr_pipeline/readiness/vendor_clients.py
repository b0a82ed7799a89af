"""Which calls in code go to a vendor, by the packages that its clients come from, and which clients are wrapped?"""

from __future__ import annotations

import re
from collections.abc import Sequence

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import PrrError
from prr_pipeline.readiness.callers import held
from prr_pipeline.readiness.named_calls import is_named
from prr_pipeline.readiness.sources import Sources
from prr_pipeline.repository.globs import matches
from prr_pipeline.repository.typescript.code import Found, Outside
from prr_pipeline.repository.typescript.expressions import Call, Expression, Function, Member, Name
from prr_pipeline.repository.typescript.modules import Module

_DEPTH = 10
_GIVEN = 8
"""Most arguments of a wrapper that are looked at."""
_TYPE = re.compile(r"[A-Za-z_$][\w$]*")


@dataclass(frozen=True, slots=True)
class Vendors:
    """``packages`` are globs of the names that clients are imported from; ``wrappers`` make a client safe."""

    packages: Sequence[str]
    wrappers: Sequence[str]

    def of_import(self, specifier: str) -> str | None:
        """The package that an import names, if it is a vendor's."""
        parts = specifier.split("/")
        name = "/".join(parts[: 2 if parts[0].startswith("@") else 1])
        return name if any(matches(each, name) for each in self.packages) else None


@dataclass(frozen=True, slots=True)
class Client:
    """What something in code comes from: a vendor's package, and whether a wrapper stands around it."""

    package: str
    wrapped: bool = False


def client_of(sources: Sources, vendors: Vendors, module: Module, expression: Expression, at: int) -> Client | None:
    """The vendor's client that a chain of members and calls begins with; None for anything else."""
    try:
        return _client(sources, vendors, module, expression, at, _DEPTH)
    except PrrError:
        return None


def _client(
    sources: Sources, vendors: Vendors, module: Module, expression: Expression, at: int | None, depth: int
) -> Client | None:
    """The client behind an expression of that module."""
    while isinstance(expression, Member | Call):
        if isinstance(expression, Call):
            if is_named(module, expression.callee, vendors.wrappers, at):
                return _wrapped(sources, vendors, module, expression, at, depth)
            if not _may_make_client(expression):
                return None
            expression = expression.callee
        elif isinstance(expression.object, Name) and expression.object.name == "this":
            return _of_this(sources, vendors, module, expression.name, at, depth)
        else:
            expression = expression.object
    if not isinstance(expression, Name) or depth <= 0:
        return None
    local = module.local(expression.name, at) if at is not None else None
    if local is not None and local.value is None:
        return _of_type(sources, vendors, module, _type_of(module, expression.name, at or 0))
    bound = module.imported(expression.name) if local is None else None
    package = vendors.of_import(bound[0].specifier) if bound is not None else None
    return Client(package) if package is not None else _followed(sources, vendors, module, expression, at, depth)


def _may_make_client(call: Call) -> bool:
    """Whether what a call gives may be a client: what a client's method answers with is none."""
    callee = call.callee
    if call.new or not isinstance(callee, Member):
        return True
    return isinstance(callee.object, Name) and callee.object.name[:1].isupper()


def _followed(
    sources: Sources, vendors: Vendors, module: Module, name: Name, at: int | None, depth: int
) -> Client | None:
    local = module.local(name.name, at) if at is not None else None
    value = local.value if local is not None else module.definitions.get(name.name)
    if isinstance(value, Name | Member | Call):
        return _client(sources, vendors, module, value, local.start if local is not None else None, depth - 1)
    found = sources.code().follow(module.path, name, at)
    if isinstance(found, Outside):
        return Client(found.package) if vendors.of_import(found.package) is not None else None
    if not isinstance(found, Found):
        return None
    made = found.expression.returns if isinstance(found.expression, Function) else found.expression
    start = found.expression.start if isinstance(found.expression, Function) else found.at
    if not isinstance(made, Name | Member | Call):
        return None
    return _client(sources, vendors, sources.code().module(found.path), made, start, depth - 1)


def _wrapped(
    sources: Sources, vendors: Vendors, module: Module, call: Call, at: int | None, depth: int
) -> Client | None:
    """The client that a wrapper is given; a function that is given to it makes a safe function."""
    for argument in call.arguments[:_GIVEN]:
        inner = argument.returns if isinstance(argument, Function) else argument
        start = argument.start if isinstance(argument, Function) else at
        found = _client(sources, vendors, module, inner, start, depth // 2) if inner is not None else None
        if found is not None:
            return Client(found.package, wrapped=True)
    return None


def _of_this(
    sources: Sources, vendors: Vendors, module: Module, name: str, at: int | None, depth: int
) -> Client | None:
    """The client that a field holds, by its first value or by its type."""
    holds = held(module, name, at or 0)
    if holds is None or depth <= 0:
        return None
    if isinstance(holds.value, Name | Member | Call):
        return _client(sources, vendors, module, holds.value, at, depth - 1)
    return _of_type(sources, vendors, module, holds.type)


def _of_type(sources: Sources, vendors: Vendors, module: Module, type_source: str) -> Client | None:
    name = _TYPE.match(type_source)
    bound = module.imported(name[0]) if name is not None else None
    package = vendors.of_import(bound[0].specifier) if bound is not None else None
    return Client(package) if package is not None else None


def _type_of(module: Module, name: str, at: int) -> str:
    """The source of a parameter's type."""
    for function in reversed([each for each in module.functions if each.start <= at < each.end]):
        for parameter in function.parameters:
            if parameter.name == name:
                return parameter.type
    return ""
