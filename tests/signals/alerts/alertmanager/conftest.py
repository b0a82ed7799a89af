"""What tests of the Alertmanager source start from."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.platforms.local_service import LocalService
from tests.signals.alerts.alertmanager.api import Api, watchdog


@pytest.fixture
def api() -> Iterator[Api]:
    """An Alertmanager that is alive and lists nothing else."""
    with LocalService() as running:
        yield Api(running, [watchdog()])
