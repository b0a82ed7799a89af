"""SQL migrations: what statements do to tables, and the tables that are there after them."""

from __future__ import annotations

import pytest

from prr_pipeline.errors import Unreadable
from prr_pipeline.repository.database.changes import ColumnDropped, Opaque
from prr_pipeline.repository.database.fold import Fold, in_order
from prr_pipeline.repository.database.migrations import read_migration
from prr_pipeline.repository.database.tables import Table, Tables
from prr_pipeline.repository.tree import Blob, blob_id_of

MEMBERS = """CREATE TABLE "membership"."members" (
  "id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
  "brand_id" text NOT NULL,
  "plan" varchar(40),
  "seats" integer[] DEFAULT '{}',
  CONSTRAINT "members_plan" UNIQUE("brand_id","plan")
);--> statement-breakpoint
CREATE INDEX "members_brand" ON "membership"."members" USING btree ("brand_id","id");
"""


def blob(text: str, path: str = "0000.sql") -> Blob:
    data = text.encode()
    return Blob(path, blob_id_of(data), data)


def after(*texts: str) -> Tables:
    fold = Fold()
    for number, text in enumerate(texts):
        fold.add(read_migration(blob(text, f"{number:04}.sql")))
    return fold.tables()


def table(*texts: str) -> Table:
    [found] = after(*texts).tables
    return found


def shape(found: Table) -> dict[str, str]:
    """Column to type, with ``!`` where it is required and ``=`` where it has a default."""
    return {
        each.name: each.type + ("" if each.nullable else "!") + ("=" if each.has_default else "")
        for each in found.columns
    }


def test_a_created_table_has_its_columns_keys_and_lines() -> None:
    """As Drizzle writes it: quoted names, a schema, breakpoints as comments."""
    found = table(MEMBERS)
    assert (found.full_name, found.path, found.line) == ("membership.members", "0000.sql", 1)
    assert shape(found) == {"id": "uuid!=", "brand_id": "text!", "plan": "varchar(40)", "seats": "int4[]="}
    assert [column.line for column in found.columns] == [2, 3, 4, 5]
    assert found.primary_key is not None
    assert found.primary_key.columns == ("id",)
    assert [(key.columns, key.line) for key in found.unique_keys] == [(("brand_id", "plan"), 6)]
    assert [(index.columns, index.name, index.line) for index in found.indexes] == [
        (("brand_id", "id"), "members_brand", 8)
    ]


@pytest.mark.parametrize(
    ("statement", "shaped"),
    [
        ("ALTER TABLE t ADD COLUMN c int NOT NULL DEFAULT 1", {"a": "int4", "b": "text!", "c": "int4!="}),
        ("ALTER TABLE ONLY public.t ADD c bigserial", {"a": "int4", "b": "text!", "c": "bigserial!="}),
        ("ALTER TABLE t ADD COLUMN IF NOT EXISTS a text", {"a": "int4", "b": "text!"}),
        ("ALTER TABLE t DROP COLUMN a", {"b": "text!"}),
        ("ALTER TABLE t RENAME COLUMN a TO z", {"z": "int4", "b": "text!"}),
        ('ALTER TABLE t RENAME b TO "Odd é Name"', {"a": "int4", "Odd é Name": "text!"}),
        ("ALTER TABLE t ALTER a SET NOT NULL, ALTER b DROP NOT NULL", {"a": "int4!", "b": "text"}),
        ("ALTER TABLE t ALTER a SET DEFAULT 3", {"a": "int4=", "b": "text!"}),
        ("ALTER TABLE t ALTER a TYPE bigint USING a::bigint", {"a": "int8", "b": "text!"}),
        ("ALTER TABLE t ADD PRIMARY KEY (a)", {"a": "int4!", "b": "text!"}),
        ("ALTER TABLE t ALTER a SET NOT NULL, ALTER a ADD GENERATED ALWAYS AS IDENTITY", {"a": "int4!=", "b": "text!"}),
        ("SET search_path TO public; ALTER TABLE t DROP a", {"b": "text!"}),
        ("DO $$ BEGIN\n ALTER TABLE t DROP COLUMN a;\nEXCEPTION WHEN others THEN null; END $$", {"b": "text!"}),
        ("CREATE TABLE IF NOT EXISTS t (other int)", {"a": "int4", "b": "text!"}),
        ("CREATE TEMP TABLE u (a int); DROP TABLE u; SELECT 1", {"a": "int4", "b": "text!"}),
        ("-- ALTER TABLE t DROP COLUMN a;\n/* DROP TABLE t; */ SELECT 'DROP TABLE t;'", {"a": "int4", "b": "text!"}),
    ],
)
def test_a_later_statement_changes_the_columns(statement: str, shaped: dict[str, str]) -> None:
    """Each statement does what Postgres would do."""
    assert shape(table("CREATE TABLE t (a int, b text NOT NULL)", statement)) == shaped


