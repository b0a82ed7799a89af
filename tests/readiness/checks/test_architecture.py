"""Architecture rules: what the code that an operation runs may import and call."""

from __future__ import annotations

import pytest

from prr_pipeline.readiness.catalogue import load_catalogue
from prr_pipeline.readiness.model import Finding, Outcome, Reason
from tests.readiness.fakes import profile, run

M12 = load_catalogue().line("M12")
ROUTE = "apps/api/app/grants/route.ts"
MAP = "ops/contexts.yaml"
CONTEXTS = """
packages: {equity-service: Equity, filings-service: Compliance}
shared_packages: [database]
operations: {createGrant: Equity}
"""
SERVICE = "packages/equity-service/src/index.ts"
BASE = {
    "package.json": '{"workspaces": ["packages/*"]}',
    MAP: CONTEXTS,
    ROUTE: 'import { create } from "@repo/equity-service";\nexport const POST = async () => create();',
    SERVICE: 'import { prisma } from "@repo/database";\nexport const create = () => prisma.grant.create({});',
    "packages/filings-service/src/index.ts": "export const file = () => 1;",
    "packages/database/src/index.ts": "export const prisma = 1;\nexport const all = () => prisma.$queryRaw`SELECT 1`;",
} | {
    f"packages/{name}/package.json": f'{{"name": "@repo/{name}", "exports": "./src/index.ts"}}'
    for name in ("equity-service", "filings-service", "database")
}


def judged(**changes: str) -> Finding:
    """The sample with some files replaced: ``service=...``, ``route=...``, ``contexts=...``, else by path."""
    names = {"service": SERVICE, "route": ROUTE, "contexts": MAP}
    files = {**BASE, **{names.get(name, name): text for name, text in changes.items()}}
    return run(M12.check, M12.parameters, files, using=profile(paths__route_handlers="apps/api/app/**/route.ts"))


def test_code_that_stays_in_its_context_is_met() -> None:
    """Shared packages are for all, and the database package may hold SQL."""
    finding = judged()
    assert finding.outcome is Outcome.MET, finding.message


CROSSINGS = {
    "static": 'import { file } from "@repo/filings-service";',
    "type only": 'import type { F } from "@repo/filings-service";\nimport { prisma } from "@repo/database";',
    "dynamic": 'const later = () => import("@repo/filings-service");',
    "require": 'const later = require("@repo/filings-service");',
    "re-export": 'export { file } from "@repo/filings-service";',
    "by path": 'import { file } from "../../filings-service/src/index";',
}


@pytest.mark.parametrize("source", CROSSINGS.values(), ids=CROSSINGS)
def test_an_import_of_another_context_is_unmet_with_its_place(source: str) -> None:
    """Every form of import, by name or by path."""
    finding = judged(service=f"{source}\nexport const create = 1;")
    assert finding.outcome is Outcome.UNMET, finding.message
    assert "(Equity) imports" in finding.message
    assert "(Compliance)" in finding.message
    assert (finding.locations[0].path, finding.locations[0].line) == (SERVICE, 1)


def test_a_route_that_calls_another_context_is_unmet() -> None:
    """The operation's own context is that of its route."""
    finding = judged(route='import { file } from "@repo/filings-service";\nexport const POST = async () => file();')
    assert finding.outcome is Outcome.UNMET
    assert finding.locations[0].path == ROUTE


SQL = {
    "tagged": "export const create = () => tx.$queryRaw`select 1`;",
    "tagged with types": "export const create = () => tx.$queryRaw<Row[]>`select 1`;",
    "unsafe": 'export const create = () => tx.$executeRawUnsafe("x");',
    "optional": 'export const create = () => tx?.$executeRaw("x");',
    "by index": 'export const create = () => tx["$queryRaw"]("x");',
    "driver": 'export const create = () => pool.query("select id from grants where id = 1");',
    "text alone": 'const text = "SELECT id FROM grants WHERE id = 1";\nexport const create = () => run(text);',
    "template": "const text = `UPDATE grants SET x = ${1}`;\nexport const create = () => text;",
    "called by call": 'export const create = () => prisma.$queryRawUnsafe.call(prisma, "select 1");',
    "bound": "export const create = prisma.$queryRawUnsafe.bind(prisma);",
    "taken out": 'const { $queryRawUnsafe: q } = prisma;\nexport const create = () => q("select 1");',
    "taken out of a parameter": 'export const create = ({ $queryRaw }) => $queryRaw("select 1");',
    "by a text": 'export const create = () => Reflect.get(prisma, "$queryRawUnsafe")("x");',
    "imported": 'import { sql as s } from "drizzle-orm";\nexport const create = () => s`select 1`;',
    "by a constant": 'const q = "select * from grants";\nexport const create = () => client.query(q);',
    "as a sum": 'export const create = (t) => execute("select * from " + t);',
    "joined": 'export const create = () => execute(["select *", "from grants"].join(" "));',
    "renamed": 'const ask = client.query;\nexport const create = () => ask("select * from grants");',
    "driver by call": 'export const create = () => client.query.call(client, "select id from grants where x");',
    "made by a function": 'const text = () => "delete from grants";\nexport const create = () => pool.query(text());',
    "in an object": 'export const create = () => pool.query({ text: "select id from grants where id = 1" });',
}


