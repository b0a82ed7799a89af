"""Whole words of names."""

from __future__ import annotations

import pytest

from prr_pipeline.readiness.spoken import pieces, speaks_of


@pytest.mark.parametrize(
    ("name", "words", "speaks"),
    [
        ("identity-5xx", ["5xx"], True),
        ("HTTPCode_Target_5XX_Count", ["5xx"], True),
        ("identity-errors", ["error"], True),
        ("terror", ["error"], False),
        ("DeadLetterDepth", ["dead"], True),
        ("deadlocks", ["dead"], False),
        ("latencyP99", ["p99"], True),
        ("latency-p95", ["p99"], False),
        ("TargetResponseTime", ["response time"], True),
        ("anything", [""], False),
        ("", ["error"], False),
    ],
)
def test_a_name_speaks_of_whole_words(name: str, words: list[str], speaks: bool) -> None:
    """However it is spelt: with hyphens, underscores or capitals."""
    assert speaks_of(name, words) is speaks


def test_a_name_falls_into_pieces() -> None:
    """In small letters, acronyms whole."""
    assert pieces("HTTPServer-p99_5xx") == ["http", "server", "p", "99", "5xx"]
