"""README, runbook and the runbook of jobs (L23, L24, L68)."""

from __future__ import annotations

import pytest

from prr_pipeline.readiness.model import Finding, Outcome
from prr_pipeline.subjects import Subject, SubjectKind
from tests.readiness.checks.platform import IDENTITY, judged

README, RUNBOOK, INFRA = (f"services/identity/{name}" for name in ("README.md", "RUNBOOK.md", "infra.ts"))
WORDS = (
    "Identity issues tokens to people and services, keeps the clients of partners, and answers introspection for all."
)
TEXT = f"{WORDS} It owns the consent of users too."
GOOD = f"# Identity\n\n![build](badge.svg)\n\n{TEXT}\n\n## Run locally\n\n```sh\npnpm dev\n```\n"


def readme(text: str | None) -> Finding:
    """L23."""
    return judged("L23", {README: text} if text is not None else {}, IDENTITY)


@pytest.mark.parametrize(
    "text",
    [
        GOOD,
        GOOD.replace("Run locally", "Getting started"),
        GOOD.replace("```sh", "```"),
        GOOD.replace("# Identity\n\n", ""),
    ],
    ids=["whole", "another heading", "a plain fence", "no title"],
)
def test_a_readme_that_explains_and_runs_is_met(text: str) -> None:
    """One paragraph, and the command."""
    assert readme(text).outcome is Outcome.MET


UNMET = [
    ("absent", None, "does not exist"),
    ("a stub", "# Identity\n\nTodo later on here.\n\n## Run locally\n\n```sh\nx\n```\n", "has 4 of at least 20 words"),
    ("no run section", GOOD.replace("Run locally", "Licence"), "no heading says how to run it"),
    ("no command", GOOD.replace("```sh\npnpm dev\n```", "Ask Ada."), "shows no command in a code fence"),
    ("a fence of code", GOOD.replace("```sh", "```ts"), "shows no command"),
    ("an empty file", "", "has 0 of at least 20 words, no heading"),
    ("the fence in a later section", GOOD.replace("```sh", "Ask.\n\n## Deploy\n\n```sh"), "shows no command"),
]


@pytest.mark.parametrize(("text", "why"), [each[1:] for each in UNMET], ids=[each[0] for each in UNMET])
def test_a_readme_that_lacks_something_is_unmet(text: str | None, why: str) -> None:
    """Each part by name."""
    found = readme(text)
    assert found.outcome is Outcome.UNMET
    assert why in found.message


ALARMS = 'export default platformService("identity", { alarms: { "identity-5xx": {}, "identity-p99": {} } });'
BOOK = """# Runbook

[Dashboard](https://example.org/d/1)

## Alarms

- identity-5xx: errors
- identity-p99: slow

## Dashboards

See above.

## Remediation

Roll back.
"""


def runbook(text: str = BOOK, infra: str | None = ALARMS) -> Finding:
    """L24."""
    return judged("L24", {RUNBOOK: text, **({INFRA: infra} if infra is not None else {})}, IDENTITY)


BY_LIST = 'const own = [{ name: "identity-5xx" }];\nplatformService("identity", { alarms: own });'


@pytest.mark.parametrize("infra", [ALARMS, BY_LIST, 'platformService("identity", {});'], ids=["object", "list", "none"])
def test_a_runbook_with_every_section_and_alarm_is_met(infra: str) -> None:
    """Alarms are told in headings, list items or rows."""
    assert runbook(infra=infra).outcome is Outcome.MET


THIN = [
    ("a missing section", BOOK.replace("## Remediation", "## End"), ALARMS, "no heading tells of remediation"),
    ("an empty section", BOOK.replace("Roll back.\n", ""), ALARMS, "the section 'Remediation' is empty"),
    ("no dashboard", BOOK.replace("https://example.org/d/1", "#top"), ALARMS, "it links to no dashboard"),
    ("an alarm untold", BOOK.replace("identity-p99", "identity-p95"), ALARMS, "the alarm identity-p99 has no entry"),
    ("part of another name", BOOK.replace("identity-p99", "identity-p99-old"), ALARMS, "the alarm identity-p99 has no"),
    (
        "a fault beside hidden alarms",
        BOOK.replace("## Remediation", "## End"),
        "x();",
        "no heading tells of remediation",
    ),
]


@pytest.mark.parametrize(("text", "infra", "why"), [each[1:] for each in THIN], ids=[each[0] for each in THIN])
def test_a_runbook_that_lacks_something_is_unmet(text: str, infra: str, why: str) -> None:
    """Each part by name."""
    found = runbook(text, infra)
    assert found.outcome is Outcome.UNMET
    assert why in found.message


HIDDEN = [
    ("no construct", "export const x = 1;"),
    ("computed alarms", 'platformService("identity", { alarms: make() });'),
    ("spread options", 'platformService("identity", { ...defaults() });'),
    ("a computed key", 'platformService("identity", { alarms: { [name]: {} } });'),
    ("no infra", None),
]


@pytest.mark.parametrize("infra", [each[1] for each in HIDDEN], ids=[each[0] for each in HIDDEN])
def test_alarms_that_cannot_be_seen_make_it_unknown(infra: str | None) -> None:
    """An entry may be missing."""
    assert runbook(infra=infra).outcome is Outcome.UNKNOWN


JOB = Subject(SubjectKind.JOB, "release-expired")
JOBS = "services/jobs/RUNBOOK.md"


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("## release-expired\n\nFrees locks.\n", Outcome.MET),
        ("## Job `release-expired`\n\n### Failure\n\nRun it again.\n", Outcome.MET),
        ("## release-expired\n", Outcome.UNMET),
        ("## release-expired-v2\n\nText.\n", Outcome.UNMET),
        ("release-expired\n", Outcome.UNMET),
        (None, Outcome.UNMET),
    ],
    ids=["entry", "in a longer heading", "empty", "another job", "no heading", "no file"],
)
def test_a_job_has_its_entry_in_the_runbook(text: str | None, outcome: Outcome) -> None:
    """A heading with its id, and text below."""
    assert judged("L68", {JOBS: text} if text is not None else {}, JOB).outcome is outcome
