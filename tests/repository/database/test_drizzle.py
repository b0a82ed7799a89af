"""Drizzle schemas: tables by their database names, through builders, shared columns and re-exports."""

from __future__ import annotations

import pytest

from prr_pipeline.errors import Unreadable
from prr_pipeline.repository.database.drizzle import read_drizzle
from prr_pipeline.repository.database.drizzle_columns import Casing, cased
from prr_pipeline.repository.database.tables import Table, Tables
from tests.repository.typescript.fakes import code

HEAD = """
import { sql } from "drizzle-orm";
import {
  pgTable, pgSchema, pgEnum, customType, pgTableCreator, text, uuid, serial, timestamp, jsonb, integer, varchar,
  index, uniqueIndex, unique, primaryKey, foreignKey,
} from "drizzle-orm/pg-core";
"""
MEMBERS = """
export const membership = pgSchema("membership");
export const plan = pgEnum("plan", ["basic", "plus"]);
export const members = membership.table(
  "members",
  {
    id: uuid("id").primaryKey().defaultRandom(),
    brandId: text('brand_id').notNull(),
    email: varchar("email", { length: 200 }).notNull().unique(),
    plan: plan("plan").default("basic"),
    tags: text(`tags`).array().$type<Tag[]>(),
    seen: timestamp("seen_at", { withTimezone: true }).$onUpdate(() => new Date()),
    ownerId: uuid("owner_id").references(() => owners.id, { onDelete: "cascade" }),
  },
  (t) => [
    index("members_brand").on(t.brandId, t.seen.desc()),
    uniqueIndex("members_email").on(sql`lower(${t.email})`),
    unique("one").on(t.brandId, t.email).nullsNotDistinct(),
    foreignKey({ columns: [t.ownerId], foreignColumns: [t.id] }),
  ],
).enableRLS();
"""


def read(source: str, casing: Casing | None = None, **files: str) -> Tables:
    others = {f"{name}.ts": text for name, text in files.items()}
    return read_drizzle(code({"schema.ts": HEAD + source, **others}), ["schema.ts"], casing)


def table(columns: str, keys: str = "", casing: Casing | None = None, **files: str) -> Table:
    found = read(
        f'{files.pop("before", "")}\nexport const t = pgTable("t", {columns}{keys and ", " + keys});', casing, **files
    )
    assert found.gaps == ()
    [only] = found.tables
    return only


def shape(found: Table) -> dict[str, str]:
    """Column to type, with ``!`` where it is required, ``=`` where it has a default, ``?`` where it is not certain."""
    marks = {each.name: ("" if each.nullable else "!") + ("=" if each.has_default else "") for each in found.columns}
    return {each.name: each.type + marks[each.name] + ("" if each.certain else "?") for each in found.columns}


def test_a_table_has_its_columns_keys_and_places() -> None:
    """As a service writes it: a schema object, an enum, chains, a list of keys."""
    [found] = read(MEMBERS).tables
    assert (found.full_name, found.symbol, found.path, found.gaps) == ("membership.members", "members", "schema.ts", ())
    assert shape(found) == {
        "id": "uuid!=",
        "brand_id": "text!",
        "email": "varchar!",
        "plan": "pgEnum()=",
        "tags": "text",
        "seen_at": "timestamp",
        "owner_id": "uuid",
    }
    column = found.column("brand_id")
    assert column is not None
    assert (column.property, column.line - found.line) == ("brandId", 4)
    assert found.primary_key is not None
    assert found.primary_key.columns == ("id",)
    assert [(each.columns, each.unique, each.name) for each in found.indexes] == [
        (("brand_id", "seen_at"), False, "members_brand"),
        (("",), True, "members_email"),
    ]
    assert [each.columns for each in found.unique_keys] == [("email",), ("brand_id", "email")]


BRAND = {"id": "serial!=", "brand_id": "text!"}


