"""What an object holds: the fields of its class."""

from __future__ import annotations

import re
from collections.abc import Iterator

from prr_pipeline.repository.typescript.expressions import Class
from prr_pipeline.repository.typescript.modules import Module


def held_by_this(module: Module, at: int) -> Iterator[str]:
    """The names of what ``this`` holds at an offset, and the words of their types; parameters of the constructor
    count, which may be fields."""
    for each in module.definitions.values():
        if not isinstance(each, Class) or not any(own.start <= at < own.end for own in each.methods):
            continue
        made = (one for own in each.methods if own.name == "constructor" for one in own.parameters)
        pairs = [(one.name, one.type) for one in each.fields] + [(one.name or "", one.type) for one in made]
        for name, source in pairs:
            yield from (name, *re.findall(r"\w+", source))
