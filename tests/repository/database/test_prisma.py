"""Prisma schemas: models as tables, by their database names, with all that a model may be written as."""

from __future__ import annotations

import pytest

from prr_pipeline.errors import Unreadable
from prr_pipeline.repository.database.prisma import read_prisma
from prr_pipeline.repository.database.tables import Table
from prr_pipeline.repository.tree import Blob, blob_id_of

GRANTS = """
datasource db { provider = "postgresql"
  url = env("DATABASE_URL") }

/// A grant of shares.
model Grant {
  id        String   @id @default(uuid())   // filled by the client
  brandId   String   @map("brand_id") @db.VarChar(40)
  note      String   @default("see https://x // { no comment }")
  state     State    @default(OPEN)
  kind      Kind?
  tags      String[] @default([])
  at        DateTime @default(now())
  serial    Int      @default(autoincrement())
  place     Unsupported("point")?
  owner     Owner    @relation(fields: [ownerId],
                               references: [id])
  ownerId   String   @unique(map: "one_owner")

  @@unique([brandId, ownerId])
  @@index(fields: [brandId, at(sort: Desc)], map: "by_brand")
  @@index([at(sort: Desc)]) // @@index([brandId])
  /* @@index([note]) */
  @@map("grants")
  @@schema("cap_table")
}

model Owner { id String @id
  grants Grant[] }

enum State { OPEN
  CLOSED @map("closed") }
enum Kind { A }
view Totals { id String @unique }
type Address { street String }
"""


def blob(text: str, path: str = "schema.prisma") -> Blob:
    return Blob(path, blob_id_of(text.encode()), text.encode())


def tables(*texts: str) -> dict[str, Table]:
    found = read_prisma([blob(text, f"{number}.prisma") for number, text in enumerate(texts)])
    return {each.full_name: each for each in found.tables}


def model(body: str, *more: str) -> Table:
    return tables(f"model M {{\n{body}\n}}", *more)["M"]


def test_models_are_tables_under_their_database_names() -> None:
    """Views, types and enums are none; a relation is no column."""
    found = tables(GRANTS)
    assert list(found) == ["cap_table.grants", "Owner"]
    grants = found["cap_table.grants"]
    assert {each.name: (each.type, each.nullable, each.has_default) for each in grants.columns} == {
        "id": ("String", False, False),
        "brand_id": ("VarChar", False, False),
        "note": ("String", False, True),
        "state": ("State", False, True),
        "kind": ("Kind", True, False),
        "tags": ("String", True, True),
        "at": ("DateTime", False, True),
        "serial": ("Int", False, True),
        "place": ('Unsupported("point")', True, False),
        "ownerId": ("String", False, False),
    }
    column = grants.column("brand_id")
    assert column is not None
    assert (column.property, column.line, grants.line, grants.gaps) == ("brandId", 8, 6, ())


def test_keys_and_indexes_name_columns_in_their_order() -> None:
    """By position or by name, with a sort order or without; what stands in a comment is no index."""
    grants = tables(GRANTS)["cap_table.grants"]
    assert grants.primary_key is not None
    assert grants.primary_key.columns == ("id",)
    assert [(each.columns, each.name) for each in grants.unique_keys] == [
        (("brand_id", "ownerId"), None),
        (("ownerId",), "one_owner"),
    ]
    assert [(each.columns, each.name, each.unique) for each in grants.indexes] == [
        (("brand_id", "at"), "by_brand", False),
        (("at",), None, False),
    ]


@pytest.mark.parametrize(
    ("body", "leads"),
    [
        ("id String @id\n brandId String\n @@index([brandId])", True),
        ("id String @id\n brandId String\n @@unique([brandId, id])", True),
        ("id String\n brandId String\n @@id([brandId, id])", True),
        ("id String @id\n brandId String @unique", True),
        ("id String @id\n brandId String\n @@index([\n  brandId,\n  id,\n ])", True),
        ("id String @id\n brandId String\n @@index([id, brandId])", False),
        ("id String @id\n brandId String\n @@fulltext([brandId])", False),
    ],
)
def test_a_column_leads_through_any_kind_of_key(body: str, leads: bool) -> None:
    """`@@unique` and `@@id` stand behind an index as `@@index` does."""
    assert (model(body).leading("brandId") is not None) is leads


def test_the_columns_of_a_primary_key_are_required() -> None:
    """Whatever their own mark says, the database refuses NULL in them."""
    found = model("a String?\n b String\n @@id([a, b])")
    assert [each.nullable for each in found.columns] == [False, False]


def test_a_folder_of_files_is_one_schema() -> None:
    """A relation and an enum may be declared in another file."""
    found = model(
        "id String @id\n kind Kind\n other Other @relation(fields: [id], references: [id])",
        "enum Kind { A }\nmodel Other { id String @id\n m M? }",
    )
    assert [each.name for each in found.columns] == ["id", "kind"]
    assert found.gaps == ()


def test_a_type_that_nobody_declares_is_a_gap() -> None:
    """It may be a relation or a column."""
    assert [gap.line for gap in model("id String @id\n kind Kind").gaps] == [3]


def test_two_lists_that_point_at_each_other_are_a_table_of_their_own() -> None:
    """Nobody writes that table down, and it holds rows all the same."""
    found = tables("model A { id Int @id\n bs B[] }\nmodel B { id Int @id\n as A[] }")
    assert list(found) == ["A", "B", "_AToB"]
    assert [each.name for each in found["_AToB"].columns] == ["A", "B"]
    named = tables(
        'model A { id Int @id\n bs B[] @relation("Links") }\nmodel B { id Int @id\n as A[] @relation(name: "Links") }'
    )
    assert "_Links" in named


def test_a_list_with_a_single_way_back_is_no_table() -> None:
    """One to many is a column on the other side."""
    assert list(
        tables(
            "model A { id Int @id\n bs B[] }\nmodel B { id Int @id\n a A @relation(fields: [id], references: [id]) }"
        )
    ) == ["A", "B"]


@pytest.mark.parametrize(
    "text",
    [
        "model M {\n id String @id",
        "model M {\n id String @default(uuid(\n}",
        'model M {\n id String @map("x)\n}',
        "model { id String }",
        "model M {\n id\n}",
        "model M {\n id String = 3\n}",
        "model M } {",
        "\x01",
    ],
)
def test_broken_syntax_is_unreadable_with_its_line(text: str) -> None:
    """Half a schema proves nothing."""
    with pytest.raises(Unreadable, match=r"schema\.prisma is no Prisma schema that can be read: line \d"):
        read_prisma([blob(text)])


@pytest.mark.parametrize(
    "text", ["", "// nothing\n", "/* model M { id Int @id } */", 'generator g { provider = "x" }\r\n']
)
def test_a_schema_without_models_has_no_tables(text: str) -> None:
    """Comments and other blocks are none."""
    assert read_prisma([blob(text)]).tables == ()
