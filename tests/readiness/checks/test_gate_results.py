"""Gates of CI that must be green."""

from __future__ import annotations

from typing import Any

import pytest

from prr_pipeline.readiness.catalogue import load_catalogue
from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.model import Finding, Outcome, Reason
from tests.readiness.fakes import run
from tests.readiness.filed import COMMIT, absent, filed, having

M27 = load_catalogue().line("M27")
GATE = "apps/api/lib/pii-drift-validation.ts"


def judged(facts: Facts, files: dict[str, str] | None = None, **parameters: Any) -> Finding:
    given = {GATE: "export const piiDrift = () => [];"} if files is None else files
    return run(M27.check, {**M27.parameters, **parameters}, given, facts)


def gates(*conclusions: str | None, **more: Any) -> dict[str, Any]:
    rows = [{"name": "pii-drift", "conclusion": conclusion, **more} for conclusion in conclusions]
    return {"checks": [*rows, {"name": "other", "conclusion": "success"}]}


def test_a_green_gate_is_met() -> None:
    """With the gate's source and the report as places."""
    finding = judged(having(gates=gates("success")))
    assert finding.outcome is Outcome.MET
    assert [place.path for place in finding.locations] == [GATE, f"{COMMIT}/report"]


@pytest.mark.parametrize("conclusion", ["failure", "timed_out", "action_required", "startup_failure"])
def test_a_gate_that_failed_is_unmet(conclusion: str) -> None:
    """However CI calls it."""
    finding = judged(having(gates=gates(conclusion)))
    assert finding.outcome is Outcome.UNMET
    assert "pii-drift failed" in finding.message


@pytest.mark.parametrize("conclusion", ["skipped", "neutral", "cancelled", "stale", None])
def test_a_gate_that_said_nothing_is_unknown(conclusion: str | None) -> None:
    """Skipped and neutral are not success."""
    finding = judged(having(gates=gates(conclusion)))
    assert (finding.outcome, finding.reason) == (Outcome.UNKNOWN, Reason.NO_EVIDENCE)


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        (having(), Reason.NO_EVIDENCE),
        (having(gates=absent()), Reason.NO_EVIDENCE),
        (having(gates=gates()), Reason.NO_EVIDENCE),
        (having(gates={"checks": [{"name": "PII-drift", "conclusion": "success"}]}), Reason.NO_EVIDENCE),
        (having(gates=filed(gates("success"), current=False)), Reason.STALE),
        (having(gates=gates("success", head_sha="d" * 40)), Reason.STALE),
        (having(gates={"checks": []}), Reason.UNREADABLE),
        (having(gates="green"), Reason.UNREADABLE),
    ],
)
def test_what_cannot_be_seen_is_unknown(facts: Facts, reason: Reason) -> None:
    """No report, no such gate, another commit's result, a broken report."""
    finding = judged(facts)
    assert (finding.outcome, finding.reason) == (Outcome.UNKNOWN, reason), finding.message


def test_a_result_that_names_the_reports_own_commit_is_met() -> None:
    """As GitHub writes it."""
    assert judged(having(gates=gates("success", head_sha=COMMIT))).outcome is Outcome.MET


def test_a_gate_without_its_source_is_unmet() -> None:
    """The line names the file; a green result of nothing is none."""
    finding = judged(having(gates=gates("success")), {})
    assert finding.outcome is Outcome.UNMET
    assert f"{GATE} does not exist" in finding.message


def test_every_required_check_and_the_least_number_of_green_ones_count() -> None:
    """As the full checklist will ask for them."""
    assert judged(having(gates=gates("success")), required=["pii-drift", "other"], min_count=2).outcome is Outcome.MET
    assert judged(having(gates=gates("success")), min_count=3).outcome is Outcome.UNMET
    assert judged(having(gates=gates("failure")), required=["other"]).outcome is Outcome.MET
