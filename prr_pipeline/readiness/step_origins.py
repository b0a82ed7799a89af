"""Where do the steps of a pipeline come from? A name alone proves nothing: the file that composes may define it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import PrrError
from prr_pipeline.readiness.routes import Route
from prr_pipeline.readiness.sources import Sources
from prr_pipeline.repository.globs import matches
from prr_pipeline.repository.typescript.code import Definition, Found, Outside
from prr_pipeline.repository.typescript.expressions import Call, Expression, Member, Name
from prr_pipeline.repository.typescript.modules import Module
from prr_pipeline.repository.typescript.pipelines import Layer, Step

_HOPS = 8
_WHOLE = frozenset(("default", "*"))


@dataclass(frozen=True, slots=True)
class Origins:
    """What is wrong with where steps come from, as parts of a sentence, and the names of which it cannot be told."""

    foreign: list[str]
    lost: list[str]


def origins_of(
    sources: Sources,
    route: Route,
    steps: Sequence[Step],
    names: Collection[str],
    composers: Collection[str],
    under: Sequence[str] | None,
) -> Origins:
    """The origins of the steps of those names, and of the composers that stand where steps are composed.

    ``under`` are globs of files and names of packages that they may come from; None: any but the route's own file.
    A name that nothing binds is a global's, which the code is checked against elsewhere.
    """
    foreign, lost = list[str](), list[str]()
    for name, layer in _named(route, steps, names, composers):
        where = _Origin(sources, route.path, under).of(layer, {*names, *composers})
        if where is None:
            lost.append(name)
        elif where:
            foreign.append(f"{name} is {where}")
    return Origins(list(dict.fromkeys(foreign)), list(dict.fromkeys(lost)))


def _named(
    route: Route, steps: Sequence[Step], names: Collection[str], composers: Collection[str]
) -> Iterator[tuple[str, Layer]]:
    for path in dict.fromkeys([route.path, *(step.path for step in steps)]):
        yield from ((name, Layer(path, Name(name, 0))) for name in composers)
    for step in steps:
        if step.name in names and step.called is not None:
            yield step.name, step.called


@dataclass(frozen=True, slots=True)
class _Origin:
    """The origin of what is called, for one route."""

    sources: Sources
    own: str
    under: Sequence[str] | None

    def of(self, layer: Layer, names: Collection[str]) -> str | None:
        """Empty for a right origin, else what is wrong with it; None if it cannot be told."""
        module, callee, at = self.sources.code().module(layer.path), layer.expression, layer.at
        for _ in range(_HOPS):
            base = _base(callee)
            if base is None:
                return None
            if not _is_bound(module, base.name, at):
                return ""
            renamed = _renamed(module, callee, names, at)
            if renamed:
                return renamed
            found = self._followed(module, callee, at)
            if isinstance(found, Outside):
                return "" if self._may(found.package) else f"of {found.package}, not of {self._where}"
            if not isinstance(found, Found):
                if not isinstance(callee, Member):
                    return None
                callee = callee.object
            elif isinstance(found.expression, Call):
                module, callee, at = self.sources.code().module(found.path), found.expression.callee, found.at
            else:
                return self._defined(found)
        return None

    @property
    def _where(self) -> str:
        return " or ".join(self.under or ())

    def _may(self, origin: str) -> bool:
        return self.under is None or any(matches(each, origin) for each in self.under)

    def _defined(self, found: Found) -> str:
        place = f"{found.path}:{found.expression.line}"
        if found.path == self.own and (self.under is None or not self._may(found.path)):
            return f"the route file's own ({place}); import the shared one"
        return "" if self._may(found.path) else f"defined in {place}, not under {self._where}"

    def _followed(self, module: Module, callee: Expression, at: int | None) -> Definition | None:
        try:
            return self.sources.code().follow(module.path, callee, at)
        except PrrError:
            return None


def _base(callee: Expression) -> Name | None:
    while isinstance(callee, Member | Call):
        callee = callee.object if isinstance(callee, Member) else callee.callee
    return callee if isinstance(callee, Name) else None


def _is_bound(module: Module, name: str, at: int | None) -> bool:
    return _is_defined(module, name, at) or module.imported(name) is not None


def _is_defined(module: Module, name: str, at: int | None) -> bool:
    return name in module.definitions or (at is not None and module.local(name, at) is not None)


def _renamed(module: Module, callee: Expression, names: Collection[str], at: int | None) -> str:
    """What an import of another name is there: ``import { allow as withScope }``."""
    if not isinstance(callee, Name) or callee.name not in names or _is_defined(module, callee.name, at):
        return ""
    bound = module.imported(callee.name)
    if bound is None or bound[1] in names or bound[1] in _WHOLE:
        return ""
    return f"{bound[1]} of {bound[0].specifier}; import the step under its own name"
