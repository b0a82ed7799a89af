"""Every table keeps tenants apart: the column is there, required and indexed, in the schema and in the database."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from prr_pipeline.readiness.model import Finding, Outcome, Reason
from prr_pipeline.subjects import Subject, SubjectKind
from tests.readiness.checks.platform import judged as judge_line
from tests.readiness.checks.platform import loop

L6, L14 = "L6", "L14"
LOOP = loop()
SERVICE = Subject(SubjectKind.SERVICE, "membership")
ROOT = "services/membership"
SCHEMA, FIRST = f"{ROOT}/src/db/schema.ts", f"{ROOT}/drizzle/0000_first.sql"
HEAD = """import { pgSchema, text, uuid, index, unique } from "drizzle-orm/pg-core";
export const membership = pgSchema("membership");
"""
MEMBERS = """export const members = membership.table("members", {
  id: uuid("id").primaryKey(),
  brandId: text("brand_id").notNull(),
}, (t) => [index("members_brand").on(t.brandId)]);
"""
PLANS = """export const plans = membership.table("plans", {
  id: uuid("id").primaryKey(),
  %s
}, (t) => [%s]);
"""
SQL = """CREATE SCHEMA "membership";
CREATE TABLE "membership"."members" ("id" uuid PRIMARY KEY, "brand_id" text NOT NULL);
CREATE INDEX "members_brand" ON "membership"."members" ("brand_id");
"""


def judged(number: str, files: Mapping[str, str], **changes: Any) -> Finding:
    return judge_line(number, files, SERVICE, using=loop(**changes) if changes else LOOP)


def schema(*tables: str) -> dict[str, str]:
    return {SCHEMA: HEAD + "".join(tables)}


def plans(column: str, keys: str = "") -> dict[str, str]:
    return schema(MEMBERS, PLANS % (column, keys))


def test_tables_that_all_have_it_are_met_with_their_places() -> None:
    """In the schema, and in what the migrations make."""
    finding = judged(L14, {**schema(MEMBERS), FIRST: SQL})
    assert finding.outcome is Outcome.MET
    assert finding.message == "Every table of membership (1) has brand_id, required and leading an index."
    assert [(place.path, place.line, place.snippet) for place in finding.locations] == [
        (SCHEMA, 3, "membership.members")
    ]


@pytest.mark.parametrize(
    ("column", "keys", "l6", "l14", "said"),
    [
        ('brandId: text("brand_id").notNull(),', "index().on(t.brandId)", Outcome.MET, Outcome.MET, ""),
        ('brand: text("brand_id").notNull(),', "unique().on(t.brand, t.id)", Outcome.MET, Outcome.MET, ""),
        ('brandId: text("brand_id"),', "index().on(t.brandId)", Outcome.MET, Outcome.UNMET, "lets brand_id be NULL"),
        ('brandId: text("brand_id").notNull(),', "", Outcome.MET, Outcome.UNMET, "no index that begins with brand_id"),
        ('brandId: text("brand_id").notNull(),', "index().on(t.id, t.brandId)", Outcome.MET, Outcome.UNMET, "no index"),
        ('brand_id: text("brand").notNull(),', "", Outcome.UNMET, Outcome.UNMET, "membership.plans has no brand_id"),
        ("// brandId: text('brand_id')", "", Outcome.UNMET, Outcome.UNMET, "membership.plans has no brand_id"),
    ],
)
def test_each_table_is_held_to_it(column: str, keys: str, l6: Outcome, l14: Outcome, said: str) -> None:
    """The database's name counts, not the property's."""
    files = plans(column, keys)
    assert (judged(L6, files).outcome, judged(L14, files).outcome) == (l6, l14)
    if said:
        finding = judged(L14, files)
        assert said in finding.message
        assert [(place.path, place.line) for place in finding.locations] == [(SCHEMA, 7)]


def test_a_shared_spread_across_packages_is_followed() -> None:
    """The columns of a package of the platform are columns of the table."""
    files = {
        SCHEMA: HEAD + 'import { tenant } from "@platform/core/columns";\n' + PLANS % ("...tenant,", ""),
        "packages/core/package.json": '{"name": "@platform/core", "exports": {"./columns": "./src/columns.ts"}}',
        "packages/core/src/columns.ts": 'import { text } from "drizzle-orm/pg-core";\n'
        'export const tenant = { brandId: text("brand_id").notNull() };',
        "package.json": '{"workspaces": ["packages/*"]}',
    }
    assert judged(L6, files).outcome is Outcome.MET


@pytest.mark.parametrize(
    ("column", "keys", "line", "said"),
    [
        ("...columns(),", "", L6, "a spread that could not be followed"),
        ('brandId: text("brand_id").notNull(), ...columns(),', "index().on(t.brandId)", L6, "after brand_id"),
        ("brandId: text(nameOf()).notNull(),", "", L6, "the name of the column brandId is computed"),
        ('brandId: text("brand_id").notNull(),', "...keysOf(t)", L14, "indexes that are told only by running it"),
    ],
)
def test_what_only_running_the_schema_would_tell_is_unknown(column: str, keys: str, line: str, said: str) -> None:
    """A table is not held guilty of what nobody could read, and not let off either."""
    finding = judged(line, plans(column, keys))
    assert (finding.outcome, finding.reason) == (Outcome.UNKNOWN, Reason.NOT_RESOLVABLE)
    assert said in finding.message


def test_one_table_that_is_wrong_outweighs_one_that_is_not_known() -> None:
    """What was seen to be wrong can be mended now."""
    finding = judged(L6, schema(PLANS % ("...columns(),", ""), 'export const t = membership.table("t", {});'))
    assert finding.outcome is Outcome.UNMET


def test_a_table_that_is_made_out_of_sight_is_unknown() -> None:
    """All others having the column proves nothing of it."""
    finding = judged(L6, schema(MEMBERS, 'export const more = { x: membership.table("x", {}) };'))
    assert (finding.outcome, finding.reason) == (Outcome.UNKNOWN, Reason.NOT_RESOLVABLE)


@pytest.mark.parametrize("name", ["plans", "membership.plans"])
def test_an_exempt_table_needs_a_reason(name: str) -> None:
    """With one it is left out and named; without one nobody declared anything."""
    files = plans("")
    exempt = judged(L6, files, tenant__exempt_tables={name: "plans are the same for all brands"})
    assert exempt.outcome is Outcome.MET
    assert exempt.values["exempt"] == ["membership.plans"]
    blank = judged(L6, files, tenant__exempt_tables={name: "  "})
    assert (blank.outcome, blank.reason) == (Outcome.UNKNOWN, Reason.NOT_DECLARED)
    other = judged(L6, files, tenant__exempt_tables={"billing.plans": "of another schema"})
    assert other.outcome is Outcome.UNMET


def test_all_tables_exempt_leaves_nothing_to_hold_to_it() -> None:
    """That is told, with the tables."""
    finding = judged(L6, schema(MEMBERS), tenant__exempt_tables={"members": "shared"})
    assert finding.outcome is Outcome.NOT_APPLICABLE
    assert "each (1) is exempt" in finding.message


@pytest.mark.parametrize(
    ("sql", "line", "said"),
    [
        ('CREATE TABLE "membership"."members" ("id" uuid);', L6, "membership.members has no brand_id (in the migra"),
        ('CREATE TABLE "membership"."members" ("brand_id" text);', L14, "lets brand_id be NULL (in the migrations"),
        ('CREATE TABLE "membership"."members" ("brand_id" text NOT NULL);', L14, "no index that begins with brand_id"),
        (SQL + "ALTER TABLE membership.members DROP COLUMN brand_id;", L6, "has no brand_id"),
        (SQL + 'CREATE TABLE "membership"."audit_log" ("id" uuid);', L6, "membership.audit_log has no brand_id"),
    ],
)
def test_the_database_is_what_the_migrations_make_of_it(sql: str, line: str, said: str) -> None:
    """A schema that promises more than its migrations keep, and tables that it does not know, are seen."""
    finding = judged(line, {**schema(MEMBERS), FIRST: sql})
    assert finding.outcome is Outcome.UNMET
    assert said in finding.message


def test_drift_between_schema_and_migrations_is_told() -> None:
    """Tables that one of both knows alone."""
    sql = SQL + 'CREATE TABLE "membership"."audit_log" ("brand_id" text NOT NULL);'
    finding = judged(L6, {**schema(MEMBERS, PLANS % ('b: text("brand_id"),', "")), FIRST: sql})
    assert finding.outcome is Outcome.MET
    drift = ["membership.audit_log is in the migrations alone", "membership.plans is in the schema alone"]
    assert finding.values["drift"] == drift
    assert drift[0] in finding.message


def test_an_index_that_only_a_migration_makes_counts() -> None:
    """It may be built concurrently, by hand."""
    bare = MEMBERS.replace('index("members_brand").on(t.brandId)', "")
    assert judged(L14, {**schema(bare), FIRST: SQL}).outcome is Outcome.MET


def test_an_old_block_that_ran_computed_code_does_not_hide_what_the_schema_says() -> None:
    """It cannot be written out any more; with no schema beside it, nobody knows."""
    sql = SQL + "DO $$ BEGIN EXECUTE 'x'; END $$;"
    assert judged(L6, {**schema(MEMBERS), FIRST: sql}).outcome is Outcome.MET
    alone = judged(L6, {FIRST: sql})
    assert (alone.outcome, alone.reason) == (Outcome.UNKNOWN, Reason.NOT_RESOLVABLE)


@pytest.mark.parametrize(
    "files",
    [{SCHEMA: "export const t = ("}, {SCHEMA: HEAD + MEMBERS, FIRST: "CREATE TABEL x;"}],
    ids=["schema", "migration"],
)
def test_what_cannot_be_parsed_is_unknown(files: dict[str, str]) -> None:
    """Half a syntax tree proves nothing."""
    finding = judged(L6, files)
    assert (finding.outcome, finding.reason) == (Outcome.UNKNOWN, Reason.UNREADABLE)


def test_a_schema_without_tables_has_nothing_to_hold_to_it() -> None:
    """A template's empty schema, and nothing migrated."""
    finding = judged(L6, {SCHEMA: "export {};\n"})
    assert finding.outcome is Outcome.NOT_APPLICABLE
    assert [place.path for place in finding.locations] == [SCHEMA]