@pytest.mark.parametrize(
    ("columns", "files"),
    [
        ('{ id: serial("id"), brandId: text("brand_id").notNull() }', {}),
        ('(t) => ({ id: t.serial("id"), brandId: t.text("brand_id").notNull() })', {}),
        ('({ serial, text: words }) => ({ id: serial("id"), brandId: words("brand_id").notNull() })', {}),
        ("cols", {"before": 'const cols = { id: serial("id"), brandId: text("brand_id").notNull() };'}),
        ('{ id: serial("id"), ...own }', {"before": 'const own = { brandId: text("brand_id").notNull() } as const;'}),
        ('{ id: serial("id"), ...own() }', {"before": 'const own = () => ({ brandId: text("brand_id").notNull() });'}),
        ('{ id: serial("id"), brandId }', {"before": 'const brandId = text("brand_id").notNull();'}),
        ('{ id: serial("id"), brandId: base.notNull() }', {"before": 'const base = text("brand_id");'}),
        ('{ id: serial("id"), brandId: tenant("brand_id") }',
         {"before": "function tenant(name: string) { return text(name).notNull(); }"}),
        ('{ id: serial("id"), brandId: text(NAME).notNull() }', {"before": 'const NAME = "brand_id";'}),
        ('{ id: serial("id"), brandId: pg.text("brand_id").notNull() }',
         {"before": 'import * as pg from "drizzle-orm/pg-core";'}),
        ('{ id: serial("id"), ...shared.tenant }',
         {"before": 'import { shared } from "./shared";',
          "shared": HEAD + 'export const shared = { tenant: { brandId: text("brand_id").notNull() } };'}),
        ('{ id: serial("id"), ...tenantColumns("brand_id") }',
         {"before": 'import { tenantColumns } from "./shared";',
          "shared": HEAD + "export const tenantColumns = (name: string) => ({ brandId: text(name).notNull() });"}),
        ('{ id: serial("id"), old: text("x") /* a comment, with text("y") */, old: text("brand_id").notNull() }', {}),
    ],
)  # fmt: skip
def test_columns_are_followed_wherever_they_are_written(columns: str, files: dict[str, str]) -> None:
    """Callbacks, constants, spreads, small functions, imports: all of it is a column of the table."""
    assert shape(table(columns, **files)) == BRAND


@pytest.mark.parametrize(
    ("columns", "before"),
    [
        ('{ brandId: text("brand_id").notNull(), ...load() }', "declare function load(): object;"),
        ('{ brandId: text("brand_id").notNull(), ...other.columns }', 'import { other } from "somewhere";'),
        ('{ brandId: text("brand_id").notNull(), [name]: text("x") }', "declare const name: string;"),
        ('{ brandId: text("brand_id").notNull(), ...(flag ? a : b) }', "declare const flag: boolean;"),
    ],
)
def test_a_spread_that_cannot_be_followed_is_a_gap_and_may_replace_what_stands_before(
    columns: str, before: str
) -> None:
    """Its columns are not known, and neither is whether it holds another one of that property."""
    found = table(columns, before=before)
    assert shape(found) == {"brand_id": "text!?"}
    assert len(found.gaps) == 1


def test_what_stands_after_a_spread_is_certain() -> None:
    """Later entries win."""
    found = table('{ ...load(), brandId: text("brand_id") }', before="declare function load(): object;")
    assert (shape(found), len(found.gaps)) == ({"brand_id": "text"}, 1)


@pytest.mark.parametrize(
    "column",
    ["text(`brand_${x}`)", "text(nameOf())", "whatever()", "brand", "fn(1)"],
)
def test_a_column_that_is_computed_is_a_gap(column: str) -> None:
    """Nobody runs the code to learn its name."""
    found = table(f"{{ brandId: {column} }}", before="const fn = (n: number) => { if (n) { return 1; } return 2; };")
    assert (shape(found), len(found.gaps)) == ({}, 1)


