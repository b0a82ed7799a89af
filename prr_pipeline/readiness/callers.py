"""Which function does a call run, and who calls a function? Through imports, constants, and the members of classes."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import PrrError
from prr_pipeline.readiness.named_calls import Scanned
from prr_pipeline.readiness.sources import Sources
from prr_pipeline.repository.typescript.code import Definition, Found, Lost, Outside
from prr_pipeline.repository.typescript.expressions import Class, Expression, Function, Member, Name
from prr_pipeline.repository.typescript.modules import CallSite, Module

_TYPE = re.compile(r"[A-Za-z_$][\w$]*")


@dataclass(frozen=True, slots=True)
class Use:
    """A call that runs a function, or is given it: then ``given`` is the argument's place, else None."""

    module: Module
    site: CallSite
    given: int | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """What ``this.name`` holds: the source of its type, and its first value."""

    type: str
    value: Expression | None


def followed(sources: Sources, module: Module, expression: Expression, at: int) -> Definition | None:
    """Where an expression leads, also through ``this``; None for what cannot be read."""
    try:
        own = _of_this(sources, module, expression, at)
        return own if own is not None else sources.code().follow(module.path, expression, at)
    except PrrError:
        return None


def function_run(sources: Sources, module: Module, site: CallSite) -> Found | None:
    """The function of the repository that a call runs; None where it is another's, or cannot be told."""
    found = followed(sources, module, site.call.callee, site.start)
    return found if isinstance(found, Found) and isinstance(found.expression, Function) else None


def held(module: Module, name: str, at: int) -> Held | None:
    """What ``this.name`` holds in the class around an offset: a field, or a parameter of the constructor."""
    around = class_at(module, at)
    if around is None:
        return None
    field = next((each for each in around.fields if each.name == name), None)
    if field is not None:
        return Held(field.type, field.value)
    maker = next((each for each in around.methods if each.name == "constructor"), None)
    given = next((each for each in (maker.parameters if maker is not None else ()) if each.name == name), None)
    return Held(given.type, None) if given is not None else None


def class_at(module: Module, at: int) -> Class | None:
    """The class of the file's top level in whose methods an offset lies."""
    for value in module.definitions.values():
        if isinstance(value, Class) and any(each.start <= at < each.end for each in value.methods):
            return value
    return None


def uses_of(sources: Sources, code: Scanned, path: str, function: Function) -> Sequence[Use]:
    """The calls in some code that run a function of it, and those that are given it by name."""
    known = sources.once("uses of functions", code.pattern, lambda: _all_uses(sources, code))
    return known.get((path, function.start), ())


def _all_uses(sources: Sources, code: Scanned) -> Mapping[tuple[str, int], list[Use]]:
    found: dict[tuple[str, int], list[Use]] = defaultdict(list)
    for module, site in code.sites():
        run = function_run(sources, module, site)
        if run is not None and isinstance(run.expression, Function):
            found[run.path, run.expression.start].append(Use(module, site))
        for at, argument in enumerate(site.call.arguments):
            if isinstance(argument, Name | Member):
                given = followed(sources, module, argument, site.start)
                if isinstance(given, Found) and isinstance(given.expression, Function):
                    found[given.path, given.expression.start].append(Use(module, site, at))
    return found


def _of_this(sources: Sources, module: Module, expression: Expression, at: int) -> Definition | None:
    """Where ``this.name`` or ``this.held.name`` leads."""
    names: list[str] = []
    while isinstance(expression, Member):
        names.insert(0, expression.name)
        expression = expression.object
    around = class_at(module, at)
    if around is None or not names or not (isinstance(expression, Name) and expression.name == "this"):
        return None
    method = next((each for each in around.methods if each.name == names[0]), None)
    if len(names) == 1 and method is not None:
        return Found(module.path, method, method.start)
    holds = held(module, names[0], at)
    if holds is None:
        return None
    whole = _held_value(sources, module, holds, at)
    if isinstance(whole, Found) and isinstance(whole.expression, Class) and len(names) == 2:
        inner = next((each for each in whole.expression.methods if each.name == names[1]), None)
        return Found(whole.path, inner, inner.start) if inner is not None else Lost("it is no method", whole.path, 0)
    return whole if isinstance(whole, Outside) else None


def _held_value(sources: Sources, module: Module, holds: Held, at: int) -> Definition | None:
    """The class behind a field: of its type, else of the value that it is first set to."""
    if holds.value is not None:
        value = holds.value
        made = getattr(value, "callee", value) if getattr(value, "new", False) else value
        return sources.code().follow(module.path, made, at)
    name = _TYPE.match(holds.type)
    return sources.code().follow(module.path, Name(name[0], 0), None) if name is not None else None
