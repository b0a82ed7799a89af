"""Put new machine-owned parts into a document, between the old text of people, which is never touched."""

from __future__ import annotations

import re
from collections.abc import Sequence

from prr_pipeline.review.document_parts import Part, join, names, split
from prr_pipeline.subjects import Target

_FRONT_MATTER = re.compile(rb"\A(?:\xef\xbb\xbf)?---[ \t]*\r?\n")


def merge(
    parts: Sequence[Part], front: Sequence[Part], section: Sequence[Part], target: Target, newline: bytes
) -> list[Part]:
    """The document's parts with the front matter's and the target's section renewed.

    A part that stands there is renewed in its place, a new one follows its predecessor and what people wrote below
    that, one that is wanted no more goes. A target without a section gets one at the end.
    """
    merged = _with_front_matter(list(parts), front, newline)
    if f"{target}/summary" not in names(merged):
        kept = [part for part in merged if not (part.name or "").startswith(f"{target}/")]
        return [*kept, *_gap(kept, newline), *section]
    return _renewed(merged, section, f"{target}/")


def _with_front_matter(parts: list[Part], front: Sequence[Part], newline: bytes) -> list[Part]:
    """New parts go to the top of the front matter, which is made when there is none. Old ones stay where they are."""
    standing = names(parts)
    if any(part.name in standing for part in front):
        return _renewed(parts, front, None)
    document = join(parts)
    found = _FRONT_MATTER.match(document)
    if found and re.search(rb"^---[ \t]*\r?$", document[found.end() :], re.MULTILINE):
        return [Part(None, document[: found.end()]), *front, *split(document[found.end() :])]
    fence = b"---" + newline
    return [Part(None, fence), *front, Part(None, fence + newline), *parts]


def _renewed(parts: Sequence[Part], wanted: Sequence[Part], prefix: str | None) -> list[Part]:
    """``wanted`` in place of the old; parts under ``prefix`` not wanted go (None: the front matter, all stay)."""
    new = {part.name: part for part in wanted}
    out = [
        new.get(part.name, part)
        for part in parts
        if part.name is None or part.name in new or prefix is None or not part.name.startswith(prefix)
    ]
    standing = [part.name for part in wanted if part.name in names(out)]
    before = None
    for part in wanted:
        if part.name not in names(out):
            at = _index(out, standing[0]) if before is None else _index(out, before) + 1
            while prefix is not None and before is not None and at < len(out) and out[at].name is None:
                at += 1
            out.insert(at, part)
        before = part.name
    return out


def _index(parts: Sequence[Part], name: str | None) -> int:
    return next(i for i, part in enumerate(parts) if part.name == name)


def _gap(parts: Sequence[Part], newline: bytes) -> list[Part]:
    """What must stand before a section added at the end: it starts on a line of its own."""
    document = join(parts)
    return [Part(None, newline)] if document and not document.endswith(b"\n") else []
