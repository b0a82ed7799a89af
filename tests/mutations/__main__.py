"""Counts the mutation matrix (`python -m tests.mutations`), runs it (`--run`), or records the examples (`--record`)."""

from __future__ import annotations

import sys
from collections import Counter

from tests.mutations.edits import Edit, edits
from tests.mutations.examples import RECORDED, examples_text
from tests.mutations.judging import finished, judge
from tests.mutations.signed_lines import agreed
from tests.mutations.world import catalogue


def main(arguments: list[str]) -> int:
    """Print the counts. With ``--run`` judge every row too; 1 if a vector is not the one that its row says.

    With ``--record`` write the findings that the pages of the lines show.
    """
    rows = edits()
    outcomes = Counter(edit.outcome or "no change" for edit in rows)
    lines = Counter(edit.line for edit in rows if edit.line)
    print(f"{len(rows)} edits of {len(lines)} lines, {sum(bool(edit.coupled) for edit in rows)} of them coupled")
    print(f"{len(agreed())} rows about agreement and the document")
    print("\n".join(f"  {count:4}  {outcome}" for outcome, count in sorted(outcomes.items())))
    print("  " + ", ".join(f"{line.number} {lines[line.number]}" for line in catalogue().lines if lines[line.number]))
    if "--record" in arguments:
        RECORDED.write_text(examples_text(), "utf-8")
    if "--run" not in arguments:
        return 0
    wrong = [*_wrong(rows), *_wrong_agreements()]
    print("\n".join(wrong) or f"{len(rows) + len(agreed())} vectors of {len(catalogue().lines)} lines, all exact")
    return 1 if wrong else 0


def _wrong(rows: tuple[Edit, ...]) -> list[str]:
    world = finished()
    baseline = judge(world).vector
    return [
        f"{edit.id}: {_difference(edit.expected(baseline), found)}"
        for edit in rows
        if (found := dict(judge(edit.applied(world)).vector)) != edit.expected(baseline)
    ]


def _wrong_agreements() -> list[str]:
    world = finished()
    baseline = judge(world).vector
    return [
        f"{row.id}: {_difference({**baseline, **row.expect}, found)}"
        for row in agreed()
        if (found := dict(judge(row.applied(world)).vector)) != {**baseline, **row.expect}
    ]


def _difference(expected: dict[str, str], found: dict[str, str]) -> str:
    return ", ".join(f"{n} is {found.get(n)}, not {each}" for n, each in expected.items() if found.get(n) != each)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