def test_a_service_without_a_database_uses_no_database_library() -> None:
    """Only then is it no question; a schema elsewhere would pass otherwise."""
    index = f"{ROOT}/src/index.ts"
    finding = judged(L6, {index: 'import { Hono } from "hono";'})
    assert finding.outcome is Outcome.NOT_APPLICABLE
    assert "has no database" in finding.message
    hidden = judged(L6, {index: 'import { drizzle } from "drizzle-orm/node-postgres";'})
    assert (hidden.outcome, hidden.reason) == (Outcome.UNKNOWN, Reason.NO_EVIDENCE)
    assert [(place.path, place.line) for place in hidden.locations] == [(index, 1)]
    nothing = judged(L6, {"README.md": ""})
    assert (nothing.outcome, nothing.reason) == (Outcome.UNKNOWN, Reason.NO_EVIDENCE)


def test_drizzles_casing_names_columns_that_are_not_named() -> None:
    """As the service's configuration says."""
    files = schema(MEMBERS.replace('text("brand_id")', "text()"))
    assert judged(L6, files).outcome is Outcome.UNMET
    config = 'import { defineConfig } from "drizzle-kit";\nexport default defineConfig({ casing: "snake_case" });'
    assert judged(L6, {**files, f"{ROOT}/drizzle.config.ts": config}).outcome is Outcome.MET


