"""Follows names to what they stand for, through locals, objects, classes, imports and re-exports."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import field

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import PrrError
from prr_pipeline.repository.typescript.expressions import (
    Call,
    Class,
    Expression,
    Function,
    List,
    Member,
    Name,
    Record,
    Spread,
)
from prr_pipeline.repository.typescript.imports import ASSIGNED
from prr_pipeline.repository.typescript.modules import Module
from prr_pipeline.repository.typescript.resolution import File, Package, Resolution

_HOPS = 32
_STEPS = 500
"""Most names that are looked at for one answer."""


@dataclass(frozen=True, slots=True)
class Found:
    """The definition that a name leads to, and the file that holds it; ``at`` lies in the function around it."""

    path: str
    expression: Expression
    at: int | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Outside:
    """The name comes from a package that is not of the repository."""

    package: str
    name: str


@dataclass(frozen=True, slots=True)
class Lost:
    """A place that could not be followed; ``why`` is a part of a sentence."""

    why: str
    path: str
    line: int


Definition = Found | Outside | Lost


@dataclass(frozen=True, slots=True)
class _Whole:
    """A file with all that it exports, as ``import * as name`` binds it."""

    path: str
    line: int


_Traced = Found | Outside | Lost | _Whole


class Tracing:
    """One question. It ends: nothing is asked twice, and what leads on for too long is lost."""

    def __init__(self, module: Callable[[str], Module], resolve: Callable[[str, str], Resolution]) -> None:
        self._module = module
        self._resolve = resolve
        self._asked: set[tuple[str, str]] = set()
        self._steps = 0

    def follow(self, path: str, expression: Expression, at: int | None = None) -> Definition:
        """What an expression stands for; names that functions around the offset ``at`` bind count first."""
        return _told(path, self._follow(path, expression, at, _HOPS))

    def exported(self, path: str, name: str) -> Definition:
        """What a file exports under a name."""
        return _told(path, self._exported(path, name, 0, _HOPS))

    def _follow(self, path: str, expression: Expression, at: int | None, hops: int) -> _Traced:
        self._steps += 1
        if hops <= 0 or self._steps > _STEPS:
            return Lost("it leads through too many names", path, expression.line)
        if isinstance(expression, Name):
            return self._named(path, expression, at, hops)
        if isinstance(expression, Member):
            return self._member(path, expression, at, hops)
        return Found(path, expression, at)

    def _named(self, path: str, expression: Name, at: int | None, hops: int) -> _Traced:
        module, name = self._module(path), expression.name
        local = module.local(name, at) if at is not None else None
        if local is not None:
            if local.value is None:
                return Lost(f"{name} is a parameter or variable of the function around it", path, expression.line)
            return self._follow(path, local.value, local.start, hops - 1)
        if name in module.definitions:
            return self._follow(path, module.definitions[name], None, hops - 1)
        bound = module.imported(name)
        if bound is None:
            return Lost(f"{name} is not defined at the top of the file", path, expression.line)
        return self._imported(path, bound[0].specifier, bound[1], bound[0].line, hops - 1)

    def _member(self, path: str, expression: Member, at: int | None, hops: int) -> _Traced:
        name, line = expression.name, expression.line
        whole = self._follow(path, expression.object, at, hops - 1)
        if isinstance(whole, _Whole):
            return self._exported(whole.path, name, line, hops - 1)
        if isinstance(whole, Outside):
            return Outside(whole.package, name if whole.name == "*" else f"{whole.name}.{name}")
        if isinstance(whole, Found):
            value = self._part(whole, name, hops - 1)
            if value is not None:
                return value
        return Lost(f"the member {name} could not be followed", path, line)

    def _part(self, whole: Found, name: str, hops: int) -> _Traced | None:
        """A member of an object, an item of a list, a method of a class or of what its constructor makes."""
        value = whole.expression
        if isinstance(value, Record):
            return self._entry(whole, value, name, hops)
        if isinstance(value, List) and name.isdecimal() and not any(isinstance(each, Spread) for each in value.items):
            items = value.items[int(name) :][:1] if len(name) < 6 else ()
            return self._follow(whole.path, items[0], whole.at, hops) if items else None
        if isinstance(value, Call) and value.new:
            made = self._follow(whole.path, value.callee, whole.at, hops)
            if isinstance(made, Found) and isinstance(made.expression, Class):
                return _method(made.path, made.expression, name)
        return _method(whole.path, value, name) if isinstance(value, Class) else None

    def _entry(self, whole: Found, record: Record, name: str, hops: int) -> _Traced | None:
        """The last entry of that name; a spread or computed key after it that may replace it loses it."""
        path, at = whole.path, whole.at
        for entry in reversed(record.entries):
            if entry.key == name:
                return self._follow(path, entry.value, at, hops)
            if entry.key is None and not isinstance(entry.value, Spread):
                return Lost("a computed key may replace it", path, entry.line)
            if isinstance(entry.value, Spread) and entry.key is None:
                found = self._follow(path, entry.value.value, at, hops - 1)
                if not isinstance(found, Found) or not isinstance(found.expression, Record):
                    return Lost("what is spread there could not be followed", path, entry.line)
                inner = self._entry(found, found.expression, name, hops - 1) if hops > 0 else None
                if inner is not None:
                    return inner
        return None

    def _imported(self, path: str, specifier: str, name: str, line: int, hops: int) -> _Traced:
        target = self._resolve(path, specifier)
        if isinstance(target, Package):
            return Outside(target.name, name)
        if not isinstance(target, File):
            return Lost(target.why, path, line)
        if name == "*":
            assigned = self._assigned(target.path, line, hops)
            return assigned if assigned is not None else _Whole(target.path, line)
        return self._exported(target.path, name, line, hops)

    def _assigned(self, path: str, line: int, hops: int) -> _Traced | None:
        """The value of ``export = value``, if the file has that."""
        try:
            exports = self._module(path).exports
        except PrrError:
            return None
        return self._exported(path, ASSIGNED, line, hops) if ASSIGNED in exports else None

    def _exported(self, path: str, name: str, line: int, hops: int) -> _Traced:
        if hops <= 0 or (path, name) in self._asked:
            return Lost("it leads through too many files", path, line)
        self._asked.add((path, name))
        try:
            module = self._module(path)
        except PrrError as fault:
            return Lost(str(fault), path, line)
        export = module.exports.get(name)
        if export is None and name == "default":
            export = module.exports.get(ASSIGNED)
        if export is not None and export.specifier is not None:
            return self._imported(path, export.specifier, export.name, export.line, hops - 1)
        if export is not None:
            return self._follow(path, Name(export.name, export.line), None, hops - 1)
        return self._starred(path, module, name, line, hops)

    def _starred(self, path: str, module: Module, name: str, line: int, hops: int) -> _Traced:
        """The name among those that ``export *`` passes on; one that leads nowhere may have it."""
        outside: list[Outside] = []
        unknown: list[Lost] = []
        for star in module.star_exports if name not in ("default", ASSIGNED) else ():
            target = self._resolve(path, star.specifier or "")
            if isinstance(target, Package):
                outside.append(Outside(target.name, name))
            elif not isinstance(target, File):
                unknown.append(Lost(target.why, path, star.line))
            elif (target.path, name) not in self._asked:
                found = self._exported(target.path, name, star.line, hops - 1)
                if not isinstance(found, Lost | Outside):
                    return found
                outside.extend([found] if isinstance(found, Outside) else [])
                unknown.extend([found] if isinstance(found, Lost) and not _is_absence(found, target.path, name) else [])
        if unknown or outside:
            return unknown[0] if unknown else outside[0]
        return _absent(path, name, line)


def _method(path: str, found: Class, name: str) -> Found | None:
    method: Function | None = next((each for each in found.methods if each.name == name), None)
    return Found(path, method) if method is not None and name != "constructor" else None


def _absent(path: str, name: str, line: int) -> Lost:
    return Lost(f"{path} exports no {name}", path, line)


def _is_absence(lost: Lost, path: str, name: str) -> bool:
    return lost == _absent(path, name, lost.line)


def _told(path: str, found: _Traced) -> Definition:
    return found if not isinstance(found, _Whole) else Lost(f"all of {found.path} is meant", path, found.line)
