"""Build the sample monorepo as a git repository with a history: fixed people and dates, hence fixed commit ids.

Usage: python examples/loop/make_repository.py TARGET_DIR
"""

from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from sample_history import CannotBuild, Draft, History, Step  # noqa: E402 - a script finds its neighbour by the folder

__all__ = ["BEFORE", "HEAD", "HISTORY", "CannotBuild", "make_repository"]

BEFORE, HEAD = "v1.2.0", "v1.3.0"
CARE = "services/care"
SCHEMA, SERVICE, ROUTES = f"{CARE}/src/db/schema.ts", f"{CARE}/src/services/check-in.service.ts", f"{CARE}/src/routes"
BARREL, SERVER = f"{CARE}/src/services/index.ts", f"{CARE}/src/server.ts"
PACKAGE, SPEC, TESTS = f"{CARE}/package.json", f"{CARE}/openapi.yaml", f"{CARE}/tests/check-ins.routes.test.ts"
PUBLIC = f"{ROUTES}/check-ins.routes.ts"
SDK = "packages/sdk-care/package.json"
SCOPES, CONSENT = "packages/scopes/src/index.ts", "packages/scopes/src/consent.ts"
REGISTRY, RUNBOOK = "services/jobs/src/jobs/registry.ts", "services/jobs/RUNBOOK.md"
WINDOW = (
    ("    closesAt: timestamp", '  },\n  (table) => [index("check_ins_brand_user")'),
    ("export const reminders", "export const outbox"),
)
CLOSING = (
    ("const WINDOW_MS", "export interface NewCheckIn"),
    ("      closesAt:", "    };\n    await this.db"),
    ("  /** Close what is overdue", "}\n\n/** What others learn"),
)
STEPS = (
    Step("2026-04-20", "amara", "Bring the platform into one repository", ("*",)),
    Step("2026-05-06", "ines", "Issue tokens, keep clients and accounts", ("services/identity/*", "packages/sdk*")),
    Step(
        "2026-05-20",
        "mara",
        "Keep the check-ins of people",
        (f"{CARE}/*", "packages/contracts/src/events/care.ts"),
        (
            Draft(SDK, SDK, swaps=(("1.3.0", "1.2.0"),)),
            Draft(PACKAGE, PACKAGE, swaps=(("1.3.0", "1.2.0"),)),
            Draft(SPEC, SPEC, (("  /v1/admin", "components:\n"),), (("version: 1.3.0", "version: 1.2.0"),)),
            Draft(TESTS, TESTS, (('describe("POST /v1/admin', 'describe("GET /healthz'),)),
            Draft(SERVER, SERVER, (("import { startHandlers", "import { app"), ("await start", "serve({"))),
            Draft(SCHEMA, SCHEMA, WINDOW),
            Draft(SCOPES, SCOPES, swaps=(('  WRITE_CHECK_INS: "write:check_ins",\n', ""),)),
            Draft(CONSENT, CONSENT, swaps=(('  "write:check_ins": "Add check-ins to your record for you.",\n', ""),)),
            Draft(PUBLIC, PUBLIC, swaps=(("SCOPES.WRITE_CHECK_INS", "SCOPES.READ_CHECK_INS"),)),
            Draft(SERVICE, SERVICE, CLOSING),
            Draft(
                f"{ROUTES}/index.ts",
                f"{ROUTES}/index.ts",
                (("import { adminCheckIns", "import { checkIns"), ('\nroutes.route("/", adminCheckIns);', "\n")),
            ),
            Draft(BARREL, BARREL, (("import { ReminderService", "\nexport"), ("\nexport const reminderService", "\n"))),
        ),
    ),
    Step("2026-06-17", "tobias", "Pause plans, hold prices", ("services/membership/*",)),
    Step("2026-07-08", "lena", "Document how partners connect", ("apps/docs/content/connect/*",)),
    Step("2026-07-29", "lena", "Integrate Meridian and Brightwell", ("integrations/*", "compliance/*")),
    Step(
        "2026-08-19",
        "amara",
        "Run jobs by the clock",
        ("services/jobs/*",),
        (Draft(REGISTRY, REGISTRY, (('  {\n    id: "close-overdue-check-ins"', '  {\n    id: "release-expired'),)),),
    ),
    Step("2026-09-08", "felix", "Release 1.2.0", ("ops/freeze.ics",), tag=BEFORE),
    Step(
        "2026-09-22",
        "felix",
        "Remind people of open check-ins",
        (
            f"{CARE}/drizzle/0002_reminders.sql",
            f"{CARE}/src/services/reminder.service.ts",
            f"{CARE}/src/events/*",
            SERVER,
            f"{CARE}/tests/reminder*",
            BARREL,
            "ops/rollback/*",
        ),
        (Draft(SCHEMA, SCHEMA, WINDOW[:1]),),
    ),
    Step(
        "2026-10-13",
        "noor",
        "Close check-ins whose window has passed",
        (
            f"{CARE}/drizzle/0003_check_in_window.sql",
            SCHEMA,
            SERVICE,
            f"{ROUTES}/admin/*",
            f"{ROUTES}/index.ts",
            PUBLIC,
            SCOPES,
            CONSENT,
            TESTS,
            REGISTRY,
            RUNBOOK,
            ".changeset/quiet-owls-close.md",
            SDK,
            "apps/docs/content/connect/check-ins.mdx",
            "apps/docs/content/reference/*",
            "apps/docs/content/sdk/*",
            "apps/docs/content/services/*",
        ),
    ),
    Step("2026-11-03", "felix", "Release 1.3.0", (PACKAGE, SPEC), tag=HEAD),
)
HISTORY = History(HERE / "src", "loop.example", STEPS)


def make_repository(target: Path) -> str:
    """Build the repository at ``target`` and return the id of its head commit. Raises `CannotBuild`."""
    return HISTORY.build(target)


if __name__ == "__main__":
    raise SystemExit(HISTORY.main(sys.argv[1:]))
