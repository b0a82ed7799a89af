"""The long searches, by hand or at night: ``python -m tests.model.nightly``. Exit code 1 on a violation."""

from __future__ import annotations

import sys

from tests.model.checker import Checker
from tests.model.ladders import FIVE, THREE, TWO
from tests.model.promotion_model import Model
from tests.model.world import May

HANDS = {May.HAND_LOWERS, May.ORDERS, May.DOUBTS}
SEARCHES = {
    "five rungs": Model.of(FIVE, may=HANDS),
    "five rungs, ledger outages": Model.of(FIVE, may=HANDS | {May.OUTAGES}),
    "three rungs, flag raised by hand": Model.of(THREE, may=HANDS | {May.HAND_RAISES}),
    "two rungs, two rung runs": Model.of(TWO, may=HANDS | {May.TWO_RUNS}),
}


def main() -> int:
    """Run every search and print its figures; a violation with the steps that lead to it."""
    broken = False
    for name, model in SEARCHES.items():
        found = Checker(model).search()
        figures = f"{found.states} states, {found.edges} edges, {found.seconds:.0f} s"
        print(f"{name}: {figures}; violation: {found.violation or 'none'}", flush=True)
        for step in found.trace:
            print(f"  {step}")
        broken = broken or bool(found.violation)
    return int(broken)


if __name__ == "__main__":
    sys.exit(main())
