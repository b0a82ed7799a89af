"""What an object holds, by the fields of its class, and what a name holds, by its type."""

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


def type_words(module: Module, name: str, at: int) -> Iterator[str]:
    """The words of the type that is written beside a parameter or constant of that name at an offset."""
    local = module.local(name, at)
    if local is None:
        return
    yield from re.findall(r"\w+", local.type)
    parameters = (one for each in module.functions if each.start == local.start for one in each.parameters)
    for source in (each.type for each in parameters if each.name == name and local.value is None):
        yield from re.findall(r"\w+", source)
