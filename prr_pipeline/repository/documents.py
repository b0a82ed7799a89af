"""Markdown and MDX documents: front matter, sections, tables, fences, links and lists, each with its line."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import Unreadable
from prr_pipeline.repository.markdown_blocks import (
    Fence,
    Link,
    ListItem,
    Reader,
    Row,
    Section,
    Table,
    Task,
    tag_links,
    tokens_of,
)
from prr_pipeline.repository.markdown_text import blank_hidden, split_front_matter
from prr_pipeline.repository.tree import Blob

__all__ = ["DOCUMENT_CAP", "Document", "Fence", "Link", "ListItem", "Row", "Section", "Table", "Task", "parse_document"]

DOCUMENT_CAP = 2**19
"""Largest document that is parsed, in bytes."""
LINE_CAP = 50_000
"""Most lines of a document."""


@dataclass(frozen=True, slots=True)
class Document:
    """One parsed document. All lines count from 1 in the file; text is what a reader sees, without mark-up."""

    path: str
    front_matter: Mapping[str, Any]
    """Empty if there is none. Dates are text; numbers follow YAML's core schema (``1.10`` is 1.1: quote it)."""
    sections: tuple[Section, ...]
    tables: tuple[Table, ...]
    fences: tuple[Fence, ...]
    links: tuple[Link, ...]
    tasks: tuple[Task, ...]
    list_items: tuple[ListItem, ...]
    text: str

    @property
    def words(self) -> int:
        return len(self.text.split())

    def section(self, heading: str) -> Section | None:
        """The first section with that heading, whatever its case and outer spaces."""
        wanted = heading.strip().casefold()
        return next((s for s in self.sections if s.heading.strip().casefold() == wanted), None)


@lru_cache(maxsize=64)
def parse_document(blob: Blob) -> Document:
    """Parse a Markdown or MDX file; the last few are kept, so treat the result as read-only.

    Comments, scripts, and MDX imports count as nothing; fences directly under a tag are found. Raises `Unreadable`
    for text that is not UTF-8, too large or nested too deeply, or whose front matter is broken.
    """
    if len(blob.data) > DOCUMENT_CAP:
        raise Unreadable(f"{blob.path} has {len(blob.data):,} bytes; a document of at most {DOCUMENT_CAP:,} is read.")
    mdx = blob.path.lower().endswith(".mdx")
    text = blob.text().replace("\r\n", "\n").replace("\r", "\n")
    if text.count("\n") > LINE_CAP:
        raise Unreadable(f"{blob.path} has more than {LINE_CAP:,} lines; split it.")
    front_matter, lines = split_front_matter(blob.path, text)
    visible = blank_hidden(lines, mdx)
    reader = Reader(tokens_of(blob.path, "\n".join(visible.lines), mdx))
    return Document(
        blob.path,
        front_matter,
        reader.sections(),
        tuple(reader.tables),
        tuple(reader.fences),
        tuple(sorted([*reader.links, *tag_links(visible.tags)], key=lambda link: link.line)),
        tuple(reader.tasks),
        tuple(reader.list_items),
        reader.text,
    )
