"""`prr feedback`, `prr maturity` and `prr game-day`: what is shown, what can be piped, and what is refused."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import timedelta
from typing import Any

import pytest

from prr_pipeline.canonical import instant_text
from prr_pipeline.ledger.events import Draft, EventType
from tests.commands.test_orders import climbed
from tests.commands.town import NOW, Town, git

KEY = "listGrants:beta"
SPEC = "api/openapi.yaml"
INBOX = '[feedback]\nsources = ["inbox"]\n[feedback.options.inbox]\npath = "feedback"\n'
PLAN = "plans/2026-q2.md"


@pytest.fixture
def risen(town: Town) -> Town:
    """``listGrants:beta`` stands at 100%, its maturity recorded."""
    climbed(town, exposure="100%")
    recorded = {"commit": "", "subject": "operation listGrants", "target": "beta"}
    town.work().ledger.append([Draft(KEY, EventType.MATURITY_RECORDED, recorded, "run:test")])
    return town


def say(town: Town, *lines: dict[str, Any]) -> None:
    """Leave feedback a day after everybody has it, and look three days later."""
    folder = town.folder / "feedback"
    folder.mkdir(exist_ok=True)
    if "[feedback]" not in town.settings_file.read_text():
        town.settings_file.write_text(f"{town.settings_file.read_text()}\n{INBOX}")
    entry = {
        "at": instant_text(NOW + timedelta(days=1)), "operation_id": "listGrants", "kind": "bug", "severity": "high",
        "text": "Two at once.", "reporter": "mail:ada",
    }  # fmt: skip
    (folder / "a.jsonl").write_text("".join(json.dumps({**entry, **line}) + "\n" for line in lines))
    town.clock.set(NOW + timedelta(days=4))


def test_feedback_is_reported_with_its_entries(risen: Town) -> None:
    """Counts, what is not measured and why, and what people wrote, as text."""
    say(risen, {}, {"kind": "praise", "severity": "", "text": "\x1b[31mgood\nquick"})
    out = risen.ok("feedback", KEY).out
    assert "So far; the month is over at 2026-04-03 12:00Z." in out
    assert "2 entries (inbox)" in out
    assert "1 bug, 1 praise" in out
    assert "1 high, 1 unrated" in out
    assert "not measured: no metric source is set (metrics.source)" in out
    assert "[31mgood quick" in out
    assert "\x1b[31m" not in out
    assert "listGrants-beta" in out
    data = risen.ok("feedback", KEY, "--json").data
    assert (data["promotion"], data["closed_at"], data["report"]["total"]) == (KEY, None, 2)
    assert [one["place"] for one in data["sources"][0]["entries"]] == ["a.jsonl, line 1", "a.jsonl, line 2"]
    assert data["inputs"]["feedback"][0]["tallies"][0] == {"count": 1, "kind": "bug", "severity": "high"}


def test_of_many_entries_the_newest_are_shown(risen: Town) -> None:
    """The JSON document holds all."""
    say(risen, *({"text": f"entry {at}"} for at in range(25)))
    assert "and 5 more: prr feedback listGrants:beta --json" in risen.ok("feedback", KEY).out
    assert len(risen.ok("feedback", KEY, "--json").data["sources"][0]["entries"]) == 25


def test_what_cannot_be_read_is_told_and_has_an_exit_code_of_its_own(risen: Town) -> None:
    """Two, as wherever something is unknown."""
    say(risen, {"kind": "rant"})
    said = risen.prr("feedback", KEY)
    assert said.code == 2
    assert "Not all of it can be read (1 fault(s)), so the review cannot be closed." in said.out
    assert "unknown: The feedback inbox, a.jsonl, line 1: Unknown kind 'rant'" in said.out
    assert risen.prr("feedback", KEY, "--json").code == 2


def test_the_doctor_looks_at_the_sources(risen: Town) -> None:
    """Only where some are set; a line that nobody can assign is a fault before any review is due."""
    assert "feedback" not in states(risen)
    say(risen, {"kind": "rant"})
    assert states(risen)["feedback"] == ("ok", "inbox: read.")
    say(risen, {"operation_id": ""})
    state, finding = states(risen)["feedback"]
    assert (state, "does not say which operation_id it is about" in finding) == ("fault", True)


def states(town: Town) -> dict[str, tuple[str, str]]:
    """What `prr doctor` found, by name."""
    return {one["name"]: (one["state"], one["finding"]) for one in town.prr("doctor", "--json").data["findings"]}


def test_below_100_percent_there_is_no_report(town: Town) -> None:
    """One sentence; an unknown promotion lists the open ones."""
    climbed(town)
    said = town.prr("feedback", KEY)
    assert (said.code, "its month of feedback begins when it reaches 100%" in said.err) == (3, True)
    assert "Open ones: listGrants:beta" in town.prr("feedback", "bogus:ga").err


def test_the_maturity_is_compared_and_its_patch_can_be_piped(risen: Town) -> None:
    """In words, as JSON, and as bytes that git takes."""
    out = risen.ok("maturity", KEY).out
    assert "listGrants is Beta by the ledger; the specification states Preview." in out
    assert f"It stands in {SPEC}:5, at " in out
    assert f"Next: prr maturity {KEY} --patch | git apply --allow-empty" in out
    data = risen.ok("maturity", KEY, "--json").data
    assert (data["stated"], data["recorded"], data["extension"]) == ("Preview", "Beta", "x-mini-maturity")
    assert data["patch"] == risen.ok("maturity", KEY, "--patch").out
    apply(risen, data["patch"].encode())
    assert "x-mini-maturity: Beta\n      responses: {'200': {description: list}}" in (risen.mono / SPEC).read_text()
    risen.commit("apply")
    said = risen.ok("maturity", KEY, "--patch")
    assert (said.out, "states Beta already; there is nothing to change." in said.err) == ("", True)
    apply(risen, said.out.encode())
    assert "Nothing is to be changed." in risen.ok("maturity", KEY).out


def test_line_ends_survive_the_pipe(risen: Town) -> None:
    """A specification from Windows is patched as it is."""
    spec = risen.mono / SPEC
    before = spec.read_bytes().replace(b"\n", b"\r\n")
    spec.write_bytes(before)
    risen.commit("line ends")
    command = [
        sys.executable,
        "-m",
        "prr_pipeline.cli",
        "--settings",
        str(risen.settings_file),
        "maturity",
        KEY,
        "--patch",
    ]
    done = subprocess.run(command, capture_output=True, check=True, timeout=60)
    apply(risen, done.stdout)
    assert spec.read_bytes() == before.replace(b"Preview\r\n", b"Beta\r\n")


def apply(town: Town, patch: bytes) -> None:
    """`git apply --allow-empty`, first with `--check`; nothing to change is no fault of the pipe."""
    for options in (("--allow-empty", "--check"), ("--allow-empty",)):
        subprocess.run(
            ["git", "-C", str(town.mono), "apply", "--whitespace=nowarn", *options], input=patch, check=True, timeout=60
        )


def test_without_a_record_there_is_no_patch(town: Town) -> None:
    """The sentence says where the promotion stands, and nothing is printed that could be piped."""
    climbed(town)
    said = town.prr("maturity", KEY, "--patch")
    assert (said.code, said.out) == (3, "")
    assert "The ledger records no beta for listGrants: listGrants:beta stands at 1%" in said.err


def with_plan(town: Town) -> None:
    """Let the profile name plans of game days."""
    profile = town.folder / "mini.yaml"
    plan = '  game_day_plan: {value: "plans/{year}-q{quarter}.md", basis: assumed}\n'
    game_day = "after_ga:\n  game_day: {value: next quarter, basis: assumed}\n"
    profile.write_text(profile.read_text().replace("paths:\n", f"paths:\n{plan}") + game_day)


def test_the_game_day_is_told_and_its_entry_can_be_piped(risen: Town) -> None:
    """Once: when it is committed, nothing is left to print."""
    with_plan(risen)
    out = risen.ok("game-day", KEY).out
    assert f"listGrants is due for the game day of 2026-Q2: {PLAN} does not name listGrants yet" in out
    assert f"Next: prr game-day {KEY} --patch | git apply --allow-empty" in out
    data = risen.ok("game-day", KEY, "--json").data
    assert (data["state"], data["quarter"], data["plan"]) == ("to_enter", "2026-Q2", PLAN)
    apply(risen, risen.ok("game-day", KEY, "--patch").out.encode())
    assert "`listGrants`" in (risen.mono / PLAN).read_text()
    git(risen.mono, "add", "-A")
    risen.commit("enter")
    said = risen.ok("game-day", KEY, "--patch")
    assert (said.out, "listGrants is in the game-day plan of 2026-Q2" in said.err) == ("", True)
    apply(risen, said.out.encode())
    assert risen.ok("game-day", KEY, "--json").data["state"] == "entered"


def test_without_a_plan_people_enter_it(risen: Town) -> None:
    """The sentence says which key is missing."""
    out = risen.ok("game-day", KEY).out
    assert "paths.game_day_plan is not declared; enter listGrants there by hand." in out
    said = risen.prr("game-day", KEY, "--patch")
    assert (said.code, said.out, "by hand" in said.err) == (1, "", True)
