"""An answer made of several is as old as the oldest of them."""

from __future__ import annotations

from datetime import timedelta

from prr_pipeline.platforms.answer import Answer
from tests.platforms.asking import NOW

FIRST = Answer(1, NOW, "https://api.example.org/x")
OLDER = Answer("a", NOW - timedelta(minutes=1), "https://api.example.org/y")


def test_a_turned_answer_keeps_time_and_place() -> None:
    """Only its value is another."""
    assert FIRST.turned(str) == Answer("1", NOW, FIRST.address)


def test_a_joined_answer_is_as_old_as_its_oldest_part() -> None:
    """An age counted from it is never too small."""
    assert FIRST.joined(str, OLDER) == Answer("1", OLDER.read_at, FIRST.address)
    assert OLDER.joined(str, FIRST).read_at == OLDER.read_at
    assert FIRST.joined(str) == FIRST.turned(str)
