"""Whether a page for partners names the path of an endpoint, and was written with the endpoint or after it."""

from __future__ import annotations

import re

from prr_pipeline.canonical import digest, instant_text
from prr_pipeline.errors import Unreadable
from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.findings import listed, met, unknown, unmet
from prr_pipeline.readiness.model import Finding, Location, Reason
from prr_pipeline.readiness.parameters import Parameters
from prr_pipeline.readiness.registry import check
from prr_pipeline.readiness.sources import Sources
from prr_pipeline.repository.documents import Document
from prr_pipeline.repository.openapi import Operation
from prr_pipeline.repository.patterns import Pattern, compiled, literal
from prr_pipeline.subjects import Subject

_SLOT = re.compile(r"\{[^{}/]*\}")
_METHOD = r"(?:(GET|PUT|POST|DELETE|OPTIONS|HEAD|PATCH|TRACE)\s+[`\"'<]?)?"
_HOST = r"(?:(?:https?://)?[\pL\pN-]+(?:\.[\pL\pN-]+)+(?::\d+)?|https?://[^\s/]+|\$\w+)?"
_VALUE = r"(?:\{[^{}/\s]*\}|[:$]\w+|<[^<>/\s]*>|[A-Za-z_-]*[0-9][A-Za-z0-9_-]*)"
"""What stands for a parameter in prose: its name in some marks, or a value, which has a digit."""
_END = r"/?(?:\z|[^\pL\pN_/{:.-]|[:.-](?:\z|[^\pL\pN_]))"
_MENTIONS = 1_000
"""Most places of one document at which a path is compared."""


class DocsCoverEndpoint(Parameters):
    """``files``: glob of the pages, of which one must name the endpoint's path."""

    files: str


@check("docs_cover_endpoint", DocsCoverEndpoint)
def docs_cover_endpoint(sources: Sources, facts: Facts, subject: Subject, parameters: DocsCoverEndpoint) -> Finding:
    """A page names the endpoint's path, and its last change does not lie before the endpoint's first appearance."""
    operation = sources.operation(subject)
    names = _naming(operation)
    pages: dict[str, int] = {}
    broken: list[str] = []
    for path in sources.paths(sources.fill(parameters.files, subject)):
        try:
            line = _line(sources.document(path), names, operation.method.upper())
        except Unreadable as fault:
            broken.append(str(fault))
            continue
        if line is not None:
            pages[path] = line
    judged = digest([subject.name, operation.method, operation.path, [[each] for each in sorted(pages)]])
    route = f"{operation.method.upper()} {operation.path}"
    if not pages and broken:
        message = f"No page of {parameters.files} is seen to name {route}, and not all can be read: {broken[0]}"
        return unknown(Reason.UNREADABLE, message, judged)
    if not pages:
        here = Location(operation.spec.path, operation.line, subject.name)
        message = f"No page of {parameters.files} names {route}; describe the capability there with its path."
        return unmet(message, judged, [here])
    return _dated(facts, subject, pages, judged)


def _dated(facts: Facts, subject: Subject, pages: dict[str, int], judged: str) -> Finding:
    places = [Location(path, line) for path, line in pages.items()]
    if facts.history is None:
        message = f"No git history was read, so nobody knows when {listed(list(pages))} changed; judge a commit."
        return unknown(Reason.NO_EVIDENCE, message, judged, places)
    since = facts.history.operation_since(subject.name)
    changed = {path: facts.history.last_changed_at(path) for path in pages}
    known = [at for at in changed.values() if at is not None]
    if since is not None and any(at >= since for at in known):
        return met(f"{listed(list(pages))} names {subject.name}, and changed with or after it.", judged, places)
    if since is None or len(known) < len(changed):
        what = subject.name if since is None else next(path for path, at in changed.items() if at is None)
        message = f"The history does not say since when {what} is as it is; commit it, and judge a full clone."
        return unknown(Reason.NO_EVIDENCE, message, judged, places)
    message = (
        f"{listed(list(pages))} last changed at {instant_text(max(known))}, before {subject.name} came at "
        f"{instant_text(since)}; describe the new capability."
    )
    return unmet(message, judged, places)


def _naming(operation: Operation) -> Pattern:
    """The path with a parameter or a value at each slot, alone or as a URL; the first group is a method before it."""
    path = _VALUE.join(literal(part) for part in _SLOT.split(operation.path))
    return compiled(rf"(?:\A|[^\pL\pN_./$-]){_METHOD}{_HOST}{path}{_END}")


def _is_named(names: Pattern, method: str, text: str) -> bool:
    """Whether the text has the path after the method or after none: another method's is another endpoint."""
    for _ in range(_MENTIONS):
        found = names.search(text)
        if found is None:
            return False
        if found.group(1) in (None, method):
            return True
        text = text[found.end() :]
    return False


def _line(document: Document, names: Pattern, method: str) -> int | None:
    """The line of the innermost section that names the endpoint, 0 for what stands before all; None for none."""
    if not _is_named(names, method, document.text):
        return None
    sections = ((f"{each.heading}\n{each.body}", each.line) for each in reversed(document.sections))
    return next((line for text, line in sections if _is_named(names, method, text)), 0)
