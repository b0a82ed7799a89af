"""Expand, then contract: what goes was prepared by a release, and no code names it."""

from __future__ import annotations

import pytest

from prr_pipeline.readiness.model import Finding, Outcome, Reason
from tests.readiness.checks.released import (
    AFTER,
    BASE,
    CODE,
    DROP,
    FIRST,
    NEW,
    ROOT,
    SCHEMA,
    SECOND,
    WITH_OLD,
    WITHOUT_OLD,
    judged,
)


def expanded(sql: str, **files: str) -> Finding:
    return judged("L11", {NEW: sql, **AFTER, **files})


def test_a_contract_after_an_expansion_is_met() -> None:
    """A release added what replaces the column, and since then no code names it."""
    finding = expanded(DROP)
    assert finding.outcome is Outcome.MET
    assert (
        "contract what a release prepared: drizzle/0002_new.sql:1 ban-drop-column (members.old_name" in finding.message
    )


def test_where_migrations_may_only_expand_no_contract_is_met() -> None:
    """The platform says what it allows."""
    finding = judged("L11", {NEW: DROP, **AFTER}, database__migration_rule=["expand_only"])
    assert finding.outcome is Outcome.UNMET
    assert "may only expand (database.migration_rule)" in finding.message


@pytest.mark.parametrize("optional", ["old_name text", "old_name text NOT NULL DEFAULT ''"])
def test_a_column_that_writers_could_leave_out_needs_no_replacement(optional: str) -> None:
    """Nothing was in the way of doing without it."""
    base = {**BASE, FIRST: f"CREATE TABLE membership.members (id uuid PRIMARY KEY, {optional});", SECOND: "SELECT 1;"}
    assert judged("L11", {NEW: DROP, **AFTER}, base).outcome is Outcome.MET


CREATE = "CREATE TABLE membership.members (id uuid PRIMARY KEY{});"
ADD = "ALTER TABLE membership.members ADD COLUMN {};"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (CREATE.format("") + ADD.format("display_name text"), ADD.format("old_name text NOT NULL")),
        (CREATE.format("") + ADD.format("old_name text NOT NULL"), "SELECT 1;"),
        (CREATE.format(", old_name text"), DROP + ADD.format("old_name text NOT NULL")),
        (
            CREATE.format(", old_name text NOT NULL"),
            "CREATE TABLE membership.p (a int); ALTER TABLE membership.p ADD b int;",
        ),
    ],
    ids=["before it", "nothing", "itself again", "another table"],
)
def test_only_a_column_that_came_later_to_the_same_table_is_a_replacement(first: str, second: str) -> None:
    """A required column without one cannot be left out by those who write."""
    finding = judged("L11", {NEW: DROP, **AFTER}, {**BASE, FIRST: first, SECOND: second})
    assert finding.outcome is Outcome.UNMET
    assert "no released migration added what replaces it" in finding.message


def test_expansion_and_contract_in_one_release_are_unmet() -> None:
    """What replaces it must be there before."""
    base = {path: text for path, text in BASE.items() if path != SECOND}
    add = 'ALTER TABLE "membership"."members" ADD COLUMN "display_name" text;'
    finding = judged("L11", {SECOND: add, NEW: DROP, **AFTER}, base)
    assert finding.outcome is Outcome.UNMET
    assert "members.old_name is required and no released migration added what replaces it" in finding.message


USES = [
    "export const n = (m: any) => members.oldName;",
    "export const n = (m: any) => members\n  .oldName;",
    "export const n = members?.['oldName'];",
    "export const n = sql`SELECT old_name FROM membership.members`;",
]


@pytest.mark.parametrize("use", USES)
@pytest.mark.parametrize("when", ["now", "released"])
def test_a_column_that_code_names_is_not_taken_away(use: str, when: str) -> None:
    """Neither from the code that comes nor from the code that runs beside the migration."""
    code = 'import { members, sql } from "../db/schema";\n' + use
    base = {**BASE, CODE: code} if when == "released" else BASE
    finding = judged("L11", {NEW: DROP, **AFTER, CODE: code if when == "now" else BASE[CODE]}, base)
    assert finding.outcome is Outcome.UNMET
    whose = "the code of the release v1.4.0" if when == "released" else "the code"
    assert f"{whose} still names members.old_name at {CODE}:" in finding.message
    assert CODE in [place.path for place in finding.locations]


