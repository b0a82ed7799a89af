"""The job that rolls back many: by name or all, with a reason, success only after every flag was read back."""

from __future__ import annotations

import pytest
from dagster import ExecuteInProcessResult

from assets.rollback import rollback_many
from prr_pipeline.exposure import OFF
from prr_pipeline.ledger.events import Draft, EventType
from tests.control.scene import Scene
from tests.orchestration.stage import QUIET, sentence

KEY = "createGrant:beta"


def roll_back(scene: Scene, **config: object) -> ExecuteInProcessResult:
    """Run the job with this form filled in."""
    ops = {"roll_back_promotions": {"config": config}}
    return rollback_many.execute_in_process(
        run_config={**QUIET, "ops": ops}, resources={"work": scene.work}, raise_on_error=False
    )


def test_named_promotions_are_brought_to_off(signed: Scene) -> None:
    """The others stay."""
    signed.rise_to(KEY, "1%")
    assert roll_back(signed, reason="errors", keys=[KEY]).success
    assert signed.flag(KEY) == OFF


def test_everything_is_what_has_traffic_or_may_have_it(signed: Scene) -> None:
    """A raise in flight counts; a promotion that is off keeps its attempt."""
    idle = signed.open("issueShares", needs=[])
    intent = {"attempt": 1, "flag_version": 1, "from": "off", "intent_id": "i", "rung": 0, "to": "shadow"}
    signed.work.ledger.append([Draft(KEY, EventType.INTENT_WRITTEN, intent, "run:test")])
    assert roll_back(signed, reason="errors everywhere", everything=True).success
    state = signed.state(KEY)
    assert state.latch is not None
    assert state.intent is None
    assert signed.state(idle).latch is None


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"reason": "errors"}, "Name promotion keys, or set everything to true"),
        ({"reason": "errors", "keys": [KEY], "everything": True}, "one of the two"),
        ({"reason": " ", "keys": [KEY]}, "needs a reason"),
        ({"reason": "errors", "keys": ["bogus:ga"]}, "no promotion 'bogus:ga'"),
    ],
    ids=["nothing", "both", "no reason", "unknown"],
)
def test_a_form_that_says_nothing_is_refused(signed: Scene, form: dict[str, object], words: str) -> None:
    """With one sentence, and no flag moves."""
    signed.rise_to(KEY, "shadow")
    result = roll_back(signed, **form)
    assert not result.success
    assert words in sentence(result)
    assert signed.state(KEY).exposure.name == "shadow"


def test_a_flag_that_cannot_be_lowered_is_no_success(signed: Scene) -> None:
    """L2: only a read-back says "rolled back"."""
    signed.rise_to(KEY, "shadow")
    signed.deployment.flags_file.unlink()
    signed.deployment.flags_file.mkdir()
    result = roll_back(signed, reason="errors", keys=[KEY])
    assert not result.success
    assert sentence(result) == f"Not read back as off yet: {KEY}. The guard goes on trying."
