"""The same inputs twice write nothing twice: the ledger grows with what happens, not with how often one looks."""

from __future__ import annotations

from datetime import timedelta

from prr_pipeline.control.checklist import judge_promotion
from prr_pipeline.control.document import compare_document
from prr_pipeline.control.drift import sweep
from prr_pipeline.control.due import due_list
from prr_pipeline.control.rejudge import promotions_with_new_records, stale_promotions
from prr_pipeline.ledger.events import EventType
from tests.control.scene import Scene

KEY = "createGrant:beta"


def counts(scene: Scene) -> dict[str, int]:
    """Events by type."""
    found: dict[str, int] = {}
    for event in scene.events():
        found[event.type] = found.get(event.type, 0) + 1
    return found


def test_fifty_quiet_ticks_write_nothing(signed: Scene) -> None:
    """With the policy clock moving: guard, sweep, due list and the two looks at the repository."""
    signed.rise_to(KEY, "shadow")
    signed.tick()
    sweep(signed.work)
    before = counts(signed)
    for _ in range(50):
        signed.clock.advance(timedelta(minutes=5))
        signed.tick()
        sweep(signed.work)
        due_list(signed.work)
        stale_promotions(signed.work)
        promotions_with_new_records(signed.work)
    assert counts(signed) == before


def test_fifty_ticks_under_the_same_alert_write_it_once(signed: Scene) -> None:
    """One episode, one decision."""
    signed.rise_to(KEY, "shadow")
    signed.tick()
    before = counts(signed)
    signed.alert("Slow", "warning", operation_id="createGrant")
    for _ in range(50):
        signed.clock.advance(timedelta(minutes=5))
        signed.tick()
    after = counts(signed)
    grown = {name: number - before.get(name, 0) for name, number in after.items() if number != before.get(name, 0)}
    assert grown == {EventType.EPISODE_OPENED: 1, EventType.DECISION_RECORDED: 1}


def test_fifty_ticks_after_a_roll_back_write_it_once(signed: Scene) -> None:
    """Latched and lowered once, though the alert goes on."""
    signed.rise_to(KEY, "shadow")
    signed.alert("Down", "critical", operation_id="createGrant")
    for _ in range(50):
        signed.tick()
    after = counts(signed)
    assert (after[EventType.LATCHED], after[EventType.LOWERED]) == (1, 1)


def test_judging_and_convening_twice_writes_once(signed: Scene) -> None:
    """The report, the council's answer and the document are booked when they change."""
    signed.convene(KEY)
    compare_document(signed.work, KEY, "run:test")
    before = counts(signed)
    for _ in range(3):
        judge_promotion(signed.work, KEY, "run:test")
        signed.convene(KEY)
        compare_document(signed.work, KEY, "run:test")
    assert counts(signed) == before


def test_no_judgement_is_half_kept(signed: Scene) -> None:
    """A tick beside a judgement sees the old answer or the new one, so it books no decision of its own."""
    signed.tick()
    before = counts(signed)
    for _ in range(5):
        judge_promotion(signed.work, KEY, "run:test")
        signed.tick()
    assert counts(signed) == before


def test_a_refused_climb_twice_books_one_decision(signed: Scene) -> None:
    """The run's decision is the tick's."""
    signed.rise_to(KEY, "shadow")
    signed.tick()
    before = counts(signed)
    signed.climb(KEY, "1%")
    signed.climb(KEY, "1%")
    assert counts(signed) == before


def test_an_unreached_rung_asked_for_many_times_leaves_no_intent(signed: Scene) -> None:
    """Only an advance writes one."""
    for _ in range(5):
        signed.climb(KEY, "50%")
    assert signed.events(EventType.INTENT_WRITTEN) == []
