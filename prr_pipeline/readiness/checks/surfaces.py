"""Documents that must name the operation's surface, and must have changed with it, such as the threat model."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import field

from prr_pipeline.canonical import digest, instant_text
from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.findings import listed, met, unknown, unmet
from prr_pipeline.readiness.model import Finding, Location, Reason
from prr_pipeline.readiness.naming import in_prose
from prr_pipeline.readiness.parameters import Parameters
from prr_pipeline.readiness.registry import check
from prr_pipeline.readiness.sources import Sources
from prr_pipeline.repository.documents import Document
from prr_pipeline.repository.patterns import Pattern
from prr_pipeline.subjects import Subject

Place = tuple[str, int]


class DocumentNamesSubject(Parameters):
    """``needs``: words that the place must hold too, or columns that its row must fill."""

    file: str
    needs: list[str] = field(default_factory=list)


class ChangedTogether(Parameters):
    """``file``: the document whose last change must not lie before the operation's first appearance."""

    file: str


@check("document_names_subject", DocumentNamesSubject)
def document_names_subject(
    sources: Sources, _facts: Facts, subject: Subject, parameters: DocumentNamesSubject
) -> Finding:
    """A section, list item or table row names the operation (its id or path) and holds what it needs."""
    operation, path = sources.operation(subject), sources.fill(parameters.file, subject)
    if not sources.exists(path):
        return unmet(
            f"{path} does not exist; write it and name {subject.name} there.", digest([path]), [Location(path)]
        )
    document = sources.document(path)
    places = _places(document, in_prose(operation), parameters.needs)
    judged = digest([path, sorted(text for (text, _), _ in places)])
    if not places:
        message = f"{path} names neither {subject.name} nor its path {operation.path}; add what this surface brings."
        return unmet(message, judged, [Location(path)])
    locations = [Location(path, line, text[:80]) for (text, line), _ in places]
    if all(missing for _, missing in places):
        lacking = [f"{' and '.join(missing)} (line {line})" for (_, line), missing in places]
        return unmet(f"{path} names {subject.name} without {listed(lacking)}; add it.", judged, locations)
    return met(f"{path} names {subject.name} in {len(places)} place(s).", judged, locations)


@check("changed_together", ChangedTogether)
def changed_together(sources: Sources, facts: Facts, subject: Subject, parameters: ChangedTogether) -> Finding:
    """The document changed with or after the commit since which the operation stands in the spec."""
    path = sources.fill(parameters.file, subject)
    judged = digest([path, subject.name])
    if facts.history is None:
        message = (
            f"No git history was read, so nobody knows whether {path} changed with {subject.name}; judge a commit."
        )
        return unknown(Reason.NO_EVIDENCE, message, judged, [Location(path)])
    changed, since = facts.history.last_changed_at(path), facts.history.operation_since(subject.name)
    if changed is None or since is None:
        what = path if changed is None else subject.name
        message = f"The history does not say since when {what} is as it is; commit it, and judge a full clone."
        return unknown(Reason.NO_EVIDENCE, message, judged, [Location(path)])
    if changed < since:
        came = f"{subject.name} came at {instant_text(since)}"
        message = f"{path} last changed at {instant_text(changed)}, before {came}; update it."
        return unmet(message, judged, [Location(path)])
    return met(f"{path} changed with or after {subject.name}.", judged, [Location(path)])


def _places(document: Document, names: Pattern, needs: list[str]) -> list[tuple[Place, list[str]]]:
    """Each row or list item that names the operation, with the needs it lacks; without any, each such section."""
    found = [*_rows(document, names, needs), *_items(document, names, needs)]
    return found or list(_sections(document, names, needs))


def _rows(document: Document, names: Pattern, needs: list[str]) -> Iterator[tuple[Place, list[str]]]:
    for table in document.tables:
        for row in table.rows:
            text = " | ".join(row.cells)
            if names.search(text):
                cells = dict(zip(table.header, row.cells, strict=False))
                yield (text, row.line), [need for need in needs if not cells.get(need, "").strip()]


def _items(document: Document, names: Pattern, needs: list[str]) -> Iterator[tuple[Place, list[str]]]:
    for item in document.list_items:
        if names.search(item.text):
            yield (item.text, item.line), [need for need in needs if not _says(item.text, need)]


def _sections(document: Document, names: Pattern, needs: list[str]) -> Iterator[tuple[Place, list[str]]]:
    """The innermost sections that name the operation in heading or text."""
    naming = [section for section in document.sections if names.search(f"{section.heading}\n{section.body}")]
    for index, section in enumerate(naming):
        nested = any(following.level > section.level for following in naming[index + 1 : index + 2])
        if not nested:
            text = f"{section.heading}\n{section.body}"
            yield (text, section.line), [need for need in needs if not _says(text, need)]


def _says(text: str, need: str) -> bool:
    """Whether the text has the word, and something after it."""
    return re.search(rf"\b{re.escape(need)}\b\W*\w", text, re.IGNORECASE) is not None
