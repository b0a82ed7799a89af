"""What Alertmanager lists, decided upon: read, mapped to a promotion, judged, lowered and booked."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from prr_pipeline.control.guard import guard
from prr_pipeline.control.watching import watch
from prr_pipeline.errors import PrrError
from prr_pipeline.exposure import OFF, SHADOW
from prr_pipeline.ledger.events import EventType
from prr_pipeline.rollout.decide import Decision, Verdict
from prr_pipeline.rollout.gates import GateState
from tests.control.scene import Copy, Scene, copied
from tests.control.test_alert_map import NOBODY_KNOWS, SOMEBODY_ELSES, lose_the_ledger
from tests.platforms.local_service import LocalService, Reply
from tests.signals.alerts.alertmanager.api import Api, alert, status, suppressed, text, watchdog

KEY = "createGrant:beta"
INBOX = 'source = "inbox"\nmax_age = "30s"\noptions = { folder = ".prr/inbox", heartbeat_limit_seconds = 30 }'


def ago(span: timedelta = timedelta(hours=1)) -> str:
    """That long before the machine's now, as the API writes it."""
    return text(datetime.now(UTC) - span)


def fires(**changes: Any) -> dict[str, Any]:
    """A critical alert of createGrant that fires now."""
    return {**alert("f1", startsAt=ago(), updatedAt=ago(timedelta(0)), endsAt=ago(-timedelta(minutes=4))), **changes}


def labels(severity: str = "critical", **more: str) -> dict[str, str]:
    """Labels of an alert."""
    return {"alertname": "HighErrors", "severity": severity, **more}


@pytest.fixture(scope="module")
def scene_at_shadow(signed_scene: Scene, tmp_path_factory: pytest.TempPathFactory) -> Scene:
    """``createGrant:beta`` at shadow, its dwell served."""
    scene = copied(signed_scene, tmp_path_factory.mktemp("at_shadow") / "d")
    scene.rise_to(KEY, "shadow")
    scene.serve()
    scene.work.ledger.close()
    return scene


@pytest.fixture
def api() -> Iterator[Api]:
    """An Alertmanager that is alive by the machine's clock."""
    with LocalService() as running:
        barks = {**watchdog(), "updatedAt": ago(timedelta(0)), "endsAt": ago(-timedelta(minutes=4))}
        yield Api(running, [barks], status(datetime.now(UTC) - timedelta(days=1)))


@pytest.fixture
def scene(copy: Copy, scene_at_shadow: Scene, api: Api) -> Scene:
    """A copy of it whose settings name that Alertmanager."""
    scene = copy(scene_at_shadow)
    options = f'{{ url = "{api.service.url}", attempts = 1 }}'
    scene.replace_settings(INBOX, f'source = "alertmanager"\nmax_age = "30s"\noptions = {options}')
    return scene


def decided(scene: Scene) -> Decision:
    """What a tick decides about it."""
    return watch(scene.work).decisions[KEY]


def gate(decision: Decision) -> GateState:
    """The gate of alerts."""
    return next(one.state for one in decision.gates if one.name == "alerts")


def test_a_clear_answer_opens_the_gate(scene: Scene) -> None:
    """Nothing is lowered, nothing is unknown, and the next rung may be asked for."""
    decision = decided(scene)
    assert (decision.verdict, decision.blind, gate(decision)) == (Verdict.ADVANCE, False, GateState.OPEN)
    assert scene.flag(KEY) == SHADOW


def test_a_critical_alert_rolls_back_in_the_tick(scene: Scene, api: Api) -> None:
    """The flag is off when the tick is over, and the episode is booked by its key."""
    api.alerts.append(fires())
    assert decided(scene).verdict is Verdict.ROLL_BACK
    assert scene.flag(KEY) == OFF
    [event] = scene.events(EventType.EPISODE_OPENED)
    assert event.payload["source"] == "alertmanager"


@pytest.mark.parametrize("by", ["silencedBy", "inhibitedBy"])
def test_a_suppressed_alert_holds(scene: Scene, api: Api, by: str) -> None:
    """It is unknown whether the operation is well: nothing is lowered, nothing rises."""
    api.alerts.append(fires(status=suppressed(by)))
    decision = decided(scene)
    assert (decision.verdict, decision.blind, gate(decision)) == (Verdict.UNKNOWN, True, GateState.UNKNOWN)
    assert "silenced or inhibited" in decision.causes[0]
    assert scene.flag(KEY) == SHADOW


def test_a_bad_answer_holds(scene: Scene, api: Api) -> None:
    """An Alertmanager that is out of order is no reason to lower, and none to rise."""
    api.answer_list(Reply(503))
    decision = decided(scene)
    assert (decision.verdict, decision.blind, gate(decision)) == (Verdict.UNKNOWN, True, GateState.UNKNOWN)
    assert "out of order (status 503)" in decision.causes[0]
    assert scene.flag(KEY) == SHADOW


@pytest.mark.parametrize("named", NOBODY_KNOWS, ids=str)
def test_an_alert_that_nobody_can_place_counts(scene: Scene, api: Api, named: dict[str, str]) -> None:
    """As with the inbox: by its service, or for everybody."""
    api.alerts.append(fires(labels=labels("warning", **named)))
    assert gate(decided(scene)) is GateState.CLOSED


@pytest.mark.parametrize("named", SOMEBODY_ELSES, ids=str)
def test_an_alert_of_somebody_else_does_not_count(scene: Scene, api: Api, named: dict[str, str]) -> None:
    """Its labels prove that it belongs elsewhere."""
    api.alerts.append(fires(labels=labels("warning", **named)))
    assert gate(decided(scene)) is GateState.OPEN


def test_an_alert_that_vanishes_from_the_list_is_booked_as_ended(scene: Scene, api: Api) -> None:
    """Alertmanager forgets what ended; the ledger does not."""
    api.alerts.append(fires(labels=labels("warning", operation_id="createGrant")))
    watch(scene.work)
    api.alerts.pop()
    watch(scene.work)
    [closed] = scene.events(EventType.EPISODE_CLOSED)
    assert closed.payload["ends_at"] is not None


def test_without_the_ledger_it_lowers_all_the_same(scene: Scene, api: Api) -> None:
    """The flags are lowered by the index, by what Alertmanager lists now."""
    watch(scene.work)
    flag_key = scene.state(KEY).flag_key
    api.alerts.append(fires())
    lose_the_ledger(scene)
    with pytest.raises(PrrError, match="lowered without the ledger"):
        guard(scene.work)
    assert scene.work.flags.read([flag_key])[flag_key].exposure == OFF


def test_a_wrong_option_is_one_sentence(scene: Scene) -> None:
    """It is told when the source is made, before anything is asked."""
    scene.replace_settings("attempts = 1", "attempts = 0")
    with pytest.raises(PrrError, match=r"attempts is 0; give a whole number, 1\.\.10"):
        _ = scene.work.alerts
