"""Rollbacks from the UI: one, some by name or all, with a reason, success only after every flag was read back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from dagster import ExecuteInProcessResult

from assets.rollback import rollback_many
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.exposure import OFF, Exposure
from prr_pipeline.ledger.events import Draft, EventType
from tests.control.scene import Scene
from tests.control.test_isolation import write_newer_event
from tests.orchestration.stage import QUIET, Stage, metadata, sentence

KEY = "createGrant:beta"
FLAG = "createGrant-beta"


def roll_back(scene: Scene, **config: object) -> ExecuteInProcessResult:
    """Run the job with this form filled in."""
    ops = {"roll_back_promotions": {"config": config}}
    return rollback_many.execute_in_process(
        run_config={**QUIET, "ops": ops}, resources={"work": scene.work}, raise_on_error=False
    )


def test_named_promotions_are_brought_to_off(signed: Scene) -> None:
    """The others stay."""
    signed.rise_to(KEY, "1%")
    assert roll_back(signed, reason="errors", keys=[KEY]).success
    assert signed.flag(KEY) == OFF


def test_a_scope_is_brought_to_off(signed: Scene) -> None:
    """As by the command line; a name that nobody knows is told with the valid ones."""
    signed.rise_to(KEY, "shadow")
    result = roll_back(signed, reason="errors", scope="team:Equty")
    assert "Unknown team 'Equty'. Valid: " in sentence(result)
    assert signed.flag(KEY) != OFF
    assert roll_back(signed, reason="errors", scope="team:Equity").success
    assert signed.flag(KEY) == OFF


def test_everything_is_what_has_traffic_or_may_have_it(signed: Scene) -> None:
    """A raise in flight counts; a promotion that is off keeps its attempt."""
    idle = signed.open("issueShares", needs=[])
    intent = {"attempt": 1, "flag_version": 1, "from": "off", "intent_id": "i", "rung": 0, "to": "shadow"}
    signed.work.ledger.append([Draft(KEY, EventType.INTENT_WRITTEN, intent, "run:test")])
    assert roll_back(signed, reason="errors everywhere", everything=True).success
    state = signed.state(KEY)
    assert state.latch is not None
    assert state.intent is None
    assert signed.state(idle).latch is None


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"reason": "errors"}, "Name promotion keys, or set everything to true"),
        ({"reason": "errors", "keys": [KEY], "everything": True}, "one of the two"),
        ({"reason": "errors", "keys": [KEY], "scope": "all"}, "or a scope instead"),
        ({"reason": " ", "keys": [KEY]}, "needs a reason"),
        ({"reason": "errors", "keys": [KEY], "actor": " "}, "needs the name"),
        ({"reason": "errors", "keys": ["bogus:ga"]}, "no promotion 'bogus:ga'"),
    ],
    ids=["nothing", "both", "two", "no reason", "nobody", "unknown"],
)
def test_a_form_that_says_nothing_is_refused(signed: Scene, form: dict[str, object], words: str) -> None:
    """With one sentence, and no flag moves."""
    signed.rise_to(KEY, "shadow")
    result = roll_back(signed, **form)
    assert not result.success
    assert words in sentence(result)
    assert signed.state(KEY).exposure.name == "shadow"


def test_a_flag_that_cannot_be_lowered_is_no_success(signed: Scene) -> None:
    """L2: only a read-back says "rolled back"."""
    signed.rise_to(KEY, "shadow")
    signed.deployment.flags_file.unlink()
    signed.deployment.flags_file.mkdir()
    result = roll_back(signed, reason="errors", keys=[KEY])
    assert not result.success
    assert sentence(result) == f"Not read back as off yet: {KEY}. The guard goes on trying."


@contextmanager
def ledger_lost(scene: Scene) -> Iterator[None]:
    """A folder lies where the database was, and nobody has it open; afterwards it is back."""
    database = scene.deployment.folder / ".prr" / "ledger.sqlite"
    scene.work.ledger.close()
    scene.work = Workplace(scene.work.settings)
    database.rename(aside := database.with_name("aside.sqlite"))
    database.mkdir()
    yield
    database.rmdir()
    aside.rename(database)


def shown(scene: Scene) -> Exposure | None:
    """What the flag shows, read past the ledger."""
    return scene.work.flags.read([FLAG])[FLAG].exposure


def test_the_asset_lowers_without_the_ledger(stage: Stage) -> None:
    """L1: as `prr rollback` does, and it says what could not be recorded."""
    stage.scene.rise_to(KEY, "1%")
    with ledger_lost(stage.scene):
        result = stage.run("rollback", KEY, {"reason": "errors"})
    assert result.success, sentence(result)
    assert shown(stage.scene) == OFF
    said = metadata(result, "rollback")
    [row] = said["lowered"].records
    assert (row.data["flag shows"], row.data["read back"]) == ("off", "yes")
    assert "the ledger does not answer" in row.data["not recorded"]
    assert (said["exposure_pct"], "The ledger does not tell" in said["status"]) == (0.0, True)


@pytest.mark.parametrize("form", [{"keys": [KEY]}, {"everything": True}], ids=["named", "everything"])
def test_the_job_lowers_without_the_ledger(signed: Scene, form: dict[str, object]) -> None:
    """By the index beside it."""
    signed.rise_to(KEY, "1%")
    with ledger_lost(signed):
        assert roll_back(signed, reason="errors", **form).success
    assert shown(signed) == OFF


def test_a_promotion_of_a_newer_version_is_lowered_from_the_ui(stage: Stage) -> None:
    """The ledger knows its flag, though this version cannot tell where it stands."""
    stage.scene.rise_to(KEY, "1%")
    write_newer_event(stage.scene, KEY)
    result = stage.run("rollback", KEY, {"reason": "errors"})
    assert result.success, sentence(result)
    assert shown(stage.scene) == OFF


@pytest.mark.parametrize("readable", [True, False], ids=["drift", "unreadable flags"])
def test_everything_takes_in_what_shows_more_than_the_ledger_holds(signed: Scene, readable: bool) -> None:
    """A flag that drifted up serves users, whatever the ledger says; one that cannot be read may."""
    if readable:
        signed.write_flag(KEY, Exposure.share(1000))
    else:
        signed.deployment.flags_file.unlink(missing_ok=True)
        signed.deployment.flags_file.mkdir()
    done = roll_back(signed, reason="errors everywhere", everything=True)
    assert done.success is readable
    assert signed.state(KEY).latch is not None
    if readable:
        assert shown(signed) == OFF
