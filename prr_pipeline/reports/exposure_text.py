"""Exposure over time in characters, for the terminal: a row per rung, and below it where something happened."""

from __future__ import annotations

from datetime import datetime

from prr_pipeline.control.history import Story

_COLUMNS = 72
_SIGNS = {"stop": "#", "alert": "!", "latch": "v", "resume": "^", "milestone": "*"}
"""What is told below the rungs. Of several in one column the last of these is shown, as it is the shorter one."""
_WORDS = {
    "stop": "# line stopped",
    "alert": "! alert",
    "latch": "v halted",
    "resume": "^ resumed",
    "milestone": "* done",
}
_LEVEL, _BELOW = "=", "."


def exposure_text(story: Story) -> list[str]:
    """Lines of one plot: rungs from the top down, marks if there are any, what they mean, and the first and last date.

    Each column stands for an equal part of the time since the promotion was opened, and shows where it ended.
    """
    names = ["off", *story.state.ladder.names]
    width = max(map(len, names))
    levels = _levels(story)
    rows = [
        f"{name:>{width}} {''.join(_sign(level, index) for level in levels).rstrip()}"
        for index, name in reversed(list(enumerate(names)))
    ]
    since, until = f"{story.state.opened_at:%d %b %H:%M}", f"{story.now:%d %b %H:%MZ}"
    margin = " " * width
    below = _marks(story)
    kinds = [words for kind, words in _WORDS.items() if any(mark.kind == kind for mark in story.marks)]
    rows += [f"{margin} {below}"] if below else []
    rows.append(f"{margin} {since}{until:>{_COLUMNS - len(since)}}")
    return [*rows, f"{margin} {'   '.join(kinds)}"] if kinds else rows


def _sign(level: int, index: int) -> str:
    if level == index:
        return _LEVEL
    return _BELOW if index < level else " "


def _levels(story: Story) -> list[int]:
    """Of each column the level at its end, counted from off."""
    ladder, found = story.state.ladder, [0] * _COLUMNS
    for at, exposure in story.steps:
        column = _column(story, at)
        found[column:] = [ladder.index_at_or_below(exposure) + 1] * (_COLUMNS - column)
    return found


def _marks(story: Story) -> str:
    found = [" "] * _COLUMNS
    for kind, sign in _SIGNS.items():
        for mark in (one for one in story.marks if one.kind == kind):
            lasts = kind in ("stop", "alert")
            first, last = _column(story, mark.at), _column(story, (mark.until or story.now) if lasts else mark.at)
            found[first : last + 1] = sign * (last + 1 - first)
    return "".join(found).rstrip()


def _column(story: Story, at: datetime) -> int:
    span = (story.now - story.state.opened_at).total_seconds()
    share = (at - story.state.opened_at).total_seconds() / span if span > 0 else 0.0
    return min(max(int(share * _COLUMNS), 0), _COLUMNS - 1)
