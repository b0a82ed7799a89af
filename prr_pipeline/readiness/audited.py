"""What a handler sets on the context of its request, itself or one call deep, and where it may answer without that."""

from __future__ import annotations

from collections.abc import Iterator

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.readiness.answering_paths import Paths, paths_of
from prr_pipeline.readiness.members import Placed, text_of
from prr_pipeline.readiness.model import Location
from prr_pipeline.readiness.sources import Sources
from prr_pipeline.repository.typescript.code import Found, Lost
from prr_pipeline.repository.typescript.expressions import Call, Expression, Function, Member, Name, Other, Text
from prr_pipeline.repository.typescript.modules import CallSite, Module
from prr_pipeline.repository.typescript.pipelines import Handler

_HOPS = 8
_EITHER = ("?", "??", "||")


@dataclass(frozen=True, slots=True)
class Setting:
    """``call`` sets a value on the context, such as ``c.set``, with ``key`` first."""

    call: str
    key: str

    @property
    def method(self) -> str:
        """The last word of the call."""
        return self.call.rpartition(".")[2]


@dataclass(frozen=True, slots=True)
class Audited:
    """Each value that is set (None if it cannot be told), and where; and why it may not be set on each path."""

    values: tuple[tuple[str | None, Location], ...] = ()
    doubt: Lost | None = None


@dataclass(frozen=True, slots=True)
class _Marks:
    """The calls of one function that certainly set it, and those of which it cannot be told."""

    values: tuple[tuple[str | None, Location], ...]
    sure: tuple[CallSite, ...]
    doubtful: tuple[CallSite, ...]


def audited(sources: Sources, handler: Handler, setting: Setting) -> Audited:
    """What a handler sets. What no run reaches counts for nothing."""
    module = sources.code().module(handler.path)
    paths = paths_of(sources, module, handler.function)
    own = _marks(sources, paths, setting, (handler.function,))
    values, sure, doubtful = list(own.values), list(own.sure), list(own.doubtful)
    for site in filter(paths.is_live, module.calls_in(handler.function)):
        inner = _run(sources, handler, module, site)
        if inner is None:
            continue
        deeper = _marks(sources, inner, setting, (handler.function, inner.function))
        values += deeper.values
        if deeper.sure and inner.bare(deeper.sure) is None and paths.is_given(site):
            sure.append(site)
        elif deeper.sure or deeper.doubtful:
            doubtful.append(site)
    if not sure and not doubtful:
        return Audited()
    bare = paths.bare(sure)
    if bare is None:
        return Audited(tuple(values))
    line = bare if sure else doubtful[0].line
    return Audited(tuple(values), Lost(f"whether {setting.key} is set when it answers is not seen", module.path, line))


def _run(sources: Sources, handler: Handler, module: Module, site: CallSite) -> Paths | None:
    """The function of the repository that a call runs, another than the handler."""
    found = sources.code().follow(handler.path, site.call.callee, site.start)
    if not isinstance(found, Found) or not isinstance(found.expression, Function):
        return None
    if (found.path, found.expression.start) == (handler.path, handler.function.start):
        return None
    return paths_of(sources, sources.code().module(found.path), found.expression)


def _marks(sources: Sources, paths: Paths, setting: Setting, functions: tuple[Function, ...]) -> _Marks:
    values: list[tuple[str | None, Location]] = []
    sure: list[CallSite] = []
    doubtful: list[CallSite] = []
    for site in _sites(paths, setting):
        on_context = _is_context(paths.module, site, functions)
        if on_context is False:
            continue
        if on_context:
            place = Location(paths.module.path, site.line, site.callee)
            values += [(text, place) for text in _texts(sources, paths.module.path, site.call.arguments[1], site)]
        (sure if on_context and paths.is_given(site) else doubtful).append(site)
    return _Marks(tuple(values), tuple(sure), tuple(doubtful))


def _texts(sources: Sources, path: str, value: Expression, site: CallSite) -> Iterator[str | None]:
    """Each text that a value may be: that of either side of ``? :``; None for one that cannot be told."""
    if isinstance(value, Other) and value.operator in _EITHER:
        for each in value.operands[value.operator == "?" :]:
            yield from _texts(sources, path, each, site)
    else:
        yield text_of(sources.code(), Placed(value, path, site.line, site.start))


def _sites(paths: Paths, setting: Setting) -> Iterator[CallSite]:
    for site in filter(paths.is_live, paths.module.calls_in(paths.function)):
        given = site.call.arguments
        named = site.callee.rpartition(".")[2] == setting.method and len(given) > 1
        if named and isinstance(given[0], Text) and given[0].value == setting.key:
            yield site


def _is_context(module: Module, site: CallSite, functions: tuple[Function, ...]) -> bool | None:
    """Whether a value is set on what one of the functions is given; not on an object that the code makes itself."""
    callee, at = site.call.callee, site.start
    if isinstance(callee, Name):
        local = module.local(callee.name, at)
        if local is not None and isinstance(local.value, Member):
            callee, at = local.value, local.start
    expression: Expression = callee.object if isinstance(callee, Member) else callee
    for _ in range(_HOPS):
        if isinstance(expression, Call) and expression.new:
            return False
        if not isinstance(expression, Name):
            return None
        local = module.local(expression.name, at)
        value = local.value if local is not None else module.definitions.get(expression.name)
        if value is None:
            return True if local is not None and _is_given(expression.name, local.start, functions) else None
        expression, at = value, local.start if local is not None else 0
    return None


def _is_given(name: str, start: int, functions: tuple[Function, ...]) -> bool:
    own = (each for each in functions if each.start == start)
    return any(name in parameter.binds for each in own for parameter in each.parameters)
