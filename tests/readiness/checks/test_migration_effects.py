"""New migrations that do more than shape tables: what they take away, lock, write, or might do."""

from __future__ import annotations

from typing import Any

import pytest

from prr_pipeline.readiness.model import Outcome, Reason
from tests.readiness.checks.released import AFTER, DROP, NEW, judged

NOTE = "ALTER TABLE membership.members ADD COLUMN note text;\n"


@pytest.mark.parametrize(
    "sql",
    [
        'ALTER SCHEMA "membership" RENAME TO "m2";',
        "ALTER TYPE membership.level RENAME VALUE 'a' TO 'b';",
        "ALTER TYPE membership.part DROP ATTRIBUTE a;",
        "ALTER VIEW membership.active SET SCHEMA other;",
        "ALTER TABLE membership.members DETACH PARTITION membership.old;",
        "DROP VIEW membership.active;",
        "DROP TYPE membership.level;",
        "DROP FUNCTION membership.f(int);",
        "DROP OWNED BY app;",
        "CREATE RULE r AS ON INSERT TO membership.members DO INSTEAD NOTHING;",
        "REVOKE ALL ON membership.members FROM app;",
        "REVOKE owner FROM app;",
        "ALTER DEFAULT PRIVILEGES REVOKE ALL ON TABLES FROM app;",
        "TRUNCATE membership.members;",
        "DELETE FROM membership.members WHERE size = 1;",
        "WITH gone AS (DELETE FROM membership.members RETURNING id) INSERT INTO membership.x SELECT id FROM gone;",
        "DO $$ BEGIN\n DELETE FROM membership.members;\nEND $$;",
        "PREPARE p AS SELECT 1;\nDROP VIEW membership.active;",
    ],
)
def test_what_is_taken_away_is_unmet(sql: str) -> None:
    """No release prepares it, and no rollback brings it back; nor does something that cannot be told hide it."""
    finding = judged("L11", {NEW: sql, **AFTER})
    assert finding.outcome is Outcome.UNMET
    assert "takes-away" in finding.message


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT membership.drop_everything();",
        "DO $$ BEGIN PERFORM membership.drop_everything(); END $$;",
        "DO $$ BEGIN IF membership.drop_everything() THEN NULL; END IF; END $$;",
        "DO $$ DECLARE x int; BEGIN x := membership.drop_everything(); END $$;",
        "CREATE TABLE membership.p AS SELECT membership.drop_everything();",
        "PREPARE drop_everything AS SELECT 1;",
        "CREATE OR REPLACE VIEW membership.drop_everything AS SELECT 1;",
        "ALTER TABLE membership.members DISABLE TRIGGER drop_everything;",
        "ALTER SYSTEM SET fsync = off;",
    ],
)
@pytest.mark.parametrize("number", ["L11", "L13"])
def test_what_is_not_known_to_add_only_is_unknown_and_named(sql: str, number: str) -> None:
    """The list is one of what is allowed: everything else is for a person."""
    finding = judged(number, {NEW: NOTE + sql, **AFTER})
    assert (finding.outcome, finding.reason) == (Outcome.UNKNOWN, Reason.NOT_RESOLVABLE)
    assert f"{NEW}:2 holds" in finding.message
    assert any(word in finding.message for word in ("drop_everything", "PREPARE", "DISABLE TRIG", "ALTER SYSTEM"))


def test_a_contract_beside_what_cannot_be_told_is_unknown() -> None:
    """A sound contract of a column says nothing of the rest."""
    assert judged("L11", {NEW: DROP, **AFTER}).outcome is Outcome.MET
    assert judged("L11", {NEW: DROP + "\nSELECT membership.f();", **AFTER}).outcome is Outcome.UNKNOWN