@pytest.mark.parametrize(
    ("builder", "casing", "name"),
    [
        ("text()", None, "brandId"),
        ("text()", "snake_case", "brand_id"),
        ("text({ enum: [] })", "snake_case", "brand_id"),
        ('text("brandId")', "snake_case", "brandId"),
    ],
)
def test_a_builder_without_a_name_is_called_after_its_property(builder: str, casing: Casing, name: str) -> None:
    """As it stands, or as Drizzle's casing turns it."""
    assert [each.name for each in table(f"{{ brandId: {builder} }}", casing=casing).columns] == [name]


@pytest.mark.parametrize(
    ("given", "snake", "camel"),
    [("brandId", "brand_id", "brandId"), ("HTTPUrl2", "http_url_2", "httpUrl2"), ("brand_id", "brand_id", "brandId")],
)
def test_casings(given: str, snake: str, camel: str) -> None:
    """Words begin at capitals, digits and underscores."""
    assert (cased(given, "snake_case"), cased(given, "camelCase"), cased(given, None)) == (snake, camel, given)


COLUMNS = '{ id: text("id"), brandId: text("brand_id"), at: timestamp("at") }'


@pytest.mark.parametrize(
    ("keys", "leads"),
    [
        ("(t) => [index().on(t.brandId)]", True),
        ("(t) => ({ byBrand: index('x').on(t.brandId, t.at) })", True),
        ("(table) => { return [uniqueIndex('x').on(table.brandId)]; }", True),
        ("({ brandId: b }) => [index().on(b)]", True),
        ("(t) => [index().using('btree', t.brandId)]", True),
        ("(t) => [index().onOnly(t.brandId.asc().nullsFirst()).concurrently()]", True),
        ("(t) => [primaryKey({ columns: [t.brandId, t.id], name: 'k' })]", True),
        ("(t) => [primaryKey(t.brandId, t.id)]", True),
        ("(t) => [unique().on(t.brandId, t.id)]", True),
        ("(t) => [...standard(t)]", True),
        ("(t) => [index().on(t.id, t.brandId)]", False),
        ("(t) => [index().on(t.brandId).where(sql`${t.at} IS NULL`)]", False),
        ("(t) => [index().on(sql`lower(${t.brandId})`)]", False),
        ("(t) => [foreignKey({ columns: [t.brandId], foreignColumns: [t.id] })]", False),
        ("() => []", False),
    ],
)
def test_keys_are_read_in_every_form(keys: str, leads: bool) -> None:
    """Lists and objects, methods and sort orders, helper functions."""
    before = "const standard = (x: any) => [index('s').on(x.brandId)];"
    found = table(COLUMNS, keys, before=before)
    assert found.gaps == ()
    assert (found.leading("brand_id") is not None) is leads


@pytest.mark.parametrize(
    "keys",
    ["keysOf", "(t) => keysOf(t)", "(t) => [...keysOf(t)]", "(t) => [index().on(...cols)]", "(t) => [index().on(t[x])]",
     "(t) => [index()]", "(t) => [outside(t)]", "(t) => { if (x) { return []; } return [index().on(t.brandId)]; }"],
)  # fmt: skip
def test_keys_that_cannot_be_followed_are_a_gap(keys: str) -> None:
    """An index may be there or not."""
    found = table(COLUMNS, keys, before='import { keysOf, outside } from "somewhere";')
    assert found.leading("brand_id") is None
    assert len(found.gaps) >= 1


def test_a_composite_primary_key_makes_its_columns_required() -> None:
    """The database refuses NULL in them."""
    found = table(COLUMNS, "(t) => [primaryKey({ columns: [t.brandId, t.id] })]")
    assert shape(found) == {"id": "text!", "brand_id": "text!", "at": "timestamp"}


