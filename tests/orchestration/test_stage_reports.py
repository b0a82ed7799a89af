"""What the runs after 100% show beside the promotion: patch, entry and report, and text that stays text."""

from __future__ import annotations

import json
from datetime import timedelta

from prr_pipeline.control.after_ga import FEEDBACK_LINE, plan_game_day
from tests.control.scene import SPEC, Scene
from tests.orchestration.stage import metadata, staged

KEY = "createGrant:ga"
PLAN = "apps/docs/content/docs/process/game-days/2027-q1.mdx"
DRILLS = "apps/api/lib/chaos-cadence.ts"


def test_the_maturity_shows_its_patch(full: Scene) -> None:
    """As a block of text, from a file that somebody else wrote; nothing once it is applied."""
    full.edit(
        SPEC,
        lambda text: text.replace(
            "      x-matter-maturity: {level: Beta",
            "      # ```` ![x](http://e.example)\n      x-matter-maturity: {level: Beta",
        ),
    )
    full.commit("Write something odd")
    with staged(full) as stage:
        shown = metadata(stage.run("maturity", KEY), "maturity")["patch"].split("\n")
        assert (shown[0], shown[-1]) == ("```````diff", "```````")
        assert "-      x-matter-maturity: {level: Beta, since: '2026-06-10'}" in shown
        full.edit(SPEC, lambda text: text.replace("level: Beta", "level: GA"))
        full.commit("State it")
        assert metadata(stage.run("maturity", KEY), "maturity")["patch"] == "The specification states it already."


def test_a_patch_that_cannot_be_made_says_why(full: Scene) -> None:
    """The maturity is recorded all the same: the ledger is the truth."""
    full.edit(SPEC, lambda text: text.replace("x-matter-maturity: {level: Beta", "x-matter-maturity: {level: &b Beta"))
    full.commit("Write an anchor")
    with staged(full) as stage:
        shown = metadata(stage.run("maturity", KEY), "maturity")
    assert shown["stage"] == "done"
    assert shown["patch"].startswith("No patch can be made of createGrant")


def test_the_game_day_shows_its_entry_until_the_plan_has_it(full: Scene) -> None:
    """Then it says where it stands."""
    with staged(full) as stage:
        assert "names createGrant" in metadata(stage.run("chaos_game_day", KEY), "chaos_game_day")["entry"]
        full.edit(PLAN, lambda text: text.replace("`createGrant`, ", ""))
        full.edit(DRILLS, lambda text: text.replace('"createGrant"', '"elsewhere"'))
        full.commit("Plan anew")
        shown = metadata(stage.run("chaos_game_day", KEY), "chaos_game_day")["entry"]
        assert shown.startswith("````diff\ndiff --git a/apps/docs/")
        full.edit(PLAN, lambda _: "---\ntitle: [\n---\n")
        full.commit("Break it")
        assert "front matter" in metadata(stage.run("chaos_game_day", KEY), "chaos_game_day")["entry"]


def test_the_feedback_review_shows_its_report(full: Scene) -> None:
    """So far, then what keeps it open, then as the ledger keeps it; never what people wrote."""
    since = full.state(KEY).full_at
    assert since is not None
    entry = {
        "at": (since + timedelta(days=1)).isoformat(), "operation_id": "createGrant", "kind": "bug",
        "severity": "high", "text": "My salary is wrong.", "reporter": "mail:ada",
    }  # fmt: skip
    file = full.deployment.folder / "feedback.jsonl"
    file.write_text(json.dumps({**entry, "kind": "<b>"}) + "\n")
    full.set("feedback", 'sources = ["inbox"]\n[feedback.options.inbox]\npath = "feedback.jsonl"')
    plan_game_day(full.work, KEY, "run:test")
    with staged(full) as stage:
        full.serve(timedelta(days=31))
        report = metadata(stage.run("feedback_review", KEY), "feedback_review")["report"]
        assert report.startswith("Not all of it can be read \\(1 fault\\(s\\)\\)")
        assert "- **Unknown:** The feedback inbox, feedback.jsonl, line 1: Unknown kind '\\<b\\>'" in report
        file.write_text(json.dumps(entry) + "\n")
        full.reviewer.attest_line(KEY, FEEDBACK_LINE, "noor", "Read all of it.")
        full.commit()
        full.convene(KEY)
        done = metadata(stage.run("feedback_review", KEY), "feedback_review")
    assert done["stage"] == "done"
    assert done["report"].startswith("Closed at ")
    assert "| feedback | 1 entry \\(inbox\\) |" in done["report"]
    assert "salary" not in done["report"]
