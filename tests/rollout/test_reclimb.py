"""What follows on a step down: a cool-down, so many re-climbs, then people; and which words say so."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from prr_pipeline.canonical import canonical_bytes
from prr_pipeline.errors import PrrError
from prr_pipeline.ledger.events import Event, EventType
from prr_pipeline.ledger.fold import apply
from prr_pipeline.rollout.decide import Verdict, decide
from prr_pipeline.rollout.dwell import Dwell
from prr_pipeline.rollout.policy import Policy
from prr_pipeline.rollout.reclimb import Cooling, Reclimbs, after_words, awaits_decision, cooling_of
from prr_pipeline.rollout.state import Latch, LatchKind, PromotionState
from tests.rollout.worlds import NOW, SEEN, WEEK, answer, facts, flag, gate, index, promotion

DAY = timedelta(days=1)
ALLOWED = Reclimbs()
POLICY = Policy()


def fallen(rung: str, *falls: str) -> PromotionState:
    """On a rung, after falls from others."""
    return replace(promotion(rung), falls=tuple(index(one) for one in falls))


def cooling(state: PromotionState, until: datetime | None, left: int = 1, why: str = "") -> PromotionState:
    """Stepped down, and settled there."""
    latch = Latch(LatchKind.STEPPED_DOWN, "regression: errors", "sensor:alerts", NOW - DAY, state.exposure)
    return replace(state, latch=replace(latch, cooling=Cooling(until, left, why)), lowering_open=False)


@pytest.mark.parametrize(
    ("falls", "rung", "left"),
    [((), "10%", 1), (("50%",), "10%", 0), (("10%",), "10%", None), (("50%", "10%"), "100%", None)],
    ids=["the first fall", "a second from another rung", "a second from the same rung", "a third"],
)
def test_so_many_times_it_climbs_again_by_itself(falls: tuple[str, ...], rung: str, left: int | None) -> None:
    """Twice in an attempt, once after falls from one rung; then people decide, and it is said which limit it was."""
    found = cooling_of(fallen(rung, *falls), ALLOWED, NOW)
    if left is None:
        assert found.until is None
        assert "policy allows" in found.why
    else:
        assert (found.until, found.left, found.why) == (NOW + DAY, left, "")


def test_a_policy_without_re_climbs_asks_people_at_once() -> None:
    """Zero is a policy too."""
    assert (
        cooling_of(fallen("10%"), Reclimbs(per_attempt=0), NOW).why
        == "fall 1 of this attempt; policy allows 0 re-climbs"
    )
    assert (
        cooling_of(fallen("10%"), Reclimbs(per_rung=0), NOW).why
        == "fall 1 from 10%; policy allows 0 re-climbs from one rung"
    )


def test_a_cool_down_beyond_the_calendar_asks_people() -> None:
    """A decision is total, however long policy wants to wait."""
    assert cooling_of(fallen("10%"), Reclimbs(cool_down=timedelta.max), NOW).until is None


@pytest.mark.parametrize("wrong", [{"cool_down": -DAY}, {"per_attempt": -1}, {"per_rung": -1}], ids=str)
def test_nothing_below_zero_is_a_policy(wrong: dict[str, object]) -> None:
    """It is refused when it is set."""
    with pytest.raises(PrrError, match="below 0"):
        Reclimbs(**wrong)  # type: ignore[arg-type]


def test_a_step_down_tells_what_follows_and_the_record_holds_it() -> None:
    """Verdict, cool-down and re-climbs left, as canonical data."""
    state = promotion("10%")
    decision = decide(state, facts(state, regressions=("errors: 9 bad of 10",)), POLICY, NOW)
    assert decision.verdict is Verdict.STEP_DOWN
    assert decision.cooling == Cooling(NOW + DAY, 1)
    assert b'"cooling":{"left":1,"until":"2026-03-03T12:00:00.000000Z","why":""}' in canonical_bytes(decision.as_data())


def test_a_roll_back_cools_nothing_down() -> None:
    """Below shadow the attempt ends, and the next one is signed for."""
    state = promotion("shadow")
    assert decide(state, facts(state, regressions=("errors",)), POLICY, NOW).cooling is None
    assert decide(promotion("10%"), facts(promotion("10%")), POLICY, NOW).cooling is None


def test_while_it_cools_it_holds_the_clock_stands_and_the_earliest_is_a_dwell_later() -> None:
    """The dwell of the rung is served anew once the cool-down is over."""
    state = cooling(promotion("1%"), NOW + 3 * timedelta(hours=1))
    decision = decide(state, facts(state, dwell=None), POLICY, NOW)
    assert (decision.verdict, decision.clock_runs, decision.resumes) == (Verdict.HOLD, False, False)
    assert decision.causes[0].startswith(
        "cools down: until 2026-03-02T15:00Z; stepped down by sensor:alerts: regression"
    )
    assert decision.earliest == NOW + 3 * timedelta(hours=1) + WEEK


def test_what_has_cooled_may_be_let_go_by_a_run() -> None:
    """The decision still holds, for the latch stands; it says that a run may lift it."""
    state = cooling(promotion("1%"), NOW)
    decision = decide(state, facts(state), POLICY, NOW)
    assert (decision.verdict, decision.resumes, decision.clock_runs) == (Verdict.HOLD, True, False)
    assert decision.causes[0].startswith("cooled down: until ")
    before = decide(cooling(promotion("1%"), NOW + timedelta(seconds=1)), facts(state), POLICY, NOW)
    assert before.key != decision.key, "the end of the cool-down is worth a record"


@pytest.mark.parametrize(
    "changed",
    [
        {"alerts": answer("warning")},
        {"alerts": answer("unknown")},
        {"flag": flag("unreadable", promotion("1%"))},
        {"record": gate("record", "closed")},
        {"halt": gate("halt", "closed")},
        {"halt": gate("halt", "unknown")},
    ],
    ids=["warning", "alerts unknown", "flag unread", "record", "line stopped", "line unknown"],
)
def test_nothing_is_let_go_where_what_users_get_is_not_seen_well(changed: dict[str, object]) -> None:
    """A cool-down ends later then; gates that only matter for a raise do not stand in its way."""
    state = cooling(promotion("1%"), NOW)
    assert not decide(state, facts(state, **changed), POLICY, NOW).resumes
    calm = facts(state, freeze=gate("freeze", "closed"), signoff=gate("signoff", "closed"))
    assert decide(state, calm, POLICY, NOW).resumes


@pytest.mark.parametrize("cause", ["regressions", "hard_failures"])
def test_a_new_reason_to_lower_goes_before_the_end_of_a_cool_down(cause: str) -> None:
    """It is lowered once more, and not let go."""
    state = cooling(promotion("1%"), NOW)
    decision = decide(state, facts(state, **{cause: ("errors",)}), POLICY, NOW)
    assert decision.verdict in (Verdict.STEP_DOWN, Verdict.ROLL_BACK)
    assert not decision.resumes


def test_used_up_re_climbs_are_never_let_go_by_a_run() -> None:
    """However long ago: people decide, and the cause says so first."""
    state = cooling(promotion("1%"), None, 0, "fall 3 of this attempt; policy allows 2 re-climbs")
    decision = decide(state, facts(state), POLICY, NOW + 1_000 * DAY)
    assert (decision.verdict, decision.resumes, decision.earliest) == (Verdict.HOLD, False, None)
    assert decision.causes[0].startswith("people must decide: fall 3 of this attempt")


def test_an_edit_of_the_policy_changes_no_cool_down_that_stands() -> None:
    """It was written into the latch: a shorter one raises nothing, and more re-climbs let nothing go."""
    lax = Policy(reclimbs=Reclimbs(timedelta(0), 1_000, 1_000))
    waiting, spent = cooling(promotion("1%"), NOW + DAY), cooling(promotion("1%"), None)
    for state in (waiting, spent):
        assert decide(state, facts(state), lax, NOW) == decide(state, facts(state), POLICY, NOW)


def latched(kind: LatchKind, to: str, with_cooling: Cooling | None) -> Event:
    """The event of a lowering's latch."""
    payload: dict[str, object] = {"by": "b", "cause": "c", "kind": str(kind), "lowers": True, "to": to}
    if with_cooling is not None:
        payload["cooling"] = with_cooling.as_data()
    return event(EventType.LATCHED, payload)


