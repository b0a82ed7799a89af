"""Rolling back a scope: what has traffic goes to off, what is off already loses nothing, and both are said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from io import StringIO

from rich.console import Console

from prr_pipeline.control.emergency import EVERYTHING, Halted, Wanted, roll_back_anyhow
from prr_pipeline.exposure import OFF
from prr_pipeline.ledger.events import EventType
from prr_pipeline.reports.halts import rollback_screen
from tests.control.scene import ORDER, Scene
from tests.control.test_orders import put_at_shadow

UP, IDLE = "createEntity:beta", "issueShares:beta"


def two(scene: Scene) -> Scene:
    """One at shadow, and one at off."""
    put_at_shadow(scene, scene.open("createEntity", needs=[]))
    scene.open("issueShares", needs=[])
    return scene


def spared(halted: Sequence[Halted]) -> dict[str, bool]:
    """Whether each was spared, by key."""
    return {one.key: one.spared for one in halted}


def test_everything_spares_what_is_off_already(empty: Scene) -> None:
    """It keeps its attempt and needs no new signature; a latch there would protect nobody."""
    halted = roll_back_anyhow(two(empty).work, Wanted(scope=EVERYTHING), ORDER)
    assert spared(halted) == {UP: False, IDLE: True}
    assert all(one.confirmed and one.shown == "off" for one in halted)
    assert (empty.flag(UP), empty.state(IDLE).latch) == (OFF, None)
    assert {event.stream for event in empty.events(EventType.LATCHED)} == {UP}


def test_a_key_that_is_named_is_rolled_back_wherever_it_stands(empty: Scene) -> None:
    """A person who names it means it: nothing rises there without a new attempt."""
    assert spared(roll_back_anyhow(two(empty).work, Wanted((IDLE,)), ORDER)) == {IDLE: False}
    latch = empty.state(IDLE).latch
    assert latch is not None
    assert latch.kind == "rolled_back"


def test_a_flag_that_is_up_though_the_ledger_holds_off_is_not_spared(empty: Scene) -> None:
    """Somebody wrote it by hand: what users get counts."""
    two(empty).write_flag(IDLE, empty.state(IDLE).ladder.exposure(0))
    assert spared(roll_back_anyhow(empty.work, Wanted(scope=EVERYTHING), ORDER)) == {UP: False, IDLE: False}
    assert empty.flag(IDLE) == OFF


@dataclass
class Riser:
    """Brings an idle promotion to shadow as soon as the lowering is announced."""

    scene: Scene
    told: list[str] = field(default_factory=list)

    def __call__(self, words: Sequence[str]) -> None:
        self.told += words
        put_at_shadow(self.scene, IDLE)


def test_what_begins_to_rise_meanwhile_is_lowered_like_the_others(empty: Scene) -> None:
    """Everything means everything: what was idle a moment ago is looked at once more."""
    riser = Riser(two(empty))
    halted = roll_back_anyhow(empty.work, Wanted(scope=EVERYTHING), ORDER, riser)
    assert riser.told == ["createEntity:beta (shadow)"]
    assert spared(halted) == {UP: False, IDLE: False}
    assert empty.flag(IDLE) == OFF


def test_where_all_is_off_nothing_is_lowered_and_that_is_said(empty: Scene) -> None:
    """One sentence names what was left alone, and what would keep it there."""
    keys = [empty.open(name, needs=[]) for name in ("createEntity", "issueShares")]
    halted = roll_back_anyhow(empty.work, Wanted(scope=EVERYTHING), ORDER)
    assert spared(halted) == dict.fromkeys(keys, True)
    screen = StringIO()
    Console(file=screen, width=120).print(rollback_screen(halted))
    words = " ".join(screen.getvalue().split())
    assert words.startswith("2 stood at off already and keep their sign-offs: createEntity:beta, issueShares:beta.")
    assert "prr hold --all" in words
