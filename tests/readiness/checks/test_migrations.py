"""New migrations: steps that running code survives, and locks that are short."""

from __future__ import annotations

import pytest

from prr_pipeline.control.squawk import gather_migrations
from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.migration_facts import MigrationAbsent, MigrationLint
from prr_pipeline.readiness.model import Finding, Outcome, Reason
from prr_pipeline.readiness.release_facts import BaseAbsent
from prr_pipeline.repository.tree import blob_id_of
from tests.readiness.checks.platform import judged as judge_line
from tests.readiness.checks.released import (
    AFTER,
    BASE,
    CODE,
    DROP,
    FIRST,
    LOOP,
    NEW,
    OLD_NAME,
    ROOT,
    SCHEMA,
    SECOND,
    SERVICE,
    WITH_OLD,
    judged,
)
from tests.readiness.fakes import NOW, FakeSnapshot

NOTE = "ALTER TABLE membership.members ADD COLUMN note text;"


def expanded(sql: str, **files: str) -> Finding:
    return judged("L11", {NEW: sql, **AFTER, **files})


@pytest.mark.parametrize(
    "sql",
    [
        'ALTER TABLE "membership"."members" ADD COLUMN "note" text;',
        "ALTER TABLE membership.members ADD COLUMN level int NOT NULL DEFAULT 1;",
        "CREATE TABLE membership.plans (id uuid PRIMARY KEY, brand_id text NOT NULL);",
        "CREATE TABLE membership.p (id uuid); ALTER TABLE membership.p ADD COLUMN x int NOT NULL;",
        "CREATE TABLE membership.p (id uuid, x int);\nALTER TABLE membership.p DROP COLUMN x;",
        "DO $$ BEGIN\n CREATE TYPE membership.s AS ENUM ('a');\nEXCEPTION WHEN duplicate_object THEN null;\nEND $$;",
        "-- nothing yet",
        "INSERT INTO membership.members (id) SELECT gen_random_uuid();",
    ],
)
def test_a_migration_that_only_expands_is_met(sql: str) -> None:
    """What nobody uses yet may be shaped at will."""
    finding = expanded(sql)
    assert finding.outcome is Outcome.MET
    assert [place.path for place in finding.locations] == [NEW]


@pytest.mark.parametrize(
    ("sql", "rule"),
    [
        ("ALTER TABLE membership.members DROP COLUMN size;", "ban-drop-column"),
        ("ALTER TABLE membership.members RENAME COLUMN size TO big;", "renaming-column"),
        ("ALTER TABLE membership.members ALTER size TYPE bigint;", "changing-column-type"),
        ("DROP TABLE membership.members;", "ban-drop-table"),
        ("ALTER TABLE membership.members RENAME TO people;", "renaming-table"),
        ("ALTER TABLE membership.members SET SCHEMA people;", "renaming-table"),
        ("ALTER TABLE membership.members ADD COLUMN x int NOT NULL;", "adding-required-field"),
        ("ALTER TABLE membership.members ALTER size SET NOT NULL;", "adding-not-nullable-field"),
        ("DO $$ BEGIN\n ALTER TABLE membership.members DROP COLUMN size;\nEND $$;", "ban-drop-column"),
        ("-- squawk-ignore-file\nALTER TABLE membership.members DROP COLUMN size;", "ban-drop-column"),
        ("CREATE TABLE x (a int); ALTER TABLE membership.members DROP COLUMN size;", "ban-drop-column"),
        ("CREATE TABLE x (a int); ALTER TABLE x DROP a; ALTER TABLE membership.members DROP size;", "ban-drop-column"),
    ],
)
def test_a_step_that_released_code_does_not_survive_is_unmet(sql: str, rule: str) -> None:
    """The released code uses the column or the table; the place is the statement's."""
    use = 'import { members } from "../db/schema";\nexport const s = (x: any) => x.where(members.size, members.id);'
    base = {**BASE, CODE: use, SCHEMA: WITH_OLD.replace(OLD_NAME, OLD_NAME + '  size: integer("size"),\n')}
    if rule == "adding-not-nullable-field":
        base = BASE
    finding = judged("L11", {NEW: sql}, base)
    assert finding.outcome is Outcome.UNMET
    assert rule in finding.message
    line = next(at + 1 for at, text in enumerate(sql.split("\n")) if "ALTER TABLE m" in text or "DROP TABLE" in text)
    assert (NEW, line) in [(place.path, place.line) for place in finding.locations]


def test_computed_statements_are_unknown() -> None:
    """Nobody runs them to see."""
    for number in ("L11", "L13"):
        finding = judged(number, {NEW: "SELECT 1;\nDO $$ BEGIN EXECUTE 'DROP TABLE ' || 'x'; END $$;"})
        assert (finding.outcome, finding.reason) == (Outcome.UNKNOWN, Reason.NOT_RESOLVABLE)
        assert [(place.path, place.line) for place in finding.locations][:1] == [(NEW, 2)] or number == "L11"