@pytest.mark.parametrize(
    "use",
    ["export const n = (row: any) => [members, row.oldName];", "export const { oldName } = load(members);",
     'export const n = members[key]; const key = "old_name";'],
)  # fmt: skip
@pytest.mark.parametrize("when", ["now", "released"])
def test_a_word_that_may_mean_the_column_is_unknown(use: str, when: str) -> None:
    """Nobody runs the code to see what the row is."""
    code = 'import { members } from "../db/schema";\n' + use
    base = {**BASE, CODE: code} if when == "released" else BASE
    finding = judged("L11", {NEW: DROP, **AFTER, CODE: code if when == "now" else BASE[CODE]}, base)
    assert (finding.outcome, finding.reason) == (Outcome.UNKNOWN, Reason.NOT_RESOLVABLE)
    assert (CODE, 2) in [(place.path, place.line) for place in finding.locations]


@pytest.mark.parametrize(
    "use",
    ["// members.oldName went\nexport const n = members.id;", "/* old_name */ \nexport const n = members.id;",
     "export const n = members.oldNames;", "export const n = members.id; const x = other.$oldName;"],
)  # fmt: skip
def test_comments_and_longer_words_name_nothing(use: str) -> None:
    """Only the word itself, in code, counts."""
    assert expanded(DROP, **{CODE: 'import { members } from "../db/schema";\n' + use}).outcome is Outcome.MET


def test_a_file_that_does_not_speak_of_the_table_says_nothing_of_its_columns() -> None:
    """Another table's column of that name is another column; so is one in the schema beside it."""
    other = 'export const guests = membership.table("guests", {\n  oldName: text("old_name"),\n});\n'
    schema = WITHOUT_OLD + other
    files = {f"{ROOT}/src/guests.ts": "export const n = (guests: any) => guests.oldName;"}
    assert judged("L11", {NEW: DROP, SCHEMA: schema, **files}).outcome is Outcome.MET


def test_a_schema_that_still_declares_the_column_names_it() -> None:
    """Drizzle would go on selecting it."""
    finding = judged("L11", {NEW: DROP})
    assert (finding.outcome, finding.reason) == (Outcome.UNKNOWN, Reason.NOT_RESOLVABLE)
    assert SCHEMA in [place.path for place in finding.locations]


def test_a_table_that_no_code_names_may_go() -> None:
    """The release did without it already."""
    create = "CREATE TABLE membership.legacy (id uuid);"
    base = {**BASE, FIRST: BASE[FIRST] + create}
    drop = {NEW: "DROP TABLE membership.legacy;", **AFTER}
    assert judged("L11", drop, base).outcome is Outcome.MET
    used = {**drop, CODE: "export const q = sql`SELECT 1 FROM membership.legacy`;"}
    assert judged("L11", used, base).outcome is Outcome.UNMET


def test_a_column_becomes_required_once_released_code_fills_it() -> None:
    """Code that runs beside the migration must not insert without it."""
    require = 'ALTER TABLE "membership"."members" ALTER COLUMN "display_name" SET NOT NULL;'
    strict = {**BASE, SCHEMA: WITH_OLD.replace('text("display_name")', 'text("display_name").notNull()')}
    assert judged("L11", {NEW: require}, strict).outcome is Outcome.MET
    base = {**BASE, CODE: 'import { members } from "../db/schema";\nexport const n = members.id;'}
    finding = judged("L11", {NEW: require}, base)
    assert finding.outcome is Outcome.UNMET
    assert "the code of the release v1.4.0 does not fill members.display_name" in finding.message


def test_a_column_that_released_code_may_leave_empty_does_not_become_required() -> None:
    """That code names it shows no filled one: its schema says whether it may write null; a default fills no null."""
    require = 'ALTER TABLE "membership"."members" ALTER COLUMN "display_name" SET NOT NULL;'
    for base in (BASE, {**BASE, SECOND: BASE[SECOND].replace("text;", "text DEFAULT 'x';")}):
        finding = judged("L11", {NEW: require}, base)
        assert finding.outcome is Outcome.UNMET
        assert "the code of the release v1.4.0 may leave members.display_name empty" in finding.message
    bare = {path: text for path, text in BASE.items() if path != SCHEMA}
    bare[CODE] = "export const q = sql`INSERT INTO membership.members (id, display_name) VALUES (1, null)`;"
    finding = judged("L11", {NEW: require}, bare)
    assert (finding.outcome, finding.reason) == (Outcome.UNKNOWN, Reason.NOT_RESOLVABLE)
    assert "no schema of the code of the release v1.4.0 tells whether it fills members.display_name" in finding.message


def test_a_silencing_comment_is_told_and_excuses_nothing() -> None:
    """What it would have hidden is judged, and the way out is a justification."""
    use = {CODE: 'import { members } from "../db/schema";\nexport const n = members.oldName;'}
    finding = expanded("-- squawk-ignore ban-drop-column\n" + DROP, **use)
    assert finding.outcome is Outcome.UNMET
    assert f"The comment at {NEW}:1 excuses nothing; file a justification instead." in finding.message
