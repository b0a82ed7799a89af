"""Which rungs get an asset: those of the settings and of open promotions; the location loads whatever is broken."""

from __future__ import annotations

from pathlib import Path

import pytest

from prr_pipeline.orchestration.ladders import rungs_in_force
from tests.control.scene import Scene

DEFAULT = ["shadow", "1%", "10%", "50%", "100%"]
OTHER = 'rungs = [{ exposure = "5%", dwell = "1d" }, { exposure = "100%", dwell = "0s" }]'


def names(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The rungs in force for a process that finds this scene's settings."""
    monkeypatch.setenv("PRR_SETTINGS", str(scene.deployment.settings_file))
    return [rung.name for rung in rungs_in_force()]


def test_without_settings_it_is_the_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A checkout alone shows the four-week ladder."""
    monkeypatch.delenv("PRR_SETTINGS", raising=False)
    monkeypatch.chdir(tmp_path)
    assert [rung.name for rung in rungs_in_force()] == DEFAULT


def test_a_running_promotion_keeps_its_rungs_beside_those_of_the_settings(
    signed: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From the bottom, one per exposure."""
    assert names(signed, monkeypatch) == DEFAULT
    signed.set("ladder", OTHER)
    assert names(signed, monkeypatch) == ["shadow", "1%", "5%", "10%", "50%", "100%"]


def test_with_nothing_open_it_is_the_ladder_of_the_settings(empty: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """No ledger is made for it."""
    (empty.deployment.folder / ".prr" / "ledger.sqlite").unlink(missing_ok=True)
    empty.set("ladder", OTHER)
    empty.work.ledger.close()
    assert names(empty, monkeypatch) == ["5%", "100%"]


def test_a_ledger_that_cannot_be_read_lets_the_location_load(signed: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """People then see the fault in the runs, not an empty page."""
    signed.work.ledger.close()
    database = signed.deployment.folder / ".prr" / "ledger.sqlite"
    database.write_bytes(b"no database at all" * 100)
    assert names(signed, monkeypatch) == DEFAULT
    database.unlink()


def test_settings_that_are_broken_let_the_location_load(empty: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """As do those."""
    empty.deployment.settings_file.write_text("no = toml = here")
    assert names(empty, monkeypatch) == DEFAULT
