"""What is installed is whole: data files and migrations come along, and the lock names every file by its hash."""

from __future__ import annotations

import re
import tomllib
import zipfile
from pathlib import Path

import pytest
from hatchling.builders.wheel import WheelBuilder

from tests.architecture.source_tree import ROOT, files

DATA = {".yaml", ".yml", ".json", ".mako", ".toml", ".typed"}
PACKAGES = ("prr_pipeline", "assets", "sensors")
LOCK = ROOT / "requirements.lock"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The names in a wheel built from this tree, without any network."""
    folder = tmp_path_factory.mktemp("wheel")
    built = next(iter(WheelBuilder(str(ROOT)).build(directory=str(folder), versions=["standard"])))
    with zipfile.ZipFile(built) as archive:
        return set(archive.namelist())


def in_packages(*suffixes: str) -> set[str]:
    """Files of the packages with one of these suffixes, as paths from the root."""
    names = {path.relative_to(ROOT) for path in files() if path.suffix in suffixes}
    return {name.as_posix() for name in names if name.parts[0] in PACKAGES}


def test_the_wheel_holds_every_data_file(wheel: set[str]) -> None:
    """Catalogue, profiles, instance settings, migration template, the mark of a typed package."""
    wanted = in_packages(*DATA)
    assert {"prr_pipeline/readiness/catalogue/endpoint.yaml", "prr_pipeline/py.typed"} <= wanted
    assert wanted - wheel == set()


def test_the_wheel_holds_every_module(wheel: set[str]) -> None:
    """The migrations are modules in a folder that is no package; they count too."""
    wanted = in_packages(".py")
    assert "prr_pipeline/ledger/migrations/versions/0001_ledger.py" in wanted
    assert wanted - wheel == set()


def test_the_wheel_holds_nothing_else(wheel: set[str]) -> None:
    """No test, example or local state is installed into anybody's environment."""
    top = {name.split("/")[0] for name in wheel}
    assert {name for name in top if not name.endswith(".dist-info")} == set(PACKAGES)


def test_the_wheel_starts_the_command_line(wheel: set[str]) -> None:
    """`prr` is what the wheel installs."""
    assert any(name.endswith(".dist-info/entry_points.txt") for name in wheel)
    scripts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["scripts"]
    assert scripts == {"prr": "prr_pipeline.cli:main"}


def requirements(text: str) -> list[str]:
    """The requirements of a lock, each joined to one line."""
    joined = re.sub(r"[ \t]*\\\n\s*", " ", text)
    return [line for line in joined.splitlines() if line.strip() and not line.lstrip().startswith("#")]


def test_the_lock_pins_every_requirement_by_hash() -> None:
    """`name==version` and at least one SHA-256; no index address, no local path."""
    text = LOCK.read_text("utf-8")
    lines = requirements(text)
    assert len(lines) > 50
    pinned = re.compile(r"[A-Za-z0-9._\[\],-]+==\S+( ; .*)? --hash=sha256:")
    assert [line[:60] for line in lines if not pinned.match(line)] == []
    assert "://" not in text
    assert not re.search(r"^\s*(-i|-f|--index-url|--extra-index-url|--find-links|--trusted-host)\b", text, re.MULTILINE)


def test_the_lock_holds_every_declared_dependency() -> None:
    """Each name of pyproject.toml, extras for development too, stands in the lock."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    declared = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    locked = {plain_name(line) for line in requirements(LOCK.read_text("utf-8"))}
    assert {plain_name(line) for line in declared} - locked == set()


def plain_name(requirement: str) -> str:
    """The normal form of a requirement's name."""
    return re.sub(r"[-_.]+", "-", re.split(r"[\s=<>\[;!~]", requirement, maxsplit=1)[0]).lower()


def test_the_lock_pins_what_draws_users() -> None:
    """Another version of the evaluator draws other users, so the declaration is exact."""
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["dependencies"]
    assert "openfeature-flagd-core==1.0.0" in declared
    assert Path(LOCK).read_text("utf-8").count("openfeature-flagd-core==1.0.0") == 1
