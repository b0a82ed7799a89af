"""Which scope a third-party endpoint asks for, as its description and its documents tell a partner."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from prr_pipeline.canonical import digest
from prr_pipeline.errors import Unreadable
from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.findings import listed, mapping, met, unmet
from prr_pipeline.readiness.model import Finding, Location, Reason
from prr_pipeline.readiness.parameters import Parameters
from prr_pipeline.readiness.registry import check
from prr_pipeline.readiness.several import each_of
from prr_pipeline.readiness.sources import NotSeen, Sources
from prr_pipeline.repository.documents import Document
from prr_pipeline.repository.openapi import Operation
from prr_pipeline.repository.patterns import Pattern, compiled, literal
from prr_pipeline.subjects import Subject


class EndpointScopeIsDocumented(Parameters):
    """``scheme``: the security scheme that scopes belong to, by its name or its type. ``never``: verbs of scopes that
    no third party gets. ``page``: the endpoint's page; ``scope_page``: the document of all scopes, where there is one.
    """

    scheme: str
    page: str
    scope_page: str | None = None
    never: list[str] | None = None


@check("endpoint_scope_is_documented", EndpointScopeIsDocumented)
def endpoint_scope_is_documented(
    sources: Sources, _facts: Facts, subject: Subject, parameters: EndpointScopeIsDocumented
) -> Finding:
    """Nobody calls the endpoint without a scope, and its page and the scopes' page name each scope that it wants."""
    operation = sources.operation(subject)
    here = Location(operation.spec.path, operation.line, subject.name)
    ways = _ways(operation, parameters.scheme)
    scopes = sorted({scope for way in ways for scope in way})
    wrong = list(_unchosen(ways, scopes, parameters))
    if wrong:
        message = f"{subject.name}: {listed(wrong)}; choose a scope in its security."
        return unmet(message, digest([subject.name, list[object](ways)]), [here])
    pages = [sources.fill(each, subject) for each in (parameters.page, parameters.scope_page) if each is not None]
    items = each_of(pages, lambda page: _fault(sources, page, scopes))
    judged = digest([subject.name, list[object](ways), items.rows])
    if items.wrong:
        places = [Location(page) for page, fault in items.faults.items() if fault is not None]
        return unmet(f"{subject.name}: {listed(items.wrong)}; write it there.", judged, places)
    items.require()
    named = [Location(page, _line(sources.document(page), scopes[0])) for page in pages]
    message = f"{subject.name} asks for {listed(scopes)}, which {' and '.join(pages)} name."
    return met(message, judged, [here, *named], scopes=scopes)


def _ways(operation: Operation, scheme: str) -> list[list[str]]:
    """The scopes of each way to be let in that goes by the scheme, or by nothing at all (no scopes).

    A way by another scheme alone, such as one of staff, is not open to third parties. Raises `NotSeen`.
    """
    own: object = operation.data.get("security", operation.spec.document.get("security"))
    if own is None:
        return [[]]
    place = Location(operation.spec.path, operation.line, operation.operation_id)
    if not isinstance(own, list) or not all(isinstance(way, Mapping) for way in own):
        message = f"The security of {operation.operation_id} is no list of requirements; write one as OpenAPI has it."
        raise NotSeen(Reason.UNREADABLE, message, [place])
    schemes = mapping(mapping(operation.spec.document.get("components")).get("securitySchemes"))
    names = {name for name in schemes if _is(operation, schemes[name], scheme)} | {scheme}
    ways = [way for way in own if not way or names & set(way)]
    return [_scopes(way, names) for way in ways] or [[]]


def _is(operation: Operation, declared: object, scheme: str) -> bool:
    resolved = operation.spec.references.resolve(declared, "/components/securitySchemes")[0]
    return mapping(resolved).get("type") == scheme


def _scopes(way: Mapping[str, object], names: set[str]) -> list[str]:
    listed_there = [scopes for name, scopes in way.items() if name in names and isinstance(scopes, list)]
    return sorted({scope for scopes in listed_there for scope in scopes if isinstance(scope, str) and scope.strip()})


def _unchosen(
    ways: Sequence[Sequence[str]], scopes: Sequence[str], parameters: EndpointScopeIsDocumented
) -> Iterator[str]:
    if not scopes:
        yield f"its description asks for no scope of {parameters.scheme}"
    elif not all(ways):
        yield "one way in its security asks for no scope"
    refused = [scope for scope in scopes if scope.partition(":")[0] in (parameters.never or ())]
    if refused:
        yield f"{listed(refused)} is no scope that third parties get"


def _fault(sources: Sources, page: str, scopes: Sequence[str]) -> str | None:
    """Which scopes a document names neither in its text nor in its metadata. Raises `NotSeen` for a broken one."""
    if not sources.exists(page):
        return f"{page} does not exist and must name {listed(scopes)}"
    try:
        document = sources.document(page)
    except Unreadable as fault:
        raise NotSeen(Reason.UNREADABLE, str(fault), [Location(page)]) from None
    texts = [document.text, *_texts(document.front_matter)]
    missing = [scope for scope in scopes if not any(_whole(scope).search(text) for text in texts)]
    return f"{page} does not name {listed(missing)}" if missing else None


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, Mapping):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
    elif isinstance(value, str):
        yield value


def _whole(scope: str) -> Pattern:
    """The scope as a word of its own: ``read:account`` does not stand in ``read:accounts``."""
    return compiled(rf"(?:\A|[^\pL\pN_:.-]){literal(scope)}(?:\z|[^\pL\pN_:.-]|[.:-](?:\z|[^\pL\pN_]))")


def _line(document: Document, scope: str) -> int:
    """The line of the nearest heading, item or row that names the scope; 0 for a mention elsewhere."""
    rows = ((" | ".join(row.cells), row.line) for table in document.tables for row in table.rows)
    items = ((item.text, item.line) for item in document.list_items)
    sections = ((f"{each.heading}\n{each.body}", each.line) for each in reversed(document.sections))
    return next((line for text, line in (*rows, *items, *sections) if _whole(scope).search(text)), 0)