@pytest.mark.parametrize(
    ("sql", "outcome"),
    [
        ("UPDATE membership.members SET size = 1;", Outcome.UNKNOWN),
        ("UPDATE membership.members SET size = 1, display_name = '' WHERE size IS NULL;", Outcome.UNKNOWN),
        ("UPDATE membership.members SET size = 1 WHERE size IS NULL OR true;", Outcome.UNKNOWN),
        ("INSERT INTO membership.members (id) VALUES ('a') ON CONFLICT (id) DO UPDATE SET size = 1;", Outcome.UNKNOWN),
        ("UPDATE membership.members SET size = 1 WHERE size IS NULL AND id > 'a';", Outcome.MET),
        ("UPDATE membership.members SET note = display_name;", Outcome.MET),
    ],
)
def test_a_backfill_fills_what_is_empty_or_new(sql: str, outcome: Outcome) -> None:
    """What released code wrote may be lost otherwise."""
    assert judged("L11", {NEW: NOTE + sql, **AFTER}).outcome is outcome


@pytest.mark.parametrize(
    "sql",
    [
        "ALTER TYPE membership.level ADD VALUE 'c';",
        "CREATE TYPE membership.l AS ENUM ('a'); GRANT SELECT ON membership.members TO app; COMMENT ON TABLE x IS 'y';",
        "BEGIN; SET lock_timeout = '2s'; SELECT set_config('a.b', 'c', true); COMMIT;",
        "CREATE VIEW membership.active AS SELECT 1; DROP VIEW membership.active;",
        "CREATE FUNCTION membership.f() RETURNS int AS $$ SELECT 1 $$ LANGUAGE sql;",
        "CREATE TABLE membership.p (a int); UPDATE membership.p SET a = 1; DELETE FROM membership.p;",
        "CREATE TEMP TABLE p (a int); TRUNCATE p;",
        "ANALYZE membership.members; VACUUM membership.members; REINDEX TABLE CONCURRENTLY membership.members;",
        "LOCK TABLE membership.members IN ROW SHARE MODE;",
    ],
)
@pytest.mark.parametrize("number", ["L11", "L13"])
def test_what_only_adds_is_met(sql: str, number: str) -> None:
    """As is what happens to tables that the migration made itself."""
    assert judged(number, {NEW: sql, **AFTER}).outcome is Outcome.MET


@pytest.mark.parametrize(
    ("sql", "rule"),
    [
        ("LOCK TABLE membership.members IN ACCESS EXCLUSIVE MODE;", "locks-explicitly"),
        ("LOCK membership.members;", "locks-explicitly"),
        ("VACUUM FULL membership.members;", "rewrites-under-lock"),
        ("VACUUM (FULL) membership.members;", "rewrites-under-lock"),
        ("CLUSTER membership.members;", "rewrites-under-lock"),
        ("REINDEX TABLE membership.members;", "rewrites-under-lock"),
        ("REFRESH MATERIALIZED VIEW membership.active;", "rewrites-under-lock"),
        ("ALTER TABLE membership.members SET UNLOGGED;", "rewrites-under-lock"),
        ("UPDATE membership.members SET size = 1;", "writes-every-row"),
        ("UPDATE membership.members SET size = 1 WHERE true;", "writes-every-row"),
        ("DELETE FROM membership.members;", "writes-every-row"),
    ],
)
def test_a_lock_that_is_taken_or_kept_for_long_is_unmet(sql: str, rule: str) -> None:
    """Whether by name, by writing a table anew, or by writing every row of a large one."""
    finding = judged("L13", {NEW: sql}, database__large_tables=["members"])
    assert finding.outcome is Outcome.UNMET
    assert rule in finding.message


def test_every_row_of_a_small_table_may_be_written() -> None:
    """Which tables are large is declared."""
    sql = {NEW: "UPDATE membership.members SET size = 1;"}
    assert judged("L13", sql, database__large_tables=["others"]).outcome is Outcome.MET


def test_a_lock_outside_the_peak_hours_excuses_nothing_that_cannot_be_told() -> None:
    """The hours speak of locks alone."""
    keys: dict[str, Any] = {
        "database__peak_hours": "Mon-Fri 07:00-22:00",
        "database__migration_window": "Sun 02:00-04:00",
    }
    lock = "LOCK membership.members;"
    assert judged("L13", {NEW: lock}, **keys).outcome is Outcome.MET
    assert judged("L13", {NEW: lock + " SELECT membership.f();"}, **keys).outcome is Outcome.UNKNOWN
