"""What a route registers, as data: the steps around the handler, outermost first, and the handler itself."""

from __future__ import annotations

from dataclasses import field, replace

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.repository.typescript.code import Lost
from prr_pipeline.repository.typescript.expressions import Expression, Function


@dataclass(frozen=True, slots=True)
class Step:
    """One wrapper or middleware: what it is called, what it was given, and where.

    An argument that a helper function passes on is the text or number that the helper was given. ``called`` is the
    callee of a declared step, with where it stands; ``doubt`` says why the step may not stand there.
    """

    name: str
    arguments: tuple[Expression, ...]
    path: str
    line: int
    called: Layer | None = field(default=None, compare=False)
    doubt: Lost | None = None


@dataclass(frozen=True, slots=True)
class Handler:
    """The innermost function, and the file that holds it."""

    path: str
    function: Function


@dataclass(frozen=True, slots=True)
class Pipeline:
    """Steps in the order in which a request meets them. ``lost`` are the places that could not be followed."""

    steps: tuple[Step, ...] = ()
    handler: Handler | None = None
    lost: tuple[Lost, ...] = ()

    def then(self, inner: Pipeline) -> Pipeline:
        """This one around another, whose handler counts; if that could not be followed, neither has one."""
        handler = inner.handler or (None if inner.lost else self.handler)
        return Pipeline(self.steps + inner.steps, handler, self.lost + inner.lost)

    def doubted(self, doubt: Lost | None) -> Pipeline:
        """This one with the same doubt on each step; as it is without one."""
        return replace(self, steps=tuple(replace(each, doubt=doubt) for each in self.steps)) if doubt else self

    def only_steps(self) -> Pipeline:
        """This one as steps around something else."""
        return replace(self, handler=None)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What the declared names mean: ``steps`` wrap one handler, ``composers`` take steps in order and a handler.

    ``partial`` are functions whose steps stand around some requests only.
    """

    steps: frozenset[str]
    composers: frozenset[str]
    partial: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Layer:
    """One value that is registered around a route; ``at`` is its offset if it stands inside a function.

    ``doubt`` says why it may not be registered when the route answers.
    """

    path: str
    expression: Expression
    at: int | None = None
    doubt: Lost | None = None
