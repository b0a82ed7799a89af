"""A deployment's own checklist: asked of running promotions as soon as it changes, and told wherever it matters."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from prr_pipeline.control.asked import asked_lines
from prr_pipeline.control.checklist import judge_promotion
from prr_pipeline.control.document import render_document
from prr_pipeline.control.rejudge import stale_promotions
from prr_pipeline.control.standing import read_standing
from prr_pipeline.errors import PrrError
from prr_pipeline.ledger.events import EventType
from prr_pipeline.readiness.model import LineResult, Outcome
from prr_pipeline.rollout.gates import GateState
from tests.control.scene import Scene

KEY = "createGrant:beta"
CHECKED = """
  - id: handler_is_at_most_our_limit
    number: OUR1
    section: Ours
    line: The handler is shorter than the checklist asks.
    applies_to: {kind: operation}
    kind: A
    check: function_is_at_most
    parameters: {lines: LIMIT, count_idle: false, steps: {}, composers: []}
    why: We agreed on shorter handlers than the rest.
    if_unmet: Move code into the service package.
    evidence: The handler's function in the code.
"""
BY_A_PERSON = """
  - id: support_is_briefed
    number: OUR2
    section: Ours
    line: The support team was briefed.
    applies_to: {kind: operation}
    kind: P
    why: Customers ask support before they ask us.
    if_unmet: Brief them and sign a statement.
    evidence: A signed statement of an engineer.
"""
Write = Callable[[str], None]


def put(scene: Scene, text: str) -> None:
    """Write the deployment's own checklist."""
    (scene.deployment.folder / "own.yaml").write_text(f"catalogue: ours\nlines: {text or '[]'}\n")


def with_own(scene: Scene, text: str = "") -> None:
    """Name it in the settings."""
    put(scene, text)
    if not scene.work.settings.checklist.own:
        scene.set("checklist", 'own = ["own.yaml"]')


def of_line(scene: Scene, line_id: str) -> LineResult:
    """The line as it is judged now."""
    return next(r for r in judge_promotion(scene.work, KEY, "run:test").report.results if r.line_id == line_id)


def gate(scene: Scene) -> tuple[GateState, bool, str]:
    """State, voidness and reason of the sign-off gate."""
    found = scene.convene(KEY).agreement
    return found.gate.state, found.void, found.gate.why


def test_an_empty_checklist_of_ones_own_changes_nothing(signed: Scene) -> None:
    """Neither what is stale, nor what was signed."""
    with_own(signed)
    assert stale_promotions(signed.work) == []
    assert gate(signed)[0] is GateState.OPEN


def test_a_line_that_holds_voids_what_was_signed_without_it(signed: Scene) -> None:
    """The council agreed to a report that did not ask it; the climb keeps its rung until they sign the new one."""
    signed.rise_to(KEY, "1%")
    with_own(signed, CHECKED.replace("LIMIT", "40"))
    assert [one.key for one in stale_promotions(signed.work)] == [KEY]
    state, void, why = gate(signed)
    assert (state, void) == (GateState.CLOSED, True)
    assert "report" in why
    assert stale_promotions(signed.work) == []
    assert of_line(signed, "handler_is_at_most_our_limit").outcome is Outcome.MET
    signed.tick()
    assert signed.state(KEY).exposure.name == "1%"
    signed.sign(KEY)
    assert gate(signed)[0] is GateState.OPEN
    assert signed.judge(KEY) is GateState.OPEN


def test_a_line_that_does_not_hold_closes_the_gate_and_names_itself(signed: Scene) -> None:
    """Readiness says which line and why; the file is read anew at each judgement, so mending it opens the gate."""
    with_own(signed, CHECKED.replace("LIMIT", "5"))
    assert signed.judge(KEY) is GateState.CLOSED
    standing = read_standing(signed.work, KEY)
    assert standing is not None
    assert "handler_is_at_most_our_limit" in standing.why
    put(signed, "")
    assert [one.key for one in stale_promotions(signed.work)] == [KEY]
    assert signed.judge(KEY) is GateState.OPEN
    assert gate(signed)[0] is GateState.OPEN


def test_a_line_for_a_person_waits_for_an_attestation(signed: Scene) -> None:
    """Unknown makes the sign-off unknown, not void; attested, the council is asked anew."""
    with_own(signed, BY_A_PERSON)
    state, void, _ = gate(signed)
    assert (state, void) == (GateState.UNKNOWN, False)
    signed.prepare(KEY)
    assert of_line(signed, "support_is_briefed").outcome is Outcome.MET
    assert gate(signed)[:2] == (GateState.CLOSED, True)


def test_the_ledger_says_when_another_checklist_was_asked(signed: Scene) -> None:
    """Of equal outcomes too: an auditor sees by which lines a promotion was judged."""
    before = signed.events(EventType.CHECKLIST_EVALUATED, key=KEY)[-1]
    with_own(signed, CHECKED.replace("LIMIT", "40").replace("    section", "    counts: false\n    section"))
    signed.judge(KEY)
    after = signed.events(EventType.CHECKLIST_EVALUATED, key=KEY)[-1]
    assert after.seq > before.seq
    assert after.payload["report_digest"] == before.payload["report_digest"]
    assert after.payload["asked_digest"] != before.payload["asked_digest"]


def test_the_document_holds_the_line(signed: Scene) -> None:
    """Its section and its wording stand where the council reads."""
    with_own(signed, BY_A_PERSON)
    rendered = render_document(judge_promotion(signed.work, KEY, "run:test"))
    assert "The support team was briefed" in rendered.data.decode()
    assert str(rendered.state) == "differs"


@pytest.mark.parametrize("text", ["[{}]", ": :", "\n  - id: x"], ids=["empty", "no YAML", "torn"])
def test_a_broken_checklist_holds_and_is_judged_again_once_it_is_mended(signed: Scene, text: str) -> None:
    """Nothing rises on an older answer; no commit is needed to get out of it."""
    with_own(signed, text)
    with pytest.raises(PrrError, match="own"):
        signed.judge(KEY)
    standing = read_standing(signed.work, KEY)
    assert standing is not None
    assert standing.gate is GateState.UNKNOWN
    assert "own.yaml" in standing.why
    assert [one.key for one in stale_promotions(signed.work)] == [KEY]
    put(signed, "")
    assert [one.key for one in stale_promotions(signed.work)] == [KEY]
    assert signed.judge(KEY) is GateState.OPEN
    assert gate(signed)[0] is GateState.OPEN


def test_a_file_that_is_named_twice_is_read_once(signed: Scene, tmp_path: Path) -> None:
    """In the settings and on the command line, by one path or another."""
    with_own(signed, CHECKED.replace("LIMIT", "40"))
    (tmp_path / "link.yaml").symlink_to(signed.deployment.folder / "own.yaml")
    lines = asked_lines(signed.work.settings, [tmp_path / "link.yaml"]).lines
    assert [line.id for line in lines if line.is_own] == ["handler_is_at_most_our_limit"]
