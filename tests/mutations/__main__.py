"""Counts the mutation matrix (`python -m tests.mutations`), runs it (`--run`), or records the examples (`--record`)."""

from __future__ import annotations

import sys
from collections import Counter

from tests.mutations.edits import edits
from tests.mutations.examples import RECORDED, SAMPLES, examples_text
from tests.mutations.judging import judge
from tests.mutations.matter import finished
from tests.mutations.signed_lines import agreed
from tests.mutations.state import Sample


def main(arguments: list[str]) -> int:
    """Print the counts. With ``--run`` judge every row too; 1 if a vector is not the one that its row says.

    With ``--record`` write the findings that the pages of the lines show. Names of samples limit all but that.
    """
    samples = [each for each in SAMPLES if each.profile in arguments] or list(SAMPLES)
    for sample in samples:
        _count(sample)
    print(f"{len(agreed())} rows about agreement and the document")
    if "--record" in arguments:
        RECORDED.write_text(examples_text(), "utf-8")
    if "--run" not in arguments:
        return 0
    wrong = [each for sample in samples for each in _wrong(sample)] + _wrong_agreements()
    rows = sum(len(edits(sample)) for sample in samples) + len(agreed())
    print("\n".join(wrong) or f"{rows} vectors, all exact")
    return 1 if wrong else 0


def _count(sample: Sample) -> None:
    rows = edits(sample)
    outcomes = Counter(edit.outcome or "no change" for edit in rows)
    lines = Counter(edit.line for edit in rows if edit.line)
    coupled = sum(bool(edit.coupled) for edit in rows)
    print(f"{sample.profile}: {len(rows)} edits of {len(lines)} lines, {coupled} of them coupled")
    print("\n".join(f"  {count:4}  {outcome}" for outcome, count in sorted(outcomes.items())))
    numbers = [line.number for line in sample.catalogue.lines if lines[line.number]]
    print("  " + ", ".join(f"{number} {lines[number]}" for number in numbers))


def _wrong(sample: Sample) -> list[str]:
    world = sample.start()
    baseline = judge(world).vector
    return [
        f"{edit.id}: {_difference(edit.expected(baseline), found)}"
        for edit in edits(sample)
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
