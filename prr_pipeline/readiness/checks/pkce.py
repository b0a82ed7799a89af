"""The proof key of a partner's client: sent by the method S256, and the SHA-256 of its verifier."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from prr_pipeline.canonical import digest
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.readiness.client_code import (
    ClientCode,
    Part,
    chain_of,
    client_code,
    is_named,
    original,
    text_at,
    words_in,
)
from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.findings import listed, met, unknown, unmet
from prr_pipeline.readiness.model import Finding, Location, Reason
from prr_pipeline.readiness.parameters import Parameters
from prr_pipeline.readiness.proof_keys import ProofKeys
from prr_pipeline.readiness.proof_strength import weak_proofs
from prr_pipeline.readiness.reaching import Placed, Reaching
from prr_pipeline.readiness.registry import check
from prr_pipeline.readiness.sent_values import sent_values
from prr_pipeline.readiness.sources import Sources
from prr_pipeline.repository.typescript.code import Found, Outside
from prr_pipeline.repository.typescript.expressions import Call, Text
from prr_pipeline.repository.typescript.modules import CallSite
from prr_pipeline.subjects import Subject


class PkceIsS256(Parameters):
    """``name``: the parameter that sends the method, one of ``methods``. ``hash_calls`` hash with what they are told
    or called (``algorithm``); ``library_calls`` of a package make the whole challenge. ``verifier_words`` name the
    verifier in code."""

    code: str
    name: str
    methods: list[str]
    hash_calls: list[str]
    algorithm: str
    library_calls: list[str]
    verifier_words: list[str]


@dataclass(frozen=True, slots=True)
class _Hash:
    """A hash that is made. ``encoding``: what it is written in; None where that is not told."""

    part: Part
    site: CallSite
    chain: Call
    encoding: str | None

    @property
    def place(self) -> Location:
        return self.part.at(self.site.line, self.site.callee)


@check("pkce_is_s256", PkceIsS256, version=3)
def pkce_is_s256(sources: Sources, _facts: Facts, subject: Subject, parameters: PkceIsS256) -> Finding:
    """The client sends the challenge method S256 and no other, and its challenge is the hash of the verifier."""
    code = client_code(sources, subject, parameters.code)
    sent = sent_values(sources, code, parameters.name)
    other = sorted({text for each in sent for text in each.texts if text not in parameters.methods})
    hashes, libraries = list(_hashes(sources, code, parameters)), list(_libraries(sources, code, parameters))
    ours = [each for each in hashes if each.encoding != "hex" and _of_verifier(sources, code, each, parameters)]
    keys = ProofKeys(sources, code, parameters.hash_calls, parameters.library_calls, parameters.verifier_words)
    doubts = [*keys.doubts(parameters.name), *weak_proofs(sources, code, parameters.name)]
    judged = digest([
        [list[object](each.texts) for each in sent], sorted(each.encoding or "" for each in ours), len(libraries),
        *sorted(each.why for each in doubts),
    ])  # fmt: skip
    methods = " or ".join(parameters.methods)
    if other:
        places = [each.place for each in sent if set(each.texts) & set(other)]
        return unmet(f"{parameters.name} may be {listed(other)}; send {methods} alone.", judged, places)
    hidden = code.hidden(judged)
    if not sent:
        message = f"No code of {code.pattern} sends {parameters.name}; send {methods} with the challenge."
        return hidden or unmet(message, judged)
    if not ours and not libraries:
        return hidden or _not_hashed(hashes, list(_made_elsewhere(sources, code, parameters)), parameters, judged)
    wrong = [each for each in doubts if each.certain]
    if wrong:
        return hidden or unmet(f"{listed([each.why for each in wrong])}.", judged, [each.place for each in wrong])
    untold = [each.place for each in sent if not each.told]
    if untold or hidden:
        message = f"What is sent as {parameters.name} is told only by running it; write {methods} there."
        return hidden or unknown(Reason.NOT_RESOLVABLE, message, judged, untold)
    if doubts:
        return unknown(Reason.NOT_RESOLVABLE, f"{doubts[0].why}.", judged, [each.place for each in doubts])
    places = [each.place for each in sent] + [each.place for each in ours] + libraries
    return met(f"{parameters.name} is {methods}, and the challenge is made of the verifier.", judged, places)


def _not_hashed(hashes: Sequence[_Hash], elsewhere: Sequence[Location], parameters: PkceIsS256, judged: str) -> Finding:
    places = [each.place for each in hashes]
    if any(each.encoding == "hex" for each in hashes):
        message = f"The {parameters.algorithm} at {_where(places[0])} is written in hex; a challenge is base64url."
        return unmet(message, judged, places)
    if hashes:
        words = " or ".join(parameters.verifier_words)
        message = f"The {parameters.algorithm} at {_where(places[0])} is not seen to be of a {words}; name it so."
        return unknown(Reason.NOT_RESOLVABLE, message, judged, places)
    if elsewhere:
        place = elsewhere[0]
        message = f"What {place.snippet} at {_where(place)} makes of the verifier is not of the client; declare it in "
        return unknown(Reason.NOT_RESOLVABLE, f"{message}integration.challenge_calls.", judged, elsewhere)
    return unmet(f"No {parameters.algorithm} of the verifier is computed; make the challenge of it.", judged)


def _hashes(sources: Sources, code: ClientCode, parameters: PkceIsS256) -> Iterator[_Hash]:
    """Every hash of the algorithm, with the whole chain of calls that it begins."""
    wanted = _plain(parameters.algorithm)
    for part, site in code.calls():
        name = original(part, site.callee)
        if not is_named(name, parameters.hash_calls):
            continue
        texts = [text_at(sources, part.path, each, site.start) for each in site.call.arguments]
        if wanted in {_plain(text or "") for text in texts} or _plain(name.rpartition(".")[2]) == wanted:
            chain = _longest(part, site)
            yield _Hash(part, site, chain, _encoding(chain))


def _longest(part: Part, site: CallSite) -> Call:
    chains = [
        each.call for each in part.module.calls if each.start == site.start and chain_of(each.call)[0] == site.call
    ]
    return max(chains, key=lambda call: len(chain_of(call)), default=site.call)


def _encoding(chain: Call) -> str | None:
    for link in chain_of(chain)[1:]:
        if is_named(_name(link), ("digest", "toString")) and link.arguments and isinstance(link.arguments[0], Text):
            return link.arguments[0].value
    return None


def _name(link: Call) -> str:
    return getattr(link.callee, "name", "")


def _of_verifier(sources: Sources, code: ClientCode, made: _Hash, parameters: PkceIsS256) -> bool:
    """Whether what is hashed, or what is passed to the function around, is called a verifier."""
    if _speaks(words_in(made.chain), parameters):
        return True
    reaching = Reaching(sources, code)
    around = reaching.around(made.part, made.site.start)
    if around is None:
        return False
    names = [name for each in around.function.parameters for name in each.binds]
    return _speaks(names, parameters) or any(
        _speaks((word for value in site.call.arguments for word in words_in(value)), parameters)
        for part, site in code.calls()
        if _is_call_of(reaching, part, site, around)
    )


def _is_call_of(reaching: Reaching, part: Part, site: CallSite, function: Placed) -> bool:
    there = reaching.target(part, site.call.callee, site.start)
    return there is not None and there.key == function.key


def _libraries(sources: Sources, code: ClientCode, parameters: PkceIsS256) -> Iterator[Location]:
    for part, site in code.calls():
        if is_named(original(part, site.callee), parameters.library_calls):
            found = sources.code().follow(part.path, site.call.callee, site.start)
            if isinstance(found, Outside) or (isinstance(found, Found) and found.path not in code.parts):
                yield part.at(site.line, site.callee)


def _made_elsewhere(sources: Sources, code: ClientCode, parameters: PkceIsS256) -> Iterator[Location]:
    """Calls of packages that are given the verifier, and may make a challenge of it."""
    for part, site in code.calls():
        words = [word for value in site.call.arguments for word in words_in(value)]
        found = sources.code().follow(part.path, site.call.callee, site.start)
        if isinstance(found, Outside) and _speaks(words, parameters):
            yield part.at(site.line, site.callee)


def _speaks(names: Iterator[str] | Sequence[str], parameters: PkceIsS256) -> bool:
    return any(word in name.casefold() for name in names for word in parameters.verifier_words)


def _where(place: Location) -> str:
    return f"{place.path}:{place.line}"


def _plain(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.casefold())
