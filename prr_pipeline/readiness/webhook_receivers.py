"""The functions of a client that receive webhooks: what they read, sign, compare and parse, and in which order."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.readiness.client_code import (
    ClientCode,
    Part,
    called,
    is_named,
    last_name,
    original,
    text_at,
)
from prr_pipeline.readiness.model import Location
from prr_pipeline.readiness.reaching import Placed, Reaching
from prr_pipeline.readiness.sources import Sources
from prr_pipeline.repository.typescript.code import Found
from prr_pipeline.repository.typescript.expressions import Call, Expression, Index, Member, Name, Text, dotted
from prr_pipeline.repository.typescript.modules import CallSite

_HOPS = 6
_CHANGES = frozenset((
    "trim", "trimStart", "trimEnd", "replace", "replaceAll", "slice", "substring", "substr", "normalize",
    "toLowerCase", "toUpperCase", "split", "padEnd", "padStart",
))  # fmt: skip
"""Calls after which a body is no longer as it came."""
_SETTERS = frozenset(("set", "append", "setHeader"))


@dataclass(frozen=True, slots=True)
class WebhookWords:
    """What things are called in code: the header of the signature, and calls that sign, compare, parse and read raw."""

    headers: frozenset[str]
    hmac: frozenset[str]
    compare: frozenset[str]
    parse: frozenset[str]
    raw: frozenset[str]


@dataclass(frozen=True, slots=True)
class Receiver:
    """A function that reads the header of the signature, or calls one that does, and is the first to compare it.

    ``inside`` are the functions that it leads to, itself first; ``compares`` is empty where none compares.
    """

    function: Placed
    header: Location
    inside: tuple[Placed, ...]
    compares: tuple[tuple[Placed, CallSite], ...]


def receivers(sources: Sources, code: ClientCode, words: WebhookWords) -> list[Receiver]:
    """Every function that reads the header, with the nearest around it that compares in constant time."""
    reaching = Reaching(sources, code)
    found: dict[tuple[str, int], Receiver] = {}
    for part, start, line in header_reads(sources, code, words):
        around = reaching.around(part, start)
        if around is not None:
            receiver = _nearest(reaching, around, part.at(line), words)
            found.setdefault(receiver.function.key, receiver)
    return [found[key] for key in sorted(found)]


def header_reads(sources: Sources, code: ClientCode, words: WebhookWords) -> Iterator[tuple[Part, int, int]]:
    """Where the header is read: as the argument of a call, or as a member."""
    for part, site in code.calls():
        sets = called(site.call) in _SETTERS and len(site.call.arguments) > 1
        if not sets and any(is_header(sources, part, each, site.start, words) for each in site.call.arguments):
            yield part, site.start, site.line
    for part in code.parts.values():
        for piece in part.fragments.accesses:
            value = piece.value
            if isinstance(value, Member) and value.name.casefold() in words.headers:
                yield part, piece.start, piece.line
            if isinstance(value, Index) and is_header(sources, part, value.key, piece.start, words):
                yield part, piece.start, piece.line


def is_header(sources: Sources, part: Part, value: Expression, at: int, words: WebhookWords) -> bool:
    """Whether an expression is the name of the header: the text, or a constant that is declared to be it."""
    if isinstance(value, Member) and dotted(value).casefold() in words.headers:
        return True
    text = text_at(sources, part.path, value, at)
    return text is not None and text.casefold() in words.headers


def calls_of(functions: Collection[Placed], names: Collection[str]) -> Iterator[tuple[Placed, CallSite]]:
    """The calls inside some functions that have one of the names, each once."""
    seen: set[tuple[str, int, int]] = set()
    for function in functions:
        for site in function.calls:
            key = (function.part.path, site.start, site.end)
            if key not in seen and is_named(original(function.part, site.callee), names):
                seen.add(key)
                yield function, site


def leads_at(reaching: Reaching, receiver: Placed, site_of: tuple[Placed, CallSite]) -> int:
    """The offset in the receiver at which it comes to a call, directly or through the functions that it calls."""
    placed, site = site_of
    if receiver.holds(placed.part.path, site.start):
        return site.start
    ways = []
    for own in ways_to(reaching, receiver, site_of):
        is_callee = _leads(reaching, receiver, own, own.call.callee, site_of)
        ways.append(own.end if is_callee else own.start)
    return min(ways, default=site.start)


def ways_to(reaching: Reaching, receiver: Placed, site_of: tuple[Placed, CallSite]) -> Iterator[CallSite]:
    """The receiver's own calls through which it comes to a call elsewhere."""
    for own in receiver.calls:
        if any(_leads(reaching, receiver, own, each, site_of) for each in (own.call.callee, *own.call.arguments)):
            yield own


