"""Where a client gives a parameter of a request its value: in an object, a form, an assignment or a URL."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.readiness.client_code import ClientCode, Part, called, text_at
from prr_pipeline.readiness.model import Location
from prr_pipeline.readiness.sources import Sources
from prr_pipeline.repository.typescript.code import Found
from prr_pipeline.repository.typescript.expressions import Call, Expression, List, Other, Text
from prr_pipeline.repository.typescript.modules import CallSite

_SETTERS = frozenset(("set", "append"))
_NESTED = 6


@dataclass(frozen=True, slots=True)
class Sent:
    """One place that gives the parameter a value. ``texts``: what it may be; ``told``: whether these are all.

    ``value`` is how it is written, at the offset ``start``; None where it is a part of a text.
    """

    texts: tuple[str, ...]
    told: bool
    place: Location
    value: Expression | None = None
    start: int = 0


def sent_values(sources: Sources, code: ClientCode, name: str) -> list[Sent]:
    """Every place that gives the parameter a value; ``code_verifier`` is also written ``codeVerifier``."""
    found = [each for part in code.parts.values() for each in _in_part(sources, part, name)]
    return sorted(found, key=lambda each: (each.place.path, each.place.line))


def _in_part(sources: Sources, part: Part, name: str) -> Iterator[Sent]:
    wanted = _plain(name)
    for given in part.fragments.given:
        if _plain(given.name) == wanted:
            yield _sent(sources, part, name, given.value, given.line, given.start)
    for site in part.module.calls:
        value = _set(sources, part, site, wanted)
        if value is not None:
            yield _sent(sources, part, name, value, site.line, site.start)
    for piece in part.fragments.lists:
        items = piece.value.items if isinstance(piece.value, List) else ()
        if len(items) == 2 and _plain(text_at(sources, part.path, items[0], piece.start) or "") == wanted:
            yield _sent(sources, part, name, items[1], piece.line, piece.start)
    for piece in part.fragments.texts:
        if isinstance(piece.value, Text):
            yield from _in_text(sources, part, piece.value, name, piece.start)


def _set(sources: Sources, part: Part, site: CallSite, wanted: str) -> Expression | None:
    """The value of ``form.set("name", value)``."""
    arguments = site.call.arguments
    if len(arguments) != 2 or called(site.call) not in _SETTERS:
        return None
    key = text_at(sources, part.path, arguments[0], site.start)
    return arguments[1] if key is not None and _plain(key) == wanted else None


def _in_text(sources: Sources, part: Part, text: Text, name: str, start: int) -> Iterator[Sent]:
    """``name=value`` in a URL or a form; what is substituted right after the sign is its value."""
    pieces: tuple[str | Expression, ...] = text.pieces or text.parts
    for piece, after in pairwise((*pieces, None)):
        if not isinstance(piece, str):
            continue
        for found in re.finditer(rf"(?<![\w-]){re.escape(name)}=([\w.:-]*)", piece):
            rest = after if found.end() == len(piece) else None
            if found[1] or rest is None or isinstance(rest, str):
                yield Sent((found[1],), rest is None, part.at(text.line, name))
            else:
                yield _sent(sources, part, name, rest, text.line, start)


def _sent(sources: Sources, part: Part, name: str, value: Expression, line: int, start: int) -> Sent:
    texts = list(_possible(sources, part, value, start, _NESTED))
    told = tuple(dict.fromkeys(text for text in texts if text is not None))
    return Sent(told, None not in texts, part.at(line, name), value, start)


def _possible(sources: Sources, part: Part, value: Expression, start: int, depth: int) -> Iterator[str | None]:
    """The texts that a value may be, by what its conditions choose; None for one that only running it tells."""
    found = sources.code().follow(part.path, value, start)
    inner = found.expression if isinstance(found, Found) else value
    ways = inner.operands if isinstance(inner, Other) and depth else ()
    if isinstance(inner, Other) and inner.operator in ("?", "??", "||") and ways:
        for way in ways[1:] if inner.operator == "?" else ways:
            yield from _possible(sources, part, way, start, depth - 1)
    elif isinstance(inner, Text):
        yield inner.value
    elif isinstance(inner, Call):
        yield None
        yield from (each.value for each in inner.arguments if isinstance(each, Text))
    else:
        yield None


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.casefold())
