"""One deployment per session in three states; every test acts in a copy of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from prr_pipeline.signals.alerts.inbox import beat
from prr_pipeline.subjects import Target
from tests.control.scene import Copy, Scene, build, copied
from tests.platforms.local_service import LocalService


@pytest.fixture
def server() -> Iterator[LocalService]:
    """A fresh local service."""
    with LocalService() as running:
        yield running


@pytest.fixture(scope="session")
def empty_scene(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    """Nothing is open."""
    scene = build(tmp_path_factory.mktemp("empty") / "d")
    scene.work.ledger.close()
    return scene


@pytest.fixture(scope="session")
def signed_scene(empty_scene: Scene, tmp_path_factory: pytest.TempPathFactory) -> Scene:
    """``createGrant:beta`` is open and signed, its flag off."""
    scene = copied(empty_scene, tmp_path_factory.mktemp("signed") / "d")
    scene.agree(scene.open("createGrant", needs=[]))
    scene.work.ledger.close()
    return scene


@pytest.fixture(scope="session")
def risen_scene(signed_scene: Scene, tmp_path_factory: pytest.TempPathFactory) -> Scene:
    """``createGrant:beta`` stands at 1%."""
    scene = copied(signed_scene, tmp_path_factory.mktemp("risen") / "d")
    scene.rise_to("createGrant:beta", "1%")
    scene.work.ledger.close()
    return scene


@pytest.fixture(scope="session")
def full_scene(empty_scene: Scene, tmp_path_factory: pytest.TempPathFactory) -> Scene:
    """``createGrant:ga`` stands at 100%, nothing recorded yet."""
    scene = copied(empty_scene, tmp_path_factory.mktemp("full") / "d")
    scene.adopt("createGrant")
    key = scene.agree(scene.open("createGrant", Target.GA, needs=[]))
    scene.rise_to(key, "100%")
    scene.work.ledger.close()
    return scene


@pytest.fixture
def copy(tmp_path: Path) -> Iterator[Copy]:
    """Makes a copy of a scene, and closes it after the test."""
    made: list[Scene] = []

    def make(source: Scene) -> Scene:
        made.append(copied(source, tmp_path / f"d{len(made)}"))
        beat(made[-1].deployment.inbox)  # the source may be older than the alert feed may be silent
        return made[-1]

    yield make
    for scene in made:
        scene.work.ledger.close()


@pytest.fixture
def empty(copy: Copy, empty_scene: Scene) -> Scene:
    """A copy in which nothing is open."""
    return copy(empty_scene)


@pytest.fixture
def signed(copy: Copy, signed_scene: Scene) -> Scene:
    """A copy in which ``createGrant:beta`` is signed."""
    return copy(signed_scene)


@pytest.fixture
def risen(copy: Copy, risen_scene: Scene) -> Scene:
    """A copy in which ``createGrant:beta`` stands at 1%."""
    return copy(risen_scene)


@pytest.fixture
def full(copy: Copy, full_scene: Scene) -> Scene:
    """A copy in which ``createGrant:ga`` stands at 100%."""
    return copy(full_scene)
