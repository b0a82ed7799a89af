"""Orders of people: hold, resume, step down, advance, roll back, and the attempt after it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from prr_pipeline.control.orders import Order, hold, request_advance, resume, roll_back, step_down
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.errors import PrrError, Refused
from prr_pipeline.exposure import OFF
from prr_pipeline.ledger.events import Draft, EventType
from prr_pipeline.rollout.state import LatchKind
from tests.control.scene import COUNCIL, ORDER, WEEK, Scene

KEY = "createGrant:beta"


@pytest.mark.parametrize(
    ("by", "reason", "words"),
    [("", "why not", "needs the name"), (" \t", "why not", "needs the name"), ("felix", "\n ", "needs a reason")],
    ids=["nobody", "blank name", "blank reason"],
)
def test_an_order_needs_a_name_and_a_reason(by: str, reason: str, words: str) -> None:
    """A required field in a form accepts an empty text, so the code does not."""
    with pytest.raises(Refused, match=words):
        Order(by, reason)


@pytest.mark.parametrize(
    "order",
    [
        lambda work, key: hold(work, key, ORDER),
        lambda work, key: resume(work, key, ORDER),
        lambda work, key: step_down(work, key, ORDER),
        lambda work, key: request_advance(work, key, ORDER),
        lambda work, key: roll_back(work, [key], ORDER),
    ],
    ids=["hold", "resume", "step down", "advance", "roll back"],
)
def test_an_order_for_an_unknown_promotion_lists_the_open_ones(
    signed: Scene, order: Callable[[Workplace, str], object]
) -> None:
    """One sentence, and nothing is written."""
    before = signed.work.ledger.last_seq()
    with pytest.raises(PrrError, match=r"no promotion 'nothing:ga'\. Open ones: createGrant:beta\."):
        order(signed.work, "nothing:ga")
    assert signed.work.ledger.last_seq() == before


def test_a_hold_keeps_the_rung_and_lets_the_dwell_run(signed: Scene) -> None:
    """Nothing rises until somebody resumes; the week counts all the same."""
    signed.rise_to(KEY, "shadow")
    hold(signed.work, KEY, ORDER)
    signed.serve()
    assert "held" in signed.climb(KEY, "1%").why
    resume(signed.work, KEY, ORDER)
    assert signed.climb(KEY, "1%").result == "raised"


def test_a_hold_does_not_hold_back_a_lowering(signed: Scene) -> None:
    """A critical alert during a hold brings the flag to off."""
    signed.rise_to(KEY, "shadow")
    hold(signed.work, KEY, ORDER)
    signed.alert("Down", "critical", operation_id="createGrant")
    signed.tick()
    assert signed.flag(KEY) == OFF


def test_a_second_hold_says_who_holds_already(signed: Scene) -> None:
    """The first cause is not overwritten."""
    hold(signed.work, KEY, Order("felix", "the first"))
    with pytest.raises(Refused, match=r"is held already \(the first\)"):
        hold(signed.work, KEY, Order("noor", "the second"))


def test_resuming_what_is_not_held_is_refused(signed: Scene) -> None:
    """There is nothing to lift."""
    with pytest.raises(Refused, match="nothing to resume"):
        resume(signed.work, KEY, ORDER)


def test_a_step_down_goes_to_the_last_good_rung_and_waits_for_a_person(signed: Scene) -> None:
    """From 10% to 1%; the dwell there starts anew after the resume."""
    signed.rise_to(KEY, "10%")
    step_down(signed.work, KEY, ORDER)
    state = signed.state(KEY)
    assert (state.exposure.name, signed.flag(KEY)) == ("1%", state.exposure)
    assert state.latch is not None
    assert state.latch.kind is LatchKind.STEPPED_DOWN
    signed.serve()
    assert "stepped down" in signed.climb(KEY, "10%").why
    resume(signed.work, KEY, ORDER)
    signed.tick()
    assert signed.climb(KEY, "10%").result == "refused", "the week that went by while latched does not count"
    signed.serve()
    assert signed.climb(KEY, "10%").result == "raised"


def test_a_step_down_from_the_first_rung_is_a_roll_back(signed: Scene) -> None:
    """Below shadow there is only off, and off ends the attempt."""
    signed.rise_to(KEY, "shadow")
    step_down(signed.work, KEY, ORDER)
    state = signed.state(KEY)
    assert state.latch is not None
    assert (state.exposure, state.latch.kind) == (OFF, LatchKind.ROLLED_BACK)


def test_a_step_down_below_the_first_rung_is_refused(signed: Scene) -> None:
    """There is no rung below off."""
    with pytest.raises(Refused, match="is off already"):
        step_down(signed.work, KEY, ORDER)


def test_a_roll_back_ends_the_attempt_and_the_next_needs_its_own_signatures(signed: Scene) -> None:
    """Refused before, from the bottom after: owner and on-call lead are enough for attempt 2."""
    signed.rise_to(KEY, "1%")
    roll_back(signed.work, [KEY], ORDER)
    assert signed.flag(KEY) == OFF
    with pytest.raises(Refused, match="attempt 2 needs a new sign-off first") as refused:
        resume(signed.work, KEY, ORDER)
    assert f"`prr sign {KEY} --attempt 2 --person YOU --key FILE`" in str(refused.value)
    assert f"`prr resume {KEY} --by YOU --reason WHY`" in str(refused.value)
    signed.sign(KEY, ("noor",), attempt=2)
    with pytest.raises(Refused, match="on-call lead"):
        resume(signed.work, KEY, ORDER)
    signed.sign(KEY, ("felix",), attempt=2)
    resume(signed.work, KEY, ORDER)
    state = signed.state(KEY)
    assert (state.attempt, state.exposure, state.latch) == (2, OFF, None)
    assert signed.climb(KEY, "1%").result == "refused"
    assert signed.climb(KEY, "shadow").result == "raised"


def test_what_was_signed_for_attempt_one_does_not_start_attempt_two(signed: Scene) -> None:
    """The council's word is spent as permission, though it stays evidence."""
    signed.rise_to(KEY, "shadow")
    roll_back(signed.work, [KEY], ORDER)
    with pytest.raises(Refused) as caught:
        resume(signed.work, KEY, ORDER)
    assert f"prr sign {KEY} --attempt 2" in str(caught.value)


