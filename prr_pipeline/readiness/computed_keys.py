"""Keys of objects that are written in brackets: ``[NAMES.CREATED]: value`` has the key that the constant holds."""

from __future__ import annotations

import re

from prr_pipeline.readiness.sources import Sources
from prr_pipeline.repository.typescript.expressions import Expression, Member, Name, Record, Spread

_COMPUTED = re.compile(r"\[\s*([A-Za-z_$][\w$.]*)\s*\]\s*:")


def computed_key(sources: Sources, path: str, record: Record, at: int) -> Expression | None:
    """The name that stands in the brackets of the record's entry of that index; None if anything else does."""
    line = record.entries[at].line
    lines = sources.blob(path).text().splitlines()
    names = _COMPUTED.findall(lines[line - 1]) if 0 < line <= len(lines) else []
    alike = [
        index
        for index, each in enumerate(record.entries)
        if each.key is None and not isinstance(each.value, Spread) and each.line == line
    ]
    if len(names) != len(alike):
        return None
    first, *rest = names[alike.index(at)].split(".")
    found: Expression = Name(first, line)
    for part in rest:
        found = Member(found, part, line)
    return found
