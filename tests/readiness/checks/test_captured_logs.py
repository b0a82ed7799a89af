"""Canaries that tests plant and that must not come out (the second part of L8)."""

from __future__ import annotations

import pytest

from prr_pipeline.readiness.facts import ArtefactAbsent, ArtefactFact
from prr_pipeline.readiness.model import Finding, Outcome, Reason
from tests.readiness.checks.platform import IDENTITY, loop
from tests.readiness.fakes import run
from tests.readiness.filed import absent, filed, having, junit

CANARIES = "packages/testing/src/phi-canaries.ts"
TEST, OTHER = "services/identity/tests/a.test.ts", "services/clinical/tests/a.test.ts"
PARAMETERS = {
    "file": CANARIES,
    "name": "PHI_CANARIES",
    "tests": "services/{service}/tests/**/*.test.ts",
    "all_tests": "services/**/*.test.ts",
    "artefact": "junit",
}
FILES = {
    CANARIES: 'export const PHI_CANARIES = ["canary-one-1", { name: "canary-two-2" }];',
    TEST: 'import { PHI_CANARIES } from "../../../packages/testing/src/phi-canaries";\nit("a", () => f(PHI_CANARIES));',
    OTHER: 'import { PHI_CANARIES } from "../../../packages/testing/src/phi-canaries";\nit("b", () => {});',
}
OUT = "<system-out>{}</system-out>"
CLEAN = junit(("a", TEST, OUT.format("started")))
MET, UNMET, UNKNOWN = Outcome.MET, Outcome.UNMET, Outcome.UNKNOWN


def found(report: str | ArtefactFact | ArtefactAbsent = CLEAN, **files: str | None) -> Finding:
    """The finding with another report, or other ``canaries`` or ``test``."""
    edits = {{"canaries": CANARIES, "test": TEST}[name]: text for name, text in files.items()}
    kept = {path: text for path, text in {**FILES, **edits}.items() if text is not None}
    return run("canaries_stay_out_of_logs", PARAMETERS, kept, having(junit=report), IDENTITY, loop())


REPORTS = [
    ("clean", CLEAN, MET),
    ("in the output", junit(("a", TEST, OUT.format("x canary-one-1 y"))), UNMET),
    ("in the errors", junit(("a", TEST, "<system-err>canary-two-2</system-err>")), UNMET),
    ("far behind", junit(("a", TEST, OUT.format("x" * 50_000 + "canary-one-1"))), UNMET),
    ("in character data", junit(("a", TEST, OUT.format("<![CDATA[canary-one-1]]>"))), UNMET),
    (
        "of the suite",
        f'<testsuite name="{TEST}"><testcase name="a"/>{OUT.format("canary-one-1")}</testsuite>',
        UNMET,
    ),
    ("of another service", junit(("a", TEST, OUT.format("ok")), ("b", OTHER, OUT.format("canary-one-1"))), MET),
    ("no output", junit(("a", TEST)), UNKNOWN),
    ("blank output", junit(("a", TEST, OUT.format(" \n"))), UNKNOWN),
    ("only of another service", junit(("a", TEST), ("b", OTHER, OUT.format("ok"))), UNKNOWN),
    ("it failed", junit(("a", TEST, "<failure/>" + OUT.format("ok"))), UNMET),
    ("it was skipped", junit(("a", TEST, "<skipped/>" + OUT.format("ok"))), UNMET),
    ("it did not run", junit(("b", OTHER, OUT.format("ok"))), UNMET),
]


@pytest.mark.parametrize(("report", "outcome"), [each[1:] for each in REPORTS], ids=[each[0] for each in REPORTS])
def test_a_canary_comes_out_in_no_output(report: str, outcome: Outcome) -> None:
    """All of what the service's own tests print is searched; what others print is theirs."""
    assert found(report).outcome is outcome


def test_no_report_and_an_old_one_are_unknown() -> None:
    """Another commit's output proves nothing."""
    assert found(absent()).reason is Reason.NO_EVIDENCE
    assert found(filed(CLEAN, current=False)).reason is Reason.STALE


def test_canaries_must_be_there_and_planted() -> None:
    """Each says what to write."""
    assert found(canaries=None).message.startswith(f"{CANARIES} does not exist; write canaries there")
    assert "No test of services/identity/tests" in found(test='it("a", () => {});').message
    assert found(test="it(").reason is Reason.UNREADABLE
    assert found(canaries="export const PHI_CANARIES = [make()];").reason is Reason.NOT_RESOLVABLE
    assert found(canaries="export const PHI_CANARIES = [];").reason is Reason.NOT_RESOLVABLE
    assert "fewer than 8 characters" in found(canaries='export const PHI_CANARIES = { a: "Anna" };').message


def test_a_leak_is_named_and_not_repeated() -> None:
    """The sentence names the canary by its place, and holds no planted value."""
    bad = found(junit(("a", TEST, OUT.format("canary-two-2"))))
    assert "in the output of 'a'" in bad.message
    assert "canary-two-2" not in bad.message
    assert bad.locations[0].path == TEST
