"""`prr gate deploy`: may a release go to production, must it not, or can nobody tell?"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from prr_pipeline.control.checklist import judge_promotion
from tests.commands import release
from tests.commands.town import NOW, Said, Town, git, prr
from tests.platforms.asking import CANARY
from tests.platforms.local_service import LocalService
from tests.platforms.test_bad_answers import echoed


@pytest.fixture
def released(town: Town) -> Town:
    """The town after its release."""
    town.release()
    return town


@pytest.fixture
def server() -> Iterator[LocalService]:
    """A forge that refuses, and tells the token back."""
    with LocalService(otherwise=echoed(401)) as running:
        yield running


def outcomes(said: Said) -> dict[str, str]:
    """Number of a line to its outcome."""
    return {one["number"]: one["outcome"] for one in said.data["lines"]}


ALL = {"L81": "met", "L82": "met", "L83": "met", "L84": "met", "L85": "not_applicable", "L86": "not_applicable"}


def test_a_release_that_people_vouched_for_may_go(released: Town) -> None:
    """What was signed about it is read at the tracked ref: it is filed after the tag is set."""
    tag = git(released.mono, "rev-parse", "slack")
    said = released.prr("gate", "deploy", "slack", "--json")
    assert (said.code, outcomes(said)) == (2, {**ALL, "T1": "unknown", "T2": "unknown"})
    released.attest_all(released.open())
    assert git(released.mono, "rev-parse", "main") != tag
    said = released.prr("gate", "deploy", "slack", "--json")
    assert (said.code, outcomes(said)) == (0, {**ALL, "T1": "met", "T2": "met"})
    data = said.data
    assert (data["verdict"], data["deploy"], data["commit"], data["base"]) == ("may_go", "slack", tag, None)
    assert data["faults"] == data["notes"] == []
    assert "slack may go: 8 of 8 lines pass" in released.prr("gate", "deploy", "slack").out


def test_an_unmet_line_holds_the_release(released: Town) -> None:
    """It comes first, with what to do; what is unknown beside it changes nothing."""
    commit = git(released.mono, "rev-parse", "slack")
    release.record(released.folder, commit, NOW, checks=[{"name": "tests", "state": "failure", "finished_at": None}])
    said = released.prr("gate", "deploy", "slack", "--json")
    assert (said.code, said.data["verdict"]) == (1, "must_not_go")
    first = said.data["lines"][0]
    assert (first["number"], first["outcome"], first["justified"]) == ("L82", "unmet", False)
    assert "tests failed; get each to success" in first["message"]
    shown = released.prr("gate", "deploy", "slack")
    assert shown.code == 1
    assert shown.out.index("L82") < shown.out.index("T1") < shown.out.index("L81")
    assert "slack must not go: 5 of 8 lines pass" in shown.out


@pytest.mark.parametrize("hours", [2, -2])
def test_an_answer_of_another_hour_tells_nobody(released: Town, hours: int) -> None:
    """Neither an old one nor one of the future."""
    commit = git(released.mono, "rev-parse", "slack")
    release.record(released.folder, commit, NOW - timedelta(hours=hours))
    said = released.prr("gate", "deploy", "slack", "--json")
    assert said.code == 2
    assert {number for number, outcome in outcomes(said).items() if outcome == "unknown"} == {"L82", "L83", "T1", "T2"}


def test_what_a_service_said_is_never_remembered(
    released: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run right after another one hears what is said now, though nothing in the repository changed."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))

    def line() -> str:
        reports = released.prr("check", "--all", "--kind", "deploy", "--json").data["reports"]
        return str(next(one["outcome"] for one in reports[0]["lines"] if one["number"] == "L83"))

    assert (line(), line()) == ("met", "met")
    assert list((tmp_path / "cache").rglob("*.sqlite"))
    release.record(released.folder, git(released.mono, "rev-parse", "slack"), NOW, reviews=[])
    assert line() == "unmet"


def test_it_is_judged_at_its_own_commit(released: Town) -> None:
    """What came to the branch after it is another release."""
    (released.mono / "ops" / "freeze.ics").unlink()
    released.commit("no calendar")
    assert outcomes(released.prr("gate", "deploy", "slack", "--json"))["L84"] == "met"
    said = released.prr("gate", "deploy", "slack..main", "--json")
    assert (said.code, said.data["base"]) == (2, git(released.mono, "rev-parse", "slack"))
    found = outcomes(said)
    assert (found["L81"], found["L82"], found["L84"]) == ("met", "unknown", "unknown")


def test_a_release_does_not_write_the_rules_that_judge_it(released: Town) -> None:
    """They are those of the release before; whoever changes them is told so, and nobody can tell whether it may go."""
    overlay = released.mono / ".prr" / "profile.yaml"
    overlay.parent.mkdir()
    overlay.write_text("deploy: {changeset_ignored: ['**']}\npaths: {freeze_calendar: none.ics}\n")
    (released.mono / "package.json").write_text('{"name": "@mini/slack", "version": "1.0.0", "main": "a.js"}')
    released.commit("all is ignored")
    said = released.prr("gate", "deploy", "slack..main", "--json")
    assert (said.code, said.data["verdict"]) == (2, "cannot_be_told")
    found = outcomes(said)
    assert (found["L81"], found["L84"]) == ("met", "met")
    assert "changes the rules that judge it (deploy.changeset_ignored, paths.freeze_calendar)" in said.data["faults"][0]
    assert "changes the rules that judge it" in released.prr("gate", "deploy", "slack..main").out
    (released.mono / "later.md").write_text("later")
    released.commit("later")
    assert released.prr("gate", "deploy", "main~1..main", "--json").data["faults"] == []


def test_a_release_does_not_hide_the_one_before_it(released: Town) -> None:
    """A form of tags that it brings itself leaves no earlier release: the rules of that one hold all the same."""
    overlay = released.mono / ".prr" / "profile.yaml"
    overlay.parent.mkdir()
    overlay.write_text("deploy: {tags: [next]}\n")
    released.commit("other tags")
    git(released.mono, "tag", "next")
    said = released.prr("gate", "deploy", "next", "--json")
    assert said.code == 2
    assert "changes the rules that judge it (deploy.tags)" in said.data["faults"][0]


@pytest.mark.parametrize(
    ("name", "said"),
    [("main..main", "holds no commit"), ("slack..slack", "holds no commit"), ("main..slack", "main is no ancestor of")],
)
def test_a_range_that_carries_nothing_is_exit_code_3(released: Town, name: str, said: str) -> None:
    """Nothing goes out, so no line may say that it holds."""
    (released.mono / "later.md").write_text("later")
    released.commit("later")
    found = released.prr("gate", "deploy", name)
    assert (found.code, found.out) == (3, "")
    assert said in found.err


def test_what_is_no_release_is_exit_code_3(released: Town) -> None:
    """A branch of that name is none; a tag of another form is a release of nothing that the profile knows."""
    for name in ("v9", "main", "nope..main", "..main", "slack.."):
        said = released.prr("gate", "deploy", name)
        assert (said.code, said.out) == (3, "")
    assert "has no tag 'main'" in released.prr("gate", "deploy", "main").err
    git(released.mono, "tag", "nightly")
    said = released.prr("gate", "deploy", "nightly", "--json")
    assert said.code == 2
    assert "No release tag is called 'nightly' (there are: slack)" in said.data["faults"][0]


def test_without_settings_nobody_is_asked(released: Town) -> None:
    """What the repository tells is judged all the same."""
    options = ("--profile", str(released.folder / "mini.yaml"), "--repository", str(released.mono))
    said = prr("gate", "deploy", "slack", *options, "--json")
    assert said.code == 2
    found = outcomes(said)
    assert (found["L81"], found["L82"], found["L84"]) == ("met", "unknown", "met")


def test_a_step_summary_of_a_job(released: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As Markdown at the end of the job's file."""
    file = tmp_path / "summary.md"
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(file))
    assert released.prr("gate", "deploy", "slack", "--format", "github").code == 2
    text = file.read_text()
    assert text.startswith("## ❔ Deploy gate: slack cannot be told: 6 of 8 lines pass")
    assert "| met | L81 changeset" in text


