"""The order of the suite: files go to the workers whole, the longest first."""

from __future__ import annotations

import pytest

FIRST = "tests/e2e/test_whole_path.py"
"""Takes minutes, so it starts at once and the other worker does the rest beside it."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the longest file first; everything else keeps its order."""
    items.sort(key=lambda item: not item.nodeid.startswith(FIRST))