def test_a_function_that_makes_tables_is_looked_through() -> None:
    """What the platform adds to every table is part of each of them."""
    helper = HEAD + (
        "export function brandTable(name: string, columns: object) {\n"
        '  return pgTable(name, { brandId: text("brand_id").notNull(), ...columns });\n}\n'
    )
    source = (
        'import { brandTable } from "./helper";\n'
        'export const a = brandTable("a", { x: text("x") });\nexport const b = brandTable("b", { y: text("y") });\n'
    )
    found = read(source, helper=helper)
    assert found.gaps == ()
    assert {each.name: (each.symbol, list(shape(each))) for each in found.tables} == {
        "a": ("a", ["brand_id", "x"]),
        "b": ("b", ["brand_id", "y"]),
    }


def test_a_table_creator_leaves_the_name_open() -> None:
    """Its function is not run; the columns are known all the same."""
    [found] = read(
        "const make = pgTableCreator((name) => `app_${name}`);\n"
        'export const t = make("t", { brandId: text("brand_id") });'
    ).tables
    assert (shape(found), [gap.what for gap in found.gaps]) == (
        {"brand_id": "text"},
        ["its name is made by a function"],
    )


@pytest.mark.parametrize(
    ("source", "files"),
    [
        ("export * from './t';", {"t": HEAD + 'export const t = pgTable("t", {});'}),
        ("export { t } from './t';", {"t": HEAD + 'export const t = pgTable("t", {});'}),
        (
            "export { x as t } from './t';",
            {"t": HEAD + 'export const x = pgTable("t", {}); export const y = pgTable("u", {});'},
        ),
        ("import { t } from './t'; export { t };", {"t": HEAD + 'export const t = pgTable("t", {});'}),
        (
            "export * from './b'; export * from './t';",
            {"b": "export * from './t';", "t": HEAD + 'export const t = pgTable("t", {});'},
        ),
        ('const t = pgTable("t", {}); export default t; export { t as u };', {}),
        ('export const t = pgSchema("s").table("t", {});', {}),
        ('export const t = (pgTable("t", {}) satisfies object)!;', {}),
        ('export const t = pgTable.withRLS("t", {});', {}),
    ],
)
def test_a_table_is_found_once_wherever_it_is_defined(source: str, files: dict[str, str]) -> None:
    """A schema file may only pass on what others define."""
    found = read(source, **files)
    assert ([each.name for each in found.tables], found.gaps) == (["t"], ())


@pytest.mark.parametrize(
    ("source", "files"),
    [
        ('export const tables = { t: pgTable("t", {}) };', {}),
        ('export function make() { return pgTable("t", {}); }', {}),
        ('const s = pgSchema("s"); export const all = [s.table("t", {})];', {}),
        ("export const t = pgTable(nameOf(), {});", {}),
        ('export const t = pgTable("t");', {}),
        ("export * from './gone';", {}),
        ("export * from 'elsewhere';", {}),
        ("export * from './broken';", {"broken": "const ="}),
        ("export { t } from './gone';", {}),
    ],
)
def test_what_may_hide_a_table_is_a_gap(source: str, files: dict[str, str]) -> None:
    """A table that is made where no definition leads to it has columns too."""
    found = read(source, **files)
    assert ([each.name for each in found.tables], len(found.gaps)) == ([], 1)


@pytest.mark.parametrize(
    "source",
    [
        "",
        "// pgTable('t', {})",
        "export const x = 'pgTable(\"t\", {})';",
        "console.table('t', {});",
        "export const v = pgView('v', {});",
        "export type T = { a: string }; export interface U {}",
        "export type { T } from './types';",
        "import { pgTable as other } from 'elsewhere'; export const t = other('t', {});",
    ],
)
def test_what_is_no_table_is_none(source: str) -> None:
    """Names decide nothing; where they come from does."""
    found = read(source, types="export type T = string;")
    assert (found.tables, found.gaps) == ((), ())


def test_a_broken_schema_is_unreadable() -> None:
    """Half a syntax tree proves nothing."""
    with pytest.raises(Unreadable):
        read("export const t = pgTable(")
