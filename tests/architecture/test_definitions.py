"""What Dagster loads: the list of everything on its pages, its instance settings, and that it is really ours."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.architecture.source_tree import ROOT

SNAPSHOT = Path(__file__).with_name("definitions.json")
DESCRIBE = Path(__file__).with_name("describe_definitions.py")
LOAD = "import prr_pipeline.definitions"


def without_settings(**more: str) -> dict[str, str]:
    """The environment of a machine that has no deployment."""
    left = {name: value for name, value in os.environ.items() if name not in {"PRR_SETTINGS", "DAGSTER_HOME"}}
    return {**left, "PYTHONWARNINGS": "ignore", **more}


def run(command: list[str], folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a program in a folder without settings."""
    return subprocess.run(
        command, cwd=folder, env=without_settings(**environment), capture_output=True, text=True, timeout=120,
        check=False,
    )  # fmt: skip


def test_the_pages_list_what_the_snapshot_says(tmp_path: Path) -> None:
    """Assets with groups, order, partitions and checks, sensors, schedules, jobs: a change is meant or it is a fault.

    When it is meant, write the snapshot anew, in a folder without settings:
    `python tests/architecture/describe_definitions.py > tests/architecture/definitions.json`.
    """
    done = run([sys.executable, str(DESCRIBE)], tmp_path)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == json.loads(SNAPSHOT.read_text("utf-8"))


def test_the_workspace_loads(tmp_path: Path) -> None:
    """Dagster's own validation starts a code server from workspace.yaml, outside of the checkout."""
    program = "from dagster._cli import main; main()"
    workspace = str(ROOT / "workspace.yaml")
    done = run([sys.executable, "-c", program, "definitions", "validate", "-w", workspace], tmp_path)
    assert done.returncode == 0, done.stderr
    assert "code location prr_pipeline" in done.stderr + done.stdout


@pytest.mark.parametrize("package", ["assets", "sensors"])
def test_a_package_that_shadows_ours_is_refused(tmp_path: Path, package: str) -> None:
    """Another distribution's `assets` first on the path would load in silence, with other stages or none."""
    (tmp_path / package).mkdir()
    (tmp_path / package / "__init__.py").write_text('"""Somebody else\'s."""\n', "utf-8")
    done = run([sys.executable, "-c", LOAD], tmp_path, PYTHONPATH=str(tmp_path))
    assert done.returncode != 0
    assert f"The package '{package}' comes from {tmp_path}, not from " in done.stderr


def test_the_instance_settings_in_the_root_are_those_of_the_package() -> None:
    """`dagster dev` from a checkout and a deployment made by `prr` run with the same settings."""
    ours = ROOT / "prr_pipeline" / "orchestration" / "dagster.yaml"
    assert (ROOT / "dagster.yaml").read_bytes() == ours.read_bytes()


def test_the_instance_settings_keep_the_promises_of_the_design() -> None:
    """Sensors on threads, so that a slow one stops no guard; dead runs ended; nothing sent home."""
    settings = yaml.safe_load((ROOT / "dagster.yaml").read_text("utf-8"))
    assert settings["telemetry"] == {"enabled": False}
    assert settings["nux"] == {"enabled": False}
    assert settings["sensors"]["use_threads"] is True
    assert settings["sensors"]["num_workers"] >= len(json.loads(SNAPSHOT.read_text("utf-8"))["sensors"])
    assert settings["run_monitoring"] == {"enabled": True, "poll_interval_seconds": 10, "max_runtime_seconds": 300}
