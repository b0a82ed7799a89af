"""What does a commit cost? The whole checklist over many operations, cold, and again after one file changed.

    python -m benchmarks.incremental            10, 100 and 1,000 operations (PRR_BENCH_SMOKE=1: 10 alone)

Each figure is a whole `prr check --all --json` of one commit in a process of its own, start-up and parsing included.
"cold" remembers nothing, "again" is the same commit once more; then come commits of one file each, and a test report in
which one case failed. What is remembered must be what judging anew says. ``_cpu_s`` is the processor's time of all
processes, ``_share`` an edit's part of the time that judging anew takes by the clock, ``_cpu_share`` that of the
processor's, ``_mb`` the memory of all processes.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.monorepo import SPEC, commit, coverage, extend, junit
from benchmarks.process_tree import as_installed, run
from prr_pipeline.demo.deployment import PRR_FOLDER, Deployment, copy_artefacts, make_deployment
from prr_pipeline.repository.artefact_filing import file_artefact
from prr_pipeline.repository.snapshot import open_commit

ORIGIN = datetime(2026, 11, 2, 9, tzinfo=UTC)
SIZES, SMOKE_SIZES = (10, 100, 1_000), (10,)
TARGET_SHARE, TARGET_SECONDS = 0.05, 1.0
"""The usual edit takes at most this share of the cold run's time, or this many seconds, whichever is more."""
USUAL = "one route"
_CODE = "\nexport const edited = 1;\n"
EDITS = {
    "one route": ("apps/api/app/v1/things_0003/route.ts", _CODE),
    "one test": ("apps/api/__tests__/bench-0000.routes.test.ts", "\n// One more remark.\n"),
    "one rule": ("apps/api/lib/rules/rule-0005.ts", _CODE),
    "shared module": ("apps/api/lib/requests.ts", _CODE),
    "docs page": ("apps/docs/content/docs/runbooks/grants.mdx", "\nOne more sentence.\n"),
    "one operation": (SPEC, None),
    "test report": ("NOTES.md", "A note.\n"),
}
"""What is appended to which file; None gives the operation `createThing0003` another summary."""


@dataclass(frozen=True, slots=True)
class Run:
    """One run of the command line; ``peak_mb`` is the memory of all its processes together, in MiB."""

    seconds: float
    cpu_seconds: float
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
    _check(deployment, None)  # makes the bytecode that an installed program has
    extend(root, size)
    files = sum(1 for _ in root.rglob("*.ts"))
    _file(deployment, size)
    cold = _check(deployment, folder / "cache")
    again = _check(deployment, folder / "cache")
    figures: dict[str, Any] = {
        "operations": size, "typescript_files": files,
        "cold_s": round(cold.seconds, 2), "cold_cpu_s": round(cold.cpu_seconds, 2),
        "again_s": round(again.seconds, 2), "again_cpu_s": round(again.cpu_seconds, 2),
        "cold_mb": round(cold.peak_mb), "again_mb": round(again.peak_mb),
        "cache_mb": round(sum(f.stat().st_size for f in (folder / "cache").rglob("*") if f.is_file()) / 2**20, 1),
    }  # fmt: skip
    equal = again.report == cold.report
    for name in EDITS:
        _edit(root, name)
        _file(deployment, size, failed=name == "test report")
        warm, fresh = _check(deployment, folder / "cache"), _check(deployment, None)
        equal = equal and warm.report == fresh.report
        figures[f"{name}_s"] = round(warm.seconds, 2)
        figures[f"{name}_cpu_s"] = round(warm.cpu_seconds, 2)
        figures[f"{name}_mb"] = round(warm.peak_mb)
        figures[f"{name}_share"] = round(warm.seconds / fresh.seconds, 3)
        figures[f"{name}_cpu_share"] = round(warm.cpu_seconds / fresh.cpu_seconds, 3)
    figures["share_of_cold"] = round(figures[f"{USUAL}_s"] / cold.seconds, 3)
    figures["on_target"] = figures[f"{USUAL}_s"] <= max(TARGET_SHARE * cold.seconds, TARGET_SECONDS)
    return figures, equal


def _edit(root: Path, name: str) -> None:
    """Commit one change."""
    path, added = EDITS[name]
    target = root / path
    text = target.read_text() if target.exists() else ""
    if added is None:
        head, found, tail = text.partition("operationId: createThing0003\n")
        if not found:
            raise SystemExit(f"{path} holds no createThing0003 any more; mend benchmarks/incremental.py.")
        tail = tail.replace("summary: ", "summary: Again ", 1)
        target.write_text(head + found + tail)
    else:
        target.write_text(text + added)
    commit(root, f"Edit {name}")


def _file(deployment: Deployment, size: int, *, failed: bool = False) -> None:
    """CI's artefacts for the head: the sample's, with test results and coverage of the copies."""
    copy_artefacts(deployment)
    head = open_commit(deployment.monorepo, "HEAD")
    for name, text, suffix in (
        ("junit", junit(size, failed=failed), ".xml"),
        ("coverage", coverage(deployment.monorepo), ".json"),
    ):
        file_artefact(
            deployment.folder / ".prr" / "artefacts", head, name, text.encode(),
            suffix=suffix, tool="vitest", version="4.0.8", at=ORIGIN, exclude=(PRR_FOLDER,),
        )  # fmt: skip


def _check(deployment: Deployment, cache: Path | None) -> Run:
    """One run; without a ``cache`` folder everything is judged anew."""
    words = ["--settings", str(deployment.settings_file), "check", "--all", "--json", "--commit", "HEAD"]
    environment = as_installed(deployment.folder.parent / "bytecode", XDG_CACHE_HOME=str(cache or "/nonexistent"))
    command = [str(Path(sys.executable).with_name("prr")), *words, *([] if cache else ["--no-cache"])]
    out, errors = deployment.folder / "out.json", deployment.folder / "errors.txt"
    before = _cpu_seconds()
    measured = run(command, deployment.folder, environment, out, errors)
    if measured.exit_code not in (0, 1, 2):
        raise SystemExit(errors.read_text(errors="replace"))
    spent = _cpu_seconds() - before
    return Run(measured.seconds, spent, measured.peak_rss_mb, json.loads(out.read_bytes())["reports"])


def _cpu_seconds() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


if __name__ == "__main__":
    raise SystemExit(main())
