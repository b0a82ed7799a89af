"""What people are told of a lowering: each that goes elsewhere, or ends in another way, once; a roll back is a page."""

from __future__ import annotations

import json

import pytest

from prr_pipeline.control.orders import resume, roll_back, step_down
from prr_pipeline.exposure import OFF
from tests.control.scene import ORDER, Scene

KEY = "createGrant:beta"


def told(scene: Scene) -> list[tuple[str, str]]:
    """Severity and title of every notice of a lowering that was delivered."""
    file = scene.work.settings.path(scene.work.settings.notify.file)
    lines = [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []
    return [(line["severity"], line["title"]) for line in lines if " lowered to " in line["title"]]


@pytest.fixture
def stepped_down(signed: Scene) -> Scene:
    """From 10% to 1%, told, and not resumed."""
    signed.rise_to(KEY, "10%")
    step_down(signed.work, KEY, ORDER)
    assert told(signed) == [("warn", f"{KEY} lowered to 1%")]
    return signed


def test_a_roll_back_after_a_step_down_is_paged(stepped_down: Scene) -> None:
    """Nobody has taken up the step down yet: the page takes the place of its notice, and comes once."""
    stepped_down.alert("Down", "critical", operation_id="createGrant")
    for _ in range(3):
        stepped_down.tick()
    assert stepped_down.flag(KEY) == OFF
    assert told(stepped_down)[1:] == [("page", f"{KEY} lowered to off")]
    standing = [name for name in stepped_down.notices() if name.startswith("lowered/")]
    assert standing == [f"lowered/{KEY}/rolled_back/off"]


def test_a_second_step_down_is_told(stepped_down: Scene) -> None:
    """It went one rung lower."""
    step_down(stepped_down.work, KEY, ORDER)
    assert told(stepped_down)[1:] == [("warn", f"{KEY} lowered to shadow")]
    assert f"lowered/{KEY}/stepped_down/1%" not in stepped_down.notices()


def test_a_persons_roll_back_is_paged_to_the_others(signed: Scene) -> None:
    """An order by a person is a roll back like any other; the same order again is no news."""
    signed.rise_to(KEY, "shadow")
    for _ in range(2):
        roll_back(signed.work, [KEY], ORDER)
    assert told(signed) == [("page", f"{KEY} lowered to off")]


def test_the_same_step_down_after_a_resume_is_told_anew(stepped_down: Scene) -> None:
    """The resume closed what was told before."""
    resume(stepped_down.work, KEY, ORDER)
    stepped_down.tick()
    stepped_down.rise_to(KEY, "10%")
    step_down(stepped_down.work, KEY, ORDER)
    assert told(stepped_down)[1:] == [("warn", f"{KEY} lowered to 1%")]