def test_prisma_models_are_held_to_it_alike() -> None:
    """The place of the schema says which language it is in."""
    path = f"{ROOT}/prisma/schema.prisma"
    model = "model Member {\n id String @id\n brandId String %s\n @@index([brandId])\n}\n"
    where = {"paths__db_schema": "services/{service}/prisma/*.prisma"}
    assert judged(L14, {path: model % '@map("brand_id")'}, **where).outcome is Outcome.MET
    assert judged(L14, {path: model % ""}, **where).outcome is Outcome.UNMET


def test_an_undeclared_column_is_unknown_and_names_the_key() -> None:
    """Nobody guesses what keeps tenants apart."""
    finding = judged(L6, schema(MEMBERS), tenant__column=None)
    assert (finding.outcome, finding.reason) == (Outcome.UNKNOWN, Reason.NOT_DECLARED)
    assert "tenant.column" in finding.message


def test_the_digest_follows_the_tables_and_nothing_else() -> None:
    """Comments, other columns and other services leave it as it is; a new table does not."""
    one = judged(L6, schema(MEMBERS)).subject_digest
    more = MEMBERS.replace("brandId:", '// why\n  note: text("note"),\n  brandId:')
    assert judged(L6, {**schema(more), "services/jobs/src/db/schema.ts": "broken ("}).subject_digest == one
    assert judged(L6, plans('brandId: text("brand_id").notNull(),')).subject_digest != one
