"""What people are told of an incomplete reading."""

from __future__ import annotations

from prr_pipeline.signals.alerts.doubts import in_words


def test_the_first_doubts_are_told_and_the_rest_is_counted() -> None:
    """Nobody reads a thousand sentences; nobody is told of fewer doubts than there are."""
    assert in_words([], "All is read.") == "All is read."
    assert in_words(["A.", "B.", "C."], "") == "A. B. C."
    assert in_words(["A.", "B.", "C.", "D.", "E."], "") == "A. B. C. And 2 more."
