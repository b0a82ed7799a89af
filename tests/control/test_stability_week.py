"""The week after 100%, lived hour by hour by production's own tick and due list on a moved clock."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from prr_pipeline.control.after_ga import WATCH_LINE, close_watch, plan_game_day, record_maturity
from prr_pipeline.control.due import Due, due_list
from prr_pipeline.control.explain import explain
from prr_pipeline.control.raising import climb
from prr_pipeline.control.recorded import recorded_maturity
from prr_pipeline.control.replaying import replay
from prr_pipeline.control.watching import watch
from prr_pipeline.ledger.events import EventType
from prr_pipeline.rollout.state import LatchKind
from prr_pipeline.signals.alerts.inbox import beat
from tests.control.metering import BOTH, RECORDED, count, metered
from tests.control.scene import Scene

KEY = "createGrant:ga"
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
STAGES = {"maturity": record_maturity, "stability_watch": close_watch, "chaos_game_day": plan_game_day}


@dataclass
class Week:
    """Time goes by in steps; at each one the guard ticks, and whatever is due is run as Dagster would."""

    scene: Scene
    step: timedelta = 6 * HOUR
    silent: tuple[timedelta, timedelta] = (timedelta(0), timedelta(0))
    acts: dict[timedelta, Callable[[Scene], None]] = field(default_factory=dict)
    done: list[tuple[timedelta, str]] = field(default_factory=list)
    began: datetime | None = None

    def live(self, until: timedelta) -> None:
        """Go on until so long after the beginning."""
        self.began = self.began or self.scene.work.now()
        while (passed := self.scene.work.now() - self.began) < until:
            self.scene.clock.advance(self.step)
            at = passed + self.step
            self._beat(at)
            for due_at in [one for one in self.acts if one <= at]:
                self.acts.pop(due_at)(self.scene)
            watch(self.scene.work)
            for one in due_list(self.scene.work):
                self._run(one, at)

    def _beat(self, at: timedelta) -> None:
        """The alert feed lives, but for the hours in which it is silent."""
        if self.silent[0] < at <= self.silent[1]:
            (self.scene.deployment.inbox / "heartbeat").unlink(missing_ok=True)
        else:
            beat(self.scene.deployment.inbox)

    def _run(self, one: Due, at: timedelta) -> None:
        if one.asset in STAGES:
            STAGES[one.asset](self.scene.work, one.key, "run:test")
        else:
            climb(self.scene.work, one.key, one.asset.removeprefix("exposure_").replace("pct", "%"), "run:test")
        self.done.append((at, one.asset))

    def days_until(self, asset: str) -> list[float]:
        """After how many days a stage was run."""
        return [at / DAY for at, name in self.done if name == asset]


def regress(scene: Scene, per_day: list[int]) -> None:
    """Metrics of a week in which so many of ten thousand requests an hour fail, day by day."""
    start = scene.work.now()
    for day, bad in enumerate(per_day):
        count(scene, start + day * DAY, 24, on=(bad, 10_000), variants=("on",))


def test_a_quiet_week_closes_by_itself_on_the_seventh_day(full: Scene) -> None:
    """Maturity at once, the watch after a week, and then the game day: nobody does anything."""
    week = Week(full)
    week.live(8 * DAY)
    assert [name for _, name in week.done] == ["maturity", "stability_watch", "chaos_game_day"]
    assert week.days_until("stability_watch") == [7]
    assert full.state(KEY).exposure.name == "100%"


def test_a_slow_regression_at_100_percent_steps_down(full: Scene) -> None:
    """From half of the budget to four times of it over the week, without an alert: proven, lowered, withdrawn."""
    metered(full, RECORDED, policy="")
    regress(full, [5, 5, 10, 20, 30, 40, 40, 40])
    week = Week(full)
    week.live(8 * DAY)
    state = full.state(KEY)
    [lowered] = full.events(EventType.LOWERED)
    assert (lowered.payload["from"], lowered.payload["to"], lowered.payload["kind"]) == ("100%", "50%", "stepped_down")
    assert str(lowered.payload["cause"]).startswith("regression: errors")
    assert full.flag(KEY) == state.ladder.exposure(3)
    assert (state.maturity_recorded_at, state.watch_closed_at, state.full_at) == (None, None, None)
    assert recorded_maturity(full.work, state.subject) == "beta"
    assert "stability_watch" not in [name for _, name in week.done]
    assert close_watch(full.work, KEY, "run:test").state == "refused"
    assert full.events(EventType.EPISODE_OPENED) == []
    assert replay(full.work).first is None


@pytest.mark.parametrize("since", [0, 3], ids=["never", "no more after three days"])
def test_metrics_that_policy_requires_and_nobody_can_read_keep_the_week_open(full: Scene, since: int) -> None:
    """Blind time is no watched time, and is told; what can be read again goes on with the week."""
    metered(full, RECORDED.replace("8d", "2h"), BOTH)
    regress(full, [0] * since)
    week = Week(full)
    week.live(3 * DAY)
    week.live(9 * DAY)
    assert week.days_until("stability_watch") == []
    assert full.state(KEY).watch_closed_at is None
    assert watch(full.work).decisions[KEY].blind
    assert f"blind/{KEY}" in full.notices()
    assert close_watch(full.work, KEY, "run:test").state == "refused"
    assert full.events(EventType.LOWERED) == [], "no data lowers nothing"


def test_metrics_that_are_well_all_week_close_it(full: Scene) -> None:
    """Both gates required, read and open."""
    metered(full, RECORDED, BOTH)
    regress(full, [0] * 9)
    week = Week(full)
    week.live(8 * DAY)
    assert len(week.days_until("stability_watch")) == 1


def test_a_slow_regression_steps_down_where_the_gates_are_required_too(full: Scene) -> None:
    """The burn rates close their gate and tell; it is the evidence against the budget that lowers."""
    metered(full, RECORDED, BOTH)
    regress(full, [5, 5, 10, 20, 30, 40, 40, 40])
    week = Week(full)
    week.live(8 * DAY)
    [lowered] = full.events(EventType.LOWERED)
    assert (lowered.payload["from"], lowered.payload["to"], lowered.payload["kind"]) == ("100%", "50%", "stepped_down")
    assert "e = " in str(lowered.payload["cause"])
    assert week.days_until("stability_watch") == []
    assert replay(full.work).first is None


def test_the_same_errors_from_the_first_hour_on_within_the_budget_close_the_week(full: Scene) -> None:
    """Half of what the objective allows is no regression: the one above was not lowered by noise."""
    metered(full, RECORDED, policy="")
    regress(full, [5] * 8)
    week = Week(full)
    week.live(8 * DAY)
    assert week.days_until("stability_watch") == [7]


def test_what_stepped_down_in_the_week_climbs_again_and_begins_its_week_anew(full: Scene) -> None:
    """A day of cool-down and a week at 50%; then 100%, the maturity and a whole watch once more."""
    metered(full, RECORDED, policy="")
    regress(full, [5, 40, 40, *[0] * 20])
    week = Week(full, step=12 * HOUR)
    week.live(18 * DAY)
    moves = [event.type for event in full.events(EventType.LOWERED, EventType.RESUMED, EventType.INTENT_SETTLED)]
    assert moves[-3:] == ["lowered", "resumed", "intent_settled"]
    assert full.state(KEY).exposure.name == "100%"
    again = [at for at, name in week.done if name == "maturity"]
    closed = [at for at, name in week.done if name == "stability_watch"]
    assert len(again) == 2
    assert all(at - again[1] >= 7 * DAY - week.step for at in closed)


@pytest.mark.parametrize("gap", [DAY, 2 * DAY], ids=["a day", "two days"])
def test_a_gap_in_the_alert_data_extends_the_week_by_as_much(full: Scene, gap: timedelta) -> None:
    """No alert was seen in it, and none can be said not to have fired."""
    week = Week(full, silent=(3 * DAY, 3 * DAY + gap))
    week.live(10 * DAY)
    assert week.days_until("stability_watch") == [7 + gap / DAY]
    assert full.events(EventType.LOWERED) == [], "no data lowers nothing"


def test_one_episode_that_nobody_reviewed_keeps_the_week_open(full: Scene) -> None:
    """Long over, and however long ago; it closes once the owning context has signed that it looked."""
    week = Week(full, step=12 * HOUR, acts=dict(_warning(2 * DAY, 2 * DAY + 12 * HOUR)))
    week.live(15 * DAY)
    assert week.days_until("stability_watch") == []
    assert full.state(KEY).watch_closed_at is None
    assert f"review 1 alert(s): attest {WATCH_LINE}" in explain(full.work, KEY).next_step
    full.reviewer.attest_line(KEY, WATCH_LINE, "noor", "Looked at it: a slow disk.")
    full.commit("Review the alert", "noor")
    full.convene(KEY)
    week.live(16 * DAY)
    assert week.days_until("stability_watch") == [15.5]


def test_an_episode_that_still_fires_keeps_the_week_open_though_it_is_reviewed(full: Scene) -> None:
    """What is not over is not reviewed; its time is not watched, quiet time either."""
    week = Week(full, acts={2 * DAY: lambda scene: scene.alert("Slow", "warning", operation_id="createGrant")})
    week.live(9 * DAY)
    full.reviewer.attest_line(KEY, WATCH_LINE, "noor", "We know it.")
    full.commit("Review the alert", "noor")
    full.convene(KEY)
    week.live(12 * DAY)
    assert week.days_until("stability_watch") == []
    assert full.flag(KEY) == full.state(KEY).exposure


def _warning(since: timedelta, until: timedelta) -> Iterator[tuple[timedelta, Callable[[Scene], None]]]:
    yield since, lambda scene: scene.alert("Slow", "warning", operation_id="createGrant")
    yield until, lambda scene: scene.resolve("Slow", "warning", operation_id="createGrant")


def test_a_critical_episode_rolls_back_in_the_week(full: Scene) -> None:
    """No step down, no cool-down: off, and the attempt is over."""
    week = Week(full, acts={3 * DAY: lambda scene: scene.alert("Down", "critical", operation_id="createGrant")})
    week.live(4 * DAY)
    latch = full.state(KEY).latch
    assert latch is not None
    assert (latch.kind, latch.cooling, full.state(KEY).exposure.name) == (LatchKind.ROLLED_BACK, None, "off")
