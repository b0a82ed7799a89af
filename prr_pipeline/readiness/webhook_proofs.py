"""Proofs of a webhook that prove nothing: a signature compared with itself or in part, a key that anybody knows."""

from __future__ import annotations

import re
from collections.abc import Iterator

from prr_pipeline.readiness.client_code import called, chain_of, is_named, original, words_in
from prr_pipeline.readiness.reaching import Placed, Reaching
from prr_pipeline.readiness.value_roots import Root, kept_of, roots
from prr_pipeline.readiness.webhook_guards import Doubt
from prr_pipeline.readiness.webhook_receivers import Receiver, WebhookWords, calls_of, is_header
from prr_pipeline.repository.typescript.code import Found, Lost
from prr_pipeline.repository.typescript.expressions import (
    Call,
    Class,
    Expression,
    Function,
    Member,
    Name,
    Other,
    Text,
    dotted,
)
from prr_pipeline.repository.typescript.modules import CallSite

_WHOLE, _HALF = 32, 16
"""Bytes of a SHA-256, and the fewest that may still be hard to guess."""


def worthless_proofs(reaching: Reaching, receiver: Receiver, words: WebhookWords) -> Iterator[Doubt]:
    """What makes the proofs of a receiver worth nothing, and what keeps them from being told."""
    for placed, site in receiver.compares:
        yield from _comparison(reaching, placed, site, words)
    for placed, site in calls_of(receiver.inside, words.hmac):
        at = {"createHmac": 1, "sign": 1, "verify": 1}.get(called(site.call))
        if at is not None and len(site.call.arguments) > at:
            yield from _key(reaching, placed, site, site.call.arguments[at], words)
    for part, site in reaching.code.calls():
        around = reaching.around(part, site.start)
        if called(site.call) == "importKey" and len(site.call.arguments) > 1 and around is not None:
            yield from _key(reaching, around, site, site.call.arguments[1], words)
    yield from _own_functions(reaching, receiver, words)


def _comparison(reaching: Reaching, placed: Placed, site: CallSite, words: WebhookWords) -> Iterator[Doubt]:
    """Comparisons of a thing with itself, of two texts, or of a part."""
    sides, place = site.call.arguments, placed.part.at(site.line, site.callee)
    if len(sides) != 2:
        return
    ends = [list(roots(reaching, placed.part, each, site.start)) for each in sides]
    made = [[each for each in end if _is_hmac(each, words)] for end in ends]
    is_same = {_bare(each) for each in ends[0]} == {_bare(each) for each in ends[1]}
    if is_same or all(made) or all(isinstance(each, Text) for each in sides):
        yield Doubt("compares the signature with itself", place, certain=True)
    for cut in {id(cut): cut for each in (*made[0], *made[1]) for cut in each.cuts}.values():
        kept = kept_of(cut)
        if kept is None:
            yield Doubt("compares what may be a part of the signature", place, certain=False)
        elif kept < _WHOLE:
            yield Doubt(f"compares {kept} places of the signature alone", place, certain=kept < _HALF)


def _key(reaching: Reaching, placed: Placed, site: CallSite, value: Expression, words: WebhookWords) -> Iterator[Doubt]:
    """Keys that stand in the code, are empty where their setting is missing, or came with the request."""
    place = placed.part.at(site.line, site.callee)
    found = list(roots(reaching, placed.part, value, site.start))
    texts = [each.value.value for each in found if isinstance(each.value, Text) and each.value.value is not None]
    is_sure = len(texts) == len(found)
    if "" in texts and not is_sure and _is_refused(reaching, value):
        texts = [each for each in texts if each]
    if "" in texts:
        why = "signs with an empty key" + ("" if is_sure else " where its setting is missing; refuse to start instead")
        yield Doubt(why, place, certain=True)
    elif texts:
        why = "signs with a key that stands in the code" + ("" if is_sure else " where its setting is missing")
        yield Doubt(why, place, certain=True)
    elif any(isinstance(each.value, Text) for each in found) and not _is_refused(reaching, value):
        why = "signs with a key that is put together, so a fixed text where its setting is missing; take it as it is"
        yield Doubt(why, place, certain=False)
    if any(_is_of_request(reaching, each, words) for each in found):
        yield Doubt("signs with a key that came with the request", place, certain=True)


def _is_refused(reaching: Reaching, value: Expression) -> bool:
    """Whether something leaves where a value of that name is not set, so that an empty one is never used."""
    name = value.name if isinstance(value, Name | Member) else None
    parts = reaching.code.parts.values()
    asked = (word for part in parts for each in part.fragments.conditions if each.leaves for word in _asked(each.asked))
    return name is not None and name in asked


def _asked(value: Expression) -> Iterator[str]:
    if isinstance(value, Other) and not value.operands:
        yield from re.findall(r"[A-Za-z_$][\w$]*", value.source)
    for each in value.operands if isinstance(value, Other) else ():
        yield from _asked(each)
    yield from words_in(value)


def _own_functions(reaching: Reaching, receiver: Receiver, words: WebhookWords) -> Iterator[Doubt]:
    """Calls that sign or compare by a function of the client's own, which need not do what it is called after."""
    for placed, site in (*receiver.compares, *calls_of(receiver.inside, words.hmac)):
        found = reaching.sources.code().follow(placed.part.path, site.call.callee, site.start)
        bound = placed.part.module.imported(site.callee.partition(".")[0])
        is_own = isinstance(found, Found) and isinstance(found.expression, Function | Class)
        is_hidden = isinstance(found, Lost) and bound is not None and bound[0].specifier.startswith(".")
        if is_hidden or (is_own and not _hands_on(reaching, placed, site, words)):
            why = f"calls {site.callee}, which is the client's own; call the one of the platform's crypto"
            yield Doubt(why, placed.part.at(site.line, site.callee), certain=False)


def _hands_on(reaching: Reaching, placed: Placed, site: CallSite, words: WebhookWords) -> bool:
    """Whether a function of the client's own calls one that is not, by one of the names."""
    there = reaching.target(placed.part, site.call.callee, site.start)
    inside = reaching.reached(there) if there is not None else ()
    calls = calls_of(inside, (*words.compare, *words.hmac))
    return any(reaching.target(own.part, each.call.callee, each.start) is None for own, each in calls)


def _bare(root: Root) -> str:
    return re.sub(r"\bline=\d+", "", repr((root.part.path, root.value)))


def _is_hmac(root: Root, words: WebhookWords) -> bool:
    """Whether a value is the HMAC that was computed here."""
    if not isinstance(root.value, Call):
        return False
    first = chain_of(root.value)[0]
    inner = [each for each in first.arguments if isinstance(each, Call)]
    return is_named(original(root.part, dotted(first.callee)), words.hmac) or any(
        is_named(dotted(chain_of(each)[0].callee), words.hmac) for each in inner
    )


def _is_of_request(reaching: Reaching, root: Root, words: WebhookWords) -> bool:
    """Whether a value was read from the header of the signature, or is the body."""
    if not isinstance(root.value, Call):
        return False
    is_read = any(is_header(reaching.sources, root.part, each, root.at, words) for each in root.value.arguments)
    return is_read or (called(root.value) in words.raw and not root.value.arguments)
