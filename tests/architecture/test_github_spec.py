"""The benchmark on GitHub's specification measures the real command line, and says so when it cannot."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from benchmarks.github_spec import MEMBER, Impossible, Run, make_repository, measure, member, summarise
from tests.architecture.source_tree import ROOT


def test_it_judges_every_operation_in_a_process_of_its_own(tmp_path: Path) -> None:
    """Operations, seconds and the process's own memory come out of one real run."""
    operation = {"responses": {"200": {"description": "ok"}}}
    paths = {f"/things/{n}": {"get": {"operationId": f"things/get-{n}", **operation}} for n in range(3)}
    spec = {"openapi": "3.0.3", "info": {"title": "Things", "version": "1"}, "paths": paths}
    make_repository(tmp_path / "repository", json.dumps(spec).encode())
    run = measure(tmp_path / "repository")
    assert run.operations == 3
    assert sum(run.outcomes.values()) >= 3
    assert run.seconds > 0
    assert run.peak_rss_mb > 10


def test_a_repository_that_cannot_be_judged_is_no_measurement(tmp_path: Path) -> None:
    """The sentence of the command line is passed on."""
    make_repository(tmp_path / "repository", b"{")
    with pytest.raises(Impossible, match=r"prr check ended with 3: .*generated/api\.github\.com\.json"):
        measure(tmp_path / "repository")


def test_medians_count_and_every_run_is_shown() -> None:
    """One slow run of three does not decide."""
    runs = [Run(2, seconds, rss, {"met": 2}) for seconds, rss in ((9.0, 50.0), (1.0, 70.0), (2.0, 60.0))]
    summary = summarise(runs)
    assert (summary["seconds"], summary["peak_rss_mb"], summary["operations"]) == (2.0, 60.0, 2)
    assert [run.seconds for run in runs] == [9.0, 1.0, 2.0]


def test_only_the_specification_is_unpacked(tmp_path: Path) -> None:
    """A package is a stranger's archive: one member is read, and nothing is written."""
    archive = tmp_path / "package.tgz"
    with tarfile.open(archive, "w:gz") as package:
        for name in (MEMBER, "../escape.txt"):
            entry = tarfile.TarInfo(name)
            entry.size = 2
            package.addfile(entry, io.BytesIO(b"{}"))
    assert member(archive) == b"{}"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["package.tgz"]


@pytest.mark.parametrize(("ci", "code"), [("", 0), ("true", 1)], ids=["here", "in CI"])
def test_without_npm_it_says_so(ci: str, code: int) -> None:
    """On a laptop without npm the other benchmarks still run; in CI a measurement that is missing is a failure."""
    environment = {**os.environ, "PATH": "/nowhere", "CI": ci}
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.github_spec"], cwd=ROOT, env=environment, capture_output=True, text=True,
        timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == code
    assert done.stderr == "github_spec is not measured: npm is not on PATH.\n"
    assert done.stdout == ""
