"""Reads the tables of a Prisma schema, of one file or a folder of several."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from prr_pipeline.repository.database.prisma_blocks import (
    Attribute,
    Block,
    Field,
    Token,
    parts_of,
    read_blocks,
)
from prr_pipeline.repository.database.tables import Column, Gap, Index, Table, Tables
from prr_pipeline.repository.tree import Blob

_SCALARS = frozenset(("String", "Boolean", "Int", "BigInt", "Float", "Decimal", "DateTime", "Json", "Bytes"))
_DATABASE_FILLS = ("autoincrement", "now", "dbgenerated", "sequence")


def read_prisma(blobs: Iterable[Blob]) -> Tables:
    """The tables of a schema's models. Views, types and enums are none. Raises `Unreadable` for broken syntax.

    The hidden table of a many-to-many relation without a model of its own is one of them.
    """
    blocks = [block for blob in blobs for block in read_blocks(blob)]
    kinds = {block.name: block.kind for block in blocks}
    models = [block for block in blocks if block.kind == "model"]
    tables = [_table(block, kinds) for block in models]
    return Tables(tuple(sorted([*tables, *_joins(models, kinds)], key=lambda table: table.key)))


def _table(model: Block, kinds: Mapping[str, str]) -> Table:
    fields = [field for field in model.fields if not _is_relation(field, kinds)]
    names = {field.name: _mapped(field) for field in fields}
    keys = {name: [_index(each, names, model.path) for each in _named(model, name)] for name in _KEYS}
    columns = tuple(_column(field, model.path) for field in fields)
    gaps = [
        Gap(f"{field.name} is of the type {field.type}, which is not declared", model.path, field.line)
        for field in fields
        if not _is_known(field.type, kinds)
    ]
    primary = next(iter(keys["@@id"]), None) or _own(fields, "@id", model.path)
    keyed = set(primary.columns) if primary is not None else set()
    return Table(
        next((text for each in _named(model, "@@map") if (text := each.text("", "name"))), model.name),
        next((text for each in _named(model, "@@schema") if (text := each.text("", "map"))), None),
        tuple(replace(each, nullable=False) if each.name in keyed else each for each in columns),
        tuple(replace(each, unique=False) for each in keys["@@index"]),
        (*keys["@@unique"], *_uniques(fields, model.path)),
        primary,
        model.path,
        model.line,
        model.name[:1].lower() + model.name[1:],
        tuple(gaps),
    )


_KEYS = ("@@id", "@@unique", "@@index")


def _named(model: Block, name: str) -> list[Attribute]:
    return [each for each in model.attributes if each.name == name]


def _is_relation(field: Field, kinds: Mapping[str, str]) -> bool:
    return kinds.get(field.type) in ("model", "view") or field.attribute("@relation") is not None


def _is_known(name: str, kinds: Mapping[str, str]) -> bool:
    return name in _SCALARS or name.startswith("Unsupported(") or kinds.get(name) in ("enum", "type")


def _mapped(field: Field) -> str:
    mapped = field.attribute("@map")
    return (mapped.text("", "name") if mapped is not None else None) or field.name


def _column(field: Field, path: str) -> Column:
    """A list is a column without NOT NULL; what only the client fills in is no default of the database."""
    default = field.attribute("@default")
    value = default.argument("", "value") if default is not None else None
    fills = value is not None and (
        len(value) < 2 or value[1].text != "(" or value[0].text in _DATABASE_FILLS or value[0].text == "["
    )
    native = next((each.name.removeprefix("@db.") for each in field.attributes if each.name.startswith("@db.")), None)
    return Column(_mapped(field), native or field.type, bool(field.mark), fills, path, field.line, field.name)


def _index(attribute: Attribute, names: Mapping[str, str], path: str) -> Index:
    """The columns of a key, by their database names; what an item adds in parentheses is how it is sorted."""
    listed = attribute.argument("", "fields") or ()
    columns = tuple(names.get(item[0].text, _outermost(item[0], names)) for item in parts_of(listed) if item)
    return Index(columns, True, path, attribute.line, attribute.text("map"))


def _outermost(token: Token, names: Mapping[str, str]) -> str:
    """A part of a composite, ``address.street``, is no column of its own."""
    return "" if "." in token.text else names.get(token.text, token.text)


def _own(fields: Sequence[Field], name: str, path: str) -> Index | None:
    marked = [field for field in fields if field.attribute(name) is not None]
    return Index((_mapped(marked[0]),), True, path, marked[0].line) if marked else None


def _uniques(fields: Sequence[Field], path: str) -> Iterator[Index]:
    for field in fields:
        found = field.attribute("@unique")
        if found is not None:
            yield Index((_mapped(field),), True, path, field.line, found.text("map"))


def _joins(models: Sequence[Block], kinds: Mapping[str, str]) -> Iterator[Table]:
    """``_AToB``: the table behind two lists that point at each other."""
    ends: dict[str, list[tuple[Block, Field]]] = {}
    for model in models:
        for field in model.fields:
            if field.mark == "[]" and kinds.get(field.type) == "model":
                first, second = sorted((model.name, field.type))
                ends.setdefault(_relation(field) or f"{first}To{second}", []).append((model, field))
    for name, found in sorted(ends.items()):
        model, field = found[0]
        if any(owner.name == field.type and back.type == model.name for owner, back in found[1:]):
            yield _join(f"_{name}", model, field)


def _relation(field: Field) -> str | None:
    found = field.attribute("@relation")
    return found.text("", "name") if found is not None else None


def _join(name: str, model: Block, field: Field) -> Table:
    columns = tuple(Column(each, "", False, False, model.path, field.line, each) for each in ("A", "B"))
    key = Index(("A", "B"), True, model.path, field.line)
    schema = next((text for each in _named(model, "@@schema") if (text := each.text("", "map"))), None)
    return Table(name, schema, columns, (), (), key, model.path, field.line)
