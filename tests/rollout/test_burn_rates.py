"""Burn rates: two windows that must both exceed, per rule; thin or unread windows never count as good news."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from prr_pipeline.rollout.burn_rates import (
    LOOK_BACK,
    THIRTY_DAYS,
    TWENTY_EIGHT_DAYS,
    Burn,
    burn_gate,
    burns,
    pages,
)
from prr_pipeline.rollout.canary_policy import CanaryPolicy
from prr_pipeline.rollout.gates import GateState
from prr_pipeline.rollout.metrics import ERRORS, SLOW, ArmBuckets, Bucket, MetricAnswer, unanswered

NOW = datetime(2026, 3, 9, 12, 0, tzinfo=UTC)
STEP = timedelta(minutes=5)
SINCE = NOW - timedelta(days=7)
POLICY = CanaryPolicy()
HOUR = timedelta(hours=1)


def answer(bad_per_mille: dict[timedelta, int], total: int = 1_000, gap: timedelta = timedelta(0)) -> MetricAnswer:
    """Three days in steps of five minutes: for each age the bad of a thousand up to there, the youngest first."""
    rows = []
    start = NOW - LOOK_BACK
    while start < NOW - gap:
        age = NOW - start
        share = next(bad for until, bad in sorted(bad_per_mille.items()) if age <= until)
        rows.append(Bucket(start, total * share // 1_000, total))
        start += STEP
    return MetricAnswer(ERRORS, NOW - LOOK_BACK, NOW, STEP, ArmBuckets(tuple(rows), None), NOW)


def silent_for(span: timedelta, total: int) -> MetricAnswer:
    """Requests at that pace, and buckets without any since; the long window of an hour then holds a twelfth less."""
    sound = answer({LOOK_BACK: 0}, total + 1)
    assert sound.arms is not None
    rows = [Bucket(one.start, 0, one.total if one.start < NOW - span else 0) for one in sound.arms.treatment]
    return replace(sound, arms=ArmBuckets(tuple(rows), None))


def fired(found: tuple[Burn, ...]) -> list[bool | None]:
    """What each rule says, the fastest first."""
    return [one.fires for one in found]


@pytest.mark.parametrize(
    ("bad_per_mille", "expected"),
    [
        ({LOOK_BACK: 0}, [False, False, False, False]),
        ({LOOK_BACK: 1}, [False, False, False, False]),
        ({LOOK_BACK: 2}, [False, False, False, True]),
        ({LOOK_BACK: 4}, [False, False, True, True]),
        ({LOOK_BACK: 7}, [False, True, True, True]),
        ({LOOK_BACK: 15}, [True, True, True, True]),
        ({HOUR: 15, LOOK_BACK: 0}, [True, False, False, False]),
        ({timedelta(minutes=5): 0, LOOK_BACK: 15}, [False, True, True, True]),
        ({timedelta(minutes=5): 200, LOOK_BACK: 0}, [True, False, False, False]),
        ({timedelta(minutes=5): 100, LOOK_BACK: 0}, [False, False, False, False]),
    ],
)
def test_a_rule_fires_when_both_its_windows_exceed_it(
    bad_per_mille: dict[timedelta, int], expected: list[bool]
) -> None:
    """14.4, 6, 3 and 1 times a budget of 0.1%: exactly at the limit is not beyond it."""
    assert fired(burns(answer(bad_per_mille), POLICY, NOW, SINCE)) == expected


def test_the_sets_are_those_of_their_period() -> None:
    """Factor = share of the budget x period / long window: 2%, 5%, 10%, 10%."""
    for rules, days in ((THIRTY_DAYS, 30), (TWENTY_EIGHT_DAYS, 28)):
        factors = [round(1_000 * part * timedelta(days=days) / rule.long) for part, rule in zip(
            (0.02, 0.05, 0.1, 0.1), rules, strict=True
        )]  # fmt: skip
        assert [rule.factor_milli for rule in rules] == factors
        assert [rule.page for rule in rules] == [True, True, False, False]


def test_the_set_of_28_days_is_stricter() -> None:
    """At 14 times the budget only the shorter period's rule fires."""
    steady = answer({LOOK_BACK: 14})
    assert burns(steady, POLICY, NOW, SINCE)[0].fires is False
    assert burns(steady, POLICY, NOW, SINCE, 28)[0].fires is True


def test_few_requests_make_no_rate() -> None:
    """One error among ten requests an hour is a hundred times the budget, and says nothing."""
    thin = answer({timedelta(minutes=5): 1_000, LOOK_BACK: 0}, total=1)
    found = burns(thin, POLICY, NOW, SINCE)
    assert fired(found)[0] is False
    assert "too few for a rate" in found[0].why


@pytest.mark.parametrize(
    ("read", "why"),
    [
        (unanswered(ERRORS, SINCE, NOW, "timed out"), "timed out"),
        (replace(answer({LOOK_BACK: 0}), newest_at=NOW - HOUR), "s old"),
        (answer({LOOK_BACK: 0}, total=0), "no request was observed yet"),
        (answer({LOOK_BACK: 0}, gap=HOUR), "too little was observed in the last 5 min"),
        (silent_for(timedelta(minutes=5), 10), "none of about 10 requests came in the last 5 min"),
        (silent_for(timedelta(hours=2), 1_000), "none of about 4004 requests came in the last 30 min"),
    ],
)
def test_what_cannot_be_read_is_unknown(read: MetricAnswer, why: str) -> None:
    """For every rule whose window it is in, and so for the gate."""
    found = burns(read, POLICY, NOW, SINCE)
    assert any(why in one.why for one in found if one.fires is None)
    assert burn_gate({ERRORS: found}).state is GateState.UNKNOWN


