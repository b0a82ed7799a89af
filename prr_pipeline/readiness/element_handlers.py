"""What the handlers of a page's elements run: through hooks, and through what each rendering gives a component."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.readiness.client_code import Part, parts_of
from prr_pipeline.readiness.reaching import Placed, Reaching
from prr_pipeline.repository.typescript.code import Found
from prr_pipeline.repository.typescript.expressions import Call, Expression, Member, Name, Other, Record
from prr_pipeline.repository.typescript.fragments import Element

_CAP = 500
"""Most values that one handler leads to."""


@dataclass(frozen=True, slots=True)
class Value:
    """An expression, its source, and the offset that it stands at.

    ``called``: not only handed on. ``given``: an element is given it.
    """

    part: Part
    expression: Expression
    at: int
    called: bool = True
    given: bool = False


@dataclass(slots=True)
class Run:
    """The functions that a handler runs, and what it calls. ``is_open``: also a prop or value that is not told."""

    functions: list[Placed] = field(default_factory=list)
    called: list[Value] = field(default_factory=list)
    is_open: bool = False


@dataclass(frozen=True, slots=True)
class Prop:
    """What a component is given under a name, and the members of it that are asked for."""

    component: Placed
    name: str
    members: tuple[str, ...]


@dataclass(slots=True)
class Handlers:
    """The handlers of one client's pages."""

    reaching: Reaching
    _places: dict[tuple[str, int], list[tuple[Part, Element]]] | None = None

    def run_by(self, part: Part, handler: Expression, at: int) -> Run:
        """All that a handler runs, the nearest first."""
        run, seen = Run(), dict[tuple[str, int, int, bool], Value]()
        waiting = [Value(part, handler, at, given=True)]
        while waiting and len(seen) < _CAP:
            one = waiting.pop(0)
            key = one.part.path, one.at, id(one.expression), one.called
            if key not in seen:
                seen[key] = one
                waiting += self._led_to(one, run)
        return run

    def prop(self, part: Part, expression: Expression, at: int) -> Prop | None:
        """The prop that an expression stands for or begins with; None if it is none."""
        members: list[str] = []
        for _ in range(8):
            while isinstance(expression, Member):
                members.insert(0, expression.name)
                expression = expression.object
            local = part.module.local(expression.name, at) if isinstance(expression, Name) else None
            if local is None:
                return None
            if local.value is None:
                return self._of_parameter(part, local.name, (local.start, local.end), tuple(members))
            expression = local.value
        return None

    def takes(self, part: Part, element: Element, name: str) -> bool:
        """Whether what an element stands for does anything with an attribute; so does all that is not the client's."""
        component = self._component(part, element)
        given = component.function.parameters[:1] if component is not None else ()
        if component is None or not given:
            return component is None
        known = given[0].members
        return given[0].name is not None or name in known.values() or any(each not in known for each in given[0].binds)

    def _led_to(self, one: Value, run: Run) -> Iterator[Value]:
        expression, target = one.expression, self.reaching.target(one.part, one.expression, one.at)
        prop = self.prop(one.part, expression, one.at) if target is None else None
        if prop is not None:
            yield from self._rendered(prop, one, run)
        elif isinstance(expression, Name | Member) and one.called:
            run.called.append(one)
        if target is not None:
            run.functions.append(target)
            for site in target.calls:
                yield Value(target.part, site.call.callee, site.start)
                yield from (Value(target.part, each, site.start, called=False) for each in site.call.arguments)
        elif prop is None and one.called:
            behind = list(self._behind(one))
            is_told = any(self.reaching.target(each.part, each.expression, each.at) is not None for each in behind)
            run.is_open = run.is_open or (one.given and not is_told and isinstance(expression, Name | Member | Call))
            yield from behind

    def _behind(self, one: Value) -> Iterator[Value]:
        """What made a thing, such as ``useMutation(leave)`` of ``mutation.mutate``, and what that was given."""
        expression, key = one.expression, ""
        while isinstance(expression, Member):
            key, expression = expression.name, expression.object
        if isinstance(expression, Name):
            local = one.part.module.local(expression.name, one.at)
            if local is None or local.value is None:
                return
            expression = local.value
        if isinstance(expression, Member) and isinstance(expression.object, Call):
            key, expression = expression.name, expression.object
        inner = self._returned(one, expression, key)
        if inner is not None:
            yield inner
        elif isinstance(expression, Other):
            yield from (Value(one.part, each, one.at) for each in expression.operands)
        else:
            yield from (Value(one.part, each, one.at) for each in parts_of(expression))

    def _returned(self, one: Value, made: Expression, key: str) -> Value | None:
        """The member of the object that a function of the client returns."""
        by = self.reaching.target(one.part, made.callee, one.at) if isinstance(made, Call) else None
        returns = by.function.returns if by is not None else None
        value = returns.get(key) if isinstance(returns, Record) else None
        return Value(by.part, value, by.function.end - 1) if by is not None and value is not None else None

    def _of_parameter(self, part: Part, name: str, span: tuple[int, int], members: tuple[str, ...]) -> Prop | None:
        """A prop, if the function that binds the name makes elements."""
        for function in part.module.functions:
            given = function.parameters[:1]
            if (function.start, function.end) != span or not given or name not in given[0].binds:
                continue
            if any(function.start <= each.start < function.end for each in part.fragments.elements):
                component = Placed(part, function)
                if given[0].name == name:
                    return Prop(component, members[0], members[1:]) if members else None
                return Prop(component, given[0].members.get(name, name), members)
        return None

    def _rendered(self, prop: Prop, one: Value, run: Run) -> Iterator[Value]:
        """What the places that render a component give as its prop; it is open where that is not told."""
        if not (one.called or prop.name.startswith("on")):
            return
        places = self._rendering(prop.component)
        run.is_open = run.is_open or not places
        for part, element in places:
            value = element.attributes.get(prop.name)
            if value is None:
                run.is_open = run.is_open or prop.name in element.attributes or "..." in element.attributes
                continue
            for name in prop.members:
                value = Member(value, name, value.line)
            yield Value(part, value, element.start, given=True)

    def _rendering(self, component: Placed) -> list[tuple[Part, Element]]:
        """The elements that stand for a component, wherever they are."""
        if self._places is None:
            self._places = {}
            for part in self.reaching.code.parts.values():
                for element in part.fragments.elements:
                    found = self._component(part, element)
                    if found is not None:
                        self._places.setdefault(found.key, []).append((part, element))
        return self._places.get(component.key, [])

    def _component(self, part: Part, element: Element) -> Placed | None:
        """The client's function that an element stands for, through ``memo`` and its like."""
        plain = self.reaching.target(part, element.tag, element.start)
        found = self.reaching.sources.code().follow(part.path, element.tag, element.start)
        there = self.reaching.code.parts.get(found.path) if isinstance(found, Found) else None
        if plain is not None or not isinstance(found, Found) or there is None or not isinstance(found.expression, Call):
            return plain
        given = [self.reaching.target(there, each, found.at or 0) for each in found.expression.arguments]
        return next((each for each in given if each is not None), None)
