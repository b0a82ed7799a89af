"""The story of a promotion: gates as the decisions saw them, and stops of the line until they were released."""

from __future__ import annotations

from datetime import timedelta

from prr_pipeline.control.history import story_of
from prr_pipeline.control.line_orders import release_line, stop_line
from prr_pipeline.control.orders import Order
from prr_pipeline.rollout.scope import Scope
from tests.control.scene import ORDER, Scene

KEY = "createGrant:beta"
ALL, OTHERS = Scope.parse("all"), Scope.parse("team:Platform")
HOUR = timedelta(hours=1)


def stops(scene: Scene) -> list[tuple[timedelta, timedelta | None]]:
    """Since when and until when the line was stopped for it, counted from its opening."""
    story = story_of(scene.work, KEY)
    began = story.state.opened_at
    found = [mark for mark in story.marks if mark.kind == "stop"]
    return [(mark.at - began, mark.until - began if mark.until is not None else None) for mark in found]


def test_a_stop_lasts_until_its_release(signed: Scene) -> None:
    """One that stands has no end, and its words are those of the gate."""
    signed.clock.advance(HOUR)
    stop_line(signed.work, ALL, Order("felix", "the cluster burns"))
    signed.clock.advance(HOUR)
    assert stops(signed) == [(HOUR, None)]
    release_line(signed.work, ALL, ORDER)
    stop_line(signed.work, ALL, ORDER)
    assert stops(signed) == [(HOUR, 2 * HOUR), (2 * HOUR, None)]
    first = next(mark for mark in story_of(signed.work, KEY).marks if mark.kind == "stop")
    assert first.text.startswith("the line is stopped for all by felix since ")


def test_a_stop_of_others_is_not_told(signed: Scene) -> None:
    """Nor is one that was released before this promotion was opened; one that stood then counts from its opening."""
    stop_line(signed.work, OTHERS, ORDER)
    assert stops(signed) == []
    release_line(signed.work, OTHERS, ORDER)
    stop_line(signed.work, ALL, ORDER)
    release_line(signed.work, ALL, ORDER)
    stop_line(signed.work, ALL, ORDER)
    signed.clock.advance(HOUR)
    key = signed.open("issueShares", needs=[])
    story = story_of(signed.work, key)
    assert [(mark.at, mark.until) for mark in story.marks] == [(story.state.opened_at, None)]


def test_a_gate_is_told_as_it_stood_over_time(signed: Scene) -> None:
    """Open, closed with its reason, open again; without a gap, to this moment. What policy leaves out is not told."""
    signed.rise_to(KEY, "shadow")
    signed.tick()
    signed.clock.advance(HOUR)
    signed.alert("Slow", "warning", operation_id="createGrant")
    signed.tick()
    signed.clock.advance(HOUR)
    signed.resolve("Slow", "warning", operation_id="createGrant")
    signed.tick()
    signed.clock.advance(HOUR)
    story = story_of(signed.work, KEY)
    spans = story.gates["alerts"]
    assert [one.state for one in spans] == ["open", "closed", "open"]
    assert "Slow" in spans[1].text
    assert (spans[0].until, spans[1].until, spans[2].until) == (spans[1].since, spans[2].since, story.now)
    assert spans[1].until - spans[1].since == HOUR
    assert "burn_rate" not in story.gates
