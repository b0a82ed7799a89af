"""How fast eleven rules are judged on a large real specification: `prr check`, Spectral and Redocly, in one run.

`python -m benchmarks.specification` prints one JSON document. The specification is GitHub's (`benchmarks.github_spec`),
the rules and what they mean stand in `benchmarks.rival_rules`. Each linter runs as people run it, a process of its own
from start to end, with JSON to a file; what each finds must be equal, rule by rule, as sets of operations.

The linters are npm packages of exact versions (`benchmarks/rivals/package.json`), installed in the user's cache folder.
Where npm or its registry is missing, it says so in one sentence and fails. PRR_BENCH_SMOKE=1 runs each once, and then
what is missing is no failure; else the medians of five rounds count.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.github_spec import SPEC_PATH, Impossible, fetch, make_repository
from benchmarks.process_tree import Measured, as_installed, run
from benchmarks.rival_rules import METHODS, SECTION, rule_ids, rules_of, write_ours, write_redocly, write_spectral

ROUNDS = 5
RIVALS = Path(__file__).parent / "rivals" / "package.json"
INSTALL_LIMIT_S = 600
QUIET = {"REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true", "NO_COLOR": "1"}
"""No linter may ask the network while it is measured."""

Found = dict[str, set[str]]
"""Rule to the operations that break it, each as ``get /repos/{owner}``."""


@dataclass(frozen=True, slots=True)
class Linter:
    """One way to judge. ``read`` makes findings of what it printed; ``cache`` is emptied before each run, if given."""

    name: str
    command: tuple[str, ...]
    read: Callable[[Any], Found]
    cache: Path | None = None


def installed_rivals() -> Path:
    """The folder of the rivals' programs, installed once per version. Raises `Impossible` when they cannot be had."""
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        raise Impossible("node and npm are not on PATH")
    root = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "prr_pipeline" / "rivals"
    home = root / hashlib.sha256(RIVALS.read_bytes()).hexdigest()[:16]
    programs = home / "node_modules" / ".bin"
    if not (home / "complete").exists():
        home.mkdir(parents=True, exist_ok=True)
        shutil.copy(RIVALS, home / "package.json")
        command = [npm, "install", "--silent", "--no-audit", "--no-fund", "--no-package-lock", "--ignore-scripts"]
        try:
            done = subprocess.run(
                command, cwd=home, capture_output=True, text=True, timeout=INSTALL_LIMIT_S, check=False
            )
        except subprocess.TimeoutExpired:
            raise Impossible(f"`npm install` of the rivals did not end within {INSTALL_LIMIT_S} seconds") from None
        if done.returncode != 0:
            said = (done.stderr.strip().splitlines() or ["it says nothing"])[0]
            raise Impossible(f"`npm install` of the rivals failed ({said[:200]})")
        (home / "complete").touch()
    return programs


def linters(folder: Path, programs: Path, document: Mapping[str, Any]) -> list[Linter]:
    """The three, ours with an empty cache and with the verdicts of the run before."""
    spec = str(folder / "repository" / SPEC_PATH)
    ours = (
        str(Path(sys.executable).with_name("prr")),
        "check",
        "--all",
        "--kind",
        "operation",
        "--profile",
        "github",
        "--format",
        "json",
    )
    rules = ("--checklist", str(write_ours(folder)), "--section", SECTION)
    spectral = (str(programs / "spectral"), "lint", spec, "--ruleset", str(write_spectral(folder)), "--quiet")
    redocly = (str(programs / "redocly"), "lint", spec, "--config", str(write_redocly(folder)))
    names = operations_of(document)
    return [
        Linter("prr", (*ours, *rules, "--no-cache"), lambda data: of_ours(data, names)),
        Linter("prr_warm", (*ours, *rules), lambda data: of_ours(data, names)),
        Linter("spectral", (*spectral, "--format", "json"), of_spectral),
        Linter("redocly", (*redocly, "--format", "json", "--max-problems", "1000000"), of_redocly),
    ]


def operations_of(document: Mapping[str, Any]) -> dict[str, str]:
    """Operation id to ``method path``."""
    return {
        item[method]["operationId"]: f"{method} {path}"
        for path, item in document["paths"].items()
        for method in METHODS
        if method in item
    }


def of_ours(data: Any, names: Mapping[str, str]) -> Found:
    """Our findings: the lines that are unmet. Anything but met or unmet would be no answer."""
    found: Found = {rule: set() for rule in rule_ids()}
    for report in data["reports"]:
        for line in report["lines"]:
            assert line["outcome"] in ("met", "unmet"), line
            for rule in rules_of(line):
                found[rule].add(names[report["name"]])
    return found


