"""The registry of checks: ``@check("name")`` in any module of `readiness.checks`, or an entry point elsewhere."""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.metadata import entry_points
from typing import Any, TypeVar

from prr_pipeline.errors import PrrError, UnknownName
from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.model import Finding
from prr_pipeline.readiness.parameters import Parameters
from prr_pipeline.readiness.sources import Sources
from prr_pipeline.subjects import Subject

ENTRY_POINTS = "prr_pipeline.checks"
COMPOSITES = ("all_of", "any_of")
"""Joins of several checks; the engine judges their parts."""
P = TypeVar("P", bound=Parameters)
CheckFunction = Callable[[Sources, Facts, Subject, Any], Finding]


@dataclass(frozen=True, slots=True)
class Check:
    """One check. ``version`` rises whenever equal evidence may be judged otherwise: the report digest holds it."""

    name: str
    version: int
    function: CheckFunction
    parameters: type[Parameters]

    @property
    def summary(self) -> str:
        """The first sentence of the function's docstring."""
        return (self.function.__doc__ or "").strip().partition("\n")[0]


_declared: dict[str, Check] = {}


def check(
    name: str, parameters: type[P], *, version: int = 1
) -> Callable[[Callable[[Sources, Facts, Subject, P], Finding]], Callable[[Sources, Facts, Subject, P], Finding]]:
    """Declare a function as the check of that name. Raises `PrrError` if another one has the name."""

    def declare(
        function: Callable[[Sources, Facts, Subject, P], Finding],
    ) -> Callable[[Sources, Facts, Subject, P], Finding]:
        known = _declared.get(name)
        if name in COMPOSITES or (known is not None and known.function.__module__ != function.__module__):
            raise PrrError(f"Two checks have the name {name!r}; give the one in {function.__module__} another.")
        _declared[name] = Check(name, version, function, parameters)
        return function

    return declare


@cache
def _load_all() -> None:
    package = import_module("prr_pipeline.readiness.checks")
    for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
        import_module(module.name)
    for point in entry_points(group=ENTRY_POINTS):
        point.load()


def checks() -> Mapping[str, Check]:
    """Every check by name."""
    _load_all()
    return dict(sorted(_declared.items()))


def check_named(name: str) -> Check:
    """The check of that name. Raises `UnknownName` with the valid ones."""
    _load_all()
    if name not in _declared:
        raise UnknownName("check", name, (*_declared, *COMPOSITES))
    return _declared[name]


def validate_names(name: str, parameters: Mapping[str, Any]) -> None:
    """Raise `PrrError` unless the check exists and takes (and gets) exactly these parameters."""
    if name in COMPOSITES:
        for part in parts(name, parameters):
            validate_names(*part)
        return
    fields = check_named(name).parameters.model_fields
    for unknown in sorted(set(parameters) - set(fields)):
        raise UnknownName(f"parameter of {name}", unknown, fields)
    for wanted, field in fields.items():
        if field.is_required() and wanted not in parameters:
            raise PrrError(f"The check {name} needs the parameter {wanted!r}.")


def parts(name: str, parameters: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    """The parts of a composite: ``checks``, a list of ``{check, parameters}``."""
    rows = parameters.get("checks")
    if set(parameters) != {"checks"} or not isinstance(rows, list) or not rows:
        raise PrrError(f"{name} takes one parameter, `checks`: a list of {{check: ..., parameters: ...}}.")
    for row in rows:
        if not isinstance(row, Mapping) or not {"check"} <= set(row) <= {"check", "parameters"}:
            raise PrrError(f"Each of the `checks` of {name} is {{check: ..., parameters: ...}}.")
    return [(row["check"], row.get("parameters", {})) for row in rows]
