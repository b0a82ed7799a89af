"""How much a proof key proves: no part of the hash, a verifier long enough, drawn for each attempt, and not shown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from prr_pipeline.readiness.client_code import ClientCode, Part, called, chain_of, parts_of
from prr_pipeline.readiness.proof_keys import Doubt
from prr_pipeline.readiness.reaching import Reaching
from prr_pipeline.readiness.sent_values import Sent, sent_values
from prr_pipeline.readiness.sources import Sources
from prr_pipeline.readiness.value_roots import Root, kept_of, roots
from prr_pipeline.repository.typescript.expressions import Call, Class, Expression, Function, Member, Other, dotted
from prr_pipeline.repository.typescript.modules import CallSite

_LEAST = 43
"""Fewest characters of a verifier, and those of a challenge (RFC 7636)."""
_DRAWING = {"randomBytes": 2, "nanoid": 1}
"""Calls that are given how much they draw, to the most characters that each piece of it is written in."""
_QUERIES = frozenset(("URLSearchParams", "stringify"))
_SETTERS = frozenset(("set", "append"))


def weak_proofs(sources: Sources, code: ClientCode, method: str) -> Iterator[Doubt]:
    """What makes the halves of a proof key easy to guess. ``method``: the parameter that is sent beside them."""
    name, reaching = method.removesuffix("_method"), Reaching(sources, code)
    challenges, verifiers = (sent_values(sources, code, each) for each in (name, "code_verifier"))
    for each in challenges:
        found = _roots(reaching, each)
        yield from _cut(each, name, found)
        yield from _drawn(f"The verifier of {name} at {_where(each)}", each, list(_hashed(reaching, found)))
    for each in verifiers:
        found = _roots(reaching, each)
        yield from _cut(each, "code_verifier", found)
        yield from _drawn(f"code_verifier at {_where(each)}", each, found)
        if any(_is_shown(code, each, other) for other in challenges):
            why = f"code_verifier at {_where(each)} is sent with the challenge; keep it until the code is redeemed"
            yield Doubt(why, each.place, certain=True)


def _roots(reaching: Reaching, sent: Sent) -> list[Root]:
    part = reaching.code.parts[sent.place.path]
    return list(roots(reaching, part, sent.value, sent.start)) if sent.value is not None else []


def _cut(sent: Sent, name: str, found: Sequence[Root]) -> Iterator[Doubt]:
    for cut in [cut for each in found if isinstance(each.value, Call) for cut in each.cuts]:
        kept = kept_of(cut)
        if kept is None or kept < _LEAST:
            what = f"cut to {kept} characters" if kept is not None else "cut"
            why = f"{name} at {_where(sent)} is {what}; send all of it, {_LEAST} characters at least"
            yield Doubt(why, sent.place, certain=kept is not None)


def _hashed(reaching: Reaching, found: Sequence[Root]) -> Iterator[Root]:
    """What a challenge is the hash of, at bottom: what ``update`` is given, or a call that hashes at once."""
    for each in found:
        links = chain_of(each.value) if isinstance(each.value, Call) else []
        for link in links:
            if called(link) in ("update", "digest", "sha256") and link.arguments:
                yield from roots(reaching, each.part, link.arguments[-1], each.at)


def _drawn(where: str, sent: Sent, found: Sequence[Root]) -> Iterator[Doubt]:
    for each in found:
        if not isinstance(each.value, Call) or called(each.value) not in _DRAWING:
            continue
        given = each.value.arguments[0] if each.value.arguments else None
        size = given.source.strip() if isinstance(given, Other) else ""
        if size.isdigit() and int(size) * _DRAWING[called(each.value)] < _LEAST:
            why = f"{where} is drawn of {size} pieces; draw 32 bytes, which make {_LEAST} characters"
            yield Doubt(why, sent.place, certain=True)
        if _is_of_module(each.part, each.value):
            why = f"{where} is drawn once for all; draw one for each attempt"
            yield Doubt(why, sent.place, certain=True)


def _is_of_module(part: Part, value: Expression) -> bool:
    """Whether a value is made when the file is loaded: it stands in a constant of the file, in no function."""
    constants = [each for each in part.module.definitions.values() if not isinstance(each, Function | Class)]
    return any(_holds(each, value) for each in constants)


def _holds(whole: Expression, value: Expression) -> bool:
    inner = whole.operands if isinstance(whole, Other) else parts_of(whole)
    return whole is value or whole == value or any(_holds(each, value) for each in inner)


def _is_shown(code: ClientCode, verifier: Sent, challenge: Sent) -> bool:
    """Whether both go into one query, or are set on one thing in one function."""
    if verifier.place.path != challenge.place.path or verifier.value is None or challenge.value is None:
        return False
    part = code.parts[verifier.place.path]
    one, other = (_query(part, each) for each in (verifier, challenge))
    if one is None or other is None:
        return False
    if one.start == other.start:
        return True
    functions = [part.module.function_at(each.start) for each in (one, other)]
    are_set = all(called(each.call) in _SETTERS for each in (one, other))
    return are_set and _base(one) == _base(other) and functions[0] == functions[1]


def _query(part: Part, sent: Sent) -> CallSite | None:
    """The call that puts a parameter into a query: the one that is given its object, or sets it."""
    around = [each for each in part.module.calls if each.start <= sent.start < each.end]
    wanted = [each for each in around if called(each.call) in _QUERIES | _SETTERS]
    return max(wanted, key=lambda each: each.start, default=None)


def _base(site: CallSite) -> str:
    return dotted(site.call.callee.object) if isinstance(site.call.callee, Member) else ""


def _where(sent: Sent) -> str:
    return f"{sent.place.path}:{sent.place.line}"
