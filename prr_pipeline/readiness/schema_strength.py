"""Schemas that refuse nothing: of an object with no field that says anything, or with a way round every refusal."""

from __future__ import annotations

from collections.abc import Collection

from prr_pipeline.readiness.sources import Sources
from prr_pipeline.repository.typescript.code import Found
from prr_pipeline.repository.typescript.expressions import Call, Expression, Member, Record, dotted

_ANYTHING = frozenset(("any", "unknown"))


def accepts_anything(sources: Sources, schema: Found, makers: Collection[str]) -> str | None:
    """Why a schema refuses nothing, in a few words; None where it is not seen to.

    ``makers``: what makes a schema of an object.
    """
    value = schema.expression
    while isinstance(value, Call) and isinstance(value.callee, Member):
        name = value.callee.name
        if dotted(value.callee) in makers:
            return _of_object(sources, schema, value)
        if name == "catch" or (name == "or" and value.arguments and _is_anything(value.arguments[0])):
            return f"its .{name}() accepts what the schema refuses"
        value = value.callee.object
    return None


def is_lookalike(sources: Sources, schema: Found, package: str) -> bool:
    """Whether what a schema is made with comes from a file of the repository instead of the package."""
    value = schema.expression
    while isinstance(value, Call | Member):
        value = value.callee if isinstance(value, Call) else value.object
    bound = sources.code().module(schema.path).imported(dotted(value))
    return bound is not None and bound[0].specifier.startswith(".") and bound[0].specifier != package


def _of_object(sources: Sources, schema: Found, made: Call) -> str | None:
    first = made.arguments[0] if made.arguments else None
    found = sources.code().follow(schema.path, first, schema.at) if first is not None else None
    shape = found.expression if isinstance(found, Found) else first
    if not isinstance(shape, Record):
        return None
    if not shape.entries:
        return "it has no field"
    if all(entry.key is not None and _is_anything(entry.value) for entry in shape.entries):
        return "each of its fields may be anything"
    return None


def _is_anything(value: Expression) -> bool:
    """``z.any()`` and ``z.unknown().optional()``."""
    while isinstance(value, Call) and isinstance(value.callee, Member) and isinstance(value.callee.object, Call):
        value = value.callee.object
    return isinstance(value, Call) and isinstance(value.callee, Member) and value.callee.name in _ANYTHING
