"""The section about metrics: read strictly, and nothing of it is needed."""

from __future__ import annotations

import re
import tomllib
from dataclasses import fields
from datetime import timedelta
from pathlib import Path

import pytest

from prr_pipeline.rollout.canary_policy import CanaryPolicy
from prr_pipeline.settings import Settings, load_settings
from prr_pipeline.settings_file import FILE_NAME, SettingsError
from prr_pipeline.settings_metrics import CanarySettings
from tests.architecture.source_tree import ROOT

LEAST = '[repository]\npath = "monorepo"\nprofile = "matter"\n'


def loaded(folder: Path, text: str) -> Settings:
    """The least settings with something added."""
    path = folder / FILE_NAME
    path.write_text(LEAST + text)
    return load_settings(path)


def test_without_the_section_no_metric_is_read(tmp_path: Path) -> None:
    """No source is a default."""
    settings = loaded(tmp_path, "")
    assert settings.metrics.source is None
    assert settings.metrics.canary.policy() == CanaryPolicy()


def test_every_parameter_of_the_canary_can_be_set() -> None:
    """A parameter that settings do not know would be fixed for everybody."""
    assert set(CanarySettings.model_fields) == {field.name for field in fields(CanaryPolicy)}


def test_the_documentation_shows_the_canary_as_it_ships() -> None:
    """Whoever copies the example changes nothing."""
    page = (ROOT / "docs" / "deployment.md").read_text("utf-8")
    [example] = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)[:1]
    shown = tomllib.loads(example)["metrics"]["canary"]
    assert set(shown) == set(CanarySettings.model_fields)
    assert CanarySettings.model_validate(shown).policy() == CanaryPolicy()


def test_what_is_set_of_the_canary_is_taken_and_the_rest_is_as_it_ships(tmp_path: Path) -> None:
    """Durations are written as everywhere."""
    settings = loaded(
        tmp_path, '[metrics.canary]\nerrors_budget_ppm = 500\nmax_age = "10m"\nratios = [2, 4, 8, 32, 64]\n'
    )
    wanted = CanaryPolicy(errors_budget_ppm=500, max_age=timedelta(minutes=10), ratios=(2, 4, 8, 32, 64))
    assert settings.metrics.canary.policy() == wanted


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ('step = "5s"', "metrics.step", "give 10s to 1h"),
        ('step = "2h"', "metrics.step", "give 10s to 1h"),
        ('step = "1h"\ncatch_up = "30m"', "metrics", "shorter than one step"),
        ("judged = []", "metrics.judged", "each once"),
        ('judged = ["errors", "errors"]', "metrics.judged", "each once"),
        ('judged = ["latency"]', "metrics.judged", "errors"),
        ('variants = { on = "off" }', "metrics.variants", "nobody could tell them apart"),
        ("canary = { lean_ppm = 0 }", "metrics.canary", "between 1 and 999999"),
        ("canary = { most_share_factor = -3 }", "metrics.canary", "most_share_factor is -3; give 2 to 1000"),
        ("canary = { ratios = [4, 2] }", "metrics.canary", "rising ratios"),
        ("canary = { ratio = 2 }", "metrics.canary.ratio", "valid: again_ppm"),
        ("sources = 1", "metrics.sources", "valid: canary, catch_up, judged, options, services, source"),
    ],
)
def test_a_fault_is_told_with_its_place(tmp_path: Path, text: str, place: str, words: str) -> None:
    """And with what is valid there."""
    with pytest.raises(SettingsError) as refused:
        loaded(tmp_path, f"[metrics]\n{text}\n")
    lines = [line.strip() for line in str(refused.value).splitlines()[1:]]
    assert any(line.startswith(f"{place}") and words in line for line in lines), lines


@pytest.mark.parametrize(("source", "sound"), [("recorded", True), ("prometheus", False), ("acme", False)])
def test_a_time_lapse_reads_recorded_metrics_alone(tmp_path: Path, source: str, sound: bool) -> None:
    """Those of a server lie in real time."""
    text = f'[metrics]\nsource = "{source}"\n[clock]\nkind = "lapsed"\npath = "clock.json"\n'
    if sound:
        assert loaded(tmp_path, text).metrics.source == source
        return
    with pytest.raises(SettingsError, match="only recorded metrics"):
        loaded(tmp_path, text)