def _leads(
    reaching: Reaching, receiver: Placed, own: CallSite, value: Expression, site_of: tuple[Placed, CallSite]
) -> bool:
    placed, site = site_of
    there = reaching.target(receiver.part, value, own.start)
    return there is not None and any(each.holds(placed.part.path, site.start) for each in reaching.reached(there))


def rawness(
    sources: Sources, reaching: Reaching, placed: Placed, value: Expression, at: int, words: WebhookWords
) -> bool | None:
    """Whether what is signed is the body as it came; False for what was parsed before, None where it is not told."""
    return _rawness(sources, reaching, placed.part, value, at, words, _HOPS)


def _rawness(
    sources: Sources, reaching: Reaching, part: Part, value: Expression, at: int, words: WebhookWords, hops: int
) -> bool | None:
    if hops == 0 or isinstance(value, Text):
        return None
    if isinstance(value, Call):
        if is_named(dotted(value.callee), words.parse) or called(value) == "stringify":
            return False
        if called(value) in words.raw:
            return True
        if called(value) in _CHANGES:
            return False
        inner = [*value.arguments, *([value.callee.object] if isinstance(value.callee, Member) else [])]
        told = [_rawness(sources, reaching, part, each, at, words, hops - 1) for each in inner]
        return False if False in told else True if True in told else None
    if isinstance(value, Member) and (value.name in words.raw or _is_raw_body(reaching.code, value, words)):
        return True
    if isinstance(value, Name | Member):
        return _followed(sources, reaching, part, value, at, words, hops)
    return None


def _followed(
    sources: Sources, reaching: Reaching, part: Part, value: Name | Member, at: int, words: WebhookWords, hops: int
) -> bool | None:
    found = sources.code().follow(part.path, value, at)
    if isinstance(found, Found) and found.path in reaching.code.parts and found.expression is not value:
        there = reaching.code.parts[found.path]
        return _rawness(sources, reaching, there, found.expression, found.at or at, words, hops - 1)
    if not isinstance(value, Name):
        return None
    given = list(passed(reaching, part, value.name, at))
    told = [_rawness(sources, reaching, there, each, where, words, hops - 1) for there, each, where in given]
    if False in told:
        return False
    return True if told and all(told) else None


def passed(reaching: Reaching, part: Part, name: str, at: int) -> Iterator[tuple[Part, Expression, int]]:
    """What calls of the function around an offset pass for its parameter of that name, with file and offset."""
    around = reaching.around(part, at)
    positions = [n for n, each in enumerate(around.function.parameters) if each.name == name] if around else []
    for position in positions:
        for there, site in reaching.code.calls():
            target = reaching.target(there, site.call.callee, site.start)
            is_own = target is not None and around is not None and target.key == around.key
            if is_own and position < len(site.call.arguments):
                yield there, site.call.arguments[position], site.start


def _nearest(reaching: Reaching, around: Placed, header: Location, words: WebhookWords) -> Receiver:
    for function in reaching.leading_to(around):
        inside = reaching.reached(function)
        compares = tuple(calls_of(inside, words.compare))
        if compares:
            return Receiver(function, header, inside, compares)
    return Receiver(around, header, reaching.reached(around), ())


def _is_raw_body(code: ClientCode, value: Member, words: WebhookWords) -> bool:
    """``request.body``, where the code has its server leave bodies as they come: ``express.raw()``."""
    return value.name == "body" and any(last_name(site.callee) == "raw" in words.raw for _, site in code.calls())