def test_what_was_signed_before_the_roll_back_starts_no_attempt(signed: Scene) -> None:
    """Nobody agrees beforehand to what a roll back has yet to show; those who sign after it may."""
    signed.rise_to(KEY, "shadow")
    signed.sign(KEY, COUNCIL, attempt=2)
    signed.rise_to(KEY, "1%")
    signed.clock.advance(timedelta(minutes=1))
    roll_back(signed.work, [KEY], ORDER)
    with pytest.raises(Refused, match="signed before the roll back; the attempt after it takes a new sign-off"):
        resume(signed.work, KEY, ORDER)
    signed.sign(KEY, ("noor", "felix"), attempt=2)
    resume(signed.work, KEY, ORDER)
    assert signed.climb(KEY, "shadow").result == "raised"


def test_a_signature_from_before_the_roll_back_that_is_filed_after_it_counts_for_nothing(signed: Scene) -> None:
    """Both instants count: when it was signed, and when it was taken in."""
    signed.rise_to(KEY, "shadow")
    signed.reviewer.sign(KEY, ("noor", "felix"), 2)
    signed.clock.advance(timedelta(minutes=1))
    roll_back(signed.work, [KEY], ORDER)
    signed.commit(f"Sign {KEY}", "mara")
    signed.convene(KEY)
    with pytest.raises(Refused, match="signed before the roll back"):
        resume(signed.work, KEY, ORDER)


def test_the_new_attempt_judges_its_signatures_as_its_start_did(signed: Scene) -> None:
    """What did not permit the start permits no rung either."""
    signed.rise_to(KEY, "shadow")
    signed.sign(KEY, COUNCIL, attempt=2)
    signed.clock.advance(timedelta(minutes=1))
    roll_back(signed.work, [KEY], ORDER)
    started: dict[str, object] = {"attempt": 2, "by": "test", "reason": "test"}
    signed.work.ledger.append([Draft(KEY, EventType.ATTEMPT_STARTED, started, "run:test")])
    assert "signed before the roll back" in signed.climb(KEY, "shadow").why


def test_a_hold_outlives_the_resume_of_a_lowering(signed: Scene) -> None:
    """Whoever answers for the step down does not answer for the hold."""
    signed.rise_to(KEY, "10%")
    hold(signed.work, KEY, Order("felix", "nothing moves in the incident"))
    step_down(signed.work, KEY, ORDER)
    assert signed.state(KEY).exposure.name == "1%"
    assert resume(signed.work, KEY, ORDER).latch is not None
    signed.tick()
    signed.serve()
    assert "held by felix: nothing moves in the incident" in signed.climb(KEY, "10%").why
    resume(signed.work, KEY, ORDER)
    assert signed.climb(KEY, "10%").result == "raised"


def test_a_hold_is_taken_beside_a_step_down(signed: Scene) -> None:
    """A person who wants it still is not told that it stands still already, for somebody else to let it go."""
    signed.rise_to(KEY, "10%")
    step_down(signed.work, KEY, ORDER)
    state = hold(signed.work, KEY, Order("felix", "the incident"))
    assert [latch.kind for latch in (state.latch, state.hold) if latch] == ["stepped_down", "held"]
    with pytest.raises(Refused, match=r"is held already \(the incident\)"):
        hold(signed.work, KEY, ORDER)


def test_a_hold_outlives_the_attempt_that_it_was_given_in(signed: Scene) -> None:
    """A new attempt is agreed by those who sign it; the hold is lifted by whoever resumes it."""
    signed.rise_to(KEY, "shadow")
    hold(signed.work, KEY, Order("felix", "the incident"))
    roll_back(signed.work, [KEY], ORDER)
    signed.sign(KEY, ("noor", "felix"), attempt=2)
    state = resume(signed.work, KEY, ORDER)
    assert (state.attempt, state.latch and state.latch.kind) == (2, LatchKind.HELD)
    assert signed.climb(KEY, "shadow").result == "refused"
    resume(signed.work, KEY, ORDER)
    assert signed.climb(KEY, "shadow").result == "raised"


