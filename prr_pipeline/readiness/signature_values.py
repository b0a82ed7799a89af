"""What a receiver of webhooks does with a signature: compares it by an operator, or gives it to somebody else."""

from __future__ import annotations

import re

from prr_pipeline.readiness.client_code import Part, text_at, words_in
from prr_pipeline.readiness.model import Location
from prr_pipeline.readiness.reaching import Placed, Reaching
from prr_pipeline.readiness.sources import Sources
from prr_pipeline.readiness.webhook_receivers import Receiver, WebhookWords, is_header
from prr_pipeline.repository.typescript.code import Found, Outside
from prr_pipeline.repository.typescript.expressions import Call, Expression, Member, Name, Other, Text
from prr_pipeline.repository.typescript.modules import CallSite

_HOPS = 6
_GLOBALS = frozenset(
    (
        "Buffer",
        "String",
        "Number",
        "Boolean",
        "Array",
        "Object",
        "JSON",
        "Uint8Array",
        "TextEncoder",
        "console",
        "crypto",
    )
)
_PLAIN = re.compile(r"[\d.]+|null|undefined|true|false|typeof\b.*|void 0", re.DOTALL)


def compares_plainly(sources: Sources, receiver: Receiver, words: WebhookWords) -> list[Location]:
    """Where a signature is compared by an operator, which tells by its time how much of it was right."""
    found = {}
    for placed in receiver.inside:
        for each in placed.part.fragments.comparisons:
            sides = (each.left, each.right)
            if not placed.holds(placed.part.path, each.start) or any(map(_is_nothing, sides)):
                continue
            if any(text_at(sources, placed.part.path, side, each.start) is not None for side in sides):
                continue
            if any(_is_signature(sources, placed.part, side, each.start, words) for side in sides):
                found[placed.part.path, each.start] = placed.part.at(each.line, each.operator)
    return [found[key] for key in sorted(found)]


def handed_on(sources: Sources, reaching: Reaching, receiver: Receiver, words: WebhookWords) -> list[Location]:
    """Where the signature is given to a function that cannot be looked into, and may verify it."""
    found = {}
    for placed in receiver.inside:
        for site in placed.calls:
            if not _is_closed(sources, reaching, placed, site):
                continue
            given = [
                each for each in site.call.arguments if not is_header(sources, placed.part, each, site.start, words)
            ]
            if any(_is_signature(sources, placed.part, each, site.start, words) for each in given):
                found[placed.part.path, site.start] = placed.part.at(site.line, site.callee)
    return [found[key] for key in sorted(found)]


def _is_closed(sources: Sources, reaching: Reaching, placed: Placed, site: CallSite) -> bool:
    """Whether what is called is neither the client's own nor a known part of the language."""
    there = sources.code().follow(placed.part.path, site.call.callee, site.start)
    if isinstance(there, Outside):
        return there.package.removeprefix("node:") not in ("crypto", "buffer")
    known = site.callee.partition(".")[0] in _GLOBALS
    return not known and reaching.target(placed.part, site.call.callee, site.start) is None


def _is_signature(
    sources: Sources, part: Part, value: Expression, at: int, words: WebhookWords, hops: int = _HOPS
) -> bool:
    """Whether a value is called a signature or digest, is made of one, or was read from the header."""
    names = [name.casefold() for name in words_in(value)]
    if any(word in name for name in names for word in ("signature", "digest", "hmac")):
        return True
    if hops == 0:
        return False
    if isinstance(value, Name | Member):
        found = sources.code().follow(part.path, value, at)
        inner = found.expression if isinstance(found, Found) and found.path == part.path else value
        return inner is not value and _is_signature(sources, part, inner, at, words, hops - 1)
    if isinstance(value, Other):
        return any(_is_signature(sources, part, each, at, words, hops - 1) for each in value.operands)
    if not isinstance(value, Call):
        return False
    parts = [*value.arguments, *([value.callee.object] if isinstance(value.callee, Member) else [])]
    return any(
        is_header(sources, part, each, at, words) or _is_signature(sources, part, each, at, words, hops - 1)
        for each in parts
    )


def _is_nothing(value: Expression) -> bool:
    """Whether a value is no signature for sure: a text, a number, ``undefined``, a length, a type."""
    if isinstance(value, Text):
        return value.value is not None
    if isinstance(value, Other):
        return bool(_PLAIN.fullmatch(value.source))
    return (isinstance(value, Name) and value.name == "undefined") or (
        isinstance(value, Member) and value.name in ("length", "byteLength")
    )
