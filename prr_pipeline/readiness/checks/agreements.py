"""A partner who gets health data has signed an agreement, and the register of contracts says until when."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from datetime import date

from prr_pipeline.canonical import digest
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.readiness.checks.dated_records import day_of
from prr_pipeline.readiness.client_code import ClientCode, client_code, text_at
from prr_pipeline.readiness.discovery import at_key
from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.findings import listed, met, not_applicable, plain, unknown, unmet
from prr_pipeline.readiness.model import Finding, Location, Reason
from prr_pipeline.readiness.parameters import Parameters
from prr_pipeline.readiness.registry import check
from prr_pipeline.readiness.sources import NotSeen, Sources
from prr_pipeline.repository.lines import Lines
from prr_pipeline.repository.markup import load_yaml_with_lines
from prr_pipeline.repository.typescript.expressions import Text
from prr_pipeline.subjects import Subject

_SCOPE = re.compile(r"[a-z]+:[a-z0-9_]+")


class AgreementIsInForce(Parameters):
    """``key``: where the declaration in ``file`` lists its scopes, of which those of ``phi_resources`` ask for an
    agreement; the ``code`` may ask for more. ``party_key``: where it names the partner, if it is not its own name.

    ``contracts`` has its records in a list under ``list_key``; ``fields``: what ``party``, ``signed``, ``from`` and
    ``until`` are called in a record.
    """

    file: str
    key: str
    party_key: str
    code: str
    verbs: list[str]
    phi_resources: list[str]
    contracts: str
    list_key: str
    fields: dict[str, str]


@dataclass(frozen=True, slots=True)
class _Asked:
    """The scopes of a client: what it declares, and what its code names; with the place of the declaration.

    ``hidden``: unknown, where a source could not be read and may name more.
    """

    declared: tuple[str, ...]
    in_code: tuple[str, ...]
    party: str
    place: Location
    hidden: Finding | None


@check("agreement_is_in_force", AgreementIsInForce)
def agreement_is_in_force(sources: Sources, facts: Facts, subject: Subject, parameters: AgreementIsInForce) -> Finding:
    """If the client asks for health data, the register holds its partner's agreement, signed and not expired."""
    asked = _asked(sources, subject, parameters)
    phi = sorted({scope for scope in (*asked.declared, *asked.in_code) if _is_phi(scope, parameters.phi_resources)})
    own: list[object] = [asked.party, list[object](phi)]
    if not phi:
        scopes = listed(asked.declared) or "none"
        message = f"{asked.place.path} declares scopes ({scopes}), and none of health data."
        judged = digest([*own, list[object](asked.declared)])
        return asked.hidden or not_applicable(message, judged, [asked.place])
    if not sources.exists(parameters.contracts):
        message = f"{parameters.contracts} does not exist, and {listed(phi)} ask for an agreement; record it there."
        return unknown(Reason.NO_EVIDENCE, message, digest(own), [asked.place, Location(parameters.contracts)])
    return _judged(sources, facts, asked, phi, parameters)


def _judged(sources: Sources, facts: Facts, asked: _Asked, phi: list[str], parameters: AgreementIsInForce) -> Finding:
    """What the register says of the partner: one record that is in force is enough."""
    own: list[object] = [asked.party, list[object](phi)]
    records, lines = _records(sources, parameters)
    faults = {}
    for at, record in enumerate(records):
        if isinstance(record, Mapping) and record.get(parameters.fields["party"]) == asked.party:
            place = Location(parameters.contracts, lines.line(f"/{parameters.list_key}/{at}"), asked.party)
            judged = digest([*own, plain(record)])
            fault = _fault(record, facts.today, parameters.fields)
            if fault is None:
                until = record[parameters.fields["until"]]
                message = f"{asked.party} signed an agreement that holds until {until}, for {listed(phi)}."
                return met(message, judged, [place, asked.place])
            faults[place] = fault, judged
    for place, (fault, judged) in faults.items():
        message = f"The agreement of {asked.party} in {place.path}:{place.line} {fault}; mend it before {listed(phi)}."
        return unmet(message, judged, [*faults, asked.place])
    message = f"{parameters.contracts} has no agreement of {asked.party}, which asks for {listed(phi)}; sign one first."
    return unmet(message, digest([*own, None]), [Location(parameters.contracts), asked.place])


