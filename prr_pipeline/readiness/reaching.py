"""Which functions of a client's code lead to which, by calls, and by being handed to what calls them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.readiness.client_code import ClientCode, Part, last_name
from prr_pipeline.readiness.sources import Sources
from prr_pipeline.repository.typescript.code import Found, Lost
from prr_pipeline.repository.typescript.expressions import Class, Expression, Function, Member, Name
from prr_pipeline.repository.typescript.modules import CallSite, Module

_CAP = 500
"""Most functions that one function leads to."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A function and the source that holds it."""

    part: Part
    function: Function

    @property
    def key(self) -> tuple[str, int]:
        return self.part.path, self.function.start

    @property
    def calls(self) -> tuple[CallSite, ...]:
        """The calls inside it that a run may reach."""
        dead = self.part.fragments.unreached
        own = self.part.module.calls_in(self.function)
        return tuple(site for site in own if not any(start <= site.start < end for start, end in dead))

    def holds(self, path: str, start: int) -> bool:
        """Whether an offset of a file lies in it."""
        return path == self.part.path and self.function.start <= start < self.function.end


@dataclass(slots=True)
class Reaching:
    """The functions of one client. What stands inside a function counts as reached by it."""

    sources: Sources
    code: ClientCode
    _next: dict[tuple[str, int], tuple[Placed, ...]] = field(default_factory=dict)
    _methods: dict[str, list[Placed]] | None = None

    def around(self, part: Part, start: int) -> Placed | None:
        """The innermost function around an offset."""
        function = part.module.function_at(start)
        return Placed(part, function) if function is not None else None

    def reached(self, first: Placed) -> tuple[Placed, ...]:
        """The function, and those that it leads to, the nearest first."""
        seen, waiting = {first.key: first}, [first]
        while waiting and len(seen) < _CAP:
            for each in self.next_to(waiting.pop(0)):
                if each.key not in seen:
                    seen[each.key] = each
                    waiting.append(each)
        return tuple(seen.values())

    def leading_to(self, last: Placed) -> tuple[Placed, ...]:
        """The functions that lead to one, itself first, then by file and line."""
        found = [each for each in self.functions() if each.key != last.key]
        return (last, *(each for each in found if any(there.key == last.key for there in self.reached(each))))

    def functions(self) -> Iterator[Placed]:
        """Every function of the client."""
        for part in self.code.parts.values():
            for function in part.module.functions:
                yield Placed(part, function)

    def target(self, part: Part, value: Expression, at: int) -> Placed | None:
        """The client's function that an expression stands for; None for any other."""
        if isinstance(value, Function):
            return Placed(part, value)
        if not isinstance(value, Name | Member):
            return None
        found = self.sources.code().follow(part.path, value, at)
        if isinstance(found, Found) and isinstance(found.expression, Function):
            there = self.code.parts.get(found.path)
            return Placed(there, found.expression) if there is not None else None
        return self._method(part.module, value, at) if isinstance(found, Lost) and isinstance(value, Member) else None

    def next_to(self, placed: Placed) -> tuple[Placed, ...]:
        """The functions that one calls, or hands to what it calls."""
        if placed.key not in self._next:
            self._next[placed.key] = tuple(self._direct(placed))
        return self._next[placed.key]

    def _direct(self, placed: Placed) -> Iterator[Placed]:
        for site in placed.calls:
            for value in (site.call.callee, *site.call.arguments):
                there = self.target(placed.part, value, site.start)
                if there is not None:
                    yield there

    def _method(self, module: Module, value: Member, at: int) -> Placed | None:
        """A method of ``this``, or of a thing whose class is not told: the only one of the client with that name."""
        named = self._named().get(last_name(value.name), [])
        if isinstance(value.object, Name) and value.object.name == "this":
            own = [each for each in named if each.part.path == module.path]
            return min(own, key=lambda each: abs(each.function.start - at), default=None)
        return named[0] if len(named) == 1 else None

    def _named(self) -> dict[str, list[Placed]]:
        if self._methods is None:
            self._methods = {}
            for part in self.code.parts.values():
                for definition in part.module.definitions.values():
                    for method in definition.methods if isinstance(definition, Class) else ():
                        self._methods.setdefault(method.name or "", []).append(Placed(part, method))
        return self._methods
