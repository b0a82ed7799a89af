"""Runs a tool that judges files for us: in a private folder, with a bare environment and a time limit."""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import Unavailable

if TYPE_CHECKING:
    import subprocess


@dataclass(frozen=True, slots=True)
class Program:
    """A tool. ``limit_seconds`` bounds each call; ``when_late`` and ``install`` are the ways out in sentences."""

    name: str
    limit_seconds: float
    when_late: str
    install: str

    def call(self, command: Sequence[str], folder: Path) -> subprocess.CompletedProcess[bytes]:
        """Run it there, whatever it exits with. Raises `Unavailable` when it cannot be run or does not end in time."""
        import subprocess

        environment = {"PATH": os.environ.get("PATH", ""), "HOME": str(folder), "LANG": "C.UTF-8"}
        try:
            return subprocess.run(
                command, cwd=folder, env=environment, capture_output=True, timeout=self.limit_seconds, check=False
            )
        except subprocess.TimeoutExpired:
            late = f"{self.name} did not answer within {self.limit_seconds:.0f} seconds"
            raise Unavailable(f"{late}; {self.when_late}.") from None
        except OSError as fault:
            raise Unavailable(
                f"{self.name} cannot be run ({fault.strerror}); install it with {self.install}."
            ) from None


@lru_cache(maxsize=8)
def version_of(program: Program, path: str) -> str:
    """What the program at the path says it is; ``unknown`` if it says nothing. Raises what `Program.call` raises."""
    import tempfile

    with tempfile.TemporaryDirectory(prefix=f"prr-{program.name}-") as folder:
        done = program.call([path, "--version"], Path(folder))
    return done.stdout.decode("utf-8", "replace").strip().rpartition(" ")[2][:40] or "unknown"
