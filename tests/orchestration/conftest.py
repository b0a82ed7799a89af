"""Scenes from the tests of control, with a Dagster instance of their own in memory."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.control.conftest import copy as copy
from tests.control.conftest import empty as empty
from tests.control.conftest import empty_scene as empty_scene
from tests.control.conftest import full as full
from tests.control.conftest import full_scene as full_scene
from tests.control.conftest import signed as signed
from tests.control.conftest import signed_scene as signed_scene
from tests.control.scene import Scene
from tests.orchestration.stage import Stage, staged


@pytest.fixture
def stage(signed: Scene) -> Iterator[Stage]:
    """``createGrant:beta`` is open and signed, its partition is there, and nothing ran yet."""
    with staged(signed) as made:
        made.instance.add_dynamic_partitions("promotions", ["createGrant:beta"])
        yield made


@pytest.fixture
def bare(empty: Scene) -> Iterator[Stage]:
    """Nothing is open, no partition is there."""
    with staged(empty) as made:
        yield made
