"""Every subject of a whole platform monorepo of 30 MB of TypeScript: cold, again, and after a commit of one file.

    python -m benchmarks.whole_repository        30 MB (PRR_BENCH_SMOKE=1: 1 MB)

Each figure is a whole `prr check --all` of all seven kinds in a process of its own, start-up included, under a terminal
as a person has it: the bar that shows how far it is must have been seen. What is remembered must be what judging anew
says. ``_cpu_s`` is the processor's time of all processes.
"""

from __future__ import annotations

import importlib.util
import json
import os
import pty
import resource
import sys
import tempfile
import threading
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.monorepo import commit
from benchmarks.platform_monorepo import grow, named
from benchmarks.process_tree import as_installed, run

MEGABYTES, SMOKE_MEGABYTES = 30, 1
SAMPLE = Path(__file__).parents[1] / "examples" / "loop" / "make_repository.py"
EDITS = {
    "one module": f"services/{named(0)}/src/domain/rules-00.ts",
    "one route": f"services/{named(0)}/src/routes/check-ins.routes.ts",
    "shared package": "packages/core/src/ids.ts",
}
"""The file of each commit; an export is appended to it."""


@dataclass(frozen=True, slots=True)
class Run:
    """One run. ``bar``: whether it drew a bar on the terminal; ``peak_mb`` is of all its processes, in MiB."""

    seconds: float
    cpu_seconds: float
    peak_mb: float
    bar: bool
    reports: list[Any]


def main() -> int:
    """Print the figures as JSON; returns 1 where a remembered verdict differs from a fresh one, or no bar was drawn."""
    smoke = os.environ.get("PRR_BENCH_SMOKE") == "1"
    with tempfile.TemporaryDirectory(prefix="prr-whole-") as folder:
        figures, faults = _measure(Path(folder), SMOKE_MEGABYTES if smoke else MEGABYTES)
    print(json.dumps(figures, indent=2))
    for fault in faults:
        print(f"whole_repository: {fault}", file=sys.stderr)
    return 1 if faults else 0


def _measure(folder: Path, megabytes: int) -> tuple[dict[str, Any], list[str]]:
    root = folder / "monorepo"
    _make_sample(root)
    _check(root, folder, None)  # makes the bytecode that an installed program has
    copies = grow(root, megabytes)
    files = [path for path in root.rglob("*.ts*") if ".git" not in path.parts]
    cold = _check(root, folder, folder / "cache")
    again = _check(root, folder, folder / "cache")
    figures: dict[str, Any] = {
        "services": copies, "typescript_files": len(files), "cpus": os.cpu_count(),
        "typescript_mb": round(sum(path.stat().st_size for path in files) / 10**6, 1),
        "subjects": dict(Counter(report["kind"] for report in cold.reports)),
        "lines": sum(len(report["lines"]) for report in cold.reports),
        "outcomes": dict(Counter(line["outcome"] for report in cold.reports for line in report["lines"])),
        "cold": _told(cold), "again": _told(again),
    }  # fmt: skip
    faults = [] if again.reports == cold.reports else ["the same commit judged again is judged otherwise."]
    for name, path in EDITS.items():
        target = root / path
        target.write_text(target.read_text() + "\nexport const edited = 1;\n")
        commit(root, f"Edit {name}")
        warm, fresh = _check(root, folder, folder / "cache"), _check(root, folder, None)
        figures[name] = {**_told(warm), "share_of_fresh_cpu": round(warm.cpu_seconds / fresh.cpu_seconds, 3)}
        if warm.reports != fresh.reports:
            faults.append(f"after {name} a remembered verdict differs from a fresh one.")
    if not cold.bar:
        faults.append("no bar was drawn.")
    return figures, faults


def _told(one: Run) -> dict[str, Any]:
    return {
        "s": round(one.seconds, 2), "cpu_s": round(one.cpu_seconds, 2), "peak_mb": round(one.peak_mb), "bar": one.bar,
    }  # fmt: skip


def _make_sample(root: Path) -> None:
    found = importlib.util.spec_from_file_location("make_loop_repository", SAMPLE)
    if found is None or found.loader is None:
        raise SystemExit(f"{SAMPLE} cannot be loaded.")
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    module.make_repository(root)


def _check(root: Path, folder: Path, cache: Path | None) -> Run:
    """One run of every subject; without a ``cache`` folder everything is judged anew."""
    words = ["check", "--all", "--profile", "loop", "--format", "json", "--commit", "HEAD"]
    command = [str(Path(sys.executable).with_name("prr")), *words, *([] if cache else ["--no-cache"])]
    environment = as_installed(
        folder / "bytecode", XDG_CACHE_HOME=str(cache or "/nonexistent"), TERM="xterm-256color", COLUMNS="100"
    )
    out = folder / "out.json"
    before = _cpu_seconds()
    with _Terminal() as terminal:
        measured = run(command, root, environment, out, Path(terminal.name))
    if measured.exit_code not in (0, 1, 2):
        raise SystemExit(terminal.seen.decode(errors="replace"))
    spent = _cpu_seconds() - before
    reports = json.loads(out.read_bytes())["reports"]
    return Run(measured.seconds, spent, measured.peak_rss_mb, b"judging" in terminal.seen, reports)


class _Terminal:
    """A terminal that keeps what is written to it."""

    def __enter__(self) -> _Terminal:
        self._ours, self._theirs = pty.openpty()
        self.name = os.ttyname(self._theirs)
        self.seen = b""
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._theirs)
        self._reader.join(timeout=10)
        os.close(self._ours)

    def _read(self) -> None:
        while True:
            try:
                found = os.read(self._ours, 65_536)
            except OSError:
                return
            if not found:
                return
            self.seen += found


def _cpu_seconds() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


if __name__ == "__main__":
    raise SystemExit(main())
