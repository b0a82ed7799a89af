"""The game day's entry: when the profile says so, once, in the plan that it names."""

from __future__ import annotations

from dataclasses import replace

import pytest

from prr_pipeline.control.after_ga import plan_game_day
from prr_pipeline.control.game_days import PlanState, booked, plan_entries, plan_entry, words_of
from prr_pipeline.errors import Refused
from prr_pipeline.ledger.events import EventType
from prr_pipeline.rollout.state import changed
from prr_pipeline.subjects import Subject
from tests.architecture.source_tree import ROOT
from tests.control.scene import Scene
from tests.repository.git_apply import Tree

KEY = "createGrant:ga"
BY = "run:test"
PLAN = "apps/docs/content/docs/process/game-days/2027-q1.mdx"
DRILLS = "apps/api/lib/chaos-cadence.ts"
OVERLAY = ".prr/profile.yaml"


def overlay(scene: Scene, text: str) -> None:
    """Lay conventions over the profile, and commit them."""
    scene.edit(OVERLAY, lambda _: text)
    scene.commit("Change a convention")


def unplanned(scene: Scene) -> None:
    """Take createGrant out of the plan of the quarter, and out of the drills."""
    scene.edit(PLAN, lambda text: text.replace("`createGrant`, ", ""))
    scene.edit(DRILLS, lambda text: text.replace('"createGrant"', '"elsewhere"'))
    scene.commit("Plan anew")


def test_a_plan_that_names_it_needs_no_entry(full: Scene) -> None:
    """The stage is done, the ledger says where, and there is no patch: never twice."""
    entry = plan_entry(full.work, KEY)
    assert (entry.state, entry.quarter, entry.path, entry.patch) == (PlanState.ENTERED, "2027-Q1", PLAN, b"")
    stage = plan_game_day(full.work, KEY, BY)
    assert stage.state == "done"
    assert stage.why == f"createGrant is in the game-day plan of 2027-Q1: {PLAN} names createGrant"
    [event] = full.events(EventType.GAME_DAY_PLANNED)
    assert event.payload == {
        "applies": True, "plan": PLAN, "quarter": "2027-Q1", "subject": "operation createGrant",
    }  # fmt: skip


def test_a_drill_of_each_quarter_stands_for_it(full: Scene) -> None:
    """As the checklist's line has it."""
    full.edit(PLAN, lambda text: text.replace("`createGrant`, ", ""))
    full.commit("Plan anew")
    entry = plan_entry(full.work, KEY)
    assert (entry.state, entry.patch) == (PlanState.ENTERED, b"")


def test_a_plan_without_it_gets_an_entry_once(full: Scene) -> None:
    """`git apply` takes the patch; when it is committed there is nothing left to enter."""
    unplanned(full)
    entry = plan_entry(full.work, KEY)
    assert entry.state is PlanState.TO_ENTER
    before = (full.deployment.monorepo / PLAN).read_bytes()
    after = Tree(full.deployment.folder / "tree", {PLAN: before}).applied(entry.patch, PLAN)
    assert after.count(b"`createGrant`") == 1
    stage = plan_game_day(full.work, KEY, BY)
    assert stage.why.endswith(f"{PLAN} does not name createGrant yet; `prr game-day {KEY} --patch` makes the entry")
    full.edit(PLAN, lambda _: after.decode())
    full.commit("Enter it")
    again = plan_entry(full.work, KEY)
    assert (again.state, again.patch) == (PlanState.ENTERED, b"")


def test_a_quarter_without_a_plan_gets_one(full: Scene) -> None:
    """A new file with one row."""
    unplanned(full)
    (full.deployment.monorepo / PLAN).unlink()
    full.commit("No plan yet")
    entry = plan_entry(full.work, KEY)
    made = Tree(full.deployment.folder / "tree", {}).applied(entry.patch, PLAN)
    assert b"title: Game day, 2027-Q1" in made
    assert b"| `createGrant` |" in made


def test_where_game_days_never_apply_none_is_entered(full: Scene) -> None:
    """The stage is closed all the same, and says why."""
    unplanned(full)
    profile = full.deployment.folder / "house.yaml"
    shipped = (ROOT / "prr_pipeline" / "profiles" / "matter.yaml").read_text()
    profile.write_text(shipped.replace("game_day: {value: next quarter,", "game_day: {value: never,"))
    full.replace_settings('profile = "matter"', f'profile = "{profile}"')
    stage = plan_game_day(full.work, KEY, BY)
    assert (stage.state, stage.why) == (
        "done", "no game day for createGrant: the profile says that game days never apply",
    )  # fmt: skip
    [event] = full.events(EventType.GAME_DAY_PLANNED)
    assert event.payload["applies"] is False
    assert plan_entry(full.work, KEY).patch == b""


def test_without_a_plan_in_the_profile_people_enter_it(full: Scene) -> None:
    """The sentence names the key that would say where."""
    unplanned(full)
    overlay(full, "paths:\n  game_day_plan: {value: null, basis: assumed}\n")
    entry = plan_entry(full.work, KEY)
    assert (entry.state, entry.path, entry.patch) == (PlanState.BY_HAND, None, b"")
    assert "paths.game_day_plan is not declared" in entry.why


def test_an_entry_that_nobody_would_see_is_left_to_people(full: Scene) -> None:
    """What stands in code is no entry."""
    unplanned(full)
    full.edit(PLAN, lambda _: "```\nstill open\n")
    full.commit("An odd plan")
    entry = plan_entry(full.work, KEY)
    assert (entry.state, entry.patch) == (PlanState.BY_HAND, b"")
    assert "would not be seen there" in entry.why


@pytest.mark.parametrize("broken", ["plan", "profile"])
def test_a_plan_that_cannot_be_read_waits(full: Scene, broken: str) -> None:
    """Nothing is booked, and it is tried again."""
    unplanned(full)
    if broken == "plan":
        full.edit(PLAN, lambda _: "---\ntitle: [\n---\n")
        full.commit("Break it")
    else:
        overlay(full, "after_ga:\n  game_day: {value: sometimes, basis: assumed}\n")
    stage = plan_game_day(full.work, KEY, BY)
    assert stage.state == "pending"
    assert stage.why.startswith("the game-day plan cannot be read: ")
    assert full.events(EventType.GAME_DAY_PLANNED) == []


def test_the_same_quarter_is_entered_once(full: Scene) -> None:
    """Booked again after a second climb, the event names the one that entered it; another quarter is another entry."""
    plan_game_day(full.work, KEY, BY)
    [first] = full.events(EventType.GAME_DAY_PLANNED)
    entry, state = plan_entry(full.work, KEY), full.state(KEY)
    assert booked(full.work, entry, state)["entered_by"] == first.seq
    assert "entered_by" not in booked(full.work, replace(entry, quarter="2027-Q2"), state)


def test_services_are_entered_by_hand(full: Scene) -> None:
    """Plans are read for operations alone; one that cannot be told is named, and stops no other."""
    state = changed(full.state(KEY), subject=Subject.parse("service identity"))
    [entry], faults = plan_entries(full.work, [state, changed(state, key="sick", subject=Subject.parse("gone"))])
    assert (entry.state, entry.patch) == (PlanState.BY_HAND, b"")
    assert words_of(entry).startswith("identity is due for the game day of 2027-Q1: enter service identity there by")
    assert "gone" in faults["sick"]


def test_below_100_percent_nothing_is_planned(signed: Scene) -> None:
    """There is nothing to practise yet."""
    with pytest.raises(Refused, match="stands at off: a game day is planned when it reaches 100%"):
        plan_entry(signed.work, "createGrant:beta")
