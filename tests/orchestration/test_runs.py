"""Runs of the assets: what they show, what they refuse, and that nothing typed into the UI grants anything."""

from __future__ import annotations

from datetime import timedelta

import pytest

from prr_pipeline.control.after_ga import FEEDBACK_LINE
from prr_pipeline.control.orders import hold
from prr_pipeline.exposure import OFF
from prr_pipeline.ledger.events import EventType
from tests.control.scene import ORDER, SPEC, Scene
from tests.orchestration.stage import Stage, checks, metadata, sentence, staged

KEY = "createGrant:beta"
RUNGS = ["exposure_shadow", "exposure_1pct", "exposure_10pct", "exposure_50pct", "exposure_100pct"]
STAGES = ["maturity", "stability_watch", "feedback_review", "chaos_game_day"]
REVIEW = ["checklist", "prr_document", "council_signoff"]
RAISING = (EventType.INTENT_WRITTEN, EventType.INTENT_SETTLED, EventType.SIGNOFF_ACCEPTED, EventType.ATTEMPT_STARTED)
CLAIMS = {
    "prr/base": "createGrant:beta/1/100%/v1",
    "prr/promotion": "createGrant:ga",
    "prr/approved": "true",
    "dagster/run_name": "council approved this",
    "approved_by": "noor,jonas,felix",
    "gates": "all open",
}


def test_a_made_up_partition_fails_with_one_sentence(stage: Stage) -> None:
    """A key typed into the dialog has no ledger record, whatever asset it is typed for; a flag can be lowered still."""
    sentences = {asset: sentence(stage.run(asset, "bogus:ga")) for asset in (*RUNGS, *REVIEW, *STAGES)}
    words = f"The ledger has no promotion 'bogus:ga'. Open ones: {KEY}. "
    assert {asset: said for asset, said in sentences.items() if said != f"{words}Open one with `prr open`."} == {}
    said = sentence(stage.run("rollback", "bogus:ga", {"reason": "why not"}))
    assert said == f"{words}`prr rollback --flag-key` lowers a flag by its own name."


def test_a_rung_run_raises_and_shows_it(stage: Stage) -> None:
    """The numbers, the gates, the next step and the picture; the check passes."""
    result = stage.run("exposure_shadow", KEY)
    assert result.success
    shown = metadata(result, "exposure_shadow")
    assert (shown["exposure_pct"], shown["rung"], shown["attempt"], shown["status"]) == (0.0, "shadow", 1, "climbing")
    assert shown["next_step"].startswith("rise to 1% once dwell opens")
    assert shown["picture"].startswith("![exposure](data:image/svg+xml;base64,")
    assert shown["line"] == "runs"
    assert shown["since"].startswith(f"{stage.scene.work.now():%Y-%m-%dT%H:%M}")
    assert [(row.data["gate"], row.data["what opens it"][:19]) for row in shown["in_the_way"].records] == [
        ("dwell", "may open by itself ")
    ]
    assert {record.data["gate"] for record in shown["gates"].records} >= {"readiness", "signoff", "alerts", "dwell"}
    assert checks(result) == {"exposure_matches_flag": True}


def test_a_rung_that_is_reached_is_no_change(stage: Stage) -> None:
    """Materializing it again writes nothing."""
    stage.run("exposure_shadow", KEY)
    before = len(stage.scene.events())
    result = stage.run("exposure_shadow", KEY)
    assert result.success
    assert metadata(result, "exposure_shadow")["outcome"] == f"{KEY} stands at shadow already"
    assert len(stage.scene.events()) == before


def test_a_closed_rung_yields_its_check_and_fails_with_the_reason(stage: Stage) -> None:
    """Whatever rung somebody materializes, none is skipped."""
    for asset in RUNGS[1:]:
        result = stage.run(asset, KEY)
        assert not result.success, asset
        assert "does not rise to" in sentence(result)
        assert checks(result) == {"exposure_matches_flag": False}
        assert stage.scene.flag(KEY) == OFF


def test_tags_and_a_run_name_grant_nothing(bare: Stage) -> None:
    """X3: a promotion without any signature stays where it is, whatever the runs of its assets claim."""
    key = bare.scene.open(needs=[])
    for asset in (*RUNGS, *STAGES, *REVIEW):
        bare.run(asset, key, tags=CLAIMS)
        state = bare.scene.state(key)
        assert (state.exposure, bare.scene.flag(key), state.signoffs) == (OFF, OFF, ()), asset
        assert state.maturity_recorded_at is None, asset
    assert bare.scene.events(*RAISING) == []


def test_configuration_of_a_rung_grants_nothing(stage: Stage) -> None:
    """X3: nothing reads it, so there is nothing to forge."""
    forms: list[dict[str, object]] = [
        {"force": True}, {"approved_by": "noor"}, {"skip_gates": ["signoff"]}, {"rung": "100%"},
    ]  # fmt: skip
    for config in forms:
        assert "does not rise to 1%" in sentence(stage.run("exposure_1pct", KEY, config, CLAIMS)), config
    assert stage.scene.flag(KEY) == OFF
    assert stage.scene.events(EventType.INTENT_WRITTEN) == []


