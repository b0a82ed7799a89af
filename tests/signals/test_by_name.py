"""Sources by name: one rule for alerts and for metrics."""

from __future__ import annotations

from pathlib import Path

import pytest

from prr_pipeline.errors import PrrError
from prr_pipeline.signals.alerts.source import alert_source
from prr_pipeline.signals.by_name import SourceKind, check_options
from prr_pipeline.signals.metrics.source import metric_source


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (alert_source, r"Unknown alert source 'nagios'\. Valid: alertmanager, inbox"),
        (metric_source, r"Unknown metric source 'nagios'\. Valid: prometheus, recorded"),
    ],
    ids=["alerts", "metrics"],
)
def test_an_unknown_name_lists_those_that_there_are(make: object, words: str, tmp_path: Path) -> None:
    """No source is taken in its place."""
    assert callable(make)
    with pytest.raises(PrrError, match=words):
        make("nagios", {}, tmp_path)


def test_a_source_that_ships_is_made_from_its_options(tmp_path: Path) -> None:
    """The factory gets the options, and the folder that paths count from."""
    kind = SourceKind("thing", "nowhere", (), {"pair": "builtins:divmod"})
    assert kind.make("pair", 7, 2) == (3, 1)  # type: ignore[arg-type]


def test_an_unknown_option_lists_those_that_there_are() -> None:
    """And says which source it was given to."""
    check_options("alert source inbox", {"folder": "x"}, ("folder",))
    with pytest.raises(PrrError, match=r"Unknown option of the alert source inbox 'fodler'\. Valid: folder"):
        check_options("alert source inbox", {"fodler": "x"}, ("folder",))
