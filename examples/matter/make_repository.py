"""Build the sample monorepo as a git repository with a history: fixed people and dates, hence fixed commit ids.

Usage: python examples/matter/make_repository.py TARGET_DIR
"""

from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from sample_history import CannotBuild, Draft, History, Step  # noqa: E402 - a script finds its neighbour by the folder

__all__ = ["HISTORY", "CannotBuild", "make_repository"]

SPEC = "apps/docs/api-reference/openapi.yaml"
BOARD = "apps/api/__gates__/slo-board.md"
LEGACY = "apps/api/app/v1/transfers/route.ts"
FROZEN = "apps/docs/api-reference/versions/2026-05-01.yaml"
STEPS = (
    Step("2026-04-20", "ines", "Bring the API into one repository", ("*",)),
    Step("2026-04-27", "lena", "Write the specification before the code", drafts=(Draft(SPEC, FROZEN),)),
    Step("2026-05-01", "lena", "Freeze the minor 2026-05-01", (FROZEN,)),
    Step("2026-05-06", "amara", "Compose the middleware pipeline", ("apps/api/*",)),
    Step("2026-05-12", "jonas", "Form entities", ("*/entity-*", "apps/api/app/v1/entities/route.ts")),
    Step(
        "2026-05-19",
        "mara",
        "Grant equity, issue and transfer shares",
        (
            "packages/equity-service/*",
            "apps/api/app/v1/grants/*",
            "apps/api/app/v1/entities/*/share_issuances/*",
            "apps/api/app/v1/entities/*/cap_table/*",
            "apps/api/lib/vesting-schedule.ts",
            "apps/api/lib/share-math.ts",
            "apps/api/lib/page-cursor.ts",
        ),
        (
            Draft(
                LEGACY,
                LEGACY,
                (("const RETIREMENT", "\n/** legacyTransfer */"), ("    for (const [name", "    return response")),
            ),
        ),
    ),
    Step(
        "2026-05-26",
        "tobias",
        "File documents and annual reports, rotate signing keys",
        (
            "packages/documents-service/*",
            "packages/compliance-service/*",
            "packages/authority-service/*",
            "apps/api/app/v1/documents/*",
            "apps/api/app/v1/entities/*/annual_reports/*",
            "apps/api/app/v1/signing_keys/*",
            "apps/api/lib/document-limits.ts",
            "apps/api/lib/filing-deadline.ts",
            "apps/api/lib/key-overlap.ts",
        ),
    ),
    Step(
        "2026-06-10",
        "lena",
        "Open the minor 2026-06-10: transfers by certificate, recipient e-mail",
        ("apps/api/app/v1/share_transfers/*", LEGACY, "apps/docs/rfcs/*"),
        (Draft(SPEC, SPEC, (("  /reports/annual:\n", "components:\n"),)),),
    ),
    Step(
        "2026-06-16",
        "amara",
        "Model the threats of grants, shares, filings and keys",
        (
            "apps/docs/content/docs/security/*",
            "apps/docs/content/docs/process/*",
            "apps/api/lib/soc2-controls.ts",
            "apps/api/lib/pii-*",
        ),
    ),
    Step(
        "2026-06-24",
        "felix",
        "Write the runbooks and the SLO board",
        ("apps/docs/content/docs/runbooks/*", "apps/api/lib/runbook-registry.ts"),
        (Draft(BOARD, BOARD, (("| reports/annual.v2", "| rotateSigningKey"),)),),
    ),
    Step(
        "2026-07-08",
        "lena",
        "Document every error and how to get things done",
        (
            "apps/docs/content/docs/errors/*",
            "apps/docs/content/docs/api/*",
            "apps/docs/content/docs/cookbook/*",
            "apps/api/i18n/*",
        ),
    ),
    Step(
        "2026-07-22",
        "noor",
        "Test the routes, the invariants and the walls between tenants",
        ("apps/api/__tests__/*", "apps/api/__contracts__/*", "packages/*/__tests__/*", "packages/testing/*"),
    ),
    Step(
        "2026-09-15",
        "tobias",
        "Read annual reports in the order of the form, serve the API over MCP",
        (
            SPEC,
            "apps/api/app/v1/reports/*",
            "apps/api/lib/report-sections.ts",
            BOARD,
            "apps/docs/content/docs/runbooks/reports.mdx",
            "apps/mcp/*",
        ),
    ),
    Step(
        "2026-10-22",
        "felix",
        "Record the drills, watch for drift, hold the cost budgets under load",
        ("apps/api/lib/chaos-cadence.ts", "apps/api/__gates__/*.gate.ts", "apps/api/load/*"),
    ),
    Step("2026-10-29", "mara", "Plan the way of createGrant and issueShares to everybody", ("ops/rollouts/*",)),
)
HISTORY = History(HERE / "src", "matter.example", STEPS)


def make_repository(target: Path) -> str:
    """Build the repository at ``target`` and return the id of its head commit. Raises `CannotBuild`."""
    return HISTORY.build(target)


if __name__ == "__main__":
    raise SystemExit(HISTORY.main(sys.argv[1:]))
