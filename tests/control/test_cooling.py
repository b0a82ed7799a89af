"""After a guardrail's step down: it cools down, a run lets it go, it climbs again, and in the end people decide."""

from __future__ import annotations

from datetime import timedelta

import pytest

from prr_pipeline.control.due import due_list
from prr_pipeline.control.explain import explain
from prr_pipeline.control.orders import resume, step_down
from prr_pipeline.control.replaying import replay
from prr_pipeline.control.restarting import resume_with_records
from prr_pipeline.control.status import detail
from prr_pipeline.errors import Refused
from prr_pipeline.ledger.audit import verify
from prr_pipeline.ledger.events import EventType
from prr_pipeline.reports.json_status import detail_data
from prr_pipeline.rollout.state import LatchKind
from tests.control.metering import KEY, count, metered
from tests.control.scene import ORDER, Scene

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)


def fall(scene: Scene) -> Scene:
    """At 1% the new version fails 3% of its requests: the canary proves it, and the guard steps it down to shadow."""
    count(scene, scene.work.now(), 48, on=(30, 1_000))
    scene.clock.advance(2 * DAY)
    scene.tick()
    [lowered] = scene.tick().lowered
    assert lowered.to.name == "shadow"
    return scene


@pytest.fixture
def fallen(risen: Scene) -> Scene:
    """Stepped down from 1% to shadow, by metrics that policy does not require."""
    return fall(metered(risen, policy=""))


def rungs_due(scene: Scene) -> list[str]:
    """The assets that are due now."""
    scene.tick()
    return [one.asset for one in due_list(scene.work)]


def climb_again(scene: Scene) -> None:
    """Cool down, be let go, serve the week at shadow, and rise to 1%."""
    scene.clock.advance(DAY)
    assert rungs_due(scene) == ["exposure_shadow"]
    scene.climb(KEY, "shadow")
    scene.serve()
    assert scene.climb(KEY, "1%").result == "raised"


def test_it_stays_at_the_last_good_rung_until_it_has_cooled(fallen: Scene) -> None:
    """Nothing is due before, the dwell clock stands, and no run of any rung moves it."""
    fallen.clock.advance(DAY - MINUTE)
    assert rungs_due(fallen) == []
    assert "stands at shadow already" in fallen.climb(KEY, "shadow").why
    assert "cools down: until" in fallen.climb(KEY, "1%").why
    assert fallen.state(KEY).latch is not None


def test_a_cool_down_is_as_long_as_it_was_observed(risen: Scene) -> None:
    """Of a day that nobody looked at ten minutes count, as for a dwell; a clock that is set forth gains no more."""
    metered(risen, policy="")
    fall(risen)
    risen.replace_settings('gap_cap = "31d"', 'gap_cap = "10m"')
    risen.clock.advance(2 * DAY)
    assert rungs_due(risen) == []
    assert "1430 min of it were not observed yet" in risen.climb(KEY, "shadow").why
    risen.replace_settings('gap_cap = "10m"', 'gap_cap = "31d"')
    risen.clock.advance(DAY - 10 * MINUTE)
    assert rungs_due(risen) == ["exposure_shadow"]


def test_a_run_lets_it_go_once_it_has_cooled_and_it_climbs_by_the_ordinary_gates(fallen: Scene) -> None:
    """No tick does: what permits happens in a run. The whole dwell of the rung is served again."""
    fallen.clock.advance(DAY)
    fallen.tick()
    assert fallen.state(KEY).latch is not None, "a tick lifts nothing"
    assert rungs_due(fallen) == ["exposure_shadow"]
    done = fallen.climb(KEY, "shadow")
    assert (done.result, "its cool-down is over" in done.why) == ("no_change", True)
    assert fallen.state(KEY).latch is None
    [event] = fallen.events(EventType.RESUMED)
    assert (event.actor, event.payload["reason"]) == ("run:test", "the cool-down at shadow is over")
    fallen.tick()
    assert "0 min of 7 d served" in fallen.climb(KEY, "1%").why
    fallen.serve()
    assert fallen.climb(KEY, "1%").result == "raised"
    assert rungs_due(fallen) == []


def test_the_second_fall_from_one_rung_is_for_people_to_decide(fallen: Scene) -> None:
    """Refused without signatures that are newer than the fall; with them the count begins anew."""
    climb_again(fallen)
    fall(fallen)
    fallen.clock.advance(30 * DAY)
    assert rungs_due(fallen) == []
    with pytest.raises(
        Refused, match=r"fall 2 from 1%; policy allows 1 re-climb from one rung.*signed before the step down"
    ):
        resume_with_records(fallen.work, KEY, ORDER)
    fallen.sign(KEY, ("noor",))
    with pytest.raises(Refused, match="on-call lead"):
        resume(fallen.work, KEY, ORDER)
    fallen.reviewer.sign(KEY, ("felix",))
    fallen.commit("Decide", "mara")
    state = resume_with_records(fallen.work, KEY, ORDER)
    assert (state.latch, state.falls, state.exposure.name) == (None, (), "shadow")
    assert fallen.events(EventType.RESUMED)[-1].payload["decided"] is True


