"""Every decision record makes its decision again, byte for byte; another policy shows what it would have done."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from prr_pipeline.clock import FileClock
from prr_pipeline.control.decisions import decision_inputs, record_decision
from prr_pipeline.control.replaying import replay
from prr_pipeline.control.replaying_against import replay_against
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.errors import PrrError
from prr_pipeline.exposure import SHADOW
from prr_pipeline.ledger.events import Draft, EventType
from prr_pipeline.rollout.decide import Decision, decide
from prr_pipeline.rollout.facts import Facts
from prr_pipeline.rollout.ladder import DEFAULT_LADDER
from prr_pipeline.rollout.policy import Policy
from prr_pipeline.rollout.recording import recorded
from prr_pipeline.settings import Settings
from tests.control.scene import Scene
from tests.properties.decide_worlds import any_world
from tests.rollout.worlds import NOW, answer, dwell, facts, gate

KEY = "createGrant:ga"


def settings(folder: Path, **sections: Any) -> Settings:
    """A deployment whose ledger lies in a folder."""
    data = {
        "root": folder,
        "repository": {"path": ".", "profile": "plain"},
        "clock": {"kind": "file", "path": "clock.json"},
        "calendars": {"window": False},
    }
    return Settings.model_validate({**data, **sections})


@pytest.fixture
def work(tmp_path: Path) -> Iterator[Workplace]:
    """A ledger in which one promotion was opened and raised to shadow."""
    FileClock(tmp_path / "clock.json").set(NOW)
    made = Workplace(settings(tmp_path))
    open_promotion(made, "createGrant")
    intent = {"attempt": 1, "flag_version": 0, "intent_id": "i", "rung": 0, "to": "shadow"}
    made.ledger.append([Draft(KEY, EventType.INTENT_WRITTEN, intent, "test")])
    made.ledger.append([Draft(KEY, EventType.INTENT_SETTLED, {"flag_version": 5, "rung": 0}, "test")])
    yield made
    made.ledger.close()


def open_promotion(work: Workplace, name: str) -> None:
    """Open a promotion of an operation, to GA."""
    opened = {
        "author": "mara", "context": "Grants", "dependencies": [], "environment": "production",
        "flag_key": f"{name}-ga", "ladder": DEFAULT_LADDER.as_data(), "subject": f"operation {name}", "target": "ga",
    }  # fmt: skip
    work.ledger.append([Draft(f"{name}:ga", EventType.PROMOTION_OPENED, opened, "person:mara")])


def decided(work: Workplace, **changed: object) -> Decision:
    """Decide and record, under facts in which everything but what is ``changed`` is open."""
    state = work.state(KEY)
    seen: Facts = facts(state, **changed)
    decision = decide(state, seen, work.policy, NOW)
    record_decision(work, state, seen, decision, NOW, "sensor:alerts")
    return decision


def write_record(work: Workplace, **changed: object) -> None:
    """Write a record of the present state by hand, with some of its fields ``changed``."""
    state = work.state(KEY)
    seen = facts(state)
    decision = decide(state, seen, work.policy, NOW)
    payload = {
        **decision.as_data(), "attempt": 1, "inputs": decision_inputs(state, seen, work.policy, NOW), "rung": "shadow",
    }  # fmt: skip
    work.ledger.append([Draft(KEY, EventType.DECISION_RECORDED, {**payload, **changed}, "test")])


def test_every_record_comes_out_as_recorded(work: Workplace) -> None:
    """Held, unknown, advancing, rolled back: with states that have moved on since."""
    decided(work, dwell=dwell("short", "shadow"))
    decided(work, alerts=answer("unknown"))
    decided(work)
    latch = {"by": "felix", "cause": "wait", "kind": "held", "lowers": False, "to": "shadow"}
    work.ledger.append([Draft(KEY, EventType.LATCHED, latch, "person:felix")])
    decided(work)
    decided(work, alerts=answer("critical"))
    found = replay(work)
    assert (found.checked, found.without_inputs, found.first) == (5, 0, None)


def test_a_whole_climb_is_reproduced(full: Scene) -> None:
    """What ticks and runs decided up to 100%, with the checklist, the council and the flags of a deployment."""
    full.alert("Slow", "warning", operation_id="createGrant")
    full.tick()
    found = replay(full.work)
    assert found.checked >= 10
    assert (found.without_inputs, found.first) == (0, None)


def test_any_world_is_reproduced_from_the_ledger(work: Workplace) -> None:
    """Records of a hundred strange worlds, written and read back."""
    for seed in range(100):
        _, seen, policy = any_world(seed)
        state = work.state(KEY)
        decision = decide(state, seen, policy, NOW)
        payload = {**decision.as_data(), "inputs": decision_inputs(state, seen, policy, NOW)}
        work.ledger.append([Draft(KEY, EventType.DECISION_RECORDED, payload, "test")])
    found = replay(work, KEY)
    assert (found.checked, found.first) == (100, None)


def test_a_decision_to_raise_is_stored_with_its_own_inputs_though_it_is_no_news(work: Workplace) -> None:
    """What a run acts on is in the record, also if a tick decided alike before."""
    decision = decided(work)
    state = work.state(KEY)
    assert not record_decision(work, state, facts(state), decision, NOW, "sensor:alerts")
    assert record_decision(work, state, facts(state), decision, NOW + timedelta(hours=1), "run:1", acts=True)
    events = work.ledger.events(types=(EventType.DECISION_RECORDED,))
    assert len(events) == 2
    assert events[-1].payload["inputs"]["now"] == "2026-03-02T13:00:00.000000Z"  # type: ignore[index]


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"verdict": "hold"}, "verdict"),
        ({"to": "10%"}, "to"),
        ({"clock_runs": False}, "clock_runs"),
        ({"causes": ["because"]}, "causes"),
        ({"rung": "1%"}, "rung"),
        ({"inputs": {}}, "inputs"),
        ({"inputs": {"facts": {}, "now": "-", "policy": {}, "state_seq": 0}}, "inputs"),
    ],
    ids=lambda one: one if isinstance(one, str) else "",
)
def test_a_record_that_was_not_decided_so_is_found(work: Workplace, changed: dict[str, object], field: str) -> None:
    """The first difference is named by its field, and nothing after it is looked at."""
    decided(work)
    write_record(work, **changed)
    write_record(work)
    found = replay(work)
    assert found.checked == 2
    assert found.first is not None
    assert (found.first.field, found.first.event.payload.get(field)) == (field, changed[field])


def test_a_record_about_another_past_is_found(work: Workplace) -> None:
    """The state counts too: inputs that name an earlier event lead elsewhere."""
    inputs = decision_inputs(work.state(KEY), facts(work.state(KEY)), work.policy, NOW)
    write_record(work, inputs={**inputs, "state_seq": 1})
    assert replay(work).first is not None


def test_a_record_from_before_cool_downs_comes_out_as_recorded(work: Workplace) -> None:
    """Policy, latch and decision of that form know nothing of them: a step down waits for a person, as it did."""
    state = work.state(KEY)
    seen = facts(state, regressions=("errors: 9 bad of 10",))
    write_old_record(work, seen)
    latch = {"by": "sensor:alerts", "cause": "c", "kind": "stepped_down", "lowers": False, "to": "shadow"}
    work.ledger.append([Draft(KEY, EventType.LATCHED, latch, "sensor:alerts")])
    write_old_record(work, facts(work.state(KEY)))
    found = replay(work)
    assert (found.checked, found.first) == (2, None)
    [first, last] = work.ledger.events(types=(EventType.DECISION_RECORDED,))
    assert first.payload["verdict"] == "roll back"
    assert last.payload["causes"] == ["stepped down by sensor:alerts: c"]


def write_old_record(work: Workplace, seen: Facts) -> None:
    """A record as versions before cool-downs wrote it: without what they did not know."""
    state = work.state(KEY)
    policy = work.policy
    data = decide(state, seen, policy, NOW).as_data()
    inputs = decision_inputs(state, seen, policy, NOW)
    old = {name: value for name, value in recorded(policy).items() if name != "reclimbs"}  # type: ignore[attr-defined]
    payload = {name: value for name, value in data.items() if name not in ("cooling", "resumes")}
    payload |= {"attempt": 1, "inputs": {**inputs, "policy": old}, "rung": "shadow"}
    work.ledger.append([Draft(KEY, EventType.DECISION_RECORDED, payload, "sensor:alerts")])


def test_another_cool_down_is_listed_where_it_stepped_down(work: Workplace, tmp_path: Path) -> None:
    """Old facts under a policy that lets nothing climb again by itself: each step down would wait for people."""
    intent = {"attempt": 1, "flag_version": 5, "intent_id": "j", "rung": 1, "to": "1%"}
    work.ledger.append([Draft(KEY, EventType.INTENT_WRITTEN, intent, "test")])
    work.ledger.append([Draft(KEY, EventType.INTENT_SETTLED, {"flag_version": 5, "rung": 1}, "test")])
    decided(work)
    assert decided(work, regressions=("errors: 9 bad of 10",)).cooling is not None
    never = settings(tmp_path, policy={"reclimbs": {"per_attempt": 0}})
    found = replay_against(work, never)
    [one] = found.changed
    assert (found.same, one.was.to, one.now.to) == (1, SHADOW, SHADOW)
    assert one.now.cooling is not None
    assert one.now.cooling.until is None


def test_records_from_before_inputs_were_kept_are_counted(work: Workplace) -> None:
    """They prove nothing, and are no difference."""
    payload = {"verdict": "hold", "causes": ["dwell"]}
    work.ledger.append([Draft(KEY, EventType.DECISION_RECORDED, payload, "test")])
    found = replay(work)
    assert (found.checked, found.without_inputs, found.first) == (0, 1, None)
    assert replay_against(work, work.settings).not_replayable == 1


def test_one_promotion_alone(work: Workplace) -> None:
    """Records of others are not looked at; an unknown key is an error."""
    open_promotion(work, "listGrants")
    work.ledger.append([Draft("listGrants:ga", EventType.DECISION_RECORDED, {"verdict": "hold", "inputs": {}}, "test")])
    decided(work)
    assert replay(work, KEY).first is None
    assert replay(work).first is not None
    with pytest.raises(PrrError, match="no promotion"):
        replay(work, "nope:ga")


def test_the_same_policy_changes_nothing(work: Workplace) -> None:
    """Under the policy that they were made with all come out alike."""
    decided(work)
    decided(work, alerts=answer("warning"))
    found = replay_against(work, work.settings)
    assert (found.same, found.changed) == (2, [])


def test_a_policy_that_requires_more_holds_what_rose(work: Workplace, tmp_path: Path) -> None:
    """The decision to advance is listed with the gate that would have kept it."""
    decided(work, alerts=answer("warning"))
    decided(work)
    stricter = settings(tmp_path, policy={"required_gates": ["canary"]})
    found = replay_against(work, stricter)
    [one] = found.changed
    assert (one.was.verdict.word, one.now.verdict.word) == ("advance", "unknown")
    assert one.gates == (("canary", "not_used", "unknown"),)


def test_another_window_is_asked_at_the_instant_of_the_decision(work: Workplace, tmp_path: Path) -> None:
    """Noon on a Monday is outside of a window on Fridays, whatever the window was then."""
    decided(work)
    decided(work, window=gate("window", "closed"))
    fridays = settings(tmp_path, calendars={"window": {"days": [4]}})
    found = replay_against(work, fridays)
    [one] = found.changed
    assert (one.was.verdict.word, one.now.verdict.word, found.same) == ("advance", "hold", 1)
    [other] = replay_against(work, work.settings).changed
    assert (other.was.verdict.word, other.now.verdict.word) == ("hold", "advance")


def test_a_calendar_that_cannot_be_read_is_told_before_anything_is_compared(work: Workplace, tmp_path: Path) -> None:
    """Under a gate that is unknown in every decision nearly all would differ, which says nothing of the policy."""
    decided(work)
    with pytest.raises(PrrError, match=r"nope\.ics cannot be read"):
        replay_against(work, settings(tmp_path, calendars={"window": False, "freeze": ["nope.ics"]}))


def test_an_edited_ladder_moves_nothing_that_runs(work: Workplace, tmp_path: Path) -> None:
    """A running promotion keeps the ladder it was opened with: no record comes out otherwise, none rises further."""
    decided(work)
    decided(work, dwell=dwell("short", "shadow"))
    steep = settings(tmp_path, ladder={"rungs": [{"exposure": "100%", "dwell": "0s"}]})
    found = replay_against(work, steep)
    assert (found.same, found.changed) == (2, [])
    assert Workplace(steep).state(KEY).ladder == DEFAULT_LADDER


def test_no_edit_of_a_policy_raises_by_itself() -> None:
    """Whatever is edited: a rise is still one rung, and needs every gate of both policies that is required by the new.

    Limits alone change no decision; a policy that requires more never rises where the other did not.
    """
    for seed in range(2_000):
        state, seen, policy = any_world(seed)
        other = replace(any_world(seed + 1)[2], watch=timedelta(1), gap_cap=timedelta(2), jump_limit=timedelta(3))
        limits = replace(other, required=policy.required)
        alike = decide(state, seen, replace(limits, reclimbs=policy.reclimbs), NOW)
        assert alike == decide(state, seen, policy, NOW), seed
        assert replace(decide(state, seen, limits, NOW), cooling=alike.cooling) == alike, seed
        more = decide(state, seen, Policy(required=policy.required | other.required), NOW)
        now = decide(state, seen, policy, NOW)
        assert more.rung is None or more.rung == now.rung == state.rung + 1, seed
        assert (more.to, more.latch) == (now.to, now.latch) or more.rung is None, seed
        assert now.latch == more.latch, seed
