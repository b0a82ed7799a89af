"""What does a commit cost? The whole checklist over many operations, cold, and again after one file changed.

    python -m benchmarks.incremental            10, 100 and 1,000 operations (PRR_BENCH_SMOKE=1: 10 and 50)

Each figure is a whole `prr check --all --json` of one commit in a process of its own, start-up and parsing included.
"cold" remembers nothing, "again" is the same commit once more; then one commit each that changes one route, one module
of one operation, and a module that all operations import. What is remembered must be what judging anew says.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.monorepo import commit, coverage, extend, junit
from prr_pipeline.demo.deployment import PRR_FOLDER, Deployment, copy_artefacts, make_deployment
from prr_pipeline.repository.artefact_filing import file_artefact
from prr_pipeline.repository.snapshot import open_commit

ORIGIN = datetime(2026, 11, 2, 9, tzinfo=UTC)
SIZES, SMOKE_SIZES = (10, 100, 1_000), (10, 50)
TARGET_SHARE, TARGET_SECONDS = 0.05, 1.0
"""An edit costs at most this share of the cold run, or this many seconds, whichever is more."""
EDITS = {
    "one route": "apps/api/app/v1/things_0003/route.ts",
    "one rule": "apps/api/lib/rules/rule-0005.ts",
    "shared module": "apps/api/lib/requests.ts",
}


@dataclass(frozen=True, slots=True)
class Run:
    """One run of the command line; ``peak_mb`` is the highest resident set of its largest process, in MiB."""

    seconds: float
    peak_mb: float
    report: list[Any]


def main() -> int:
    """Print the figures as a table and as JSON; returns 1 where a remembered verdict differs from a fresh one."""
    smoke = os.environ.get("PRR_BENCH_SMOKE") == "1"
    rows, same = [], True
    for size in SMOKE_SIZES if smoke else SIZES:
        with tempfile.TemporaryDirectory(prefix="prr-incremental-") as folder:
            figures, equal = _measure(Path(folder), size)
        same = same and equal
        rows.append(figures)
        print("  ".join(f"{name}: {value}" for name, value in figures.items()), flush=True)
    print(json.dumps({"cpus": os.cpu_count(), "identical": same, "runs": rows}))
    if not same:
        print("A remembered verdict differs from a fresh one.", file=sys.stderr)
    return 0 if same else 1


def _measure(folder: Path, size: int) -> tuple[dict[str, Any], bool]:
    deployment = make_deployment(folder / "d", ORIGIN, factor=None)
    root = deployment.monorepo
    extend(root, size)
    files = sum(1 for _ in root.rglob("*.ts"))
    _file(deployment, size)
    cold = _check(deployment, folder / "cache")
    again = _check(deployment, folder / "cache")
    figures: dict[str, Any] = {
        "operations": size, "typescript_files": files,
        "cold_s": round(cold.seconds, 2), "again_s": round(again.seconds, 2),
        "cold_mb": round(cold.peak_mb), "again_mb": round(again.peak_mb),
        "cache_mb": round(sum(f.stat().st_size for f in (folder / "cache").rglob("*") if f.is_file()) / 2**20, 1),
    }  # fmt: skip
    equal = again.report == cold.report
    for name, path in EDITS.items():
        target = root / path
        target.write_text(target.read_text() + "\nexport const edited = 1;\n")
        commit(root, f"Edit {name}")
        _file(deployment, size)
        warm, fresh = _check(deployment, folder / "cache"), _check(deployment, None)
        equal = equal and warm.report == fresh.report
        figures[f"{name}_s"] = round(warm.seconds, 2)
        figures[f"{name}_share"] = round(warm.seconds / fresh.seconds, 3)
    return figures, equal


def _file(deployment: Deployment, size: int) -> None:
    """CI's artefacts for the head: the sample's, with test results and coverage of the copies."""
    copy_artefacts(deployment)
    head = open_commit(deployment.monorepo, "HEAD")
    for name, text, suffix in (("junit", junit(size), ".xml"), ("coverage", coverage(deployment.monorepo), ".json")):
        file_artefact(
            deployment.folder / ".prr" / "artefacts", head, name, text.encode(),
            suffix=suffix, tool="vitest", version="4.0.8", at=ORIGIN, exclude=(PRR_FOLDER,),
        )  # fmt: skip


def _check(deployment: Deployment, cache: Path | None) -> Run:
    """One run; without a ``cache`` folder everything is judged anew."""
    words = ["--settings", str(deployment.settings_file), "check", "--all", "--json", "--commit", "HEAD"]
    environment = {**os.environ, "XDG_CACHE_HOME": str(cache or "/nonexistent")}
    started = time.monotonic()
    done = subprocess.run(
        [str(Path(sys.executable).with_name("prr")), *words, *([] if cache else ["--no-cache"])],
        env=environment, capture_output=True, check=False,
    )  # fmt: skip
    seconds = time.monotonic() - started
    if done.returncode not in (0, 1, 2):
        raise SystemExit(done.stderr.decode("utf-8", "replace"))
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return Run(seconds, peak, json.loads(done.stdout)["reports"])


if __name__ == "__main__":
    raise SystemExit(main())
