"""The error codes of a service's code: in what it throws, and in the answers that it gives."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import PrrError
from prr_pipeline.readiness.members import Placed, text_of
from prr_pipeline.readiness.model import Location
from prr_pipeline.readiness.sources import Sources
from prr_pipeline.repository.patterns import configured
from prr_pipeline.repository.typescript.code import Found, Lost
from prr_pipeline.repository.typescript.expressions import (
    Call,
    Class,
    Expression,
    Function,
    Name,
    Other,
    Record,
    Text,
    dotted,
)
from prr_pipeline.repository.typescript.files import SUFFIXES
from prr_pipeline.repository.typescript.modules import Module, Throw

_HOPS = 3


@dataclass(frozen=True, slots=True)
class ErrorForms:
    """``pattern``: what a code looks like. ``keys``: members and parameters that hold one. ``plain``: classes of
    errors without a code. ``answers``: calls that answer with an object and a status."""

    pattern: str
    keys: tuple[str, ...]
    plain: frozenset[str]
    answers: frozenset[str]


@dataclass(frozen=True, slots=True)
class ErrorPaths:
    """``codes``: each code, or name of a class that has none, to its places. ``classes``: such a class, and each that
    gives a code, to the file and line that define it. ``bare``: places of errors that have neither."""

    codes: Mapping[str, tuple[Location, ...]]
    classes: Mapping[str, frozenset[tuple[str, int]]]
    bare: tuple[Location, ...]
    lost: tuple[Lost, ...]


def error_paths(sources: Sources, paths: Sequence[str], forms: ErrorForms) -> ErrorPaths:
    """What the TypeScript files among these throw and answer. What was caught and is thrown again is passed on."""
    search = _Search(sources, [each for each in paths if each.endswith(SUFFIXES)], forms)
    return search.all()


class _Search:
    def __init__(self, sources: Sources, paths: Sequence[str], forms: ErrorForms) -> None:
        self._sources, self._paths, self._forms = sources, paths, forms
        self._code = sources.code()
        self._pattern = configured(forms.pattern)
        self._places: dict[str, list[Location]] = defaultdict(list)
        self._classes: dict[str, set[tuple[str, int]]] = defaultdict(set)
        self._bare: list[Location] = []
        self._lost: list[Lost] = []

    def all(self) -> ErrorPaths:
        for module in self._modules(note=True):
            for throw in module.throws:
                self._thrown(module, throw, throw.value, _HOPS)
            for site in module.calls:
                if site.callee == "Promise.reject" and site.call.arguments:
                    given = site.call.arguments[0]
                    self._thrown(module, Throw(given, site.line, site.start), given, _HOPS)
            for name, place in _answered(module, self._forms):
                self._note(name, place)
        places = {name: tuple(found) for name, found in sorted(self._places.items())}
        classes = {name: frozenset(found) for name, found in self._classes.items()}
        return ErrorPaths(places, classes, tuple(self._bare), tuple(self._lost))

    def _modules(self, *, note: bool) -> Iterator[Module]:
        for path in self._paths:
            try:
                yield self._code.module(path)
            except PrrError as fault:
                self._lost += [Lost(str(fault), path, 0)] if note else []

    def _note(self, name: str, place: Location, made: Found | None = None) -> None:
        self._places[name].append(place)
        if made is not None:
            self._classes[name].add((made.path, made.expression.line))

    def _thrown(self, module: Module, throw: Throw, value: Expression, hops: int) -> None:
        found = self._code.follow(module.path, value, throw.start)
        made = found.expression if isinstance(found, Found) else value
        if isinstance(made, Call) and made.new:
            self._made(module, throw, made)
        elif isinstance(made, Call):
            self._by_function(module, throw, made, hops)
        elif not isinstance(value, Name) or isinstance(found, Found):
            self._bare.append(Location(module.path, throw.line))

    def _made(self, module: Module, throw: Throw, made: Call) -> None:
        """``new GrantError(...)``: the code is an argument, or the class has it."""
        place, name = Location(module.path, throw.line, dotted(made.callee)), dotted(made.callee).rpartition(".")[2]
        if name in self._forms.plain:
            self._bare.append(place)
            return
        found = self._code.follow(module.path, made.callee, throw.start)
        own = found if isinstance(found, Found) and isinstance(found.expression, Class) else None
        given = self._argument(own, made)
        if given is None:
            code = self._own_code(own) if own is not None else None
            if code is None and _constructor(own) is None:
                code = self._first(module, throw, made)
            if code is not None or own is not None:
                self._note(code or name, place, own)
            else:
                self._bare.append(place)
            return
        code = self._text(module.path, given, throw.start)
        if code is not None:
            self._note(code, place, own)
        else:
            self._from_callers(module, throw, given, own)

    def _by_function(self, module: Module, throw: Throw, made: Call, hops: int) -> None:
        """``notFound("grant_not_found")``: the code is given to the function, or stands in what that returns."""
        place = Location(module.path, throw.line, dotted(made.callee))
        code = self._first(module, throw, made)
        if code is not None:
            self._note(code, place)
            return
        found = self._code.follow(module.path, made.callee, throw.start)
        inner = (
            found.expression.returns if isinstance(found, Found) and isinstance(found.expression, Function) else None
        )
        if isinstance(found, Found) and isinstance(inner, Call) and hops > 0:
            there = self._code.module(found.path)
            self._thrown(there, Throw(inner, inner.line, getattr(found.expression, "start", 0) + 1), inner, hops - 1)
        else:
            self._lost.append(Lost(f"what {dotted(made.callee)} makes could not be followed", module.path, throw.line))

    def _argument(self, own: Found | None, made: Call) -> Expression | None:
        """The argument that holds the code, as the constructor's parameters are called, or a member of an object."""
        for argument in made.arguments:
            if isinstance(argument, Record):
                value = next((found for key in self._forms.keys if (found := argument.get(key)) is not None), None)
                if value is not None:
                    return value
        constructor = _constructor(own)
        for at, parameter in enumerate(constructor.parameters if constructor is not None else ()):
            if parameter.name in self._forms.keys and at < len(made.arguments):
                return made.arguments[at]
        return None

    def _own_code(self, own: Found) -> str | None:
        """The code that a class sets: a field, or what its constructor gives to the class above."""
        value = own.expression
        for field in value.fields if isinstance(value, Class) else ():
            if field.name in self._forms.keys and isinstance(field.value, Text) and field.value.value:
                return field.value.value
        constructor = _constructor(own)
        sites = self._code.module(own.path).calls_in(constructor) if constructor is not None else ()
        texts = (
            self._text(own.path, each, site.start)
            for site in sites
            if site.callee == "super"
            for each in site.call.arguments
        )
        return next((text for text in texts if text is not None), None)

    def _first(self, module: Module, throw: Throw, made: Call) -> str | None:
        texts = (self._text(module.path, each, throw.start) for each in made.arguments)
        return next((text for text in texts if text is not None), None)

    def _text(self, path: str, value: Expression, at: int) -> str | None:
        """The text of an expression, if it looks like a code."""
        text = text_of(self._code, Placed(value, path, value.line, at))
        return text if text is not None and self._pattern.fullmatch(text) else None

    def _from_callers(self, module: Module, throw: Throw, given: Expression, own: Found | None) -> None:
        """A function that throws the code that it was given: what its callers give counts."""
        function = module.function_at(throw.start)
        at = _position(function, given)
        if function is None or at is None:
            self._lost.append(Lost("which code is thrown is computed", module.path, throw.line))
            return
        for caller in self._modules(note=False):
            for site in caller.calls:
                if site.callee.rpartition(".")[2] != function.name or at >= len(site.call.arguments):
                    continue
                code = self._text(caller.path, site.call.arguments[at], site.start)
                if code is None:
                    self._lost.append(Lost("which code is thrown is computed", caller.path, site.line))
                else:
                    self._note(code, Location(caller.path, site.line, site.callee), own)


