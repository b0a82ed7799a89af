"""Deployments to break: prepared once, copied for each case."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults import driver, tally
from tests.faults import scene as scenes
from tests.faults.scene import KEY, Scene


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how much was tried."""
    if words := tally.sentence():
        terminalreporter.write_line(f"faults: {words}")


@pytest.fixture(scope="session")
def signed(tmp_path_factory: pytest.TempPathFactory) -> Scene:
    """At off, everything signed: the next step is a raise to shadow. Never touched, only copied."""
    if shutil.which("ssh-keygen") is None:
        pytest.skip("ssh-keygen is not on this machine, and signatures are real here")
    made = scenes.prepare(tmp_path_factory.mktemp("signed") / "d")
    made.close()
    return made


@pytest.fixture(scope="session")
def climbed(signed: Scene, tmp_path_factory: pytest.TempPathFactory) -> Scene:
    """At 1%, its week served: the next step is a raise to 10%. Never touched, only copied."""
    made = scenes.copy(signed, tmp_path_factory.mktemp("climbed") / "d")
    made.round()
    made.serve_dwell()
    made.round()
    made.serve_dwell()
    assert made.state(KEY).exposure.name == "1%"
    made.close()
    return made


@pytest.fixture(scope="session")
def begun(climbed: Scene, tmp_path_factory: pytest.TempPathFactory) -> Scene:
    """At 1%, with the intent to 10% open: its worker was killed. Never touched, only copied."""
    made = scenes.copy(climbed, tmp_path_factory.mktemp("begun") / "d")
    assert made.run(driver.rounds, 1, "after_intent=kill") == -9
    made.close()
    return made


@pytest.fixture
def at_off(signed: Scene, tmp_path: Path) -> Iterator[Scene]:
    """A copy that may be broken: at off, signed."""
    made = scenes.copy(signed, tmp_path / "d")
    yield made
    made.close()
    shutil.rmtree(tmp_path / "d", ignore_errors=True)


@pytest.fixture
def at_one(climbed: Scene, tmp_path: Path) -> Iterator[Scene]:
    """A copy that may be broken: at 1%, week served."""
    made = scenes.copy(climbed, tmp_path / "d")
    yield made
    made.close()
    shutil.rmtree(tmp_path / "d", ignore_errors=True)


@pytest.fixture
def begun_copy(begun: Scene, tmp_path: Path) -> Iterator[Scene]:
    """A copy that may be broken: at 1%, the intent to 10% open."""
    made = scenes.copy(begun, tmp_path / "d")
    yield made
    made.close()
    shutil.rmtree(tmp_path / "d", ignore_errors=True)
