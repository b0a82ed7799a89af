"""Gates that the calendar closes: they hold a raise, and never a lowering."""

from __future__ import annotations

from datetime import timedelta

import pytest

from prr_pipeline.control.gather import facts_for, read_world
from prr_pipeline.control.orders import resume, step_down
from prr_pipeline.control.owner_calendar import freeze_gate, window_gate
from prr_pipeline.control.signing import Signer, prepare_signoff, sign_and_file
from prr_pipeline.demo.people import freeze_ics
from prr_pipeline.exposure import OFF
from prr_pipeline.rollout.gates import GateState
from tests.control.scene import ORDER, ORIGIN, Scene

KEY = "createGrant:beta"


def freeze(scene: Scene, after: timedelta, length: timedelta) -> None:
    """Declare a freeze, at any moment."""
    file = scene.deployment.folder / "freeze.ics"
    file.write_text(freeze_ics(ORIGIN, after, length, "payroll week"))


def test_a_freeze_holds_a_raise_and_says_until_when(signed: Scene) -> None:
    """Declared while the process runs: the calendar is read anew each time."""
    assert freeze_gate(signed.work).is_open
    freeze(signed, timedelta(hours=-1), timedelta(days=2))
    done = signed.climb(KEY, "shadow")
    assert (done.result, "payroll week" in done.why) == ("refused", True)
    gate = freeze_gate(signed.work)
    assert gate.until == ORIGIN + timedelta(days=2, hours=-1)
    signed.clock.advance(timedelta(days=2))
    assert signed.climb(KEY, "shadow").result == "raised"


def test_the_dwell_runs_through_a_freeze(signed: Scene) -> None:
    """A pause of the calendar costs no week."""
    signed.rise_to(KEY, "shadow")
    freeze(signed, timedelta(hours=1), timedelta(days=6))
    signed.serve()
    assert signed.tick().decisions[KEY].verdict.word == "advance"


def test_a_freeze_stops_no_lowering(signed: Scene) -> None:
    """A critical alert in the freeze brings the flag to off."""
    signed.rise_to(KEY, "1%")
    freeze(signed, timedelta(hours=-1), timedelta(days=60))
    signed.alert("Down", "critical", operation_id="createGrant")
    signed.tick()
    assert signed.flag(KEY) == OFF


@pytest.mark.parametrize("text", ["", "no calendar", None], ids=["empty", "garbage", "absent"])
def test_a_freeze_calendar_that_cannot_be_read_is_unknown_not_no_freeze(signed: Scene, text: str | None) -> None:
    """Unknown holds, with the file's name in the sentence."""
    file = signed.deployment.folder / "freeze.ics"
    file.unlink() if text is None else file.write_text(text)
    gate = freeze_gate(signed.work)
    assert gate.state is GateState.UNKNOWN
    assert "freeze.ics" in gate.why
    assert signed.climb(KEY, "shadow").result == "refused"


def test_outside_the_advance_window_nothing_rises_and_everything_falls(signed: Scene) -> None:
    """Monday to Thursday, 9 to 16 UTC; the origin is a Monday at 9."""
    window = 'window = { days = [0, 1, 2, 3], start = "09:00", end = "16:00", zone = "UTC" }'
    signed.replace_settings("window = false", window)
    assert window_gate(signed.work).is_open
    signed.rise_to(KEY, "shadow")
    signed.clock.set(ORIGIN + timedelta(days=7, hours=8))
    signed.tick()
    done = signed.climb(KEY, "1%")
    assert (done.result, "outside the advance window" in done.why) == ("refused", True)
    assert window_gate(signed.work).until == ORIGIN + timedelta(days=8)
    signed.alert("Down", "critical", operation_id="createGrant")
    signed.tick()
    assert signed.flag(KEY) == OFF


def test_a_warning_holds_and_stops_the_clock(signed: Scene) -> None:
    """The time under it does not count, and the flag stays."""
    signed.rise_to(KEY, "shadow")
    signed.alert("Slow", "warning", operation_id="createGrant")
    decision = signed.tick().decisions[KEY]
    assert (decision.verdict.word, decision.clock_runs) == ("hold", False)
    signed.serve()
    signed.resolve("Slow", "warning", operation_id="createGrant")
    signed.tick()
    assert "of 7 d served" in signed.climb(KEY, "1%").why
    assert signed.flag(KEY) == signed.state(KEY).exposure


@pytest.mark.parametrize("severity", ["info", "none"])
def test_an_alert_of_no_severity_is_recorded_and_nothing_else(signed: Scene, severity: str) -> None:
    """The climb goes on."""
    signed.alert("Note", severity, operation_id="createGrant")
    assert signed.tick().decisions[KEY].verdict.word == "advance"


def test_an_alert_of_another_operation_is_no_concern(signed: Scene) -> None:
    """Left out only because its labels prove where it belongs."""
    signed.alert("Down", "critical", operation_id="listGrants")
    assert signed.tick().decisions[KEY].verdict.word == "advance"


def test_an_alert_without_labels_counts_for_everybody(signed: Scene) -> None:
    """Nothing proves that it belongs elsewhere."""
    signed.rise_to(KEY, "shadow")
    signed.alert("Down", "critical")
    signed.tick()
    assert signed.flag(KEY) == OFF


def test_an_alert_of_a_dependency_counts_as_the_operations_own(empty: Scene) -> None:
    """A dependency needs no promotion of its own to be watched."""
    key = empty.agree(empty.open(needs=["listGrants"]))
    empty.rise_to(key, "shadow")
    empty.alert("Down", "critical", operation_id="listGrants")
    empty.tick()
    assert empty.flag(key) == OFF


def test_a_rung_may_ask_for_an_approval_of_its_own(empty: Scene) -> None:
    """By the ladder; the council's sign-off covers the others."""
    rows = ", ".join(f'{{ exposure = "{name}", dwell = "7d" }}' for name in ("shadow", "10%", "50%", "100%"))
    approved = '{ exposure = "1%", dwell = "7d", approval_required = true }'
    empty.set("ladder", f"rungs = [{rows.replace('}, ', f'}}, {approved}, ', 1)}]")
    key = empty.agree(empty.open(needs=[]))
    empty.rise_to(key, "shadow")
    empty.serve()
    facts = facts_for(empty.work, read_world(empty.work), empty.state(key))
    assert facts.signoff.state is GateState.CLOSED
    assert facts.signoff.why.startswith("approval for 1%: ")
    ines = Signer("ines", empty.deployment.key("ines"))
    sign_and_file(empty.work, prepare_signoff(empty.work, key, ines, rung="1%"), ines.key, empty.deployment.monorepo)
    empty.commit()
    assert empty.convene(key).agreement.gate.is_open
    assert empty.climb(key, "1%").result == "raised"
    step_down(empty.work, key, ORDER)
    resume(empty.work, key, ORDER)
    empty.tick()
    empty.serve()
    assert "approval for 1%" in empty.climb(key, "1%").why, "the raise used it up"


def test_a_flag_back_end_that_does_not_answer_is_unknown(signed: Scene) -> None:
    """Nothing rises, the clock stops, and nothing is lowered on a guess."""
    signed.rise_to(KEY, "shadow")
    file = signed.deployment.flags_file
    aside = file.rename(file.with_name("aside"))
    file.mkdir()
    facts = facts_for(signed.work, read_world(signed.work), signed.state(KEY))
    assert (facts.flag.readable, facts.flag.exposure) == (False, None)
    file.rmdir()
    aside.rename(file)
    assert facts_for(signed.work, read_world(signed.work), signed.state(KEY)).flag.readable
