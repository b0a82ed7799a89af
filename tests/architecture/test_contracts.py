"""The import contracts of pyproject.toml hold, and each of them can fail."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.architecture.source_tree import ROOT

VIOLATIONS = {
    "layers": ("prr_pipeline/control/planted_upward.py", "import prr_pipeline.reports.text"),
    "adapters": ("prr_pipeline/flags/planted_sideways.py", "import prr_pipeline.ledger.events"),
    "pure": ("prr_pipeline/rollout/planted_reader.py", "import os"),
    "checks": ("prr_pipeline/readiness/checks/planted_runner.py", "import subprocess"),
    "dagster": ("prr_pipeline/control/planted_dagster.py", "import dagster"),
    "stages": ("sensors/planted_writer.py", "from prr_pipeline.flags.backend import flag_backend"),
    "stages-apart": ("sensors/planted_neighbour.py", "import assets.checklist"),
    "stages-above": ("prr_pipeline/control/planted_caller.py", "import sensors.alerts"),
    "commands": ("prr_pipeline/commands/planted_short_cut.py", "import prr_pipeline.flags.memory"),
}
"""For each contract a file that breaks it."""

LAYERLESS = "prr_pipeline/planted_package.py"


def contracts() -> dict[str, str]:
    """The names of the contracts by id."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    return {one["id"]: one["name"] for one in settings["tool"]["importlinter"]["contracts"]}


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run import-linter on the packages of a folder."""
    program = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    environment = {**os.environ, "COLUMNS": "250", "NO_COLOR": "1"}
    return subprocess.run(
        [sys.executable, "-c", program, "--no-cache"], cwd=folder, env=environment, capture_output=True, text=True,
        timeout=120, check=False,
    )  # fmt: skip


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What import-linter says of a copy with every violation planted: the text below each contract's own heading."""
    folder = tmp_path_factory.mktemp("copy")
    for package in ("prr_pipeline", "assets", "sensors"):
        shutil.copytree(ROOT / package, folder / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    for name, line in (*VIOLATIONS.values(), (LAYERLESS, "")):
        (folder / name).write_text(f'"""Planted."""\n\n{line}\n', "utf-8")
    with (folder / "prr_pipeline" / "subjects.py").open("a") as neighbour:
        neighbour.write("\nimport tempfile\n")
    done = lint(folder)
    assert done.returncode == 1, done.stdout + done.stderr
    parts = re.split(r"^(.+)\n-{5,}$", done.stdout, flags=re.MULTILINE)
    found = dict(zip(parts[1::2], parts[2::2], strict=True))
    return {contract: found.get(name, "") for contract, name in contracts().items()}


def test_the_contracts_hold() -> None:
    """What `make check` asks, asked here too."""
    done = lint(ROOT)
    assert done.returncode == 0, done.stdout + done.stderr


def test_each_contract_has_a_violation_above() -> None:
    """A contract that nobody has seen fail proves nothing."""
    assert set(contracts()) == set(VIOLATIONS)


@pytest.mark.parametrize("contract", sorted(VIOLATIONS))
def test_a_planted_import_breaks_its_contract(broken: dict[str, str], contract: str) -> None:
    """The contract itself reports the import, by the module that makes it."""
    assert module_of(VIOLATIONS[contract][0]) in broken[contract]


def test_a_chain_of_imports_breaks_purity(broken: dict[str, str]) -> None:
    """Purity is about what runs, so it is no way out to let a neighbour open the file."""
    assert "prr_pipeline.subjects -> tempfile" in broken["pure"]


def test_a_package_without_a_layer_is_refused(broken: dict[str, str]) -> None:
    """Whoever adds a package says where it stands."""
    assert Path(LAYERLESS).stem in broken["layers"]


def module_of(name: str) -> str:
    """The dotted name of a file's module."""
    return name.removesuffix(".py").replace("/", ".")
