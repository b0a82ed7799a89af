"""Where a source mentions a name, in whatever form: as a member, taken out of an object, imported, or as a text."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Literal

from ast_grep_py import Rule, SgNode

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.repository.tree import Blob
from prr_pipeline.repository.typescript.source import parse_source
from prr_pipeline.repository.typescript.syntax import has_word, line_of
from prr_pipeline.repository.typescript.values import scalar

Form = Literal["member", "object", "key", "name", "text"]
"""``object``: what a member belongs to."""
_TYPES = (
    "interface_declaration",
    "type_alias_declaration",
    "type_annotation",
    "type_arguments",
    "literal_type",
    "object_type",
    "function_type",
    "type_query",
)
_FORMS: dict[str, Form] = {
    "identifier": "name",
    "shorthand_property_identifier": "name",
    "shorthand_property_identifier_pattern": "key",
    "string": "text",
    "template_string": "text",
}
_WHOLE: list[Rule] = [
    Rule(kind=kind) for kind in (*_FORMS, "member_expression", "subscript_expression", "pair_pattern")
]


@dataclass(frozen=True, slots=True)
class Mention:
    """One mention. ``of`` is the source of the object that a member belongs to; ``start`` a character offset."""

    name: str
    form: Form
    line: int
    start: int
    of: str = ""


def mentions(blob: Blob, names: frozenset[str]) -> tuple[Mention, ...]:
    """The mentions of some names, by offset, each once; types are none, for they are gone when the code runs.

    Raises `Unreadable` for any syntax error in a source that holds one of the names.
    """
    text = blob.text()
    return _known(blob.path, blob.id, names, blob) if any(name in text for name in names) else ()


@lru_cache(maxsize=1_024)
def _known(_path: str, _id: str, names: frozenset[str], blob: Blob) -> tuple[Mention, ...]:
    root = parse_source(blob)
    types = [_span(node) for node in root.find_all(any=[Rule(kind=kind) for kind in _TYPES])]
    types += [_span(node) for node in root.find_all(kind="import_statement") if has_word(node, "type")]
    types += [_span(node) for node in root.find_all(kind="import_specifier") if has_word(node, "type")]
    found: dict[int, Mention] = {}
    for node in root.find_all(any=_WHOLE):
        for each in _of(node):
            is_type = any(first <= each.start < last for first, last in types)
            if each.name in names and not is_type:
                found.setdefault(each.start, each)
    return tuple(found[start] for start in sorted(found))


def _of(node: SgNode) -> Iterator[Mention]:
    kind = node.kind()
    if kind in _FORMS:
        value = scalar(node) if kind in ("string", "template_string") else node.text()
        if isinstance(value, str):
            yield _mention(value, _FORMS[kind], node)
        return
    key = node.field({"member_expression": "property", "subscript_expression": "index"}.get(kind, "key"))
    base = node.field("object")
    if key is None:
        return
    written = key.text() if key.kind().endswith("property_identifier") else scalar(key)
    if isinstance(written, str):
        yield _mention(written, "key" if kind == "pair_pattern" else "member", key, base)
        if base is not None and base.kind() == "identifier":
            yield _mention(base.text(), "object", base)


def _mention(name: str, form: Form, node: SgNode, base: SgNode | None = None) -> Mention:
    return Mention(name, form, line_of(node), _span(node)[0], base.text() if base is not None else "")


def _span(node: SgNode) -> tuple[int, int]:
    span = node.range()
    return span.start.index, span.end.index
