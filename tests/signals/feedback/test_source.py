"""Feedback sources by name."""

from __future__ import annotations

from pathlib import Path

import pytest

from prr_pipeline.errors import UnknownName
from prr_pipeline.signals.feedback.source import feedback_source


@pytest.mark.parametrize(
    ("name", "options"), [("inbox", {"path": "feedback"}), ("github", {"owner": "acme", "repository": "shop"})]
)
def test_each_source_is_found_by_its_name(tmp_path: Path, name: str, options: dict[str, object]) -> None:
    """And bears it."""
    assert feedback_source(name, options, tmp_path).name == name


def test_an_unknown_source_lists_the_valid_ones(tmp_path: Path) -> None:
    """Nothing is a default."""
    with pytest.raises(UnknownName, match=r"Unknown feedback source 'jira'. Valid: .*github.*inbox"):
        feedback_source("jira", {}, tmp_path)