def test_thin_traffic_is_no_blindness() -> None:
    """At one request in twenty minutes most windows of five are empty: that spends nothing, and is seen."""
    sound = answer({LOOK_BACK: 0})
    assert sound.arms is not None
    rows = [Bucket(one.start, 0, int(at % 4 == 0)) for at, one in enumerate(sound.arms.treatment)]
    thin = replace(sound, arms=ArmBuckets(tuple(rows), None))
    assert rows[-1].total == 0
    assert fired(burns(thin, POLICY, NOW, SINCE)) == [False, False, False, False]
    assert burn_gate({ERRORS: burns(thin, POLICY, NOW, SINCE)}).state is GateState.OPEN


def test_a_gap_blinds_the_windows_that_it_covers() -> None:
    """An hour without data leaves the day readable, and the last five minutes not."""
    found = burns(answer({LOOK_BACK: 0}, gap=HOUR), POLICY, NOW, SINCE)
    assert fired(found) == [None, None, False, False]


def test_a_young_stay_is_judged_by_what_there_is() -> None:
    """Windows begin with the stay: what went wrong before it is no matter of the new version."""
    before = answer({2 * HOUR: 0, LOOK_BACK: 500})
    assert fired(burns(before, POLICY, NOW, NOW - 2 * HOUR)) == [False, False, False, False]
    young = answer({2 * HOUR: 8, LOOK_BACK: 0})
    assert fired(burns(young, POLICY, NOW, NOW - 2 * HOUR)) == [False, True, True, True]


def test_the_gate_closes_for_any_rule_and_pages_for_the_fast_ones() -> None:
    """A ticket holds, and so does a page; who is told differs."""
    slow_burn = burns(answer({LOOK_BACK: 2}), POLICY, NOW, SINCE)
    fast_burn = burns(answer({LOOK_BACK: 15}), POLICY, NOW, SINCE)
    blind = burns(unanswered(SLOW, SINCE, NOW, "timed out"), POLICY, NOW, SINCE)
    good = burns(answer({LOOK_BACK: 0}), POLICY, NOW, SINCE)
    assert burn_gate({ERRORS: slow_burn, SLOW: blind}).state is GateState.CLOSED
    assert pages({ERRORS: slow_burn}) == ()
    assert len(pages({ERRORS: fast_burn})) == 2
    assert "errors: 15 times the budget in 1 h (14.4x over 1 h and 5 min is the limit)" in pages({ERRORS: fast_burn})
    assert burn_gate({ERRORS: good}).state is GateState.OPEN
    assert burn_gate({ERRORS: good, SLOW: blind}).state is GateState.UNKNOWN
    assert burn_gate({}).state is GateState.UNKNOWN


def in_steps(step: timedelta, until: datetime, bad_per_mille: int = 0) -> MetricAnswer:
    """Three days in longer steps, up to the last that had ended; the newest of them has that many bad of a thousand."""
    starts = [until - step * (at + 1) for at in range(LOOK_BACK // step)][::-1]
    rows = tuple(Bucket(one, bad_per_mille if one + step == until else 0, 1_000) for one in starts)
    return MetricAnswer(ERRORS, starts[0], until, step, ArmBuckets(rows, None), until)


@pytest.mark.parametrize("minutes", [0, 10, 59])
@pytest.mark.parametrize("step", [timedelta(minutes=10), HOUR])
def test_no_window_is_shorter_than_a_step(step: timedelta, minutes: int) -> None:
    """With steps of ten minutes or an hour the short windows read the newest step, however far the next one is."""
    until = NOW + timedelta(minutes=minutes) - timedelta(minutes=minutes) % step
    sound = burns(in_steps(step, until), POLICY, NOW + timedelta(minutes=minutes), SINCE)
    assert fired(sound) == [False, False, False, False]
    assert burn_gate({ERRORS: sound}).state is GateState.OPEN
    bad = burns(in_steps(step, until, 500), POLICY, NOW + timedelta(minutes=minutes), SINCE)
    assert fired(bad)[0] is True
    shown = "1 h and 1 h" if step == HOUR else "1 h and 10 min"
    assert f"(14.4x over {shown} is the limit)" in bad[0].why


def test_a_step_that_comes_late_is_read_while_it_is_fresh() -> None:
    """An hour that is appended after the next question: what came last counts up to two steps, a hole never."""
    old = burns(in_steps(HOUR, NOW), POLICY, NOW + 2 * HOUR + timedelta(minutes=1), SINCE)
    assert fired(old) == [None] * 4
    fresh = burns(in_steps(HOUR, NOW), POLICY, NOW + HOUR + timedelta(minutes=1), SINCE)
    assert fired(fresh) == [False] * 4
    gap = in_steps(HOUR, NOW)
    assert gap.arms is not None
    without = replace(gap, arms=ArmBuckets(gap.arms.treatment[:-1], None))
    found = burns(without, POLICY, NOW, SINCE)
    assert (found[0].fires, found[0].why) == (None, "too little was observed in the last 1 h")