def of_spectral(data: Any) -> Found:
    """Spectral's findings, each with the path to the operation in front."""
    found: Found = {rule: set() for rule in rule_ids()}
    for one in data:
        _, path, method, *_ = one["path"]
        found[one["code"]].add(f"{method} {path}")
    return found


def of_redocly(data: Any) -> Found:
    """Redocly's findings, each with the JSON pointer of the operation."""
    found: Found = {rule: set() for rule in rule_ids()}
    for one in data["problems"]:
        _, _, path, method, *_ = one["location"][0]["pointer"].split("/")
        found[one["ruleId"].removeprefix("published/")].add(f"{method} {path.replace('~1', '/').replace('~0', '~')}")
    return found


def measure(linter: Linter, folder: Path) -> tuple[Measured, Found]:
    """Run one linter once. Raises `Impossible` when it ends with neither 0 nor 1."""
    out, errors = folder / f"{linter.name}.out", folder / f"{linter.name}.errors"
    environment = as_installed(folder / "bytecode", **QUIET, XDG_CACHE_HOME=str(folder / "cache"))
    measured = run(linter.command, folder / "repository", environment, out, errors)
    if measured.exit_code not in (0, 1):
        said = errors.read_text(errors="replace").strip()
        raise Impossible(f"{linter.name} ended with {measured.exit_code}: {said[-500:]}")
    return measured, linter.read(json.loads(out.read_bytes()))


def differences(findings: Mapping[str, Found]) -> list[str]:
    """A sentence for each rule of which two linters do not find the same operations."""
    first = findings["prr"]
    return [
        f"{name} and prr differ on {rule}: {sorted(found[rule] ^ first[rule])[:3]}"
        for name, found in findings.items()
        for rule in rule_ids()
        if found[rule] != first[rule]
    ]


def summarise(runs: Mapping[str, list[Measured]], found: Found, operations: int) -> dict[str, Any]:
    """Medians per linter, and how many times as long and as large the others are as ours."""
    seconds = {name: median(run.seconds for run in each) for name, each in runs.items()}
    memory = {name: median(run.peak_rss_mb for run in each) for name, each in runs.items()}
    rivals = [name for name in runs if not name.startswith("prr")]
    return {
        "benchmark": "specification",
        "operations": operations,
        "findings": {rule: len(found[rule]) for rule in rule_ids()},
        "rounds": len(runs["prr"]),
        "seconds": {name: round(value, 2) for name, value in seconds.items()},
        "peak_rss_mb": {name: round(value, 1) for name, value in memory.items()},
        "times_as_long": {name: round(seconds[name] / seconds["prr"], 1) for name in rivals},
        "times_as_long_as_warm": {name: round(seconds[name] / seconds["prr_warm"], 1) for name in rivals},
        "times_as_large": {name: round(memory[name] / memory["prr"], 1) for name in rivals},
        "versions": json.loads(RIVALS.read_text())["dependencies"],
    }


def compare(folder: Path, rounds: int) -> tuple[dict[str, Any], list[str]]:
    """All rounds, each with every linter in turn: what else the machine does then weighs on all alike."""
    programs = installed_rivals()
    data = fetch(folder)
    make_repository(folder / "repository", data)
    document = json.loads(data)
    each = linters(folder, programs, document)
    warm = next(linter for linter in each if linter.name == "prr_warm")
    measure(warm, folder)
    runs: dict[str, list[Measured]] = {linter.name: [] for linter in each}
    findings: dict[str, Found] = {}
    for _ in range(rounds):
        for linter in each:
            measured, findings[linter.name] = measure(linter, folder)
            runs[linter.name].append(measured)
    return summarise(runs, findings["prr"], len(operations_of(document))), differences(findings)


def main() -> int:
    """Compare and print; returns the exit code. 1 when the findings differ, or when nothing could be compared."""
    smoke = os.environ.get("PRR_BENCH_SMOKE") == "1"
    try:
        with tempfile.TemporaryDirectory(prefix="prr-bench-") as folder:
            summary, wrong = compare(Path(folder), 1 if smoke else ROUNDS)
    except Impossible as reason:
        print(f"specification is not measured: {reason}.", file=sys.stderr)
        return 0 if smoke else 1
    print(json.dumps(summary, indent=2))
    for sentence in wrong:
        print(f"specification: {sentence}.", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
