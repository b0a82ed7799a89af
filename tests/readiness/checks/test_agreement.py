"""Lines that say who must agree take their outcome from the review of sign-offs."""

from __future__ import annotations

import pytest

from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.model import Outcome, Reason
from tests.readiness.fakes import NOW, run

LINE = "council_quorum_signed"


@pytest.mark.parametrize("outcome", [Outcome.MET, Outcome.UNMET, Outcome.UNKNOWN])
def test_the_reviews_verdict_is_the_lines(outcome: Outcome) -> None:
    """Outcome and sentence come as the review gave them."""
    finding = run("approved_by", {"line": LINE}, {}, Facts(now=NOW, approvals={LINE: (outcome, "So it is.")}))
    assert (finding.outcome, finding.message) == (outcome, "So it is.")
    assert (finding.reason is not None) == (outcome is Outcome.UNKNOWN)


@pytest.mark.parametrize("approvals", [None, {}])
def test_without_records_it_is_unknown(approvals: dict[str, tuple[Outcome, str]] | None) -> None:
    """Nobody looked, or the review does not know the line: that agrees to nothing."""
    finding = run("approved_by", {"line": LINE}, {}, Facts(now=NOW, approvals=approvals))
    assert (finding.outcome, finding.reason) == (Outcome.UNKNOWN, Reason.NO_EVIDENCE)
