"""Judging at the tracked ref: what a judgement leaves behind, above all one that could not be made."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from prr_pipeline.control.checklist import judge_promotion
from prr_pipeline.control.due import due_list
from prr_pipeline.control.gather import facts_for, read_world
from prr_pipeline.control.standing import read_standing
from prr_pipeline.errors import PrrError
from prr_pipeline.ledger.events import Draft, EventType
from prr_pipeline.rollout.gates import GateState
from prr_pipeline.signals.alerts.inbox import beat
from tests.control.scene import HANDLER, SPEC, Scene

KEY = "createGrant:beta"
DOCUMENT = "apps/api/__gates__/prod-readiness/createGrant.md"


def vanish(text: str) -> str:
    """The operation gets another id."""
    return text.replace("operationId: createGrant\n", "operationId: makeGrant\n")


def break_yaml(text: str) -> str:
    """The specification cannot be parsed."""
    return text + "\n  - : [\n"


def break_markers(text: str) -> str:
    """A marker of the document is doubled."""
    return text.replace("<!-- prr:begin", "<!-- prr:begin beta/line/x -->\n<!-- prr:begin", 1)


BROKEN = [
    pytest.param(SPEC, vanish, GateState.CLOSED, "Unknown operation 'createGrant'", id="operation vanished"),
    pytest.param(SPEC, break_yaml, GateState.UNKNOWN, "cannot be read", id="specification broken"),
    pytest.param(DOCUMENT, break_markers, GateState.UNKNOWN, "line", id="markers broken"),
    pytest.param(".prr/profile.yaml", lambda _: "council: {}\n", GateState.UNKNOWN, "council", id="profile forbidden"),
]


@pytest.mark.parametrize(("path", "change", "gate", "words"), BROKEN)
def test_a_judgement_that_fails_replaces_the_open_one(
    signed: Scene, path: str, change: Callable[[str], str], gate: GateState, words: str
) -> None:
    """No tick goes on with an older answer: the gate says why, no digest can be told, an event is booked, once."""
    assert signed.judge(KEY) is GateState.OPEN
    signed.edit(path, change)
    signed.commit()
    signed.run_ci()
    for _ in range(2):
        with pytest.raises(PrrError, match=words):
            judge_promotion(signed.work, KEY, "run:test")
    standing = read_standing(signed.work, KEY)
    assert standing is not None
    assert standing.failed
    assert (standing.gate, words in standing.why) == (gate, True)
    assert (standing.report_digest, standing.spec_subtree_digest, standing.section_digest) == (None, None, None)
    facts = facts_for(signed.work, read_world(signed.work), signed.state(KEY))
    assert (facts.readiness.state, facts.readiness.why) == (gate, standing.why)
    assert (facts.signoff.state, facts.signoff_void) == (GateState.UNKNOWN, False)
    events = [e for e in signed.events(EventType.CHECKLIST_EVALUATED, key=KEY) if e.payload["why"] == standing.why]
    assert len(events) == 1
    assert signed.state(KEY).report_digest is None


def test_nothing_is_due_after_a_failed_judgement_and_all_is_well_once_mended(signed: Scene) -> None:
    """The rung was due; then the specification was broken; then it was put right."""
    beat(signed.deployment.inbox)
    assert [due.asset for due in due_list(signed.work)] == ["exposure_shadow"]
    signed.edit(SPEC, break_yaml)
    signed.commit()
    with pytest.raises(PrrError):
        signed.judge(KEY)
    assert due_list(signed.work) == []
    signed.revert()
    signed.run_ci()
    assert signed.judge(KEY) is GateState.OPEN
    assert [due.asset for due in due_list(signed.work)] == ["exposure_shadow"]


def test_a_rung_run_judges_before_it_rises(signed: Scene) -> None:
    """What broke since the last judgement stops the raise inside the run, not only at the next tick."""
    signed.edit(SPEC, vanish)
    signed.commit()
    with pytest.raises(PrrError, match="Unknown operation"):
        signed.climb(KEY, "shadow")
    assert not signed.state(KEY).has_traffic
    assert signed.events(EventType.INTENT_WRITTEN) == []


def test_an_error_of_the_program_counts_as_unknown_too(signed: Scene) -> None:
    """Something that is no `PrrError`, here a ledger entry of a shape that was never written."""
    odd = Draft(KEY, EventType.ATTESTATION_ACCEPTED, {"record_digest": "sha256:0"}, "run:test")
    signed.work.ledger.append([odd])
    with pytest.raises(KeyError):
        signed.judge(KEY)
    standing = read_standing(signed.work, KEY)
    assert standing is not None
    assert (standing.gate, standing.why) == (GateState.UNKNOWN, "the judgement failed (KeyError: 'statement')")


def test_head_code_without_artefacts_is_unknown_until_ci_has_reported(signed: Scene) -> None:
    """The judged commit is the last one that CI covered, and the newer code closes the way up."""
    signed.edit(HANDLER, lambda text: text + "\n// another line\n")
    head = signed.commit()
    assert signed.judge(KEY) is GateState.UNKNOWN
    standing = read_standing(signed.work, KEY)
    assert standing is not None
    assert standing.head == head != standing.commit
    assert "no complete artefact set covers" in standing.why
    assert not standing.complete
    signed.run_ci()
    assert signed.judge(KEY) is GateState.OPEN


def test_the_specification_is_bound_at_the_head_though_older_code_is_judged(signed: Scene) -> None:
    """Its subtree digest moves with the head, whatever CI has covered."""
    before = read_standing(signed.work, KEY)
    line = "operationId: createGrant\n"
    signed.edit(SPEC, lambda text: text.replace(line, f"{line}      deprecated: true\n"))
    signed.commit()
    signed.judge(KEY)
    after = read_standing(signed.work, KEY)
    assert before is not None
    assert after is not None
    assert before.spec_subtree_digest != after.spec_subtree_digest
    assert before.commit == after.commit


def test_a_fault_in_keeping_the_fault_hides_nothing(signed: Scene) -> None:
    """When the event cannot be booked (no actor), the first error is still the one that is raised."""
    signed.edit(SPEC, vanish)
    signed.commit()
    with pytest.raises(PrrError, match="Unknown operation"):
        judge_promotion(signed.work, KEY, " ")
    assert signed.work.ledger.counters.get("read_set", KEY) is None


@pytest.mark.parametrize("key", ["nothing:beta", "", "createGrant:ga"])
def test_an_unknown_key_lists_the_open_ones(signed: Scene, key: str) -> None:
    """One sentence with what is there."""
    with pytest.raises(PrrError, match=r"no promotion .*Open ones: createGrant:beta"):
        judge_promotion(signed.work, key, "run:test")
