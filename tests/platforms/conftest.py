"""What tests of clients start from."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.platforms.local_service import LocalService


@pytest.fixture
def server() -> Iterator[LocalService]:
    """A fresh local service."""
    with LocalService() as running:
        yield running
