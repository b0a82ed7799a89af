"""The guard's tick that fails: people hear of it with its cause, alerts still lower, and nothing else stops it."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import pytest

from prr_pipeline.control.explain import explain
from prr_pipeline.control.flag_index import read_index
from prr_pipeline.control.guard import guard
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.errors import PrrError
from prr_pipeline.exposure import OFF, Exposure
from prr_pipeline.rollout.gates import GateState
from prr_pipeline.settings import Settings, WindowSettings
from prr_pipeline.signals.alerts.inbox import beat
from tests.control.scene import Scene

KEY = "createGrant:beta"
PAGE = "The guard's tick fails"


def index_file(scene: Scene) -> Path:
    return scene.deployment.folder / ".prr" / "flag-index.json"


def with_window(scene: Scene, window: object) -> Workplace:
    """A workplace whose advance window got past the settings' own check."""
    settings = scene.work.settings
    calendars = settings.calendars.model_copy(update={"window": window})
    changed: Settings = settings.model_copy(update={"calendars": calendars})
    return Workplace(changed)


@pytest.mark.parametrize(
    "wrong",
    [{"zone": "Europe/Berln"}, {"start": "9am"}, {"days": (9,)}],
    ids=["zone", "start", "days"],
)
def test_a_window_that_there_cannot_be_closes_nothing_but_its_gate(signed: Scene, wrong: dict[str, object]) -> None:
    """The gate is unknown with the cause, while the guard goes on: drift upward is lowered."""
    approved = signed.rise_to(KEY, "1%").exposure
    work = with_window(signed, WindowSettings().model_copy(update=wrong))
    signed.write_flag(KEY, Exposure.share(1000))
    beat(signed.deployment.inbox)
    assert "lowered to 1%" in guard(work)
    assert signed.flag(KEY) == approved
    [gate] = [gate for gate in explain(work, KEY).gates if gate.name == "window"]
    assert gate.state is GateState.UNKNOWN
    assert str(next(iter(wrong.values()))).strip("(),") in gate.why
    work.ledger.close()


class NoTime(Workplace):
    """A workplace whose policy time fails in a way that nobody foresaw: every tick fails, and not for the ledger."""

    def now(self) -> datetime:
        raise RuntimeError("the time is gone")


def test_a_tick_that_fails_pages_with_its_own_cause_until_one_succeeds(signed: Scene) -> None:
    """Not with the ledger's, and once; the page is closed by the next tick that goes through."""
    signed.rise_to(KEY, "shadow")
    work = NoTime(signed.work.settings)
    beat(signed.deployment.inbox)
    for _ in range(2):
        with pytest.raises(PrrError, match=r"The tick failed \(the time is gone\); no critical alert"):
            guard(work)
    [notice] = [one for one in work.ledger.outbox.open_notices() if one.title == PAGE]
    assert (notice.severity, "RuntimeError: the time is gone" in notice.body) == ("page", True)
    work.ledger.close()
    guard(signed.work)
    assert PAGE not in signed.notices().values()


def test_a_tick_that_fails_still_lowers_by_a_critical_alert(signed: Scene) -> None:
    """By the index, as when the ledger is gone."""
    signed.rise_to(KEY, "shadow")
    work = NoTime(signed.work.settings)
    signed.alert("Down", "critical", operation_id="createGrant")
    beat(signed.deployment.inbox)
    with pytest.raises(PrrError, match="lowered without the ledger: createGrant:beta"):
        guard(work)
    assert signed.flag(KEY) == OFF
    work.ledger.close()


@pytest.mark.parametrize(
    "content",
    ["[]", "5", "null", '{"a:ga": []}', '{"a:ga": {"open": true, "flag_key": 5}}', "[" * 100_000],
    ids=["list", "number", "null", "row", "flag key", "deep"],
)
def test_a_flag_index_of_another_shape_is_damaged_and_stops_no_tick(signed: Scene, content: str) -> None:
    """People are told, the dwell is booked, and the index stays readable for who asks it properly."""
    signed.rise_to(KEY, "shadow")
    index_file(signed).write_text(content)
    with pytest.raises(PrrError, match="is damaged"):
        read_index(signed.work.settings)
    before = signed.work.ledger.counters.get("dwell", KEY)
    signed.serve()
    assert signed.work.ledger.counters.get("dwell", KEY) != before
    assert "flag-index" in signed.notices()


def test_an_index_that_was_no_mapping_is_written_anew_by_the_tick(signed: Scene) -> None:
    """From the ledger, which holds all of it."""
    signed.rise_to(KEY, "shadow")
    index_file(signed).write_text(json.dumps([]))
    signed.tick()
    assert read_index(signed.work.settings)[KEY].flag_key == "createGrant-beta"
