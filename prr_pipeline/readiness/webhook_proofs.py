"""Proofs of a webhook that prove nothing: a signature compared with itself, an empty key, a route without any."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from prr_pipeline.readiness.client_code import Part, called, chain_of, is_named, original, text_at
from prr_pipeline.readiness.model import Location
from prr_pipeline.readiness.reaching import Placed, Reaching
from prr_pipeline.readiness.sources import Sources
from prr_pipeline.readiness.webhook_guards import Doubt
from prr_pipeline.readiness.webhook_receivers import Receiver, WebhookWords, calls_of
from prr_pipeline.repository.typescript.code import Found
from prr_pipeline.repository.typescript.expressions import Call, Expression, Member, Name, Text, dotted
from prr_pipeline.repository.typescript.modules import CallSite

_ROUTES = frozenset(("post", "put", "all"))
_MAY_VERIFY = re.compile(r"verif|sign|construct|auth|valid", re.IGNORECASE)


def empty_proofs(sources: Sources, receiver: Receiver, words: WebhookWords) -> Iterator[tuple[str, Location]]:
    """Comparisons of a thing with itself or of two texts, and HMACs without a key."""
    for placed, site in receiver.compares:
        sides = site.call.arguments
        if len(sides) != 2:
            continue
        ends = [_origin(sources, placed, each, site.start) for each in sides]
        both_made = all(_is_hmac(sources, placed, each, site.start, words) for each in sides)
        if ends[0] == ends[1] or both_made or all(isinstance(each, Text) for each in sides):
            yield "compares the signature with itself", placed.part.at(site.line, site.callee)
    for placed, site in calls_of(receiver.inside, words.hmac):
        key = site.call.arguments[1:2] if called(site.call) == "createHmac" else ()
        if key and text_at(sources, placed.part.path, key[0], site.start) == "":
            yield "signs with an empty key", placed.part.at(site.line, site.callee)


def open_routes(reaching: Reaching, found: Sequence[Receiver], words: WebhookWords) -> Iterator[Doubt]:
    """Other routes of a router that takes webhooks, whose functions compare no signature."""
    taking = [
        (part, site) for part, site in _routes(reaching)
        for each in found if any(there.key == each.function.key for there in _handlers(reaching, part, site))
    ]  # fmt: skip
    routers = {(part.path, _router(site)) for part, site in taking}
    taken = {(part.path, site.start) for part, site in taking}
    for part, site in _routes(reaching):
        path = text_at(reaching.sources, part.path, site.call.arguments[0], site.start) or ""
        is_hook = "hook" in path.casefold() or "hook" in _router(site).casefold()
        if (part.path, site.start) in taken or (part.path, _router(site)) not in routers or not is_hook:
            continue
        inside = [each for handler in _handlers(reaching, part, site) for each in reaching.reached(handler)]
        if any(True for _ in calls_of(inside, words.compare)):
            continue
        place = part.at(site.line, site.callee)
        may = any(_MAY_VERIFY.search(own.callee) for each in inside for own in each.calls)
        if may or not inside or len(_handlers(reaching, part, site)) < len(site.call.arguments) - 1:
            yield Doubt(f"takes {path} by functions that cannot be looked into", place, certain=False)
        else:
            yield Doubt(f"takes {path} without any signature", place, certain=True)


def _routes(reaching: Reaching) -> Iterator[tuple[Part, CallSite]]:
    for part, site in reaching.code.calls():
        if isinstance(site.call.callee, Member) and called(site.call) in _ROUTES and len(site.call.arguments) > 1:
            yield part, site


def _handlers(reaching: Reaching, part: Part, site: CallSite) -> list[Placed]:
    targets = (reaching.target(part, each, site.start) for each in site.call.arguments[1:])
    return [each for each in targets if each is not None]


def _router(site: CallSite) -> str:
    return site.callee.rpartition(".")[0]


def _origin(sources: Sources, placed: Placed, value: Expression, at: int) -> object:
    """What a value is, as far as it can be told, without where it stands."""
    found = sources.code().follow(placed.part.path, value, at) if isinstance(value, Name | Member) else None
    if isinstance(found, Found) and found.expression is not value:
        return found.path, found.expression
    return _bare(value)


def _bare(value: Expression) -> object:
    return re.sub(r"\bline=\d+", "", repr(value))


def _is_hmac(sources: Sources, placed: Placed, value: Expression, at: int, words: WebhookWords) -> bool:
    """Whether a value is the HMAC that was computed here."""
    found = sources.code().follow(placed.part.path, value, at) if isinstance(value, Name | Member) else None
    made = found.expression if isinstance(found, Found) else value
    if not isinstance(made, Call):
        return False
    first = chain_of(made)[0]
    inner = [each for each in first.arguments if isinstance(each, Call)]
    return is_named(original(placed.part, dotted(first.callee)), words.hmac) or any(
        is_named(dotted(chain_of(each)[0].callee), words.hmac) for each in inner
    )