def _answered(module: Module, forms: ErrorForms) -> Iterator[tuple[str, Location]]:
    """``c.json({ error: "not_found" }, 404)``; the object may come from a function that is given the code."""
    for site in module.calls:
        arguments = site.call.arguments
        if site.callee.rpartition(".")[2] not in forms.answers or len(arguments) < 2 or not _is_refusal(arguments[1]):
            continue
        body = arguments[0]
        if isinstance(body, Record):
            given = [value for key in forms.keys if (value := body.get(key)) is not None]
        else:
            given = list(body.arguments) if isinstance(body, Call) else []
        texts = (each.value for each in given if isinstance(each, Text) and each.value)
        code = next((text for text in texts if configured(forms.pattern).fullmatch(text)), None)
        if code is not None:
            yield code, Location(module.path, site.line, site.callee)


def _is_refusal(status: Expression) -> bool:
    """Whether a status, or that of the options, is 400 or above."""
    value = status.get("status") if isinstance(status, Record) else status
    return isinstance(value, Other) and value.source.isdecimal() and int(value.source) >= 400


def _constructor(own: Found | None) -> Function | None:
    value = own.expression if own is not None else None
    return (
        next((each for each in value.methods if each.name == "constructor"), None) if isinstance(value, Class) else None
    )


def _position(function: Function | None, given: Expression) -> int | None:
    if function is None or not isinstance(given, Name):
        return None
    return next((at for at, each in enumerate(function.parameters) if each.name == given.name), None)
