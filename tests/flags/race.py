"""Program for a test: processes race for versions of one flag. Arguments: processes, wins wanted of each."""

from __future__ import annotations

import os
import sys
import tempfile
from datetime import timedelta
from pathlib import Path

from prr_pipeline.errors import StaleVersion
from prr_pipeline.exposure import Exposure
from prr_pipeline.flags.flagd_file import FlagdFile


def compete(path: Path, wanted: int) -> None:
    """Win ``wanted`` versions by read-then-write."""
    flags = FlagdFile(path, lock_wait=timedelta(seconds=30))
    wins = 0
    while wins < wanted:
        version = flags.read(["checkout"])["checkout"].version
        try:
            flags.write("checkout", Exposure(version % 90), expected_version=version, intent_id=f"{os.getpid()}-{wins}")
        except StaleVersion:
            continue
        wins += 1


def main(processes: int, wanted: int) -> None:
    """Print the sum of all wins and the number of versions that exist afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "flags.json"
        children = []
        for _ in range(processes):
            child = os.fork()
            if child == 0:
                compete(path, wanted)
                os._exit(0)
            children.append(child)
        ended = [os.waitpid(child, 0)[1] for child in children]
        wins = wanted * ended.count(0)
        print(wins, FlagdFile(path).read(["checkout"])["checkout"].version)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