ALL = ("L11", "L12", "L13")


@pytest.mark.parametrize("number", ALL)
def test_no_new_migration_is_not_applicable_with_those_that_were_there(number: str) -> None:
    """Old ones have run; a released one that only moved is the same."""
    for changed in ({}, {SECOND: None, f"{ROOT}/drizzle/0001_renamed.sql": BASE[SECOND]}):
        finding = judged(number, changed)
        assert finding.outcome is Outcome.NOT_APPLICABLE
        assert "no migration that is new since the release v1.4.0; 2 were there" in finding.message
        assert [place.path for place in finding.locations] == [FIRST, SECOND]


def test_a_new_migration_that_repeats_a_released_one_is_new() -> None:
    """It runs again; only one that moved has run already."""
    again = f"{ROOT}/drizzle/0002_again.sql"
    base = {**BASE, SECOND: "ALTER TABLE membership.members DROP COLUMN size;"}
    assert judged("L11", {again: base[SECOND]}, base).outcome is Outcome.UNMET
    assert judged("L11", {again: base[SECOND], SECOND: None}, base).outcome is Outcome.NOT_APPLICABLE


@pytest.mark.parametrize("number", ALL)
@pytest.mark.parametrize(
    ("base", "said"),
    [(None, "name what was released last"), (BaseAbsent("No tag is a release.", Reason.NO_BASELINE), "No tag is")],
)
def test_without_a_base_nobody_knows_what_is_new(number: str, base: BaseAbsent | None, said: str) -> None:
    """The message says the way out, once."""
    finding = judged(number, {NEW: DROP}, facts={"base": base})
    assert (finding.outcome, finding.reason) == (Outcome.UNKNOWN, Reason.NO_BASELINE)
    assert finding.message.count(said) == 1


def test_the_first_release_has_only_new_migrations_and_only_new_tables() -> None:
    """Nothing runs that they could break."""
    files = {FIRST: BASE[FIRST], SECOND: BASE[SECOND] + DROP}
    lint = gather_migrations(FakeSnapshot(files), LOOP, None)
    facts = Facts(now=NOW, base=BaseAbsent("This is the first release.", None), migrations=lint)
    assert judge_line("L11", files, SERVICE, facts, LOOP).outcome is Outcome.MET


@pytest.mark.parametrize("changed", [{SECOND: "SELECT 2;"}, {SECOND: None}])
def test_a_released_migration_that_changed_is_unmet(changed: dict[str, str | None]) -> None:
    """It has run already: what is written in it now never does."""
    finding = judged("L11", changed)
    assert finding.outcome is Outcome.UNMET
    assert finding.message.count(SECOND) == 1
    assert [place.path for place in finding.locations] == [SECOND]


@pytest.mark.parametrize("number", ["L11", "L13"])
@pytest.mark.parametrize(
    ("lint", "reason"),
    [
        (None, Reason.NO_EVIDENCE),
        (MigrationLint("squawk 2.70.0", {}), Reason.NO_EVIDENCE),
        (MigrationAbsent("squawk is not installed; install it.", Reason.TOOL_ABSENT), Reason.TOOL_ABSENT),
        (MigrationLint("squawk", {blob_id_of(DROP.encode()): MigrationAbsent("Broken.", Reason.UNREADABLE)}),
         Reason.UNREADABLE),
    ],
)  # fmt: skip
def test_a_migration_that_nobody_linted_is_unknown(number: str, lint: object, reason: Reason) -> None:
    """Silence is no clean run."""
    finding = judged(number, {NEW: DROP}, facts={"migrations": lint})
    assert (finding.outcome, finding.reason) == (Outcome.UNKNOWN, reason)


@pytest.mark.parametrize("number", ALL)
def test_sql_that_cannot_be_parsed_is_unknown(number: str) -> None:
    """Nobody can say what it does."""
    finding = judged(number, {NEW: "ALTER TABEL x;"})
    assert (finding.outcome, finding.reason) == (Outcome.UNKNOWN, Reason.UNREADABLE)


