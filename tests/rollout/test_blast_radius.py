"""The caps: raises in one tick, wide endpoints per service, and chains of dependencies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from prr_pipeline.exposure import Exposure
from prr_pipeline.rollout.blast_radius import Fleet, blast_radius_gate, service_of
from prr_pipeline.rollout.caps import Caps
from prr_pipeline.rollout.gates import GateReading, GateState
from prr_pipeline.rollout.state import PromotionState
from prr_pipeline.subjects import Subject
from tests.rollout.worlds import NOW, promotion

CAPS = Caps(raises_per_tick=2, tick=timedelta(minutes=10), wide_per_service=2, wide_from=Exposure.share(1_000))
MINUTE = timedelta(minutes=1)


def one(name: str, rung: str = "1%", *needs: str, intent: int = 0, rose: Sequence[timedelta] = ()) -> PromotionState:
    """A promotion of the context Grants. ``intent``: the seq of its open raise; ``rose``: how long ago."""
    state = promotion(rung, intent=bool(intent))
    raising = replace(state.intent, seq=intent) if state.intent else None
    return replace(
        state, key=f"{name}:ga", subject=Subject.parse(name), dependencies=tuple(map(Subject.parse, needs)),
        intent=raising, raised_at=tuple(NOW - ago for ago in rose),
    )  # fmt: skip


def gate(state: PromotionState, *others: PromotionState, caps: Caps = CAPS) -> GateReading:
    """The gate of one promotion among others."""
    graph = {other.subject: other.dependencies for other in (state, *others)}
    return blast_radius_gate(state, Fleet.of((state, *others), caps, NOW), graph, caps, NOW)


def test_below_every_cap_it_is_open_and_says_how_much_moves() -> None:
    """One of two raises is used."""
    reading = gate(one("a"), one("b", intent=7))
    assert reading.state is GateState.OPEN
    assert reading.why == "1 of 2 raises within 10 min"


def test_rungs_risen_and_rising_count_until_the_tick_is_over() -> None:
    """Two rose; the gate opens when the first of them is out of the tick, and not before."""
    reading = gate(one("a"), one("b", rose=[9 * MINUTE]), one("c", rose=[MINUTE]))
    assert (reading.state, reading.until) == (GateState.CLOSED, NOW + MINUTE)
    assert "the cap is 2" in reading.why
    assert gate(one("a"), one("b", rose=[10 * MINUTE]), one("c", rose=[MINUTE])).is_open
    assert gate(one("a"), one("b", intent=3), one("c", rose=[MINUTE])).until is None


def test_its_own_raises_count_too() -> None:
    """A ladder without dwell does not climb past the cap."""
    assert not gate(one("a", rose=[MINUTE, 2 * MINUTE])).is_open


def test_of_raises_that_begin_at_once_the_first_go_on() -> None:
    """Asked again after its intent: only those that were begun before it count, so not all of them give up."""
    states = [one("a", intent=3), one("b", intent=1), one("c", intent=2)]
    found = {s.key: gate(s, *(other for other in states if other is not s)).is_open for s in states}
    assert found == {"a:ga": False, "b:ga": True, "c:ga": True}


@pytest.mark.parametrize("needs", [("a", "b"), ("b", "a")], ids=["dependant", "dependency"])
def test_neither_of_a_chain_rises_in_one_tick_with_the_other(needs: tuple[str, str]) -> None:
    """Through any number of steps, whichever rose first."""
    who, whom = needs
    middle = one("m", "shadow", whom)
    states = {"a": one("a"), "b": one("b", rose=[MINUTE])}
    states[who] = replace(states[who], dependencies=(middle.subject,))
    reading = gate(states["a"], states["b"], middle, caps=replace(CAPS, raises_per_tick=99))
    assert (reading.state, reading.until) == (GateState.CLOSED, NOW + 9 * MINUTE)
    assert reading.why.startswith("b:ga rose or rises in this tick")


def test_wide_endpoints_of_one_service_are_capped() -> None:
    """Two stand at or above 10%: a third stays at 1%, one of another service and one that is there already go on."""
    wide = [one("b", "10%"), one("c", "50%")]
    reading = gate(one("a"), *wide)
    assert (reading.state, reading.until) == (GateState.CLOSED, None)
    assert reading.why == "2 of grants stand at or above 10%; the cap is 2: b:ga, c:ga"
    assert gate(one("a", "shadow"), *wide).is_open
    assert gate(wide[0], one("x", "10%"), wide[1]).is_open
    assert gate(replace(one("a"), context="Access"), *wide).is_open


@pytest.mark.parametrize(
    "over", [{"watch_closed_at": NOW}, {"ended_at": NOW}], ids=["the watch is closed", "it has ended"]
)
def test_what_has_proved_itself_leaves_room(over: dict[str, object]) -> None:
    """Only promotions whose stability watch is not over count."""
    assert gate(one("a"), one("b", "10%"), replace(one("c", "100%"), **over)).is_open  # type: ignore[arg-type]


def test_a_raise_to_the_width_that_is_under_way_counts() -> None:
    """From 1% to 10%, not yet settled."""
    rising = one("c", "1%", intent=5)
    assert not gate(one("a"), one("b", "10%"), rising).is_open
    assert gate(one("a", intent=4), one("b", "10%"), rising).is_open


def test_at_the_top_there_is_nothing_to_cap() -> None:
    """However much moves."""
    assert gate(one("a", "100%"), one("b", intent=1), one("c", intent=2)).is_open


def test_what_is_left_is_what_the_sensor_may_ask_for() -> None:
    """Raises under way and risen are taken off, never below nothing."""
    states = [one("a", intent=1), one("b", rose=[MINUTE, 2 * MINUTE])]
    assert Fleet.of(states[:1], CAPS, NOW).raises_left(CAPS, NOW) == 1
    assert Fleet.of(states, CAPS, NOW).raises_left(CAPS, NOW) == 0


def test_a_subject_that_names_its_service_counts_there() -> None:
    """An endpoint by its prefix, a service by its name, anything else by its context."""
    named = {"service Identity": "identity", "third_party_endpoint identity/GET x": "identity", "createGrant": "grants"}
    for text, service in named.items():
        assert service_of(replace(promotion(), subject=Subject.parse(text))) == service


def test_a_tick_longer_than_the_calendar_counts_every_raise_and_dates_none() -> None:
    """No policy makes the gate fail, an older record's included."""
    reading = gate(one("a"), one("b", rose=[MINUTE]), one("c", rose=[MINUTE]), caps=replace(CAPS, tick=timedelta.max))
    assert (reading.state, reading.until) == (GateState.CLOSED, None)
