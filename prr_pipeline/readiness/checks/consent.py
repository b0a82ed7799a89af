"""The consent screen: a text for each scope that a service brings since the last release."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from prr_pipeline.canonical import digest
from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.findings import listed, met, not_applicable, unknown, unmet
from prr_pipeline.readiness.members import Placed, exported_members, text_of
from prr_pipeline.readiness.model import Finding, Location, Reason
from prr_pipeline.readiness.parameters import Parameters
from prr_pipeline.readiness.registry import check
from prr_pipeline.readiness.release_facts import BaseAbsent, BaseFact
from prr_pipeline.readiness.service_routes import Scope, ServedRoute, lost_of, routes_of, scopes_of
from prr_pipeline.readiness.sources import NotSeen, Sources
from prr_pipeline.repository.typescript.code import Found
from prr_pipeline.repository.typescript.expressions import Record
from prr_pipeline.subjects import Subject


class ConsentTextsExist(Parameters):
    """``file`` and ``name``: the exported scopes. ``texts`` and ``texts_name``: the consent text of each, by its value
    or its constant. ``unshown``: verbs of scopes that no consent screen shows, such as those of staff."""

    guard: str
    file: str
    name: str
    texts: str
    texts_name: str
    unshown: list[str]
    stub_words: list[str]
    min_words: int


@check("consent_texts_exist", ConsentTextsExist)
def consent_texts_exist(sources: Sources, facts: Facts, subject: Subject, parameters: ConsentTextsExist) -> Finding:
    """Each scope that the service's routes ask for, and that was not exported at the last release, has a text.

    Whether the text is understood, only a person can say: the digest holds the texts, so that a change voids that.
    """
    base = _base(facts)
    routes = routes_of(sources, subject, frozenset({parameters.guard}))
    scopes = {
        scope.value or scope.constant: scope
        for served in routes
        for scope in scopes_of(sources, served, {parameters.guard})
    }
    known = _released(sources, base, parameters)
    new = {name: each for name, each in sorted(scopes.items()) if each.value is not None and name not in known}
    shown = {name: each for name, each in new.items() if name.partition(":")[0] not in parameters.unshown}
    texts = _texts(sources, parameters, shown.values()) if shown else {}
    judged = digest([subject.name, [[name, texts.get(name)] for name in shown]])
    faults = {name: fault for name in shown if (fault := _fault(name, texts.get(name), parameters)) is not None}
    if faults:
        lacking = f"{parameters.texts_name} in {parameters.texts} lacks {listed(list(faults.values()))}"
        return unmet(f"{lacking}; write what is shared and with whom.", judged, [shown[name].place for name in faults])
    places = _hidden(sources, subject, routes, scopes.values())
    if places:
        message = f"Which scopes are asked for cannot be told at {places[0].path}:{places[0].line}; name constants of"
        return unknown(Reason.NOT_RESOLVABLE, f"{message} {parameters.name}.", judged, places)
    since = base.name if base is not None else "the first release"
    if not shown:
        message = f"{subject.name} asks for no scope that is new since {since} and shown on a consent screen."
        return not_applicable(message, judged, [routes[0].route.location], scopes=sorted(scopes), unshown=sorted(new))
    message = f"Scopes of {subject.name} that are new since {since} have consent texts: {listed(list(shown))}."
    return met(message, judged, [each.place for each in shown.values()], texts=texts)


def _hidden(
    sources: Sources, subject: Subject, routes: Iterable[ServedRoute], scopes: Iterable[Scope]
) -> list[Location]:
    """Where it cannot be told which scope is asked for."""
    lost = [*lost_of(sources, subject), *(each for served in routes for each in served.pipeline.lost)]
    return [*(each.place for each in scopes if each.value is None), *(Location(each.path, each.line) for each in lost)]


def _base(facts: Facts) -> BaseFact | None:
    """What was released last; None where this is provably the first release."""
    if isinstance(facts.base, BaseFact):
        return facts.base
    if isinstance(facts.base, BaseAbsent) and facts.base.reason is None:
        return None
    message = "Nobody knows which scopes are new; name what was released last with --base, or tag the releases."
    raise NotSeen(Reason.NO_BASELINE, facts.base.message if isinstance(facts.base, BaseAbsent) else message)


def _released(sources: Sources, base: BaseFact | None, parameters: ConsentTextsExist) -> frozenset[str]:
    """The scopes that were exported then. Raises `NotSeen` where they cannot all be told."""

    def read() -> frozenset[str]:
        then = Sources(base.snapshot, sources.profile) if base is not None else None
        if base is None or then is None or not then.exists(parameters.file):
            return frozenset()
        members = exported_members(then, parameters.file, parameters.name)
        texts = [text_of(then.code(), each) for each in members.entries.values()]
        if members.lost or None in texts:
            message = f"Which scopes {base.name} had cannot be told from its {parameters.file}; write them out there."
            raise NotSeen(Reason.NOT_RESOLVABLE, message, members.lost_at())
        return frozenset(each for each in texts if each is not None)

    return sources.once("released scopes", f"{base.commit if base else ''}#{parameters.file}", read)


def _texts(sources: Sources, parameters: ConsentTextsExist, scopes: Iterable[Scope]) -> dict[str, str]:
    """The text of each scope that has one. Raises `NotSeen` where one that is missing may be hidden."""
    if not sources.exists(parameters.texts):
        return {}
    members = exported_members(sources, parameters.texts, parameters.texts_name)
    found: dict[str, str] = {}
    for scope in scopes:
        keys = (scope.value or "", scope.constant.rpartition(".")[2])
        placed = next((members.entries[key] for key in keys if key in members.entries), None)
        if placed is not None:
            found[keys[0]] = " ".join(_words_in(sources, placed, 4))
        elif members.lost:
            where = f"{members.lost[0].path}:{members.lost[0].line}"
            message = f"Whether {keys[0]} has a consent text cannot be told at {where} ({members.lost[0].why})."
            raise NotSeen(Reason.NOT_RESOLVABLE, message, members.lost_at())
    return found


def _words_in(sources: Sources, placed: Placed, depth: int) -> Iterator[str]:
    """The texts of a value: itself, or those that its object holds."""
    found = sources.code().follow(placed.path, placed.value, placed.at)
    if isinstance(found, Found) and isinstance(found.expression, Record) and depth:
        for entry in found.expression.entries:
            yield from _words_in(sources, Placed(entry.value, found.path, entry.line, found.at), depth - 1)
    elif (text := text_of(sources.code(), placed)) is not None:
        yield text
    else:
        message = f"The consent text at {placed.path}:{placed.line} is computed; write it out."
        raise NotSeen(Reason.NOT_RESOLVABLE, message, [Location(placed.path, placed.line)])


def _fault(name: str, text: str | None, parameters: ConsentTextsExist) -> str | None:
    if text is None:
        return name
    words = text.casefold().split()
    stubs = [word for word in parameters.stub_words if word.casefold() in (each.strip(".,:;!") for each in words)]
    if stubs:
        return f"{name} (it says {stubs[0]!r})"
    return (
        f"{name} ({len(words)} of at least {parameters.min_words} words)" if len(words) < parameters.min_words else None
    )