@pytest.mark.parametrize(
    ("statement", "names"),
    [
        ("DROP TABLE t", []),
        ("DROP TABLE IF EXISTS t, gone CASCADE", []),
        ("DROP TABLE other.t", ["t"]),
        ("DROP SCHEMA public CASCADE", []),
        ("ALTER TABLE t RENAME TO u", ["u"]),
        ("ALTER TABLE t SET SCHEMA billing", ["billing.t"]),
        ("CREATE SCHEMA s CREATE TABLE v (a int)", ["t", "s.v"]),
        ("SET search_path = s, public; CREATE TABLE v (a int)", ["t", "s.v"]),
        ('CREATE TABLE "T" (a int)', ["T", "t"]),
        ("CREATE VIEW w AS SELECT 1", ["t"]),
    ],
)
def test_tables_come_move_and_go(statement: str, names: list[str]) -> None:
    """Quoted names keep their case; a schema tells tables of one name apart."""
    assert [each.full_name for each in after("CREATE TABLE t (a int)", statement).tables] == names


@pytest.mark.parametrize(
    ("statement", "leads"),
    [
        ("CREATE INDEX ON t (a)", True),
        ("CREATE INDEX CONCURRENTLY IF NOT EXISTS i ON ONLY t USING hash (a)", True),
        ("CREATE UNIQUE INDEX i ON t (a DESC, b)", True),
        ("ALTER TABLE t ADD CONSTRAINT k UNIQUE (a, b)", True),
        ("ALTER TABLE t ADD PRIMARY KEY (a, b)", True),
        ("CREATE UNIQUE INDEX i ON t (a); ALTER TABLE t ADD CONSTRAINT k UNIQUE USING INDEX i", True),
        ("CREATE INDEX i ON t (a); ALTER INDEX i RENAME TO j", True),
        ("CREATE INDEX i ON t (b, a)", False),
        ("CREATE INDEX i ON t (b) INCLUDE (a)", False),
        ("CREATE INDEX i ON t (lower(a))", False),
        ("CREATE INDEX i ON t (a) WHERE b IS NOT NULL", False),
        ("CREATE INDEX i ON t (a); DROP INDEX i", False),
        ("CREATE INDEX i ON t (a); ALTER INDEX i RENAME TO j; DROP INDEX j", False),
        ("ALTER TABLE t ADD UNIQUE (a); ALTER TABLE t DROP CONSTRAINT t_a_key", False),
        ("CREATE INDEX i ON t (b, a); ALTER TABLE t DROP COLUMN b", False),
    ],
)
def test_an_index_leads_with_a_column_only_if_it_finds_every_row_by_it(statement: str, leads: bool) -> None:
    """A second place, a carried column, an expression or a condition is no leading column."""
    assert (table("CREATE TABLE t (a text, b text)", statement).leading("a") is not None) is leads


@pytest.mark.parametrize(
    ("key", "holds"),
    [
        ("UNIQUE (event_id, handler)", True),
        ("UNIQUE (handler, event_id)", True),
        ("PRIMARY KEY (event_id, handler)", True),
        ("UNIQUE (event_id)", False),
        ("UNIQUE (event_id, handler, at)", False),
    ],
)
def test_a_unique_key_is_over_just_the_columns(key: str, holds: bool) -> None:
    """One column fewer refuses a second handler; one more lets a second delivery pass."""
    found = table(f"CREATE TABLE processed_events (event_id text, handler text, at date, {key})")
    assert (found.unique_over(("event_id", "handler")) is not None) is holds


def test_a_conditional_unique_index_holds_nothing_apart() -> None:
    """Rows outside the condition may stand twice."""
    create = "CREATE TABLE p (event_id text, handler text)"
    whole = table(create, "CREATE UNIQUE INDEX ON p (event_id, handler)")
    assert whole.unique_over(("event_id", "handler")) is not None
    some = table(create, "CREATE UNIQUE INDEX ON p (event_id, handler) WHERE handler <> ''")
    assert some.unique_over(("event_id", "handler")) is None