def event(kind: EventType, payload: dict[str, object]) -> Event:
    """An event of the promotion."""
    return Event(9, "createGrant:ga", kind, payload, "test", NOW, 1, "", "")


def after(state: PromotionState, *events: Event) -> PromotionState:
    """The state after those events."""
    for one in events:
        state = apply(state, one)
    return state


LOW = event(EventType.LOWERED, {"to": "1%", "flag_version": SEEN})
SOON = Cooling(NOW + DAY, 1)


def observed(seen: timedelta | None, jump: str | None = None) -> Dwell:
    """What was seen of the stay on the rung."""
    return Dwell("1/1", timedelta(0), NOW, timedelta(0), "boot", jump=jump, seen=seen)


@pytest.mark.parametrize(
    ("dwell", "resumes"),
    [
        (observed(DAY), True),
        (observed(DAY - timedelta(seconds=1)), False),
        (observed(DAY, jump="the wall clock moved by 2 days"), False),
        (observed(None, jump="the wall clock moved by 2 days"), False),
        (None, False),
        (observed(None), True),
    ],
    ids=["seen", "a second short", "jumped now", "jumped, an older record", "never seen", "an older record"],
)
def test_no_jump_of_the_clock_ends_a_cool_down(dwell: Dwell | None, resumes: bool) -> None:
    """A day that the clock says is over must have been observed; records of older versions are decided as they were."""
    state = cooling(promotion("1%"), NOW)
    decision = decide(state, facts(state, dwell=dwell), POLICY, NOW)
    assert decision.resumes is resumes


