"""Coverage of service packages: met, too low, and all the ways in which nobody can tell."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from prr_pipeline.readiness.catalogue import load_catalogue
from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.model import Finding, Outcome, Reason
from tests.readiness.fakes import profile, run
from tests.readiness.filed import absent, filed, having

M13 = load_catalogue().line("M13")
FOLDER = "packages/equity-service"
ROUTE = "apps/api/app/grants/route.ts"
CALLS = 'import { createService } from "@repo/equity-service";\nexport const POST = async () => createService();'
FILES = {
    "package.json": '{"workspaces": ["packages/*"]}',
    f"{FOLDER}/package.json": '{"name": "@repo/equity-service", "exports": "./src/index.ts"}',
    f"{FOLDER}/src/index.ts": 'export * from "./grants";\nexport type Deps = { prisma: object };',
    f"{FOLDER}/src/grants.ts": "export const createService = () => 1;",
    f"{FOLDER}/src/grants.test.ts": 'it("x", () => {});',
    f"{FOLDER}/src/types.d.ts": "export declare const x: number;",
    ROUTE: CALLS,
}


def row(covered: int, total: int) -> dict[str, Any]:
    counts = {"total": total, "covered": covered, "skipped": 0, "pct": 0}
    return {"lines": counts, "statements": counts, "functions": counts, "branches": counts}


def report(**grants: Mapping[str, Any]) -> dict[str, Any]:
    return {"total": row(0, 0), **{f"/builds/m/{FOLDER}/src/{name}.ts": counts for name, counts in grants.items()}}


def judged(facts: Facts, files: Mapping[str, str] = FILES, **keys: Any) -> Finding:
    using = profile(
        paths__route_handlers="apps/api/app/**/route.ts", paths__test_files="{apps,packages}/**/*.test.ts", **keys
    )
    return run(M13.check, M13.parameters, files, facts, using=using)


def test_a_package_at_the_share_is_met() -> None:
    """90 of 100 is enough; what other packages have does not count."""
    data = report(grants=row(90, 100)) | {"/builds/m/packages/other-service/src/index.ts": row(0, 100)}
    finding = judged(having(coverage=data))
    assert finding.outcome is Outcome.MET, finding.message
    assert finding.values[FOLDER] == "90/100"
    assert [place.path for place in finding.locations] == [FOLDER]


@pytest.mark.parametrize(
    "data",
    [
        {f"{FOLDER}/src/grants.ts": row(90, 100)},
        f"TN:\nSF:{FOLDER}/src/grants.ts\nLF:100\nLH:90\nend_of_record\n",
        '<coverage><sources><source>/builds/m</source></sources><packages><package><classes><class filename="'
        f'{FOLDER}/src/grants.ts"><lines><line number="1" hits="1"/></lines></class></classes></package></packages>'
        "</coverage>",
    ],
    ids=["relative paths", "LCOV", "Cobertura"],
)
def test_every_format_will_do(data: Any) -> None:
    """The path may be absolute, or counted from the repository's root."""
    assert judged(having(coverage=data)).outcome is Outcome.MET


def test_a_package_below_the_share_is_unmet_with_its_files() -> None:
    """89.99 % is not 90 %, and is not rounded to it."""
    finding = judged(having(coverage=report(grants=row(8999, 10000))))
    assert finding.outcome is Outcome.UNMET
    assert "packages/equity-service 89.99 %; 90 % needed" in finding.message
    assert [place.path for place in finding.locations] == [f"{FOLDER}/src/grants.ts"]


def test_files_of_a_package_count_by_their_size() -> None:
    """A large file that is half covered is not evened out by a small one that is covered whole."""
    files = {**FILES, f"{FOLDER}/src/shares.ts": "export const share = 1;"}
    finding = judged(having(coverage=report(grants=row(500, 1000), shares=row(10, 10))), files)
    assert finding.outcome is Outcome.UNMET
    assert finding.values[FOLDER] == "510/1010"