@pytest.mark.parametrize(
    "child",
    [
        "CREATE TABLE c PARTITION OF p FOR VALUES FROM (1) TO (2)",
        "CREATE TABLE c (extra int) INHERITS (p)",
        "CREATE TABLE c (LIKE p INCLUDING ALL)",
    ],
)
def test_partitions_children_and_copies_have_the_parents_columns(child: str) -> None:
    """A partition is a table of the database as well."""
    found = after("CREATE TABLE p (brand_id text NOT NULL, at date) PARTITION BY RANGE (at)", child)
    column = found.tables[0].column("brand_id")
    assert column is not None
    assert not column.nullable


def test_what_a_parent_gets_later_its_partitions_get_too_and_copies_do_not() -> None:
    """Inheritance is a tie, LIKE is not."""
    create = "CREATE TABLE p (at date) PARTITION BY RANGE (at); CREATE TABLE c PARTITION OF p DEFAULT;"
    found = after(create + "CREATE TABLE l (LIKE p)", "ALTER TABLE p ADD brand_id text; CREATE INDEX ON p (brand_id)")
    names = {each.name: each.leading("brand_id") is not None for each in found.tables}
    assert names == {"c": True, "l": False, "p": True}


@pytest.mark.parametrize(
    "create",
    ["CREATE TABLE c AS SELECT 1 AS a", "SELECT 1 AS a INTO c", "CREATE TABLE c OF a_type", "CREATE TABLE c (LIKE x)"],
)
def test_columns_that_the_migrations_do_not_tell_are_a_gap(create: str) -> None:
    """A query, a type or a table from elsewhere says what the columns are."""
    [found] = after(create).tables
    assert len(found.gaps) == 1


@pytest.mark.parametrize(
    "statement",
    [
        "DO $$ BEGIN EXECUTE 'ALTER TABLE t DROP COLUMN a'; END $$",
        "DO LANGUAGE plpython3u $$ x $$",
        "DO $$ BEGIN CALL tidy(); END $$",
        "CALL tidy()",
        "DO $$ this is no code $$",
        "ALTER TABLE elsewhere ADD COLUMN a int",
    ],
)
def test_what_may_do_anything_is_a_gap_and_stays_visible(statement: str) -> None:
    """Computed statements are not run to see what they do."""
    found = after("CREATE TABLE t (a int)", statement)
    assert len(found.gaps) == 1
    assert found.gaps[0].path == "0001.sql"


def test_changes_within_a_block_have_the_lines_of_the_file() -> None:
    """The block's own lines count on from where it begins."""
    text = "SELECT 1;\n\nDO $$\nBEGIN\n  ALTER TABLE t\n    DROP COLUMN a;\n  EXECUTE 'x';\nEND $$;\n"
    changes = read_migration(blob(text)).changes
    assert [(type(each), each.at.line) for each in changes] == [(ColumnDropped, 5), (Opaque, 7)]


def test_each_action_of_a_statement_knows_the_lines_of_the_whole() -> None:
    """A tool that names the first or the last line still finds it."""
    text = "-- é\nALTER TABLE t\n  ADD COLUMN b int,\n  DROP COLUMN a\n;"
    places = [each.at for each in read_migration(blob(text)).changes]
    assert [(each.line, each.first, each.last) for each in places] == [(3, 2, 4), (2, 2, 4)]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("SELECT 1;\nSELEC 2;", "line 2"),
        ("CREATE TABLE t (a int", "no SQL that Postgres reads"),
        ("\\connect prod", "no SQL that Postgres reads"),
        ("CREATE TABLE t (a int);\0DROP TABLE t;", "a NUL character"),
        ("SELECT " + "(" * 20_000, "0000.sql"),
    ],
)
def test_what_postgres_would_not_read_is_unreadable(text: str, said: str) -> None:
    """Half a migration proves nothing."""
    with pytest.raises(Unreadable, match=said):
        read_migration(blob(text))


@pytest.mark.parametrize("text", ["", "-- nothing\n", ";;"])
def test_an_empty_migration_does_nothing(text: str) -> None:
    """A file of comments is one that was read."""
    assert read_migration(blob(text)).changes == ()


def test_migrations_run_in_the_order_of_their_numbers() -> None:
    """The tenth comes after the second, padded or not."""
    paths = ["d/10_a.sql", "d/2_b.sql", "d/0001_c.sql", "d/20240101_x/migration.sql"]
    assert in_order(paths) == ("d/0001_c.sql", "d/2_b.sql", "d/10_a.sql", "d/20240101_x/migration.sql")