def test_a_token_comes_out_nowhere(
    released: Town, server: LocalService, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A forge that tells it back in its refusal: no output, log, error, event or file of ours holds it."""
    caplog.set_level(logging.DEBUG)
    monkeypatch.setenv("PRR_GITHUB_TOKEN", CANARY)
    section = f'\n[platforms.github]\nowner = "acme"\nrepository = "mini"\nbase_url = "{server.url}"\n'
    released.settings_file.write_text(released.settings_file.read_text() + section)
    texts = []
    for form in ("terminal", "json", "github"):
        said = released.prr("gate", "deploy", "slack", "--format", form, "--output", "-")
        assert said.code == 2
        texts += [said.out, said.err]
    found = released.prr("check", "deploy slack", "--json")
    texts += [found.out, found.err]
    rows = {one["number"]: one for one in found.data["lines"]}
    for number in ("L82", "L83"):
        assert (rows[number]["outcome"], rows[number]["reason"]) == ("unknown", "source_silent")
        assert "PRR_GITHUB_TOKEN" in rows[number]["message"]
    work = released.work()
    judged = judge_promotion(work, released.open(), "person:mara")
    texts += [judged.standing.why, json.dumps([event.payload for event in work.ledger.events()], default=str)]
    work.ledger.close()
    assert server.asked
    assert [text for text in (*texts, caplog.text) if CANARY in text] == []
    ours = [path for path in released.folder.rglob("*") if path.is_file()]
    assert [path for path in ours if CANARY.encode() in path.read_bytes()] == []
