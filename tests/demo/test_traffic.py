"""The demo's traffic: the same rows from the same seed, parted as the flags say, and judged by the canary."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from prr_pipeline.demo.deployment import Deployment
from prr_pipeline.demo.traffic import Regression, Traffic, metrics_settings, shown_now
from prr_pipeline.exposure import OFF, SHADOW, Exposure
from prr_pipeline.rollout.state import LatchKind
from tests.control.metering import gate
from tests.control.scene import WEEK, Scene

SINCE = datetime(2026, 11, 2, 9, 20, tzinfo=UTC)
KEY, NAME = "createGrant:beta", "createGrant"
TENTH = Exposure.parse("10%")


def rows(file: Path) -> list[list[str]]:
    """Every row but the first line."""
    return [line.split(",") for line in file.read_text().splitlines()[1:]]


def test_equal_seeds_make_equal_rows_however_often_they_are_written(tmp_path: Path) -> None:
    """In one go or by the hour; another seed draws other failures."""
    until = SINCE + timedelta(hours=30)
    Traffic(tmp_path / "whole.csv", SINCE).write({NAME: TENTH}, until)
    other = Traffic(tmp_path / "other.csv", SINCE, seed=1)
    other.write({NAME: TENTH}, until)
    parts = Traffic(tmp_path / "parts.csv", SINCE)
    written = [parts.write({NAME: TENTH}, SINCE + timedelta(minutes=minutes)) for minutes in range(0, 1_801, 20)]
    assert sum(written) == 30
    assert (tmp_path / "parts.csv").read_text() == (tmp_path / "whole.csv").read_text()
    assert (tmp_path / "other.csv").read_text() != (tmp_path / "whole.csv").read_text()


@pytest.mark.parametrize(
    ("exposure", "served"),
    [(OFF, "off"), (SHADOW, "shadow"), (TENTH, "on off"), (Exposure.parse("10%+shadow"), "on shadow"),
     (Exposure.parse("100%"), "on")],
    ids=str,
)  # fmt: skip
def test_requests_are_parted_as_the_flag_says(tmp_path: Path, exposure: Exposure, served: str) -> None:
    """Each variant that serves anybody has rows of both metrics, and the shares are those of the flag."""
    traffic = Traffic(tmp_path / "t.csv", SINCE)
    traffic.write({NAME: exposure}, SINCE + timedelta(hours=24))
    found = rows(tmp_path / "t.csv")
    assert {row[2] for row in found} == set(served.split())
    totals = {one: sum(int(row[5]) for row in found if row[2:4] == [one, "errors"]) for one in served.split()}
    assert exposure != TENTH or totals["on"] * 9 == pytest.approx(totals["off"], rel=0.01)
    assert all(0 <= int(row[4]) <= int(row[5]) for row in found)


def test_a_regression_shows_from_its_share_on_and_in_the_new_version_alone(tmp_path: Path) -> None:
    """About two in a hundred fail at 10%, and hardly one below it or in the old version."""
    shares = {}
    for name in ("1%", "10%"):
        traffic = Traffic(tmp_path / f"{name}.csv", SINCE, regressions={NAME: Regression(1_000, 20_000)})
        traffic.write({NAME: Exposure.parse(name)}, SINCE + timedelta(hours=48))
        for variant in ("on", "off"):
            counted = [row for row in rows(tmp_path / f"{name}.csv") if row[2:4] == [variant, "errors"]]
            shares[name, variant] = sum(int(row[4]) for row in counted) / sum(int(row[5]) for row in counted)
    assert shares.pop(("10%", "on")) == pytest.approx(0.02, rel=0.1)
    assert max(shares.values()) < 0.001


def metered(scene: Scene, **regressions: Regression) -> Traffic:
    """The scene with the demo's metrics and a canary that policy requires."""
    deployment = Deployment(scene.deployment.folder, SINCE)
    scene.set("policy", 'required_gates = ["canary"]')
    scene.set("metrics", metrics_settings("31d").partition("\n")[2])
    return Traffic(deployment.traffic_file, scene.work.now(), regressions=regressions)


def serve(scene: Scene, traffic: Traffic) -> None:
    """A week on a rung as the end-to-end test lets it go by: read once soon after the rise, and again at its end."""
    flags = {scene.state(KEY).flag_key: NAME}
    for span in (timedelta(hours=2), WEEK):
        traffic.write(shown_now(scene.work, flags), scene.clock.now() + span)
        scene.serve(span)
        scene.tick()


def test_healthy_traffic_opens_the_canary_on_every_rung(signed: Scene) -> None:
    """From shadow to everybody, with the gate required and judged by counts."""
    traffic = metered(signed)
    for rung in signed.state(KEY).ladder.names:
        done = signed.climb(KEY, rung)
        assert done.result == "raised", done.why
        serve(signed, traffic)
    said = gate(signed.tick().decisions[KEY], "canary")
    assert said.is_open
    assert "bad of" in said.why


def test_a_regression_at_a_tenth_is_stepped_down_by_the_canary(signed: Scene) -> None:
    """Back to 1%, where a person must resume it, and the cause names the counts of both versions."""
    traffic = metered(signed, createGrant=Regression(1_000, 20_000))
    for rung in ("shadow", "1%", "10%"):
        assert signed.climb(KEY, rung).result == "raised"
        serve(signed, traffic)
    state = signed.state(KEY)
    assert state.latch is not None
    assert (state.exposure.name, state.latch.kind) == ("1%", LatchKind.STEPPED_DOWN)
    assert state.latch.cause.startswith("regression: errors: ")
    assert "control" in state.latch.cause
