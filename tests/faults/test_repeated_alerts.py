"""Alert messages that come twice, late, or in another order: the same episodes, one roll back, and no second one."""

from __future__ import annotations

import itertools
import json
from datetime import UTC, datetime, timedelta

import pytest

from prr_pipeline.demo.alerts import payload
from prr_pipeline.exposure import OFF, SHADOW
from prr_pipeline.ledger.events import Event, EventType
from prr_pipeline.signals.alerts.inbox import drop
from tests.faults.scene import KEY, NAME, Scene

LABELS = {"operation_id": NAME}


def _text(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _messages() -> dict[str, bytes]:
    """One episode, fired and ended, and an older one of the same alert that ended before."""
    now = datetime.now(UTC)
    old, start, end = (_text(now - timedelta(minutes=m)) for m in (60, 5, 1))
    return {
        "fires": payload("FastBurn", "critical", LABELS, start, None),
        "ends": payload("FastBurn", "critical", LABELS, start, end),
        "older": payload("FastBurn", "critical", LABELS, old, _text(now - timedelta(minutes=50))),
    }


def _booked(scene: Scene, kind: EventType) -> list[Event]:
    return scene.work.ledger.events(types=(kind,))


ORDERS = sorted(set(itertools.permutations(("fires", "fires", "ends", "older"))))


@pytest.mark.parametrize("order", ORDERS, ids="-".join)
def test_in_whatever_order_and_number_messages_come_there_is_one_roll_back(
    at_one: Scene, order: tuple[str, ...]
) -> None:
    """Each episode is opened and closed once. One that is told to fire after its end fires again, until a later end."""
    messages = _messages()
    for name in order:
        drop(at_one.deployment.inbox, messages[name])
        at_one.guard()
    again = order[::-1].index("fires") < order[::-1].index("ends")
    assert len(_booked(at_one, EventType.EPISODE_OPENED)) == 2 + again
    assert len(_booked(at_one, EventType.EPISODE_CLOSED)) == 2
    assert at_one.flag() == OFF
    assert len(at_one.work.ledger.events(stream=KEY, types=(EventType.LOWERED,))) == 1


def test_an_alert_that_fires_again_lowers_the_next_attempt_too_and_its_copies_change_nothing(at_one: Scene) -> None:
    """Alertmanager says of an alert that comes back what it said before, start included: it is no late twin."""
    messages = _messages()
    drop(at_one.deployment.inbox, messages["fires"])
    at_one.guard()
    drop(at_one.deployment.inbox, messages["ends"])
    at_one.start_again()
    at_one.round()
    at_one.guard()
    assert at_one.flag() == SHADOW
    drop(at_one.deployment.inbox, messages["fires"])
    at_one.guard()
    at_one.guard()
    assert at_one.flag() == OFF
    before = at_one.work.ledger.last_seq()
    for name in ("fires", "ends", "ends"):
        drop(at_one.deployment.inbox, messages[name])
        at_one.guard()
    assert at_one.flag() == OFF
    assert at_one.work.ledger.last_seq() == before


def test_a_broken_message_stops_no_readable_one(at_one: Scene) -> None:
    """Rubbish makes the answer incomplete, which holds; a firing alert beside it still lowers."""
    drop(at_one.deployment.inbox, b"{ not json")
    at_one.round()
    assert str(at_one.flag()) == "1%"
    assert at_one.state().exposure.name == "1%"
    drop(at_one.deployment.inbox, _messages()["fires"])
    at_one.guard()
    assert at_one.flag() == OFF


def test_the_messages_are_those_of_alertmanager() -> None:
    """What the cases above drop is what the parser expects: one alert each, of version 4."""
    assert {len(json.loads(message)["alerts"]) for message in _messages().values()} == {1}