def test_touching_the_flag_spares_nobodys_signature(fallen: Scene) -> None:
    """Whoever writes the same share again, or steps it down to less, still needs those who decide."""
    climb_again(fallen)
    fall(fallen)
    fallen.write_flag(KEY, fallen.state(KEY).exposure)
    assert fallen.tick().adopted == (KEY,)
    with pytest.raises(Refused, match="people decide") as refused:
        resume(fallen.work, KEY, ORDER)
    assert f"`prr resume {KEY} --by YOU --reason WHY`" in str(refused.value)
    fallen.sign(KEY, ("jonas", "felix"))
    fallen.set("council", 'reclimb = ["council_member"]')
    assert resume(fallen.work, KEY, ORDER).falls == ()


def test_a_regression_under_a_drift_counts(risen: Scene) -> None:
    """A person has to resume it, and the next fall from there is one too many."""
    metered(risen, policy="")
    risen.write_flag(KEY, risen.state(KEY).exposure)
    assert risen.tick().adopted == (KEY,)
    state = fall(risen).state(KEY)
    assert (len(state.falls), state.latch and state.latch.cooling) == (1, None)


def test_who_decides_is_a_setting(fallen: Scene) -> None:
    """One member of the council, here, in place of owner and on-call lead."""
    climb_again(fallen)
    fall(fallen)
    fallen.set("council", 'reclimb = ["council_member"]')
    fallen.sign(KEY, ("jonas",))
    assert resume(fallen.work, KEY, ORDER).latch is None


def test_a_person_may_resume_before_it_has_cooled_and_that_is_no_decision(fallen: Scene) -> None:
    """The fall still counts, so the next one from there is for people with signatures."""
    resume(fallen.work, KEY, ORDER)
    state = fallen.state(KEY)
    assert (state.latch, len(state.falls)) == (None, 1)


def test_a_persons_step_down_does_not_cool_down(risen: Scene) -> None:
    """Nobody lifts what a person ordered but a person."""
    step_down(risen.work, KEY, ORDER)
    risen.clock.advance(30 * DAY)
    assert rungs_due(risen) == []
    assert (risen.state(KEY).latch or ORDER).by == ORDER.by
    assert explain(risen.work, KEY).status == "stepped down"


def test_nothing_is_let_go_under_an_alert(fallen: Scene) -> None:
    """The latch stands until it is clear."""
    fallen.clock.advance(DAY)
    fallen.alert("Slow", "warning", operation_id="createGrant")
    assert rungs_due(fallen) == []
    assert "is not let go yet" in fallen.climb(KEY, "shadow").why
    assert fallen.state(KEY).latch is not None
    fallen.resolve("Slow", "warning", operation_id="createGrant")
    assert rungs_due(fallen) == ["exposure_shadow"]


def test_an_edit_of_the_policy_lets_nothing_go(fallen: Scene) -> None:
    """A shorter cool-down counts from the next fall on."""
    fallen.set("policy", 'reclimbs = { cool_down = "0s", per_attempt = 9, per_rung = 9 }')
    assert rungs_due(fallen) == []
    fallen.climb(KEY, "shadow")
    assert fallen.state(KEY).latch is not None


def test_a_roll_back_while_it_cools_ends_the_attempt(fallen: Scene) -> None:
    """A critical alert needs no cool-down to be over."""
    fallen.alert("Down", "critical", operation_id="createGrant")
    fallen.tick()
    latch = fallen.state(KEY).latch
    assert latch is not None
    assert (latch.kind, latch.cooling) == (LatchKind.ROLLED_BACK, None)
    fallen.clock.advance(2 * DAY)
    assert rungs_due(fallen) == []


def test_the_end_of_a_cool_down_takes_no_place_of_a_raise(fallen: Scene) -> None:
    """Nothing rises by it, so no cap on raises keeps it waiting."""
    caps = 'required_gates = ["blast_radius"]\nblast_radius = { raises_per_tick = 1, tick = "30d" }'
    fallen.set("policy", caps)
    fallen.clock.advance(DAY)
    assert rungs_due(fallen) == ["exposure_shadow"]
    fallen.climb(KEY, "shadow")
    fallen.serve()
    assert rungs_due(fallen) == [], "the rung above is one raise too many within the month"


def test_people_are_told_until_when_how_often_and_what_to_do(fallen: Scene) -> None:
    """In the notice, the status, the next step, the earliest time and the JSON."""
    body = next(n.body for n in fallen.work.ledger.outbox.open_notices() if n.dedup_key.startswith(f"lowered/{KEY}/"))
    found = explain(fallen.work, KEY)
    latch = fallen.state(KEY).latch
    assert latch is not None
    assert latch.cooling is not None
    until = latch.cooling.until
    assert until is not None
    assert found.status == "cooling down"
    assert found.next_step == (
        f"It cools down until {until:%Y-%m-%dT%H:%M}Z, then climbs again by itself behind every gate; 1 more re-climb "
        "after that."
    )
    assert body.endswith(found.next_step)
    assert found.earliest is not None
    assert found.earliest - until == timedelta(days=7)
    assert detail_data(detail(fallen.work, KEY))["latch"]["cooling"]["left"] == 1
    climb_again(fallen)
    fall(fallen)
    asked = explain(fallen.work, KEY)
    assert asked.status == "stepped down"
    assert asked.next_step.startswith("People must decide (fall 2 from 1%")
    assert f"`prr sign {KEY} --person YOU --key FILE`" in asked.next_step


def test_the_whole_way_is_reproduced_by_replay(fallen: Scene) -> None:
    """Falls, cool-downs and what let them go, byte for byte."""
    climb_again(fallen)
    fall(fallen)
    assert verify(fallen.work.ledger).is_sound
    found = replay(fallen.work)
    assert (found.without_inputs, found.first) == (0, None)
    assert found.checked > 5
