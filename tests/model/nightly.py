"""The long searches, by hand or at night: ``python -m tests.model.nightly``. Exit code 1 on a violation."""

from __future__ import annotations

import sys

from tests.model.checker import Checker
from tests.model.ladders import FIVE, THREE
from tests.model.promotion_model import Model

SEARCHES = {
    "three rungs, ledger outages": Model.of(THREE, outages=True),
    "five rungs, ledger outages": Model.of(FIVE, outages=True),
    "three rungs, flag raised by hand": Model.of(THREE, hand_raises=True),
}


def main() -> int:
    """Run every search and print its figures; a violation with the steps that lead to it."""
    broken = False
    for name, model in SEARCHES.items():
        found = Checker(model).search()
        print(f"{name}: {found.states} states, {found.edges} edges, {found.seconds:.0f} s, {found.violation or 'none'}")
        print("\n".join(f"  {step}" for step in found.trace))
        broken = broken or bool(found.violation)
    return int(broken)


if __name__ == "__main__":
    sys.exit(main())