def test_what_is_left_to_see_moves_the_earliest_time_and_is_said() -> None:
    """Ten hours of the day were observed: fourteen are left, then the dwell."""
    state = cooling(promotion("1%"), NOW)
    decision = decide(state, facts(state, dwell=observed(timedelta(hours=10))), POLICY, NOW)
    assert decision.causes[0].startswith(
        "cools down: until 2026-03-02T12:00Z, and 840 min of it were not observed yet; stepped down by"
    )
    assert decision.earliest == NOW + timedelta(hours=14) + WEEK


def test_a_settled_fall_is_counted_once_and_a_resume_keeps_the_count() -> None:
    """Whoever resumes, if nobody decided: also a person who does not wait for the end of the cool-down."""
    state = after(promotion("10%"), latched(LatchKind.STEPPED_DOWN, "1%", SOON), LOW)
    assert (state.falls, state.latch and state.latch.cooling) == ((index("10%"),), SOON)
    assert after(state, LOW).falls == (index("10%"),)
    assert after(state, event(EventType.RESUMED, {"reason": "r"})).falls == (index("10%"),)


def test_a_decision_of_people_and_a_new_attempt_count_anew() -> None:
    """They were asked, and agreed that it goes on."""
    state = after(promotion("10%"), latched(LatchKind.STEPPED_DOWN, "1%", Cooling(None, 0, "w")), LOW)
    assert after(state, event(EventType.RESUMED, {"decided": True, "reason": "r"})).falls == ()
    assert after(state, event(EventType.ATTEMPT_STARTED, {"attempt": 2})).falls == ()


def test_a_persons_step_down_is_no_fall_and_waits_for_a_resume() -> None:
    """As do those that older versions booked: their latches say nothing of a cool-down."""
    state = after(promotion("10%"), latched(LatchKind.STEPPED_DOWN, "1%", None), LOW)
    assert state.falls == ()
    decision = decide(state, facts(state), POLICY, NOW + 1_000 * DAY)
    assert decision.causes[0] == "stepped down by b: c"
    assert not decision.resumes


def test_a_guardrail_lets_nothing_go_that_a_person_lowered() -> None:
    """A deeper step down on top of a person's takes its place, and still waits for a person."""
    state = after(promotion("50%"), latched(LatchKind.STEPPED_DOWN, "10%", None))
    state = after(state, latched(LatchKind.STEPPED_DOWN, "1%", SOON), LOW)
    assert state.latch is not None
    assert (state.latch.to.name, state.latch.cooling) == ("1%", None)


SPENT = Cooling(None, 0, "fall 2 from 10%; policy allows 1 re-climb from one rung")


@pytest.mark.parametrize(
    ("kind", "to", "own"),
    [
        (LatchKind.DRIFT, "1%", None),
        (LatchKind.STEPPED_DOWN, "shadow", None),
        (LatchKind.STEPPED_DOWN, "shadow", SOON),
    ],
    ids=["the flag was touched", "a person steps down", "a step down under a laxer policy"],
)
def test_what_people_must_decide_stays_theirs_whatever_latch_comes_after(
    kind: LatchKind, to: str, own: Cooling | None
) -> None:
    """Touching the flag, or stepping further down, spares nobody's signature, and nothing is let go by itself."""
    state = after(promotion("10%"), latched(LatchKind.STEPPED_DOWN, "1%", SPENT), LOW, latched(kind, to, own))
    assert state.latch is not None
    assert (state.latch.kind, state.latch.cooling) == (kind, SPENT)
    assert awaits_decision(after(state, event(EventType.LOWERED, {"to": to, "flag_version": SEEN})))


@pytest.mark.parametrize("kind", [LatchKind.DRIFT, LatchKind.STEPPED_DOWN], ids=["drift", "a person's"])
def test_a_fall_that_is_one_too_many_asks_people_under_another_latch_too(kind: LatchKind) -> None:
    """Whoever touches the flag before the fall gains as little as whoever does after it."""
    state = after(promotion("10%"), latched(kind, "10%", None), latched(LatchKind.STEPPED_DOWN, "1%", SPENT))
    assert awaits_decision(after(state, LOW))
    deeper = after(promotion("10%"), latched(kind, "shadow", None), latched(LatchKind.STEPPED_DOWN, "1%", SPENT))
    assert deeper.latch is not None
    assert (deeper.latch.kind, deeper.latch.to.name, deeper.latch.cooling) == (kind, "shadow", SPENT)