def _asked(sources: Sources, subject: Subject, parameters: AgreementIsInForce) -> _Asked:
    path = sources.fill(parameters.file, subject)
    if not sources.exists(path):
        message = f"{path} does not exist; declare the client there with its {parameters.key}."
        raise NotSeen(Reason.NOT_DECLARED, message, [Location(path)])
    data, lines = load_yaml_with_lines(sources.blob(path))
    declared, party = at_key(data, parameters.key), at_key(data, parameters.party_key)
    pointer = "/" + parameters.key.replace(".", "/")
    place = Location(path, lines.line(pointer) if declared is not None else 0, parameters.key)
    code = _code(sources, subject, parameters)
    in_code = tuple(sorted(_in_code(sources, code, parameters))) if code is not None else ()
    hidden = code.hidden(digest([path, list[object](in_code)])) if code is not None else None
    is_list = isinstance(declared, list) and all(isinstance(scope, str) for scope in declared)
    if not is_list and not any(_is_phi(scope, parameters.phi_resources) for scope in in_code):
        message = f"{parameters.key} of {path} is no list of scopes; list there what the client asks for."
        raise NotSeen(Reason.NOT_DECLARED, message, [place])
    scopes = sorted(declared) if is_list and isinstance(declared, list) else []
    return _Asked(tuple(scopes), in_code, party if isinstance(party, str) else subject.name, place, hidden)


def _code(sources: Sources, subject: Subject, parameters: AgreementIsInForce) -> ClientCode | None:
    """The client's code; None where there is none, as its scopes are declared anyway."""
    try:
        return client_code(sources, subject, parameters.code)
    except NotSeen:
        return None


def _in_code(sources: Sources, code: ClientCode, parameters: AgreementIsInForce) -> set[str]:
    """The scopes that the client's code names, in texts or by constants."""
    found: set[str] = set()
    for part in code.parts.values():
        texts = [piece.value for piece in part.fragments.texts]
        found.update(each for text in texts if isinstance(text, Text) for each in _SCOPE.findall(" ".join(text.parts)))
        constants = [text_at(sources, part.path, piece.value, piece.start) for piece in part.fragments.accesses]
        found.update(each for each in constants if each is not None and _SCOPE.fullmatch(each))
    return {scope for scope in found if scope.partition(":")[0] in parameters.verbs}


def _records(sources: Sources, parameters: AgreementIsInForce) -> tuple[list[object], Lines]:
    data, lines = load_yaml_with_lines(sources.blob(parameters.contracts))
    records = at_key(data, parameters.list_key)
    if not isinstance(records, list):
        message = f"{parameters.contracts} has no list {parameters.list_key}; record each agreement there."
        raise NotSeen(Reason.UNREADABLE, message, [Location(parameters.contracts)])
    return records, lines


def _fault(record: Mapping[object, object], today: date, fields: Mapping[str, str]) -> str | None:
    """What is wrong with a record, in a part of a sentence. Both ends of its time are whole days in UTC."""
    days = {name: day_of(record.get(fields[name])) for name in ("signed", "from", "until")}
    missing = [fields[name] for name, day in days.items() if day is None]
    if missing:
        return f"has no date (2026-01-31) under {listed(missing)}"
    signed, begins, ends = (day for day in days.values() if day is not None)
    if signed > today:
        return f"is dated {signed}, which is yet to come"
    if begins > today:
        return f"begins on {begins} only"
    return f"ended on {ends}" if ends < today else None


def _is_phi(scope: str, resources: Collection[str]) -> bool:
    return scope.partition(":")[2] in resources
