"""A service with a release behind it: its migrations, its schema, its code, and what squawk says of what is new."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from prr_pipeline.control.squawk import gather_migrations
from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.model import Finding
from prr_pipeline.readiness.release_facts import BaseFact
from prr_pipeline.subjects import Subject, SubjectKind
from tests.readiness.checks.platform import judged as judge_line
from tests.readiness.checks.platform import loop
from tests.readiness.fakes import NOW, FakeSnapshot

LOOP = loop()
SERVICE = Subject(SubjectKind.SERVICE, "membership")
ROOT = "services/membership"
SCHEMA, CODE = f"{ROOT}/src/db/schema.ts", f"{ROOT}/src/services/member.service.ts"
FIRST, SECOND, NEW = (f"{ROOT}/drizzle/{name}.sql" for name in ("0000_first", "0001_second", "0002_new"))
HEAD = """import { pgSchema, text, uuid, integer } from "drizzle-orm/pg-core";
export const membership = pgSchema("membership");
"""
MEMBERS = 'export const members = membership.table("members", {\n  id: uuid("id").primaryKey(),\n%s});\n'
OLD_NAME, DISPLAY = '  oldName: text("old_name"),\n', '  displayName: text("display_name"),\n'
WITH_OLD, WITHOUT_OLD = HEAD + MEMBERS % (OLD_NAME + DISPLAY), HEAD + MEMBERS % DISPLAY
BASE = {
    FIRST: 'CREATE TABLE "membership"."members" ("id" uuid PRIMARY KEY, "old_name" text NOT NULL, "size" int4);',
    SECOND: 'ALTER TABLE "membership"."members" ADD COLUMN "display_name" text;',
    SCHEMA: WITH_OLD,
    CODE: 'import { members } from "../db/schema";\nexport const f = (db: any) => db.select(members.displayName);',
}
DROP = 'ALTER TABLE "membership"."members" DROP COLUMN "old_name";'
AFTER = {SCHEMA: WITHOUT_OLD}


def facts_of(files: Mapping[str, str], released: Mapping[str, str] | None, **more: Any) -> Facts:
    """With what the real squawk says of the files that are new since the base."""
    then = FakeSnapshot(released) if released is not None else None
    fact = BaseFact("the release v1.4.0", "2" * 40, then) if then is not None else None
    lint = gather_migrations(FakeSnapshot(files), LOOP, then)
    return replace(Facts(now=NOW, base=fact, migrations=lint), **more)


def judged(
    number: str,
    changed: Mapping[str, str | None],
    base: Mapping[str, str] | None = BASE,
    facts: Mapping[str, Any] | None = None,
    **keys: Any,
) -> Finding:
    """The line over the base with some files changed (None: gone)."""
    files = {path: text for path, text in {**(base or {}), **changed}.items() if text is not None}
    return judge_line(number, files, SERVICE, facts_of(files, base, **(facts or {})), loop(**keys) if keys else LOOP)
