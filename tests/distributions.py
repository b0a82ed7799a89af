"""Makes installed distributions, a folder of modules and handwritten metadata each, and runs programs beside them."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path


def install(
    folder: Path, name: str, points: Mapping[str, str], modules: Mapping[str, str], version: str = "1.0.0"
) -> None:
    """Lay out a distribution. ``points``: ``<group>:<name>`` to what it loads; ``modules``: module to its source."""
    metadata = folder / f"{name.replace('-', '_')}-{version}.dist-info"
    metadata.mkdir(parents=True)
    (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
    groups: dict[str, list[str]] = {}
    for point, value in points.items():
        group, _, own = point.partition(":")
        groups.setdefault(group, []).append(f"{own} = {value}")
    text = "\n".join(f"[prr_pipeline.{group}]\n" + "\n".join(rows) for group, rows in groups.items())
    (metadata / "entry_points.txt").write_text(text + "\n")
    for module, source in modules.items():
        (folder / f"{module}.py").write_text(source)


def run_with(folder: Path, *arguments: str, at: Path, cache: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run Python in ``at`` with everything installed in ``folder`` on its path. ``cache``: of remembered verdicts."""
    left = {name: value for name, value in os.environ.items() if name not in {"PRR_SETTINGS", "PYTHONPATH"}}
    there = {"PYTHONPATH": str(folder), "XDG_CACHE_HOME": str(cache or folder / "cache"), "COLUMNS": "200"}
    return subprocess.run(
        [sys.executable, *arguments], cwd=at, env={**left, **there}, capture_output=True, text=True, timeout=120,
        check=False,
    )  # fmt: skip