LOCKS = [
    ("CREATE INDEX i ON membership.members (size);", "require-concurrent-index-creation"),
    ("CREATE INDEX CONCURRENTLY i ON membership.members (size); DROP INDEX membership.j;",
     "require-concurrent-index-deletion"),
    ("ALTER TABLE membership.members ADD CONSTRAINT u UNIQUE (size);", "disallowed-unique-constraint"),
    ("ALTER TABLE membership.members ADD CONSTRAINT f FOREIGN KEY (id) REFERENCES x (id);",
     "adding-foreign-key-constraint"),
    ("ALTER TABLE membership.members ADD CONSTRAINT c CHECK (size > 0);", "constraint-missing-not-valid"),
    ("ALTER TABLE membership.members ALTER size TYPE bigint;", "changing-column-type"),
    ("ALTER TABLE membership.members ALTER size SET NOT NULL;", "adding-not-nullable-field"),
    ("ALTER TABLE membership.members ADD COLUMN u uuid DEFAULT gen_random_uuid();", "adding-field-with-default"),
    ("DO $$ BEGIN ALTER TABLE membership.members ADD CONSTRAINT f FOREIGN KEY (id) REFERENCES x (id); END $$;",
     "adding-foreign-key-constraint"),
    ("DO $$ BEGIN CREATE INDEX i ON membership.members (size); END $$;", "require-concurrent-index-creation"),
]  # fmt: skip


@pytest.mark.parametrize(("sql", "rule"), LOCKS)
def test_a_statement_that_locks_a_table_for_long_is_unmet(sql: str, rule: str) -> None:
    """With no peak hours declared, every hour is one."""
    finding = judged("L13", {NEW: sql})
    assert finding.outcome is Outcome.UNMET
    assert rule in finding.message
    assert (NEW, 1) in [(place.path, place.line) for place in finding.locations]


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE INDEX CONCURRENTLY i ON membership.members (size);",
        "CREATE TABLE membership.p (a int);\nCREATE INDEX i ON membership.p (a);\n"
        "ALTER TABLE membership.p ADD CONSTRAINT u UNIQUE (a), ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES x (a);",
        "ALTER TABLE membership.members ADD CONSTRAINT c CHECK (size > 0) NOT VALID;",
        "ALTER TABLE membership.members ADD COLUMN note text;",
        "ALTER TABLE membership.members DROP COLUMN size;",
    ],
)
def test_short_locks_and_new_tables_are_met(sql: str) -> None:
    """An empty table is locked for no time at all."""
    assert judged("L13", {NEW: sql}).outcome is Outcome.MET


@pytest.mark.parametrize(
    ("peak", "window", "outcome", "reason"),
    [
        ("Mon-Fri 07:00-22:00", "Sun 02:00-04:00", Outcome.MET, None),
        ("Mon-Fri 07:00-22:00", "02:00-04:00", Outcome.MET, None),
        ("Mon-Fri 07:00-22:00", "Mon 21:59-23:00", Outcome.UNMET, None),
        ("22:00-02:00", "01:00-03:00", Outcome.UNMET, None),
        ("Sun 22:00-02:00", "Mon 01:00-03:00", Outcome.UNMET, None),
        ("Fri-Mon 08:00-09:00", "Tue-Thu 08:00-09:00", Outcome.MET, None),
        ("Mon 08:00-09:00, Tue 10:00-11:00", "Tue 10:30-10:31", Outcome.UNMET, None),
        ("07:00-22:00", None, Outcome.UNMET, None),
        (None, "02:00-04:00", Outcome.UNMET, None),
        ("in the morning", "02:00-04:00", Outcome.UNKNOWN, Reason.UNREADABLE),
        ("07:00-25:00", "02:00-04:00", Outcome.UNKNOWN, Reason.UNREADABLE),
        ("Xyz 07:00-22:00", "02:00-04:00", Outcome.UNKNOWN, Reason.UNREADABLE),
    ],
)
def test_a_lock_outside_the_peak_hours_is_met(
    peak: str | None, window: str | None, outcome: Outcome, reason: Reason | None
) -> None:
    """Both are declared, and no minute of the week is in both."""
    keys = {"database__peak_hours": peak, "database__migration_window": window}
    finding = judged("L13", {NEW: LOCKS[0][0]}, **keys)
    assert (finding.outcome, finding.reason) == (outcome, reason)


def test_large_tables_that_are_touched_are_named_for_the_person_who_attests() -> None:
    """Whatever the rules say of them."""
    sql = {NEW: "ALTER TABLE membership.members ADD COLUMN note text;"}
    for name in ("members", "membership.members"):
        finding = judged("L13", sql, database__large_tables=[name, "others"])
        assert finding.outcome is Outcome.MET
        assert finding.values["large_tables"] == [name]
        assert f"large tables {name}" in finding.message


@pytest.mark.parametrize("number", ["L11", "L13"])
def test_the_digest_follows_the_new_migrations_of_this_service(number: str) -> None:
    """Another service's migrations, and code that names nothing of it, leave it as it is."""
    one = judged(number, {NEW: NOTE, **AFTER}).subject_digest
    more = {NEW: NOTE, **AFTER, "services/jobs/drizzle/0009.sql": DROP, f"{ROOT}/src/other.ts": "export {};"}
    assert judged(number, more).subject_digest == one
    assert judged(number, {NEW: NOTE + "\nSELECT 1;", **AFTER}).subject_digest != one
