"""Documents that must exist with given headings, words and working links, such as runbooks."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from posixpath import dirname, join, normpath
from typing import Literal
from urllib.parse import unquote

from msgspec import field

from prr_pipeline.canonical import digest
from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.findings import listed, met, unmet
from prr_pipeline.readiness.model import Finding, Location
from prr_pipeline.readiness.parameters import Parameters
from prr_pipeline.readiness.registry import check
from prr_pipeline.readiness.sources import Sources
from prr_pipeline.repository.documents import Document
from prr_pipeline.subjects import Subject

_SUFFIXES = ("", ".mdx", ".md", "/index.mdx", "/index.md")


class MarkdownHasSections(Parameters):
    """``headings`` must all stand there, of ``any_headings`` so many; ``one_of_words`` somewhere in the text.

    A heading may also be a label that starts a line, as in ``**On-call:** Equity``.
    """

    file: str
    headings: list[str] = field(default_factory=list)
    any_headings: list[str] = field(default_factory=list)
    any_headings_min: int = 0
    one_of_words: list[str] = field(default_factory=list)
    front_matter: list[str] = field(default_factory=list)
    min_words: int = 0
    links: Literal["resolve", "ignore"] = "ignore"


@check("markdown_has_sections", MarkdownHasSections)
def markdown_has_sections(
    sources: Sources, _facts: Facts, subject: Subject, parameters: MarkdownHasSections
) -> Finding:
    """The document exists, is no stub, has the named headings and front matter, and its links lead somewhere."""
    path = sources.fill(parameters.file, subject)
    judged = digest([path, sources.snapshot.blob_id(path)])
    if not sources.exists(path):
        return unmet(f"{path} does not exist; write it.", judged, [Location(path)])
    document = sources.document(path)
    faults = [*_missing(document, parameters), *_thin(document, parameters)]
    broken = _broken_links(sources, document) if parameters.links == "resolve" else []
    faults += [f"the link {target} leads nowhere" for target, _ in broken]
    if faults:
        places = [Location(path, line, target) for target, line in broken] or [Location(path)]
        return unmet(f"{path}: {listed(faults)}.", judged, places, words=document.words)
    return met(f"{path} has all that is asked of it.", judged, [Location(path)], words=document.words)


def _missing(document: Document, parameters: MarkdownHasSections) -> Iterator[str]:
    for key in parameters.front_matter:
        if document.front_matter.get(key) in (None, ""):
            yield f"the front matter lacks {key!r}"
    for heading in parameters.headings:
        if not _has(document, heading):
            yield f"{heading!r} is missing"
    there = [heading for heading in parameters.any_headings if _has(document, heading)]
    if len(there) < parameters.any_headings_min:
        wanted = f"at least {parameters.any_headings_min} of {', '.join(parameters.any_headings)}"
        yield f"it has {len(there)} and needs {wanted}"


def _thin(document: Document, parameters: MarkdownHasSections) -> Iterator[str]:
    words = parameters.one_of_words
    if words and not any(re.search(rf"\b{re.escape(word)}\b", document.text) for word in words):
        yield f"it names none of {', '.join(words)}"
    if document.words < parameters.min_words:
        yield f"it is a stub ({document.words} of at least {parameters.min_words} words)"


def _has(document: Document, heading: str) -> bool:
    """A heading that starts so and has text below, or a label with text after it."""
    wanted = heading.casefold()
    if any(section.heading.strip().casefold().startswith(wanted) and section.words for section in document.sections):
        return True
    lines: Sequence[str] = document.text.casefold().splitlines()
    return any(line.strip().startswith(wanted) and len(line.strip()) > len(wanted) + 1 for line in lines)


def _broken_links(sources: Sources, document: Document) -> list[tuple[str, int]]:
    """Relative links to files that are not there; anchors, other hosts and site routes are not followed."""
    broken = []
    for link in document.links:
        target = unquote(link.target.partition("#")[0].partition("?")[0])
        if not target or ":" in target or target.startswith("/"):
            continue
        path = normpath(join(dirname(document.path), target))
        if path.startswith("..") or not any(sources.exists(path + suffix) for suffix in _SUFFIXES):
            broken.append((link.target, link.line))
    return broken
