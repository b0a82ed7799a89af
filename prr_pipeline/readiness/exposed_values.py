"""What an expression gives away: values that are called after health data or a secret, outside a declared wrapper."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import field, replace

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.readiness.exposed_words import HEADERS, Exposed, Words, one_header
from prr_pipeline.readiness.held_values import held_by_this, type_words
from prr_pipeline.readiness.named_calls import is_named
from prr_pipeline.readiness.spoken import speaks_of
from prr_pipeline.repository.typescript.expressions import (
    Call,
    Entry,
    Expression,
    Function,
    Index,
    List,
    Member,
    Name,
    Other,
    Record,
    Spread,
    Text,
    dotted,
)
from prr_pipeline.repository.typescript.modules import Module

_DEPTH = 12
_STEPS = 2_000
"""Most expressions that are looked at for one argument."""
_ONE_BY_ONE = frozenset(("map", "flatMap"))
_VALUES = frozenset(("??", "||", "&&", "+", "?"))
"""Operators that give one of their operands; the others give a truth or a number."""
_BODIES = frozenset(("text", "json", "formData", "arrayBuffer", "parseBody", "blob"))
"""Calls that give the whole body of a request or an answer, of which only running tells what it holds."""
_TRUTHS = frozenset(("Boolean", "isNaN", "Number.isInteger", "Number.isFinite", "Array.isArray"))
"""Calls that give a truth, whatever they are given."""
_PLAIN = re.compile(r"(?:true|false|null|undefined|[-+]?[\d._]+n?|(?:[!~]|typeof\s|void\s)[^,]*)\Z")


Look = Callable[[Module, Expression, int], tuple[Module, Expression, int] | None]
"""Where else an expression is written out: the file, what stands there, and its offset; None where nobody can tell."""


@dataclass(frozen=True, slots=True)
class _Room:
    """Where an expression stands, and the names there that stand for parts of what must not be seen."""

    module: Module
    at: int
    words: Words
    tainted: frozenset[str] = frozenset()
    depth: int = 0
    look: Look | None = None
    steps: list[None] = field(default_factory=list)
    """One for each expression that was looked at, of all rooms of one question."""


def exposed_in(
    module: Module, expression: Expression, at: int, words: Words, look: Look | None = None, secret: Iterable[str] = ()
) -> tuple[Exposed, ...]:
    """Every value that an expression at that offset gives away. Constants are looked through, other functions not.

    ``look`` finds constants of other files; ``secret`` are names there that stand for what must not be seen.
    """
    return tuple(dict.fromkeys(_walk(expression, _Room(module, at, words, frozenset(secret), look=look))))


def _walk(expression: Expression, room: _Room) -> Iterator[Exposed]:
    room.steps.append(None)
    if room.depth > _DEPTH or len(room.steps) > _STEPS:
        yield Exposed("what is nested too deeply", expression.line, certain=False)
        return
    inner = replace(room, depth=room.depth + 1) if not isinstance(expression, Other) else room
    if isinstance(expression, Name):
        yield from _named(expression, inner)
    elif isinstance(expression, Member):
        yield from _member(expression, inner)
    elif isinstance(expression, Call):
        yield from _called(expression, inner)
    elif isinstance(expression, Text):
        yield from _text(expression, inner)
    elif isinstance(expression, Function):
        yield from _walk(expression.returns, inner) if expression.returns is not None else ()
    elif isinstance(expression, Other):
        yield from _other(expression, inner)
    elif isinstance(expression, Record):
        for entry in expression.entries:
            yield from _entry(entry, inner)
    else:
        for part in _parts(expression):
            yield from _walk(part, inner)


def _parts(expression: Expression) -> Sequence[Expression]:
    if isinstance(expression, List):
        return expression.items
    if isinstance(expression, Index):
        return (expression.object, expression.key)
    return (expression.value,) if isinstance(expression, Spread) else ()


def _entry(entry: Entry, room: _Room) -> Iterator[Exposed]:
    """What an entry of an object gives away; a key may say what a name says not: ``{ diagnosis: text }``."""
    found = tuple(_walk(entry.value, room))
    if not found and entry.key is not None and room.words.speak(entry.key) and not _is_harmless(entry.value, room):
        yield Exposed(entry.key, entry.line)
    yield from found


def _is_harmless(value: Expression, room: _Room) -> bool:
    """Whether a value that gives nothing away is known not to: a literal, a truth, an id, or what is wrapped."""
    if isinstance(value, Other) and value.operator in _VALUES:
        return all(_is_harmless(each, room) for each in value.operands[value.operator == "?" :])
    if isinstance(value, Other):
        return bool(value.operator) or bool(_PLAIN.match(value.source))
    if isinstance(value, Call):
        written = dotted(value.callee)
        return _is_wrapped(value, room) or room.words.spare(written) or written in _TRUTHS
    if isinstance(value, Name | Member):
        base = value
        while isinstance(base, Member):
            base = base.object  # type: ignore[assignment]
        return room.words.spare(dotted(value)) or (isinstance(base, Name) and _hides(base, room))
    return not isinstance(value, Index)


def _named(expression: Name, room: _Room) -> Iterator[Exposed]:
    value, place = _value_of(expression.name, room)
    if isinstance(value, Call) and _is_wrapped(value, room):
        return
    if expression.name in room.tainted or room.words.speak(expression.name) or _type_speaks(expression.name, room):
        yield Exposed(expression.name, expression.line)
    elif expression.name == "this":
        speaking = (name for name in held_by_this(room.module, room.at) if room.words.speak(name))
        yield from (Exposed(f"this ({name})", expression.line) for name in speaking)
    elif value is not None and not room.words.spare(expression.name) and not isinstance(value, Function):
        found = tuple(_walk(value, replace(room, at=place)))
        for each in found:
            written = f"{expression.name} ({each.written})" if each.certain else each.written
            yield Exposed(written, expression.line, each.certain)
    elif value is None and not room.words.spare(expression.name):
        yield from _elsewhere(expression, room)


def _elsewhere(expression: Name | Member, room: _Room) -> Iterator[Exposed]:
    """What a record gives away that an expression stands for and that is written out elsewhere."""
    found = room.look(room.module, expression, room.at) if room.look is not None else None
    if found is not None and isinstance(found[1], Record):
        there, value, at = found
        for each in _walk(value, replace(room, module=there, at=at, tainted=frozenset())):
            yield Exposed(f"{dotted(expression)} ({each.written})", expression.line, each.certain)


def _member(expression: Member, room: _Room) -> Iterator[Exposed]:
    written = dotted(expression)
    if room.words.spare(written):
        return
    base: Expression = expression
    while isinstance(base, Member):
        base = base.object
    if isinstance(base, Call):
        if not _is_wrapped(base, room):
            named = [Exposed(written, expression.line)] if room.words.speak(written) else []
            yield from named or _walk(base, room)
    elif not isinstance(base, Name):
        yield from _walk(base, room)
    elif _hides(base, room):
        return
    elif room.words.speak(written) or base.name in room.tainted or _type_speaks(base.name, room):
        yield Exposed(written, expression.line)
    else:
        value, _ = _value_of(base.name, room)
        if isinstance(value, Call) and room.words.speak(dotted(value.callee)):
            yield Exposed(f"{written} ({dotted(value.callee)})", expression.line)
        elif expression.name == HEADERS and not room.words.wrapper:
            yield Exposed(f"whole headers, {written}", expression.line, certain=False)
        else:
            yield from _elsewhere(expression, room)


def _called(call: Call, room: _Room) -> Iterator[Exposed]:
    written = dotted(call.callee)
    if _is_wrapped(call, room) or room.words.spare(written) or written in _TRUTHS:
        return
    if isinstance(call.callee, Member):
        name = one_header(call)
        if name is not None:
            yield from [Exposed(f"the header {name}", call.line)] if room.words.speak(name) else ()
            return
        whole = tuple(_walk(call.callee.object, room))
        step = call.arguments[0] if call.callee.name in _ONE_BY_ONE and call.arguments else None
        if isinstance(step, Function) and step.returns is not None:
            bound = {name for each in step.parameters[:1] for name in each.binds} if whole else set()
            yield from _walk(step.returns, replace(room, at=step.start, tainted=room.tainted | bound))
            return
        yield from whole
        written = call.callee.name
    if isinstance(call.callee, Member) and written in _BODIES and not call.arguments:
        yield Exposed(f"a whole body, {dotted(call.callee)}()", call.line, certain=False)
    if room.words.speak(written) and not call.new:
        yield Exposed(f"{written}()", call.line)
    for argument in call.arguments:
        yield from _walk(argument, room) if not isinstance(argument, Function) else ()


def _text(text: Text, room: _Room) -> Iterator[Exposed]:
    for prefix in room.words.prefixes:
        if any(prefix in part for part in (text.value or "", *text.parts)):
            yield Exposed(f"{prefix}...", text.line)
    for piece in text.pieces:
        yield from _walk(piece, room) if not isinstance(piece, str) else ()


def _other(expression: Other, room: _Room) -> Iterator[Exposed]:
    if expression.operator in _VALUES:
        operands = expression.operands[1:] if expression.operator == "?" else expression.operands
        for operand in operands:
            yield from _walk(operand, room)
    elif (
        not expression.operator
        and not _PLAIN.match(expression.source)
        and speaks_of(expression.source, room.words.names)
    ):
        yield Exposed(" ".join(expression.source.split()), expression.line, certain=False)


def _is_wrapped(call: Call, room: _Room) -> bool:
    return room.words.wrapper is not None and is_named(room.module, call.callee, (room.words.wrapper,), room.at)


def _hides(base: Name, room: _Room) -> bool:
    value, _ = _value_of(base.name, room)
    return isinstance(value, Call) and _is_wrapped(value, room)


def _value_of(name: str, room: _Room) -> tuple[Expression | None, int]:
    """What a name stands for in this file, and where that is written."""
    local = room.module.local(name, room.at)
    if local is not None:
        return local.value, local.start
    return room.module.definitions.get(name), room.at


def _type_speaks(name: str, room: _Room) -> bool:
    """Whether a parameter or constant of that name has a type that is called after what must not be seen."""
    return any(room.words.speak(word) for word in type_words(room.module, name, room.at))