def test_attempts_count_on(signed: Scene) -> None:
    """A third climb needs a third set."""
    for attempt in (2, 3):
        signed.rise_to(KEY, "shadow")
        roll_back(signed.work, [KEY], ORDER)
        signed.sign(KEY, ("noor", "felix"), attempt=attempt)
        resume(signed.work, KEY, ORDER)
        assert signed.state(KEY).attempt == attempt


def test_a_roll_back_takes_dependants_with_it(empty: Scene) -> None:
    """By one write: who needs what is gone is not left standing, through any number of steps."""
    keys = [empty.open(name, needs=needs) for name, needs in (
        ("createGrant", ["issueShares"]), ("issueShares", ["listGrants"]), ("listGrants", []), ("createEntity", []),
    )]  # fmt: skip
    for key in keys:
        put_at_shadow(empty, key)
    lowered = roll_back(empty.work, ["listGrants:beta"], ORDER)
    assert {one.key for one in lowered} == {"createGrant:beta", "issueShares:beta", "listGrants:beta"}
    shown = {key: empty.flag(key) for key in keys}
    assert [key for key, exposure in shown.items() if exposure != OFF] == ["createEntity:beta"]
    latch = empty.state("createGrant:beta").latch
    assert latch is not None
    assert latch.cause == "dependency listGrants:beta was rolled back"


def test_dependants_are_found_through_a_promotion_that_has_ended(empty: Scene) -> None:
    """What the middle one needs is known from its last promotion."""
    top, middle, bottom = (
        empty.open("createGrant", needs=["issueShares"]),
        empty.open("issueShares", needs=["listGrants"]),
        empty.open("listGrants", needs=[]),
    )
    for key in (top, bottom):
        put_at_shadow(empty, key)
    empty.work.ledger.append([Draft(middle, EventType.PROMOTION_ENDED, {"cause": "beta recorded"}, "run:test")])
    assert {one.key for one in roll_back(empty.work, [bottom], ORDER)} == {top, bottom}


def test_an_advance_request_skips_no_gate(signed: Scene) -> None:
    """It is written down; the dwell must be served all the same."""
    signed.rise_to(KEY, "shadow")
    request_advance(signed.work, KEY, ORDER)
    [event] = signed.events(EventType.ADVANCE_REQUESTED)
    assert event.payload["rung"] == "1%"
    assert signed.climb(KEY, "1%").result == "refused"
    assert signed.state(KEY).exposure.name == "shadow"


def test_there_is_nothing_to_advance_to_above_the_top(full: Scene) -> None:
    """100% is the last rung."""
    with pytest.raises(Refused, match="nothing above 100%"):
        request_advance(full.work, "createGrant:ga", ORDER)


def test_resuming_closes_what_was_told_of_the_lowering(signed: Scene) -> None:
    """The next lowering is told anew."""
    signed.rise_to(KEY, "10%")
    step_down(signed.work, KEY, ORDER)
    assert any(name.startswith("lowered/") for name in signed.notices())
    resume(signed.work, KEY, ORDER)
    assert not any(name.startswith(("lowered/", "not-lowered/", "drift/")) for name in signed.notices())


def test_a_rung_is_climbed_one_at_a_time(signed: Scene) -> None:
    """However late, and however much is asked for."""
    signed.rise_to(KEY, "shadow")
    signed.serve(4 * WEEK)
    assert "the next rung is another one" in signed.climb(KEY, "100%").why
    assert signed.state(KEY).exposure.name == "shadow"
    assert signed.climb(KEY, "1%").result == "raised"
    assert signed.climb(KEY, "1%").result == "no_change"


@pytest.mark.parametrize("rung", ["2%", "", "SHADOW", "off "])
def test_an_unknown_rung_lists_the_ladder(signed: Scene, rung: str) -> None:
    """No rung is guessed."""
    with pytest.raises(PrrError, match=r"Unknown rung .*Valid: off, shadow, 1%, 10%, 50%, 100%"):
        signed.climb(KEY, rung)


def put_at_shadow(scene: Scene, key: str) -> None:
    """Book a settled first rung and make the flag show it, without the way there."""
    state = scene.state(key)
    shadow = state.ladder.exposure(0)
    scene.write_flag(key, shadow)
    version = scene.work.flags.read([state.flag_key])[state.flag_key].version
    intent = {"attempt": 1, "flag_version": 1, "from": "off", "intent_id": f"{key}/i", "rung": 0, "to": "shadow"}
    settled = {"flag_version": version, "from": "off", "intent_id": f"{key}/i", "rung": 0, "to": "shadow"}
    scene.work.ledger.append([Draft(key, EventType.INTENT_WRITTEN, intent, "run:test")])
    scene.work.ledger.append([Draft(key, EventType.INTENT_SETTLED, settled, "run:test")])
