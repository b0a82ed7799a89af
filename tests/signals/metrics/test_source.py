"""Metric sources are found by name, and options are read strictly."""

from __future__ import annotations

import json
import re
import tomllib
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from prr_pipeline.errors import PrrError, UnknownName
from prr_pipeline.signals.metrics.prometheus import Prometheus
from prr_pipeline.signals.metrics.prometheus_options import PrometheusOptions
from prr_pipeline.signals.metrics.recorded import Recorded
from prr_pipeline.signals.metrics.rows import COLUMNS
from prr_pipeline.signals.metrics.source import metric_source, on_grid
from tests.architecture.source_tree import ROOT as SOURCE

ROOT = Path("deployment")
PAGE = (SOURCE / "docs" / "metrics.md").read_text("utf-8")
URL = "https://prometheus.example"


def test_a_source_is_found_by_its_name() -> None:
    """Relative paths count from the settings' folder."""
    recorded = metric_source("recorded", {"path": "m.csv"}, ROOT)
    assert isinstance(recorded, Recorded)
    assert recorded.path == ROOT / "m.csv"
    assert isinstance(metric_source("prometheus", {"url": URL}, ROOT), Prometheus)


def test_an_unknown_source_lists_the_valid_ones() -> None:
    """No silent default."""
    with pytest.raises(UnknownName, match=r"metric source 'graphite'. Valid: prometheus, recorded"):
        metric_source("graphite", {}, ROOT)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({}, "url is missing"),
        ({"url": 5}, "url is 5"),
        ({"url": "http://prometheus.example"}, "use https"),
        ({"url": "https://user:word@prometheus.example"}, "name or password"),
        ({"url": f"{URL}?x=1"}, "query or a fragment"),
        ({"url": URL, "host": "x"}, "Valid: allowed_hosts, ca_file"),
        ({"url": URL, "allowed_hosts": "x"}, "give a list"),
        ({"url": URL, "allowed_hosts": ["http://x.example"]}, "use https"),
        ({"url": URL, "proxy": "socks://x"}, "no http or https URL"),
        ({"url": URL, "max_series": 0}, "1..100000"),
        ({"url": URL, "read_timeout_seconds": True}, "1..300"),
        ({"url": URL, "total_timeout_seconds": 601}, "1..600"),
        ({"url": URL, "token_variable": "glsa_x1"}, "take it out of the settings"),
        ({"url": URL, "queries": []}, "queries is no table"),
        ({"url": URL, "queries": {"errors": {}}}, "query bad of the metric 'errors' is missing"),
        ({"url": URL, "variant_label": ""}, "give a text"),
    ],
)
def test_options_of_prometheus_are_read_strictly(options: dict[str, object], words: str) -> None:
    """A sentence with the value, the limit or the valid names; a token is not repeated."""
    with pytest.raises(PrrError, match=re.escape(words)) as refused:
        PrometheusOptions.read(options, ROOT)
    assert "glsa" not in str(refused.value)


def test_a_file_of_authorities_counts_from_the_settings_folder() -> None:
    """As every path does."""
    assert PrometheusOptions.read({"url": URL, "ca_file": "ca.pem"}, ROOT).ca_file == ROOT / "ca.pem"


@pytest.mark.parametrize(("seconds", "step"), [(60, 60), (119, 60), (119, 30), (7200, 3600), (0, 60)])
def test_the_grid_counts_from_1970(seconds: int, step: int) -> None:
    """The last whole step that is not later."""
    at = datetime.fromtimestamp(seconds, UTC) + timedelta(milliseconds=5)
    assert on_grid(at, timedelta(seconds=step)).timestamp() == seconds - seconds % step


def test_every_option_is_documented() -> None:
    """In the table of the page, and the examples there are sound."""
    for option in fields(PrometheusOptions):
        assert f"| `{option.name}` |" in PAGE
    examples = [tomllib.loads(block)["metrics"] for block in re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)]
    prometheus, recorded = (one["options"] for one in examples if "options" in one)
    assert set(PrometheusOptions.read(prometheus, ROOT).queries) == {"errors", "slow"}
    assert metric_source("recorded", recorded, ROOT).name == "recorded"


def test_the_row_of_the_documentation_is_one() -> None:
    """With every column that is read."""
    [row] = re.findall(r"```json\n(.*?)\n```", PAGE)
    assert tuple(json.loads(row)) == COLUMNS
