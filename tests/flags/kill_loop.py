"""Program for a test: kill writers of a flagd file at random moments and judge what they leave. Argument: kills."""

from __future__ import annotations

import itertools
import os
import random
import signal
import sys
import tempfile
import time
from pathlib import Path

from prr_pipeline.exposure import OFF, Exposure
from prr_pipeline.flags.backend import FlagError
from prr_pipeline.flags.flagd_file import FlagdFile


def write_for_ever(path: Path) -> None:
    """Raise and lower in turns until killed."""
    flags = FlagdFile(path)
    for number in itertools.count():
        version = flags.read(["checkout"])["checkout"].version
        flags.write("checkout", Exposure.share(100), expected_version=version, intent_id=f"{os.getpid()}-{number}")
        flags.lower_all({"checkout": OFF}, intent_id=f"l-{os.getpid()}-{number}")


def main(kills: int) -> None:
    """Print the faults found; a fault is an unreadable file, a version or a file time that went back."""
    chance = random.Random(42)
    unreadable = backward = 0
    version, stamp = 0, 0.0
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "flags.json"
        for _ in range(kills):
            child = os.fork()
            if child == 0:
                write_for_ever(path)
            time.sleep(chance.uniform(0.001, 0.03))
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            try:
                found = FlagdFile(path).read(["checkout"])["checkout"].version
            except FlagError as fault:
                print(fault)
                unreadable += 1
                continue
            found_stamp = path.stat().st_mtime if path.exists() else 0.0
            backward += found < version or found_stamp < stamp
            version, stamp = found, found_stamp
    print(f"{unreadable} unreadable of {kills} kills, {backward} went back, {version} versions written", flush=True)
    sys.exit(1 if unreadable or backward or not version else 0)


if __name__ == "__main__":
    main(int(sys.argv[1]))