def test_a_roll_back_asks_for_its_own_signatures_instead() -> None:
    """The next attempt is signed for, and counts anew."""
    state = after(promotion("10%"), latched(LatchKind.STEPPED_DOWN, "1%", SPENT), LOW)
    state = after(state, latched(LatchKind.ROLLED_BACK, "off", None), latched(LatchKind.STEPPED_DOWN, "off", SPENT))
    assert state.latch is not None
    assert (state.latch.kind, state.latch.cooling) == (LatchKind.ROLLED_BACK, None)


@pytest.mark.parametrize("kind", [LatchKind.DRIFT, LatchKind.STEPPED_DOWN], ids=["drift", "a person's"])
def test_a_proven_regression_is_a_fall_under_any_latch(kind: LatchKind) -> None:
    """It still waits for a person there, and counts all the same; once."""
    state = after(promotion("10%"), latched(kind, "10%", None), latched(LatchKind.STEPPED_DOWN, "1%", SOON), LOW, LOW)
    assert state.latch is not None
    assert (state.latch.cooling, state.falls) == (None, (index("10%"),))


def test_a_fall_whose_lowering_another_latch_overtakes_is_counted_once() -> None:
    """By a person who steps further down: one fall. By a roll back: the attempt ends, and with it the count."""
    begun = after(promotion("10%"), latched(LatchKind.STEPPED_DOWN, "1%", SOON))
    shadow = event(EventType.LOWERED, {"to": "shadow", "flag_version": SEEN})
    assert after(begun, latched(LatchKind.STEPPED_DOWN, "shadow", None), shadow).falls == (index("10%"),)
    off = event(EventType.LOWERED, {"to": "off", "flag_version": SEEN})
    assert after(begun, latched(LatchKind.ROLLED_BACK, "off", None), off).falls == ()


def test_a_hold_outlives_the_end_of_a_cool_down() -> None:
    """It stood before or came meanwhile; its own person lifts it."""
    held = event(EventType.LATCHED, {"by": "felix", "cause": "wait", "kind": "held", "lowers": False, "to": "1%"})
    state = after(promotion("10%"), latched(LatchKind.STEPPED_DOWN, "1%", SOON), LOW, held)
    resumed = after(state, event(EventType.RESUMED, {"reason": "r"}))
    assert resumed.latch is not None
    assert resumed.latch.kind is LatchKind.HELD


def test_the_words_say_when_how_often_and_what_people_do() -> None:
    """In the notice, and on the promotion's page."""
    at = datetime(2026, 3, 3, 12, tzinfo=UTC)
    told = after_words("x:ga", Cooling(at, 1))
    assert told.startswith("It cools down until 2026-03-03T12:00Z, then climbs again by itself behind every gate;")
    assert told.endswith("1 more re-climb after that.")
    assert "no further re-climb" in after_words("x:ga", Cooling(at, 0))
    asked = after_words("x:ga", Cooling(None, 0, "fall 3 of this attempt; policy allows 2 re-climbs"))
    assert asked.startswith("People must decide (fall 3 of this attempt")
    assert "`prr sign x:ga --person YOU --key FILE`" in asked
    assert "`prr resume x:ga --by YOU --reason WHY`" in asked


@pytest.mark.parametrize("kept", [None, SOON, Cooling(None, 0, "w")], ids=["a person's", "cools", "people decide"])
def test_a_step_down_under_way_keeps_what_its_latch_says(kept: Cooling | None) -> None:
    """It is decided at every tick until the flag is read back low; that changes neither who ordered it nor when."""
    state = after(promotion("10%"), latched(LatchKind.STEPPED_DOWN, "1%", kept))
    decision = decide(state, facts(state, regressions=("errors",)), POLICY, NOW + DAY)
    assert decision.verdict is Verdict.STEP_DOWN
    assert decision.cooling == kept


def test_the_dwell_gate_tells_no_time_before_the_clock_can_run() -> None:
    """After the cool-down, and none at all where people must decide first."""
    names = {"cools": NOW + DAY, "cooled": NOW - DAY, "decide": None}
    found = {}
    for name, until in names.items():
        state = cooling(promotion("1%"), until)
        decision = decide(state, facts(state, dwell=None), POLICY, NOW)
        found[name] = next(one.until for one in decision.gates if one.name == "dwell")
    assert found == {"cools": NOW + DAY + WEEK, "cooled": NOW + WEEK, "decide": None}