@pytest.mark.parametrize("source", SQL.values(), ids=SQL)
def test_raw_sql_outside_the_database_package_is_unmet(source: str) -> None:
    """By call, by tag, and by the look of the text."""
    finding = judged(service=source)
    assert finding.outcome is Outcome.UNMET, finding.message
    assert [place.path for place in finding.locations] == [SERVICE]


@pytest.mark.parametrize(
    "source",
    [
        'export const create = () => fail("Select a plan from the list and try again");',
        "// SELECT id FROM grants WHERE id = 1\nexport const create = 1;",
        'export const create = () => search.query({ where: "x" });',
        "interface Db { $queryRaw(): void }\nexport type Safe = Omit<Db, '$queryRaw'>;\nexport const create = 1;",
        'export const create = () => run("archive grants");',
        "export const create = (id) => run(`archive ${id}`);",
        "export const create = (text) => /a+/.exec(text);",
        "const PATTERN = /a+/;\nexport const create = (text) => PATTERN.exec(text);",
        "const run = (job) => job();\nexport const create = (job) => run(job);",
        "export const create = () => run(async () => 1);",
    ],
    ids=["English", "comment", "other query", "types", "a word", "begun with a word", "pattern", "named pattern",
         "own function", "function given"],
)  # fmt: skip
def test_what_only_looks_like_sql_is_left_alone(source: str) -> None:
    """English in small letters, comments, and queries that are no SQL."""
    assert judged(service=source).outcome is Outcome.MET


UNTOLD = {
    "parameter": "export const create = (text) => pool.query(text);",
    "imported": 'import { text } from "elsewhere";\nexport const create = () => pool.query(text);',
    "joined": 'export const create = (parts) => execute(parts.join(" "));',
    "begun as SQL": 'export const create = () => execute("select 1");',
    "through a function": "const ask = (text) => pool.query(text);\nexport const create = (text) => ask(text);",
}


@pytest.mark.parametrize("source", UNTOLD.values(), ids=UNTOLD)
def test_a_text_that_cannot_be_told_is_unknown_with_its_place(source: str) -> None:
    """It may be SQL; the sentence says where to write it."""
    finding = judged(service=source)
    assert (finding.outcome, finding.reason) == (Outcome.UNKNOWN, Reason.NOT_RESOLVABLE), finding.message
    assert [place.path for place in finding.locations] == [SERVICE]
    assert "packages/database/src/**" in finding.message


def test_a_package_without_a_context_is_not_declared() -> None:
    """Whether its imports cross a border is not known."""
    finding = judged(contexts=CONTEXTS.replace("equity-service: Equity, ", ""))
    assert (finding.outcome, finding.reason) == (Outcome.UNKNOWN, Reason.NOT_DECLARED)
    assert "packages/equity-service" in finding.message


UNSEEN = {
    "lost import": ("service", 'import { x } from "./gone";\nexport const create = 1;', Reason.NOT_RESOLVABLE),
    "computed import": ("service", "export const create = () => import(name);", Reason.NOT_RESOLVABLE),
    "broken file": ("service", "export const create = (", Reason.NOT_RESOLVABLE),
    "broken map": ("contexts", "packages: [", Reason.UNREADABLE),
    "another map": ("contexts", "a: 1", Reason.UNREADABLE),
}


@pytest.mark.parametrize(("name", "text", "reason"), UNSEEN.values(), ids=UNSEEN)
def test_what_cannot_be_followed_is_unknown(name: str, text: str, reason: Reason) -> None:
    """A crossing may hide behind it."""
    finding = judged(**{name: text})
    assert (finding.outcome, finding.reason) == (Outcome.UNKNOWN, reason)


def test_a_violation_beside_an_unread_file_is_unmet_all_the_same() -> None:
    """What was seen stands."""
    finding = judged(
        service='import "./gone";\nimport { file } from "@repo/filings-service";\nexport const create = 1;'
    )
    assert finding.outcome is Outcome.UNMET


def test_code_that_the_operation_does_not_run_is_not_its_business() -> None:
    """Another context's crossing leaves outcome and digest as they are."""
    other = judged(**{"packages/filings-service/src/index.ts": 'import "@repo/equity-service";'})
    assert (other.outcome, other.subject_digest) == (Outcome.MET, judged().subject_digest)