@pytest.mark.parametrize(
    ("config", "words"),
    [
        ({"reason": ""}, "needs a reason"),
        ({"reason": " \n"}, "needs a reason"),
        ({"reason": "errors", "actor": " "}, "needs the name"),
    ],
    ids=["empty", "blank", "nobody"],
)
def test_a_rollback_needs_a_reason_and_a_name(stage: Stage, config: dict[str, str], words: str) -> None:
    """An empty text in the form is none, and nothing is lowered."""
    stage.scene.rise_to(KEY, "shadow")
    result = stage.run("rollback", KEY, config)
    assert not result.success
    assert words in sentence(result)
    assert stage.scene.state(KEY).exposure.name == "shadow"


def test_a_rollback_with_a_reason_is_read_back_and_booked(stage: Stage) -> None:
    """What the person typed stands in the ledger as what it is: a claim, with the run."""
    stage.scene.rise_to(KEY, "1%")
    result = stage.run("rollback", KEY, {"reason": "errors in the logs", "actor": "felix"})
    assert result.success
    assert stage.scene.flag(KEY) == OFF
    latch = stage.scene.state(KEY).latch
    assert latch is not None
    assert "felix (run " in latch.cause
    assert latch.cause.endswith(": errors in the logs")
    [row] = metadata(result, "rollback")["lowered"].records
    assert (row.data["promotion"], row.data["flag shows"], row.data["read back"]) == (KEY, "off", "yes")


def test_the_checklist_shows_a_check_per_section(stage: Stage) -> None:
    """With the lines as a table; a section fails when one of its lines does."""
    result = stage.run("checklist", KEY)
    assert result.success
    found = checks(result)
    assert len(found) > 8
    assert all(found.values())
    assert metadata(result, "checklist")["readiness"].startswith("open: all ")


def test_a_judgement_that_fails_fails_the_run_with_the_sentence(stage: Stage) -> None:
    """And the ticks show it from then on."""
    stage.scene.edit(SPEC, lambda text: text.replace("operationId: createGrant\n", "operationId: makeGrant\n"))
    stage.scene.commit()
    result = stage.run("checklist", KEY)
    assert not result.success
    assert "Unknown operation 'createGrant'" in sentence(result)
    assert "Unknown operation" in stage.scene.tick().decisions[KEY].causes[0]


def test_the_document_is_shown_as_text_whatever_people_wrote(stage: Stage) -> None:
    """A picture of somebody else's server in it would tell them who reads."""
    path = "apps/api/__gates__/prod-readiness/createGrant.md"
    beacon = "![](https://evil.example/beacon.png)\n\n````\n[click](https://evil.example)\n````\n"
    stage.scene.edit(path, lambda text: f"{text}\n{beacon}")
    stage.scene.commit()
    result = stage.run("prr_document", KEY)
    assert result.success
    shown = metadata(result, "prr_document")
    lines = shown["rendered"].splitlines()
    assert lines[0].rstrip("markdown") == lines[-1] == "```````"
    assert beacon.splitlines()[0] in lines
    assert shown["document"] in ("filed", "differs")


def test_the_council_shows_who_counts_and_who_is_missing(bare: Stage) -> None:
    """Nothing in this run can grant: without signatures there is nobody."""
    key = bare.scene.open(needs=[])
    bare.scene.prepare(key)
    result = bare.run("council_signoff", key)
    assert result.success
    shown = metadata(result, "council_signoff")
    assert shown["signoff"].startswith("closed: ")
    assert {row.data["what"] for row in shown["people"].records} == {"missing"}


def test_the_agenda_lists_what_waits(stage: Stage) -> None:
    """One promotion is held, so it waits for people."""
    assert metadata(stage.run("council_agenda", None), "council_agenda")["promotions"] == 0
    hold(stage.scene.work, KEY, ORDER)
    shown = metadata(stage.run("council_agenda", None), "council_agenda")
    assert shown["promotions"] == 1
    assert "createGrant:beta" in shown["agenda"]


def test_a_stage_after_ga_is_refused_below_it(stage: Stage) -> None:
    """With the reason."""
    for asset in ("maturity", "stability_watch", "chaos_game_day"):
        assert "100%" in sentence(stage.run(asset, KEY)), asset


def test_the_stages_after_ga_in_order(full: Scene) -> None:
    """Maturity, a watched week, game day, feedback when due and signed; pending materializes with the reason."""
    key = "createGrant:ga"
    with staged(full) as stage:
        assert metadata(stage.run("maturity", key), "maturity")["stage"] == "done"
        assert metadata(stage.run("stability_watch", key), "stability_watch")["stage"] == "pending"
        full.serve()
        assert metadata(stage.run("stability_watch", key), "stability_watch")["stage"] == "done"
        assert metadata(stage.run("chaos_game_day", key), "chaos_game_day")["stage"] == "done"
        assert "due at" in metadata(stage.run("feedback_review", key), "feedback_review")["why"]
        full.serve(timedelta(days=30))
        full.reviewer.attest_line(key, FEEDBACK_LINE, "noor", "Read the month's tickets.")
        full.commit()
        assert stage.run("council_signoff", key).success
        assert metadata(stage.run("feedback_review", key), "feedback_review")["stage"] == "done"
        assert not full.state(key).is_open
