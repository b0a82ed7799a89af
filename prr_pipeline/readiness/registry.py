"""The registry of checks: ``@check("name")`` in any module of `readiness.checks`, or an entry point elsewhere."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from importlib import import_module
from typing import Any, TypeVar

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import PrrError, UnknownName
from prr_pipeline.plugins import distribution_of, edition_of, plugins
from prr_pipeline.readiness.check_modules import PACKAGE, check_modules, module_files
from prr_pipeline.readiness.declared import form_keys
from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.model import Finding
from prr_pipeline.readiness.parameters import Parameters
from prr_pipeline.readiness.sources import Sources
from prr_pipeline.subjects import Subject

ENTRY_POINTS = "prr_pipeline.checks"
COMPOSITES = ("all_of", "any_of")
"""Joins of several checks; the engine judges their parts."""
_NONE: Mapping[str, Any] = {}
_NAME = re.compile(r"[a-z][a-z0-9_]*\Z")
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

    @property
    def origin(self) -> str | None:
        """The distribution that brings it, such as ``acme-readiness 1.2.0``; None for one of ours."""
        return distribution_of(ENTRY_POINTS, self.function.__module__)

    @property
    def edition(self) -> tuple[str, ...]:
        """What of a plug-in must be the same for a remembered verdict to count: its distribution and its source."""
        return edition_of(ENTRY_POINTS, self.function.__module__)


_declared: dict[str, Check] = {}
_contested: dict[str, str] = {}


def check(
    name: str, parameters: type[P], *, version: int = 1
) -> Callable[[Callable[[Sources, Facts, Subject, P], Finding]], Callable[[Sources, Facts, Subject, P], Finding]]:
    """Declare a function as the check of that name.

    Raises `PrrError` if another one has the name, and for a function that is none of a check's form.
    """

    def declare(
        function: Callable[[Sources, Facts, Subject, P], Finding],
    ) -> Callable[[Sources, Facts, Subject, P], Finding]:
        known = _declared.get(name)
        ours = check_modules().get(name, function.__module__) != function.__module__
        if ours or name in COMPOSITES or (known is not None and _place(known.function) != _place(function)):
            brought = distribution_of(ENTRY_POINTS, function.__module__)
            where = function.__module__ + (f" of {brought}" if brought else "")
            sentence = f"Two checks have the name {name!r}; give the one in {where} another."
            _contested[name] = sentence
            raise PrrError(sentence)
        fault = _fault_of(name, parameters, version, function)
        if fault:
            raise PrrError(f"The check {name!r} in {function.__module__} {fault}.")
        _declared[name] = Check(name, version, function, parameters)
        return function

    return declare


def _place(function: CheckFunction) -> tuple[str, str]:
    return function.__module__, function.__qualname__


def _fault_of(name: str, parameters: object, version: object, function: CheckFunction) -> str | None:
    if not _NAME.match(name):
        return "has a name of another form than lower_case_with_underscores"
    if not (isinstance(parameters, type) and issubclass(parameters, Parameters)):
        return "names no subclass of Parameters for its parameters; NoParameters is one for none"
    if type(version) is not int or version < 1:
        return f"has the version {version!r}; give a whole number from 1"
    try:
        inspect.signature(function).bind(None, None, None, None)
    except TypeError:
        return "does not take (sources, facts, subject, parameters)"
    if not (function.__doc__ or "").strip():
        return "has no docstring; its first sentence says what holds when the check is met"
    return None


@cache
def _load_ours() -> None:
    for path in module_files():
        import_module(f"{PACKAGE}.{path.stem}")


@cache
def _load_plugins() -> tuple[str, ...]:
    """Load what other distributions bring; a sentence for each plug-in that is broken, of which no check is kept."""
    broken = []
    for plugin in plugins(ENTRY_POINTS):
        before = set(_declared)
        try:
            plugin.load()
        except PrrError as fault:
            broken.append(str(fault))
            for name in set(_declared) - before:
                if _declared[name].origin is not None:
                    del _declared[name]
    return tuple(broken)


def checks() -> Mapping[str, Check]:
    """Every check of ours by name."""
    _load_ours()
    return {name: found for name, found in sorted(_declared.items()) if found.origin is None}


def plugin_checks() -> tuple[Mapping[str, Check], tuple[str, ...]]:
    """The checks that plug-ins bring by name, and a sentence for each plug-in that is broken."""
    broken = _load_plugins()
    return {name: found for name, found in sorted(_declared.items()) if found.origin is not None}, broken


def check_named(name: str) -> Check:
    """The check of that name. Its module is imported now; plug-ins are loaded once a name is none of ours.

    Raises `UnknownName` with the valid ones, and `PrrError` if two plug-ins have it or the plug-in that should bring
    it may be one that is broken.
    """
    if name in check_modules():
        import_module(check_modules()[name])
        return _declared[name]
    broken = _load_plugins()
    if name in _contested:
        raise PrrError(_contested[name])
    if name not in _declared:
        unknown = UnknownName("check", name, {*check_modules(), *_declared, *COMPOSITES})
        # The names that are valid are many: what may be to blame stands before them, where nothing is cut off.
        raise PrrError(" ".join([*broken, str(unknown)])) if broken else unknown
    return _declared[name]


def validate_names(name: str, parameters: Mapping[str, Any]) -> None:
    """Raise `PrrError` unless the check exists and takes (and gets) exactly these parameters."""
    if name in COMPOSITES:
        for part in parts(name, parameters):
            validate_names(*part)
        return
    fields = form_keys(check_named(name).parameters)
    for unknown in sorted(set(parameters) - set(fields)):
        raise UnknownName(f"parameter of {name}", unknown, fields)
    for wanted, required in fields.items():
        if required and wanted not in parameters:
            raise PrrError(f"The check {name} needs the parameter {wanted!r}.")


def checks_of(name: str, parameters: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The checks behind a name with their parameters, those of composites one by one."""
    if name not in COMPOSITES:
        yield name, parameters
        return
    for part in parts(name, parameters):
        yield from checks_of(*part)


def versions_of(name: str | None, parameters: Mapping[str, Any]) -> list[list[object]]:
    """The checks behind a name with their versions, and with what brings them if that is a plug-in."""
    found = [check_named(part) for part, _ in checks_of(name, parameters)] if name else []
    return [[one.name, one.version, *one.edition] for one in found]


def brought_versions_of(name: str | None, parameters: Mapping[str, Any]) -> list[list[object]]:
    """As `versions_of`, of plug-ins' checks alone. Ours change only with the code that judges, and are not loaded."""
    ours = check_modules()
    found = [check_named(part) for part, _ in checks_of(name, parameters) if part not in ours] if name else []
    return [[one.name, one.version, *one.edition] for one in found]


def parts(name: str, parameters: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    """The parts of a composite: ``checks``, a list of ``{check, parameters}``."""
    rows = parameters.get("checks")
    if set(parameters) != {"checks"} or not isinstance(rows, list) or not rows:
        raise PrrError(f"{name} takes one parameter, `checks`: a list of {{check: ..., parameters: ...}}.")
    for row in rows:
        if not isinstance(row, Mapping) or not {"check"} <= set(row) <= {"check", "parameters"}:
            raise PrrError(f"Each of the `checks` of {name} is {{check: ..., parameters: ...}}.")
    return [(row["check"], row.get("parameters", _NONE)) for row in rows]
