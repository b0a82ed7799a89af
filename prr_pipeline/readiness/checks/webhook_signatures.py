"""A partner's receiver of webhooks proves who sent each one before it believes a word of it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from prr_pipeline.canonical import digest
from prr_pipeline.readiness.client_code import ClientCode, called, chain_of, client_code, text_at
from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.findings import listed, met, unknown, unmet
from prr_pipeline.readiness.model import Finding, Location, Reason
from prr_pipeline.readiness.parameters import Parameters
from prr_pipeline.readiness.reaching import Placed, Reaching
from prr_pipeline.readiness.registry import check
from prr_pipeline.readiness.signature_values import compares_plainly, handed_on
from prr_pipeline.readiness.sources import Sources
from prr_pipeline.readiness.webhook_guards import Doubt, GuardReading
from prr_pipeline.readiness.webhook_proofs import worthless_proofs
from prr_pipeline.readiness.webhook_receivers import (
    Receiver,
    WebhookWords,
    calls_of,
    leads_at,
    rawness,
    receivers,
)
from prr_pipeline.readiness.webhook_routes import WebhookRoutes
from prr_pipeline.repository.typescript.code import Found
from prr_pipeline.repository.typescript.expressions import Call, Expression, Member
from prr_pipeline.repository.typescript.modules import CallSite
from prr_pipeline.subjects import Subject


class WebhookSignatureIsVerified(Parameters):
    """``headers``: the header of the signature, or constants that hold its name. ``hmac_calls`` sign by ``algorithm``,
    ``compare_calls`` compare in constant time, ``parse_calls`` read a body as data, ``raw_calls`` as it came."""

    code: str
    headers: list[str]
    hmac_calls: list[str]
    algorithm: str
    compare_calls: list[str]
    parse_calls: list[str]
    raw_calls: list[str]


@check("webhook_signature_is_verified", WebhookSignatureIsVerified, version=4)
def webhook_signature_is_verified(
    sources: Sources, _facts: Facts, subject: Subject, parameters: WebhookSignatureIsVerified
) -> Finding:
    """Each receiver compares the HMAC of the body as it came with the header, in constant time, before it parses."""
    code = client_code(sources, subject, parameters.code)
    words = _words(parameters)
    found = receivers(sources, code, words)
    judging = _Judging(sources, code, words, parameters.algorithm)
    routes = judging.open_routes(found)
    faults = [fault for each in found for fault in judging.faults(each)]
    faults += [(each.why, each.place) for each in routes if each.certain]
    open_ends = [each for receiver in found for each in judging.untold(receiver)]
    open_ends += [(each.why, each.place) for each in routes if not each.certain]
    judged = digest([code.pattern, len(found), sorted(why for why, _ in faults), sorted(why for why, _ in open_ends)])
    if faults:
        message = f"{listed(sorted({f'{_where(place)} {why}' for why, place in faults}))}."
        return unmet(message, judged, [place for _, place in faults])
    hidden = code.hidden(judged)
    if not found:
        message = f"No code of {code.pattern} reads {parameters.headers[0]}; verify it before anything else."
        return hidden or unmet(message, judged)
    if open_ends:
        why, place = open_ends[0]
        message = f"{_where(place)} {why}; let it be seen in the receiver itself."
        return hidden or unknown(Reason.NOT_RESOLVABLE, message, judged, [place for _, place in open_ends])
    places = [each.header for each in found] + [placed.part.at(site.line, site.callee)
                                                for each in found for placed, site in each.compares]  # fmt: skip
    message = f"Each receiver of webhooks ({len(found)}) verifies {parameters.headers[0]} over the body as it came."
    return hidden or met(message, judged, dict.fromkeys(places))


_Fault = tuple[str, Location]


def _words(parameters: WebhookSignatureIsVerified) -> WebhookWords:
    return WebhookWords(
        frozenset(name.casefold() for name in parameters.headers),
        frozenset(parameters.hmac_calls),
        frozenset(parameters.compare_calls),
        frozenset(parameters.parse_calls),
        frozenset(parameters.raw_calls),
    )


class _Judging:
    def __init__(self, sources: Sources, code: ClientCode, words: WebhookWords, algorithm: str) -> None:
        self._sources = sources
        self._words = words
        self._algorithm = algorithm
        self._reaching = Reaching(sources, code)
        self._doubts: dict[tuple[str, int], list[Doubt]] = {}

    def faults(self, receiver: Receiver) -> Iterator[_Fault]:
        """What is wrong with a receiver for sure."""
        plain = compares_plainly(self._sources, receiver, self._words)
        yield from (
            (f"compares the signature with {place.snippet}; use a constant-time comparison", place) for place in plain
        )
        signs = list(calls_of(receiver.inside, self._words.hmac))
        if not receiver.compares and not plain and not self._handed_on(receiver):
            yield "reads the signature and compares it with nothing", receiver.header
        if not receiver.compares:
            return
        yield from ((each.why, each.place) for each in self._guarding(receiver) if each.certain)
        if not signs:
            yield "computes no HMAC to compare the signature with", receiver.header
        for placed, site in signs:
            named = self._algorithm_of(placed, site)
            if named is not None and _plain(named) != _plain(self._algorithm):
                yield f"signs by {named} instead of {self._algorithm}", placed.part.at(site.line, named)
        for placed, value, at, line in self._signed(receiver):
            if rawness(self._sources, self._reaching, placed, value, at, self._words) is False:
                yield "signs a body that was parsed or changed before; sign it as it came", placed.part.at(line)
        yield from self._parsed_before(receiver)

    def open_routes(self, found: Sequence[Receiver]) -> list[Doubt]:
        """Routes that verify nothing, and receivers that no route uses."""
        return list(WebhookRoutes(self._reaching, found, self._words).doubts())

    def _guarding(self, receiver: Receiver) -> list[Doubt]:
        key = receiver.function.key
        if key not in self._doubts:
            guarding = GuardReading(self._sources, self._reaching, self._words).doubts(receiver)
            self._doubts[key] = [*guarding, *worthless_proofs(self._reaching, receiver, self._words)]
        return self._doubts[key]

    def untold(self, receiver: Receiver) -> Iterator[_Fault]:
        """What could not be told of a receiver."""
        if not receiver.compares:
            what = "gives the signature to a function that cannot be looked into"
            yield from ((what, place) for place in self._handed_on(receiver))
            return
        yield from ((each.why, each.place) for each in self._guarding(receiver) if not each.certain)
        for placed, site in calls_of(receiver.inside, self._words.hmac):
            if self._algorithm_of(placed, site) is None:
                yield "does not tell by what it signs", placed.part.at(site.line, site.callee)
        signed = list(self._signed(receiver))
        if not signed:
            yield "does not tell what it signs", receiver.header
        for placed, value, at, line in signed:
            if rawness(self._sources, self._reaching, placed, value, at, self._words) is None:
                yield "does not tell whether it signs the body as it came", placed.part.at(line)

    def _handed_on(self, receiver: Receiver) -> list[Location]:
        return handed_on(self._sources, self._reaching, receiver, self._words)

    def _parsed_before(self, receiver: Receiver) -> Iterator[_Fault]:
        function = receiver.function
        first = min(leads_at(self._reaching, function, each) for each in receiver.compares)
        for placed, site in calls_of((function,), self._words.parse):
            if site.start < first:
                yield "parses the body before its signature is compared", placed.part.at(site.line, site.callee)

    def _algorithm_of(self, placed: Placed, site: CallSite) -> str | None:
        """By what a call signs: its first text, or the hash that the code imports keys with."""
        texts = [text_at(self._sources, placed.part.path, each, site.start) for each in site.call.arguments]
        told = [text for text in texts if text is not None and _plain(text) != "hmac"]
        if told or called(site.call) == "createHmac":
            return told[0] if told else None
        hashes = [
            text_at(self._sources, part.path, each.value, each.start)
            for part in self._reaching.code.parts.values()
            for each in part.fragments.given
            if each.name == "hash"
        ]
        return next((each for each in hashes if each is not None), None)

    def _signed(self, receiver: Receiver) -> Iterator[tuple[Placed, Expression, int, int]]:
        """What is signed: ``update(value)`` of an HMAC, or the last argument of a call that signs at once."""
        for placed, site in calls_of(receiver.inside, ["update"]):
            if site.call.arguments and self._is_hmac(placed, site):
                yield placed, site.call.arguments[0], site.start, site.line
        for placed, site in calls_of(receiver.inside, self._words.hmac):
            if len(site.call.arguments) > 2:
                yield placed, site.call.arguments[-1], site.start, site.line

    def _is_hmac(self, placed: Placed, site: CallSite) -> bool:
        first = chain_of(site.call)[0]
        if first is not site.call:
            return called(first) in self._words.hmac
        callee = site.call.callee
        if not isinstance(callee, Member):
            return False
        found = self._sources.code().follow(placed.part.path, callee.object, site.start)
        made = found.expression if isinstance(found, Found) else None
        return isinstance(made, Call) and called(chain_of(made)[0]) in self._words.hmac


def _where(place: Location) -> str:
    return f"{place.path}:{place.line}"


def _plain(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.casefold())
