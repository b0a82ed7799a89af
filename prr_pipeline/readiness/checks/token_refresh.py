"""A partner's client renews its tokens, and a test that CI ran shows it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from prr_pipeline.canonical import digest
from prr_pipeline.errors import PrrError
from prr_pipeline.readiness.client_code import ClientCode, client_code, is_named, original
from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.findings import met, unknown, unmet
from prr_pipeline.readiness.model import Finding, Location, Reason
from prr_pipeline.readiness.parameters import Parameters
from prr_pipeline.readiness.registry import check
from prr_pipeline.readiness.reported_cases import Demand, cases_of, places_of
from prr_pipeline.readiness.sent_values import sent_values
from prr_pipeline.readiness.sources import NotSeen, Sources
from prr_pipeline.readiness.spoken import speaks_of
from prr_pipeline.repository.typescript.code import Outside
from prr_pipeline.subjects import Subject


class TokenRefreshIsTested(Parameters):
    """``name`` is sent as ``value`` to refresh, or one of ``library_calls`` of a package does it.

    ``tests``: glob of all test files; ``files``: of the subject's own; ``words``: a title with one is of the refresh.
    """

    code: str
    name: str
    value: str
    library_calls: list[str]
    artefact: str
    tests: str
    files: str
    words: list[str]


@check("token_refresh_is_tested", TokenRefreshIsTested)
def token_refresh_is_tested(
    sources: Sources, facts: Facts, subject: Subject, parameters: TokenRefreshIsTested
) -> Finding:
    """The client sends the refresh grant, and a test of its own that names the refresh ran and passed."""
    code = client_code(sources, subject, parameters.code)
    grant = _grant(sources, code, parameters)
    if grant.outcome == "unmet":
        return grant
    try:
        tested = _tested(sources, facts, subject, parameters)
    except PrrError as fault:
        if grant.reason is not None:
            return grant
        reason = fault.reason if isinstance(fault, NotSeen) else Reason.UNREADABLE
        return unknown(reason, str(fault), grant.subject_digest, grant.locations)
    if tested.outcome == "unmet" or grant.reason is not None:
        return tested if tested.outcome == "unmet" else grant
    judged = digest([grant.subject_digest, tested.subject_digest])
    return met(f"{grant.message} {tested.message}", judged, (*grant.locations, *tested.locations))


def _grant(sources: Sources, code: ClientCode, parameters: TokenRefreshIsTested) -> Finding:
    sent = sent_values(sources, code, parameters.name)
    seen = [each.place for each in sent if parameters.value in each.texts] + list(
        _libraries(sources, code, parameters.library_calls)
    )
    judged = digest([code.pattern, bool(seen)])
    if seen:
        return met(f"The client sends {parameters.name} {parameters.value}.", judged, seen)
    hidden, untold = code.hidden(judged), [each.place for each in sent if not each.told]
    foreign = list(_libraries(sources, code, None, parameters.words))
    if foreign and not hidden:
        message = f"Whether {foreign[0].snippet} refreshes is not told by the client; declare it in "
        return unknown(Reason.NOT_RESOLVABLE, f"{message}integration.refresh_calls.", judged, foreign)
    if untold and not hidden:
        message = f"What is sent as {parameters.name} is told only by running it; write {parameters.value} there."
        return unknown(Reason.NOT_RESOLVABLE, message, judged, untold)
    message = f"No code of {code.pattern} sends {parameters.name} {parameters.value}; implement the refresh."
    return hidden or unmet(message, judged, [each.place for each in sent])


def _libraries(
    sources: Sources, code: ClientCode, names: list[str] | None, words: list[str] | None = None
) -> Iterator[Location]:
    """Calls of packages by one of the names, or by a name that speaks of one of the words."""
    for part, site in code.calls():
        there, name = sources.code().follow(part.path, site.call.callee, site.start), original(part, site.callee)
        is_meant = is_named(name, names) if names is not None else speaks_of(name, words or ())
        if isinstance(there, Outside) and is_meant:
            yield part.at(site.line, site.callee)


def _tested(sources: Sources, facts: Facts, subject: Subject, parameters: TokenRefreshIsTested) -> Finding:
    files = sources.fill(parameters.files, subject)
    cases = cases_of(sources, facts, subject, parameters.artefact, parameters.tests, files)
    about = tuple(each for each in cases if _speaks(each.case.title, parameters.words))
    demand = Demand("the refresh of a token", about)
    judged = digest([files, demand.fault is None])
    if demand.fault is not None:
        message = f"{subject.name} lacks a passed test in {files} for {demand.fault}; write one whose title says so."
        return unmet(message, judged, places_of(sources, about or cases))
    passed = [each for each in about if each.case.outcome == "passed"]
    return met("A test of it passed.", judged, places_of(sources, passed[:1]))


def _speaks(title: str, words: list[str]) -> bool:
    said = set(re.findall(r"[a-z]+", re.sub(r"([a-z])([A-Z])", r"\1 \2", title).casefold()))
    return any(word.casefold() in said for word in words)
