"""Many damaged states of the sample, judged by hand: ``python -m tests.robustness --edits 5000 --seed 7``."""

from __future__ import annotations

import argparse
import sys
import time
from random import Random

from tests.robustness.edits import HOW, Edit, files
from tests.robustness.judging import faults, whole

SLOW_S = 5.0
"""Seconds beyond which a state counts as a fault: nothing in the sample takes one."""
IMPORTANT = ("apps/docs/api-reference/openapi.yaml", ".prr/profile.yaml", "apps/api/app/v1/grants/route.ts")


def main(arguments: list[str]) -> int:
    """Judge as many states as asked for and print each that shows a fault; 1 if any does."""
    options = _options(arguments)
    chance, failed = Random(options.seed), 0
    for number in range(options.edits):
        edits = [_again(*options.again)] if options.again else _edits(chance)
        state = whole()
        for edit in edits:
            state = edit.applied(state)
        start = time.monotonic()
        found = faults(state)
        if (took := time.monotonic() - start) > SLOW_S:
            found.append(f"took {took:.1f} s")
        if found:
            failed += 1
            print(f"{number}: {edits}", *found[:4], sep="\n    ", flush=True)
        if number % 500 == 499:
            print(f"{number + 1} judged, {failed} with faults", flush=True)
    print(f"{options.edits} judged, {failed} with faults")
    return 1 if failed else 0


def _edits(chance: Random) -> list[Edit]:
    """One to four edits; the files that most lines read are damaged more often."""
    pool = (*files(), *(name for name in (*IMPORTANT, *files()[-5:]) for _ in range(12)))
    return [
        Edit(chance.choice(pool), chance.choice(HOW), chance.randrange(2**32))
        for _ in range(chance.choice((1, 2, 3, 4)))
    ]


def _again(file: str, how: str, seed: str) -> Edit:
    return Edit(file, how, int(seed))


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.robustness", description=__doc__)
    parser.add_argument("--edits", type=int, default=1, help="how many damaged states")
    parser.add_argument("--seed", type=int, default=1, help="where chance starts")
    parser.add_argument("--again", nargs=3, metavar=("FILE", "HOW", "SEED"), help="one edit, as a fault printed it")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
