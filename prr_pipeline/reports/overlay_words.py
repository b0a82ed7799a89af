"""How every output words an outcome, and what people added to it: the line as judged is never hidden by either."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from prr_pipeline.readiness.model import LineResult, Location, Outcome

VERDICTS = {0: "ready", 1: "not ready", 2: "not known"}
"""One report in words, by its exit code."""


def outcome_words(result: LineResult) -> str:
    """The outcome, then the overlay: ``unmet, justified``; ``met, attested, not checked``."""
    words = str(result.outcome).replace("_", " ")
    if result.outcome is Outcome.UNMET and result.justification:
        return f"{words}, justified"
    if result.attestations:
        return f"{words}, attested" + (", not checked" if result.check is None else "")
    return words


def justification_words(result: LineResult) -> str | None:
    """What the valid justification says, or why one that is there is void; None without any."""
    if result.justification:
        return result.justification_text or f"Justified by the record {result.justification}"
    return f"Its justification is void. {result.justification_note}" if result.justification_note else None


def overlay_sentences(result: LineResult) -> Iterator[str]:
    """Everything that people added, a sentence each; the finding's own message says what was attested and by whom."""
    if words := justification_words(result):
        yield words
    for digest in result.attestations:
        yield f"Attested in the signed record {digest}"


def in_the_way(result: LineResult) -> bool:
    """Whether the line keeps a promotion from going on: counted, and neither passed nor justified."""
    return result.counted and not result.passes


def worst_first(results: Sequence[LineResult]) -> list[LineResult]:
    """The lines in the way, unmet before unknown, then the others; within each in the order given."""
    order = {Outcome.UNMET: 0, Outcome.UNKNOWN: 1}
    return sorted(results, key=lambda one: (not in_the_way(one), order.get(one.outcome, 2) if in_the_way(one) else 0))


def count_words(results: Sequence[LineResult]) -> dict[str, int]:
    """How many counted lines stand how, in the order of the outcomes; then how many are not counted."""
    counts = Counter(outcome_words(result) for result in results if result.counted)
    rank = {str(outcome).replace("_", " "): at for at, outcome in enumerate(Outcome)}
    found = {words: counts[words] for words in sorted(counts, key=lambda words: (rank[words.split(",")[0]], words))}
    rest = sum(not result.counted for result in results)
    return found | ({"not counted": rest} if rest else {})


def place(at: Location) -> str:
    """A location as people write it: ``path:line``, or the path alone for a whole file."""
    return f"{at.path}:{at.line}" if at.line else at.path
