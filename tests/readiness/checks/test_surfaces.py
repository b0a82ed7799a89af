"""The threat model names the surface, and changed with it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.model import Finding, Outcome, Reason
from tests.readiness.fakes import NOW, run

PATH = "threats.mdx"
NEEDS = {"file": PATH, "needs": ["Control", "Test"]}
ITEM = "- **T1 — Racing the pool.** `createGrant` twice at once. **Control:** one lock. **Test:** pool.test.ts.\n"
TABLE = "| Threat | Surface | Control | Test |\n|---|---|---|---|\n| T2 | `createGrant` | one lock | pool.test.ts |\n"
SECTION = "## T3 — POST /v1/grants\n\nTwo at once.\n\nControl: one lock. Test: pool.test.ts.\n"


def named(text: str | None) -> Finding:
    return run("document_names_subject", NEEDS, {PATH: text} if text is not None else {})


@pytest.mark.parametrize("text", [ITEM, TABLE, SECTION], ids=["list item", "table row", "section"])
def test_each_form_of_a_threat_is_accepted(text: str) -> None:
    """Threat models are written as lists, tables and sections; all three count."""
    assert named(f"# Threats\n\n{text}").outcome is Outcome.MET


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (None, "threats.mdx does not exist"),
        ("# Threats\n", "names neither createGrant nor its path /grants"),
        (ITEM.replace("createGrant", "createGrants"), "names neither"),
        (ITEM.replace("`createGrant`", "`POST /grants/{id}`"), "names neither"),
        (ITEM.partition("**Test")[0], "without Test (line 1)"),
        (TABLE.replace("| one lock |", "| |"), "without Control (line 3)"),
    ],
)
def test_a_surface_that_is_not_named_in_full_is_unmet(text: str | None, message: str) -> None:
    """A longer name or path is another surface, and a threat needs a control and a test."""
    finding = named(text)
    assert finding.outcome is Outcome.UNMET
    assert message in finding.message


def test_one_complete_threat_is_enough() -> None:
    """A further mention in passing does not spoil it."""
    assert named(ITEM + "- See also `createGrant`.\n").outcome is Outcome.MET


def test_another_operations_threat_leaves_the_digest_as_it_is() -> None:
    """The model belongs to all; only the places that name this operation are bound."""
    assert named(ITEM + "- **T9** `listOther`. Control: x. Test: y.\n").subject_digest == named(ITEM).subject_digest


@dataclass(frozen=True)
class History:
    """A history that answers what the test says."""

    changed: datetime | None
    since: datetime | None

    def last_changed_at(self, path: str) -> datetime | None:
        return self.changed if path == PATH else None

    def operation_since(self, operation_id: str) -> datetime | None:
        return self.since if operation_id == "createGrant" else None


@pytest.mark.parametrize(
    ("history", "outcome"),
    [
        (History(NOW, NOW), Outcome.MET),
        (History(NOW, NOW - timedelta(days=1)), Outcome.MET),
        (History(NOW - timedelta(days=1), NOW), Outcome.UNMET),
        (History(None, NOW), Outcome.UNKNOWN),
        (History(NOW, None), Outcome.UNKNOWN),
        (None, Outcome.UNKNOWN),
    ],
)
def test_the_document_must_not_be_older_than_the_operation(history: History | None, outcome: Outcome) -> None:
    """What was written before the route cannot have thought of it; without history nobody knows."""
    finding = run("changed_together", {"file": PATH}, {}, Facts(now=NOW, history=history))
    assert finding.outcome is outcome
    assert (finding.reason is Reason.NO_EVIDENCE) == (outcome is Outcome.UNKNOWN)
