"""What holds for all tests: the order of the files, and a cache folder that is nobody's own."""

from __future__ import annotations

import os
import tempfile

import pytest

FIRST = "tests/e2e/test_whole_path.py"
"""Takes minutes, so it starts at once and the other worker does the rest beside it."""


os.environ["XDG_CACHE_HOME"] = tempfile.mkdtemp(prefix="prr-test-cache-")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the longest file first; everything else keeps its order."""
    items.sort(key=lambda item: not item.nodeid.startswith(FIRST))
