"""Rolling back a scope: what has traffic goes to off, what is off already loses nothing, and both are said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from io import StringIO

import pytest
from rich.console import Console

from prr_pipeline.control.emergency import EVERYTHING, Halted, Wanted, roll_back_anyhow
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.errors import PrrError, Refused, UnknownName
from prr_pipeline.exposure import OFF, Exposure
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


TYPO = "createGrant-btea"


def nothing_written(scene: Scene, flag: str) -> bool:
    """Whether there is no flag of that key."""
    return scene.work.flags.read([flag])[flag].version == 0


def test_a_slip_in_a_flag_key_is_refused_with_the_known_ones(risen: Scene) -> None:
    """A flag made by the slip would read back as off, while the real one stays up."""
    with pytest.raises(UnknownName, match=f"Unknown flag key '{TYPO}'. Valid: .*createGrant-beta"):
        roll_back_anyhow(risen.work, Wanted(flag_keys=(TYPO,)), ORDER)
    assert nothing_written(risen, TYPO)


@pytest.mark.parametrize("ledger", ["answers", "is gone"])
def test_what_is_known_beside_a_slip_is_lowered_first(risen: Scene, ledger: str) -> None:
    """Nobody waits for a second try while users get what was named rightly."""
    work = without_ledger(risen) if ledger == "is gone" else risen.work
    with pytest.raises(PrrError, match=f"Unknown flag key '{TYPO}'.*Lowered: createGrant:beta"):
        roll_back_anyhow(work, Wanted(flag_keys=("createGrant-beta", TYPO)), ORDER)
    assert shown(risen, "createGrant-beta") == OFF
    assert nothing_written(risen, TYPO)


def test_a_slip_in_a_key_makes_no_flag_without_the_ledger(risen: Scene) -> None:
    """Its flag's default name is as unknown as the key."""
    with pytest.raises(UnknownName, match="Unknown flag key 'craeteGrant-beta'"):
        roll_back_anyhow(without_ledger(risen), Wanted(("craeteGrant:beta",)), ORDER)
    assert nothing_written(risen, "craeteGrant-beta")


def test_with_neither_ledger_nor_index_it_is_done_and_said(risen: Scene) -> None:
    """Nobody can tell a slip then; a flag that was there needs no such words."""
    work = without_ledger(risen)
    (risen.deployment.folder / ".prr" / "flag-index.json").unlink()
    typed, real = roll_back_anyhow(work, Wanted(flag_keys=(TYPO, "createGrant-beta")), ORDER)
    assert typed.unrecorded.endswith(
        "no such flag existed before, and without ledger and index nobody can check its name"
    )
    assert "no such flag" not in real.unrecorded
    assert (real.shown, shown(risen, "createGrant-beta")) == ("off", OFF)


@pytest.mark.parametrize("empty", ["", " "])
def test_an_empty_flag_key_is_refused(empty: str) -> None:
    """Whatever else is named beside it: the order was not what somebody meant."""
    with pytest.raises(Refused, match="A flag key is empty"):
        Wanted(flag_keys=("createGrant-beta", empty))


def without_ledger(scene: Scene) -> Workplace:
    """A workplace whose ledger nothing reads any more."""
    scene.work.ledger.close()
    for file in (scene.deployment.folder / ".prr").glob("ledger.sqlite*"):
        file.write_bytes(b"no database")
    return Workplace(scene.work.settings)


def shown(scene: Scene, flag: str) -> Exposure | None:
    """What a flag shows."""
    return scene.work.flags.read([flag])[flag].exposure
