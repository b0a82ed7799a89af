"""Pure-logic modules: which they are, what they may import, and that tests run them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from prr_pipeline.readiness.catalogue import load_catalogue
from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.model import Finding, Outcome, Reason
from tests.readiness.fakes import profile, run
from tests.readiness.filed import absent, filed, having

M8 = load_catalogue().line("M8")
ROUTE = "apps/api/app/grants/route.ts"
MATH, ROUNDING = "apps/api/lib/math.ts", "apps/api/lib/rounding.ts"
FILES = {
    "package.json": '{"workspaces": ["packages/*"]}',
    "packages/database/package.json": '{"name": "@repo/database", "exports": "./src/index.ts"}',
    "packages/database/src/index.ts": "export const prisma = 1;",
    ROUTE: 'import { split } from "../../lib/math";\nexport const POST = async () => split(1);',
    MATH: 'import { round } from "./rounding";\nexport const split = (n: number) => round(n);',
    ROUNDING: "export const round = (n: number) => n;",
}


def counts(covered: int) -> dict[str, Any]:
    return {"lines": {"total": 10, "covered": covered, "skipped": 0, "pct": 0}}


COVERED = {MATH: counts(9), ROUNDING: counts(1)}


def judged(facts: Facts | None = None, coverage: Mapping[str, Any] = COVERED, **changes: str) -> Finding:
    """The sample with some files replaced: ``math=...``, ``rounding=...``, ``route=...``, else by path."""
    names = {"math": MATH, "rounding": ROUNDING, "route": ROUTE}
    files = {**FILES, **{names.get(name, name): text for name, text in changes.items()}}
    using = profile(paths__route_handlers="apps/api/app/**/route.ts")
    return run(M8.check, M8.parameters, files, facts or having(coverage=coverage), using=using)


def test_pure_modules_that_tests_run_are_met() -> None:
    """Those of the route, and those that they use."""
    finding = judged()
    assert finding.outcome is Outcome.MET, finding.message
    assert {place.path for place in finding.locations} == {MATH, ROUNDING}


IMPURE = {
    "database": 'import { prisma } from "@repo/database";',
    "client": 'import { PrismaClient } from "@prisma/client";',
    "part of a package": 'import { x } from "@prisma/client/runtime";',
    "framework": 'import { NextResponse } from "next/server";',
    "files": 'import { readFileSync } from "node:fs";',
    "files by the short name": 'import { readFileSync } from "fs";',
    "network": 'import https from "node:https";',
    "at run time": 'const fs = await import("node:fs");',
    "re-export": 'export * from "@repo/database";',
    "processes": 'import * as cp from "node:child_process";',
    "part of a built-in": 'import { readFile } from "fs/promises";',
    "fetch": 'export const ask = () => fetch("https://x.example");',
    "fetch by another name": "export const ask = fetch;",
    "fetch of the whole": 'export const ask = () => globalThis.fetch("x");',
    "by a text": 'export const ask = () => globalThis["fetch"]("x");',
    "taken out": "const { fetch: ask } = globalThis;",
    "the whole handed on": "export const all = Reflect.ownKeys(globalThis);",
    "built-in of the process": 'export const fs = process.getBuiltinModule("node:fs");',
    "socket": 'export const open = () => new WebSocket("wss://x");',
    "handed on": "export const deps = { fetch };",
}


@pytest.mark.parametrize("source", IMPURE.values(), ids=IMPURE)
@pytest.mark.parametrize("name", ["math", "rounding"])
def test_an_impure_import_is_unmet_with_its_place(name: str, source: str) -> None:
    """In the module itself, or in one that it uses."""
    path = {"math": MATH, "rounding": ROUNDING}[name]
    finding = judged(**{name: f"{FILES[path]}\n{source}"})
    assert finding.outcome is Outcome.UNMET, finding.message
    assert (path, 2 if name == "rounding" else 3) in {(place.path, place.line) for place in finding.locations}


OWN = {
    "parameter": "export const ask = (fetch: (url: string) => string) => fetch('x');",
    "taken from what is handed in": "export const ask = ({ fetch }) => fetch('x');",
    "member": "export const ask = (deps) => deps.fetch('x') + deps.process;",
    "key": "export const steps = { fetch: 1, process: 2 };",
    "type": "export type Ask = typeof fetch;\nexport interface Deps { fetch(): void }",
    "constant": "const process = (n: number) => n;\nexport const done = process(1);",
    "text": "export const word = 'fetch';",
    "another global": "export const root = globalThis.Math.PI;",
}


@pytest.mark.parametrize("source", OWN.values(), ids=OWN)
def test_a_name_of_its_own_is_no_global(source: str) -> None:
    """What is handed in is how pure logic gets it."""
    finding = judged(rounding=f"{FILES[ROUNDING]}\n{source}")
    assert finding.outcome is Outcome.MET, finding.message


def test_a_type_of_the_database_makes_nothing_impure() -> None:
    """Types are gone when the code runs."""
    source = f'import type {{ PrismaClient }} from "@prisma/client";\n{FILES[ROUNDING]}'
    assert judged(rounding=source).outcome is Outcome.MET


def test_the_request_pipeline_is_no_primitive() -> None:
    """The profile says what lies in the folder and is not meant."""
    more = {
        "apps/api/lib/middleware/auth.ts": 'import { prisma } from "@repo/database";\nexport const withAuth = prisma;',
        "route": f'import {{ withAuth }} from "../../lib/middleware/auth";\n{FILES[ROUTE]}',
    }
    assert judged(**more).outcome is Outcome.MET


def test_a_module_that_no_test_runs_is_unmet() -> None:
    """A line that is known and never run."""
    finding = judged(coverage={**COVERED, ROUNDING: counts(0)})
    assert finding.outcome is Outcome.UNMET
    assert f"No test runs any of {ROUNDING}" in finding.message


UNSEEN = {
    "not in the report": (having(coverage={MATH: counts(9)}), Reason.NO_EVIDENCE),
    "of other code": (having(coverage=filed(COVERED, current=False)), Reason.STALE),
    "absent": (having(coverage=absent()), Reason.NO_EVIDENCE),
}


@pytest.mark.parametrize(("facts", "reason"), UNSEEN.values(), ids=UNSEEN)
def test_without_a_report_on_it_nobody_can_tell(facts: Facts, reason: Reason) -> None:
    """Never unmet, never met."""
    finding = judged(facts)
    assert (finding.outcome, finding.reason) == (Outcome.UNKNOWN, reason)


UNUSED = {
    "none imported": ("export const POST = async () => 1;", Reason.NO_EVIDENCE, "uses no module of apps/api/lib"),
    "types only": (
        'import type { T } from "../../lib/math";\nexport const POST = 1;',
        Reason.NO_EVIDENCE,
        "uses no module",
    ),
    "lost": (
        'import { a } from "../../lib/gone";\nexport const POST = async () => a;',
        Reason.NOT_RESOLVABLE,
        "cannot be told",
    ),
}


@pytest.mark.parametrize(("route", "reason", "message"), UNUSED.values(), ids=UNUSED)
def test_a_route_without_pure_logic_has_nothing_to_judge(route: str, reason: Reason, message: str) -> None:
    """The sentence says what to do about it."""
    finding = judged(route=route)
    assert (finding.outcome, finding.reason) == (Outcome.UNKNOWN, reason)
    assert message in finding.message