def test_a_source_that_the_report_leaves_out_is_unknown() -> None:
    """Tools that count only what a test loaded hide the file that no test loads."""
    files = {**FILES, f"{FOLDER}/src/shares.ts": "export const share = (n: number) => n / 2;"}
    finding = judged(having(coverage=report(grants=row(100, 100))), files)
    assert (finding.outcome, finding.reason) == (Outcome.UNKNOWN, Reason.NO_EVIDENCE)
    assert f"does not know {FOLDER}/src/shares.ts" in finding.message
    assert [place.path for place in finding.locations] == [f"{FOLDER}/src/shares.ts"]


def test_tests_and_types_have_nothing_to_cover() -> None:
    """A file of types, one that only exports others, declarations and the tests themselves may be left out."""
    files = {**FILES, f"{FOLDER}/src/deps.ts": "export interface Deps { prisma: object }", f"{FOLDER}/src/none.ts": ""}
    assert judged(having(coverage=report(grants=row(9, 10))), files).outcome is Outcome.MET


def test_a_source_that_cannot_be_read_and_was_not_measured_is_unknown() -> None:
    """Half a syntax tree cannot show that there is nothing to run."""
    files = {**FILES, f"{FOLDER}/src/broken.ts": "export const = ;"}
    assert judged(having(coverage=report(grants=row(9, 10))), files).outcome is Outcome.UNKNOWN


@pytest.mark.parametrize(
    ("facts", "reason", "message"),
    [
        (having(coverage=filed(report(grants=row(99, 100)), current=False)), Reason.STALE, "from other code"),
        (having(coverage=absent()), Reason.NO_EVIDENCE, "file it under artefacts/<commit>/"),
        (having(coverage=absent(Reason.UNREADABLE)), Reason.UNREADABLE, "file it"),
        (having(), Reason.NO_EVIDENCE, "Nobody looked"),
        (having(coverage="{"), Reason.UNREADABLE, "cannot be read"),
        (having(coverage=report(other=row(1, 1))), Reason.NO_EVIDENCE, "does not know"),
        (having(coverage=report(grants=row(0, 0))), Reason.NO_EVIDENCE, "counts no lines"),
        (having(coverage={f"{FOLDER}/dist/src/grants.ts": row(9, 10)}), Reason.NO_EVIDENCE, "does not know"),
        (having(coverage={"src/grants.ts": row(9, 10)}), Reason.NO_EVIDENCE, "from the repository's root"),
    ],
)
def test_what_cannot_be_seen_is_unknown(facts: Facts, reason: Reason, message: str) -> None:
    """Another commit's report, none, a broken one, and one that speaks of other files."""
    finding = judged(facts)
    assert (finding.outcome, finding.reason) == (Outcome.UNKNOWN, reason)
    assert message in finding.message


def test_a_metric_that_the_format_does_not_count_is_unknown() -> None:
    """LCOV knows no statements."""
    data = f"SF:{FOLDER}/src/grants.ts\nLF:100\nLH:90\nend_of_record\n"
    finding = judged(having(coverage=data), tests__coverage_metric="statements")
    assert (finding.outcome, finding.reason) == (Outcome.UNKNOWN, Reason.NO_EVIDENCE)


def test_of_two_reports_on_one_file_the_worse_counts() -> None:
    """An absolute path and a relative one may mean the same file."""
    data = {f"{FOLDER}/src/grants.ts": row(100, 100), f"/builds/m/{FOLDER}/src/grants.ts": row(1, 100)}
    assert judged(having(coverage=data)).outcome is Outcome.UNMET


def test_a_route_without_a_service_is_unknown() -> None:
    """Nothing that is called, nothing that is covered."""
    finding = judged(having(coverage=report(grants=row(9, 10))), {**FILES, ROUTE: "export const POST = async () => 1;"})
    assert (finding.outcome, finding.reason) == (Outcome.UNKNOWN, Reason.NO_EVIDENCE)


def test_figures_are_not_bound_but_which_package_is_low() -> None:
    """Another test of the package voids no signature; a package that falls below the share voids a justification."""
    one, two = (judged(having(coverage=report(grants=row(covered, 100)))) for covered in (91, 99))
    low = judged(having(coverage=report(grants=row(50, 100))))
    assert one.subject_digest == two.subject_digest != low.subject_digest
