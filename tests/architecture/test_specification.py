"""The benchmark against other linters: its rules mean the same to each, and different findings are no success."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from benchmarks.github_spec import Impossible, make_repository
from benchmarks.process_tree import Measured, run
from benchmarks.rival_rules import KEYS, rule_ids, rule_of
from benchmarks.specification import (
    Found,
    Linter,
    differences,
    linters,
    measure,
    of_redocly,
    of_spectral,
    summarise,
)
from tests.architecture.source_tree import ROOT

EXAMPLE = {"200": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Shown"}}}}}
OPERATIONS: dict[str, dict[str, Any]] = {
    "whole": {"description": "All of it.", "x-github": dict.fromkeys(KEYS), "responses": EXAMPLE},
    "bare": {"description": " \n", "responses": {"200": {"content": {"application/json": {"examples": {}}}}}},
    "partly": {"description": "Partly.", "x-github": {"previews": [], "githubCloudOnly": False}, "responses": {}},
}
SPEC = {
    "openapi": "3.0.3",
    "info": {"title": "Three", "version": "1"},
    "components": {"schemas": {"Shown": {"type": "string", "example": "a"}}},
    "paths": {f"/{name}": {"get": {"operationId": name, **rest}} for name, rest in OPERATIONS.items()},
}


def found(**broken: set[str]) -> Found:
    return {rule: broken.get(rule.replace("-", "_"), set()) for rule in rule_ids()}


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> tuple[Linter, Path]:
    folder = tmp_path_factory.mktemp("bench")
    make_repository(folder / "repository", json.dumps(SPEC, indent=2).encode())
    return next(each for each in linters(folder, Path("nowhere"), SPEC) if each.name == "prr"), folder


def test_the_real_command_line_finds_each_rule_that_is_broken(ours: tuple[Linter, Path]) -> None:
    """A key counts whatever its value; a blank description and an empty list of examples do not."""
    measured, findings = measure(*ours)
    assert measured.seconds > 0
    assert measured.peak_rss_mb > 10
    both = {"get /bare", "get /partly"}
    assert findings["has-description"] == {"get /bare"}
    assert findings["has-example"] == both
    keys = {key: findings[rule_of(key)] for key in KEYS}
    there = ("previews", "githubCloudOnly")
    assert keys == {key: {"get /bare"} if key in there else both for key in KEYS}


def test_the_operations_of_other_reports_are_told_apart_by_method_and_path() -> None:
    """Spectral gives a path, Redocly a pointer, both sometimes to a place below the operation."""
    spectral = [{"code": "has-example", "path": ["paths", "/a/{b}", "get", "responses"]}]
    pointer = "#/paths/~1a~1{b}/get"
    redocly = {"problems": [{"ruleId": "published/has-example", "location": [{"pointer": pointer}]}]}
    assert of_spectral(spectral) == of_redocly(redocly) == found(has_example={"get /a/{b}"})


def test_equal_numbers_of_different_operations_differ() -> None:
    """Sets are compared, not how many there are."""
    here, there = found(has_example={"get /a"}), found(has_example={"get /b"})
    assert differences({"prr": here, "spectral": here}) == []
    assert len(differences({"prr": here, "spectral": there})) == 1


def test_medians_are_compared() -> None:
    """One slow round of three decides nothing."""
    mine = [Measured(seconds, 100.0, 1) for seconds in (1.0, 9.0, 0.5)]
    theirs = [Measured(seconds, 300.0, 1) for seconds in (6.0, 7.0, 60.0)]
    summary = summarise({"prr": mine, "prr_warm": mine, "redocly": theirs}, found(), 3)
    assert summary["times_as_long"] == {"redocly": 7.0}
    assert summary["times_as_large"] == {"redocly": 3.0}


def test_a_linter_that_fails_is_no_measurement(ours: tuple[Linter, Path]) -> None:
    """What it said is passed on."""
    linter, folder = ours
    broken = Linter(
        "broken", (sys.executable, "-c", "import sys; sys.exit('out of order')", *linter.command), of_spectral
    )
    assert measure(linter, folder)[0].exit_code == 1
    fails = Linter("fails", (sys.executable, "-c", "print('out of order'); raise SystemExit(3)"), of_spectral)
    with pytest.raises(Impossible, match="fails ended with 3"):
        measure(fails, folder)
    with pytest.raises(json.JSONDecodeError):
        measure(broken, folder)


def test_the_memory_of_children_counts(tmp_path: Path) -> None:
    """A program that lets others work is as large as all of them."""
    child = "import time; data = bytearray(64 << 20); data[::4096] = b'x' * len(data[::4096]); time.sleep(0.3)"
    parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])"
    alone = run([sys.executable, "-c", "pass"], tmp_path, os.environ, tmp_path / "out", tmp_path / "errors")
    both = run([sys.executable, "-c", parent], tmp_path, os.environ, tmp_path / "out", tmp_path / "errors")
    assert both.peak_rss_mb > alone.peak_rss_mb + 64


@pytest.mark.parametrize(("smoke", "code"), [("1", 0), ("", 1)], ids=["smoke", "in earnest"])
def test_without_npm_it_says_so(smoke: str, code: int) -> None:
    """A smoke test needs no network; a measurement that did not take place is a failure."""
    environment = {"PATH": "/nowhere", "PRR_BENCH_SMOKE": smoke, "HOME": "/nowhere"}
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.specification"], cwd=ROOT, env=environment, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == code
    assert done.stdout == ""
    assert done.stderr == "specification is not measured: node and npm are not on PATH.\n"
