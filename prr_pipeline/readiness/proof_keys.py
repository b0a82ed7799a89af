"""Where the two halves of a proof key come from: a challenge that is hashed, and a verifier that nobody can guess."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from itertools import chain
from typing import NamedTuple

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.readiness.client_code import ClientCode, Part, is_named, original, parts_of, text_at
from prr_pipeline.readiness.model import Location
from prr_pipeline.readiness.reaching import Reaching
from prr_pipeline.readiness.sent_values import Sent, sent_values
from prr_pipeline.readiness.sources import Sources
from prr_pipeline.readiness.webhook_receivers import passed
from prr_pipeline.repository.typescript.code import Found, Outside
from prr_pipeline.repository.typescript.expressions import Call, Expression, Function, Member, Name, Other, Text, dotted

_HOPS = 8
_ENCODINGS = ("hex", "base64", "base64url")
_RANDOM = re.compile(r"random|nanoid|uuid|generat", re.IGNORECASE)


class Doubt(NamedTuple):
    """What is wrong with a proof key, or not ``certain``: what could not be told of it."""

    why: str
    place: Location
    certain: bool


@dataclass(frozen=True, slots=True)
class _Origin:
    """What a value is made of. ``ends``: what could not be followed."""

    hashed: bool = False
    random: bool = False
    urlsafe: bool = False
    encodings: frozenset[str] = frozenset()
    texts: frozenset[str] = frozenset()
    ends: frozenset[str] = frozenset()

    def beside(self, other: _Origin) -> _Origin:
        """Both."""
        return _Origin(
            self.hashed or other.hashed, self.random or other.random, self.urlsafe or other.urlsafe,
            self.encodings | other.encodings, self.texts | other.texts, self.ends | other.ends,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class ProofKeys:
    """Follows both halves through a client's code. ``hashes`` are the calls that hash, or make a whole challenge."""

    sources: Sources
    code: ClientCode
    hashes: Collection[str]
    libraries: Collection[str]
    words: Collection[str]

    def doubts(self, method: str) -> Iterator[Doubt]:
        """Everything that keeps the halves from being a proof. ``method``: the parameter that is sent beside them."""
        challenge = method.removesuffix("_method")
        sent, proofs = (sent_values(self.sources, self.code, name) for name in (challenge, "code_verifier"))
        yield from self._removed((challenge, method))
        for each in sent:
            yield from self._challenge(each, challenge)
        for each in proofs:
            yield from self._verifier(each)
        library = any(is_named(original(part, site.callee), self.libraries) for part, site in self.code.calls())
        first = next(chain(sent, proofs), None)
        place = first.place if first is not None else next(iter(self.code.parts.values())).at(1)
        if not sent:
            yield Doubt(f"No code of {self.code.pattern} sends {challenge}; send the hash", place, not library)
        if not proofs and not self._given_to_packages():
            what = f"No code of {self.code.pattern} sends code_verifier"
            yield Doubt(f"{what}; send the verifier when the code is redeemed", place, not library)

    def _removed(self, names: Collection[str]) -> Iterator[Doubt]:
        for part, site in self.code.calls():
            if site.callee.rpartition(".")[2] == "delete" and site.call.arguments:
                name = text_at(self.sources, part.path, site.call.arguments[0], site.start)
                if name in names:
                    place = part.at(site.line, site.callee)
                    yield Doubt(f"{_where(place)} takes {name} out again; send it", place, certain=True)

    def _challenge(self, sent: Sent, name: str) -> Iterator[Doubt]:
        found = self._origin_of(sent)
        where = f"{name} at {_where(sent.place)}"
        if found.hashed and "hex" in found.encodings:
            yield Doubt(f"{where} is written in hex; a challenge is base64url", sent.place, certain=True)
        elif found.hashed and "base64" in found.encodings and not found.urlsafe:
            yield Doubt(f"{where} is written in base64; a challenge is base64url", sent.place, certain=True)
        elif not found.hashed and (found.random or self._speak(found.ends)):
            yield Doubt(f"{where} is the verifier itself; send the hash of it", sent.place, certain=True)
        elif not found.hashed and found.texts and not found.ends:
            yield Doubt(f"{where} is a fixed text; send the hash of the verifier", sent.place, certain=True)
        elif not found.hashed:
            yield Doubt(f"{where} is not seen to be the hash; make it where it is sent", sent.place, certain=False)
        elif self._is_fixed(found):
            yield Doubt(f"{where} is the hash of a fixed text; draw the verifier at random", sent.place, certain=True)
        elif self._is_another(found):
            why = f"{where} is not seen to be the hash of a verifier that is drawn at random; name it so"
            yield Doubt(why, sent.place, certain=False)

    def _verifier(self, sent: Sent) -> Iterator[Doubt]:
        found = self._origin_of(sent)
        where = f"code_verifier at {_where(sent.place)}"
        if found.hashed:
            yield Doubt(f"{where} is a hash; send the verifier that was hashed", sent.place, certain=True)
        elif self._is_fixed(found):
            yield Doubt(f"{where} is a fixed text; draw the verifier at random", sent.place, certain=True)
        elif self._is_another(found):
            yield Doubt(
                f"{where} is not seen to be the verifier that was hashed; name it so", sent.place, certain=False
            )
        elif not found.random and not any(_draws(site.callee) for _, site in self.code.calls()):
            why = f"Nothing of {self.code.pattern} draws a verifier at random that could be {where}; let it be seen"
            yield Doubt(why, sent.place, certain=False)

    def _is_fixed(self, found: _Origin) -> bool:
        return bool(found.texts) and not found.random and not found.ends

    def _is_another(self, found: _Origin) -> bool:
        """Whether a value ends in names that speak of no verifier, and was not seen to be drawn."""
        return bool(found.ends) and "..." not in found.ends and not found.random and not self._speak(found.ends)

    def _given_to_packages(self) -> bool:
        """Whether a verifier is given to a package, which may send it."""
        for part, site in self.code.calls():
            given = any(self._speak(_leaves(each)) for each in site.call.arguments)
            if given and not is_named(original(part, site.callee), (*self.hashes, *self.libraries)):
                there = self.sources.code().follow(part.path, site.call.callee, site.start)
                if isinstance(there, Outside) and not there.package.removeprefix("node:").startswith("crypto"):
                    return True
        return False

    def _speak(self, names: Collection[str]) -> bool:
        return any(word in name.casefold() for name in names for word in self.words)

    def _origin_of(self, sent: Sent) -> _Origin:
        if sent.value is None:
            return _Origin(texts=frozenset(sent.texts))
        return self._origin(self.code.parts[sent.place.path], sent.value, sent.start, _HOPS)

    def _origin(self, part: Part, value: Expression, at: int, hops: int) -> _Origin:
        if hops == 0:
            return _Origin(ends=frozenset(("...",)))
        if isinstance(value, Text):
            pieces = [each for each in value.pieces if not isinstance(each, str)]
            return self._all(part, pieces, at, hops, _Origin(texts=frozenset((value.value or "",))))
        if isinstance(value, Call):
            return self._called(part, value, at, hops)
        if isinstance(value, Name | Member):
            return self._named(part, value, at, hops)
        if isinstance(value, Other) and value.operands:
            return self._all(part, value.operands[1 if value.operator == "?" else 0 :], at, hops, _Origin())
        return self._all(part, parts_of(value), at, hops, _Origin(ends=frozenset(("...",))))

    def _called(self, part: Part, call: Call, at: int, hops: int) -> _Origin:
        name = original(part, dotted(call.callee))
        last = name.rpartition(".")[2]
        there = Reaching(self.sources, self.code).target(part, call.callee, at)
        made = _Origin(
            hashed=is_named(name, (*self.hashes, *self.libraries)) and there is None,
            random=_draws(name),
            urlsafe=last.startswith("replace") or "url" in last.casefold(),
            encodings=frozenset(text for each in call.arguments if (text := _encoding(each))),
        )
        if there is not None and there.function.returns is not None:
            inner = self._origin(there.part, there.function.returns, there.function.start + 1, hops - 1)
            return made.beside(inner)
        if there is not None:
            inside = [original(there.part, each.callee) for each in there.calls]
            hashed = any(is_named(each, (*self.hashes, *self.libraries)) for each in inside)
            return made.beside(_Origin(hashed, any(map(_draws, inside)), hashed, ends=frozenset(("...",))))
        parts = [each for each in call.arguments if not _encoding(each)]
        if isinstance(call.callee, Member):
            parts.append(call.callee.object)
        plain = [each for each in parts if not (isinstance(each, Text) and made.hashed)]
        return self._all(part, plain, at, hops, made)

    def _all(self, part: Part, values: Collection[Expression], at: int, hops: int, first: _Origin) -> _Origin:
        for each in values:
            first = first.beside(self._origin(part, each, at, hops - 1))
        return first

    def _named(self, part: Part, value: Name | Member, at: int, hops: int) -> _Origin:
        found = self.sources.code().follow(part.path, value, at)
        if isinstance(found, Found) and found.path in self.code.parts and found.expression is not value:
            if not isinstance(found.expression, Function):
                return self._origin(self.code.parts[found.path], found.expression, found.at or at, hops - 1)
            return _Origin(ends=frozenset((value.name,)))
        if isinstance(found, Outside) or (isinstance(value, Name) and value.name in ("Buffer", "crypto", "btoa")):
            return _Origin()
        given = list(passed(Reaching(self.sources, self.code), part, value.name, at)) if isinstance(value, Name) else []
        whole = _Origin(ends=frozenset((value.name,) if not given else ()))
        for there, each, where in given:
            whole = whole.beside(self._origin(there, each, where, hops - 1))
        return whole


def _leaves(value: Expression) -> frozenset[str]:
    own = frozenset((value.name,)) if isinstance(value, Name | Member) else frozenset()
    return own.union(*map(_leaves, parts_of(value)))


def _encoding(value: Expression) -> str:
    return value.value if isinstance(value, Text) and value.value in _ENCODINGS else ""


def _draws(callee: str) -> bool:
    """Whether a call draws what nobody can guess; what ``Math.random`` draws can be."""
    return bool(_RANDOM.search(callee)) and not callee.startswith("Math.")


def _where(place: Location) -> str:
    return f"{place.path}:{place.line}"
