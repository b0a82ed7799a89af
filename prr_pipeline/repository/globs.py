"""Glob patterns over repository paths, matched in linear time (RE2)."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from functools import lru_cache

from prr_pipeline.errors import Unreadable
from prr_pipeline.repository.patterns import Pattern, compiled, literal

_PATTERN_CAP = 1000
_SPECIAL = frozenset("*?{")
_NOT_ENDING = _SPECIAL | frozenset("},/")
"""What may stand for other text, or for none: ``**/`` may be nothing at all."""


def select(pattern: str, paths: Sequence[str]) -> tuple[str, ...]:
    """Those of the sorted ``paths`` that match.

    ``*`` and ``?`` stay within one component, ``**`` spans any number of them, ``{a,b}`` is either; all else is
    literal, square brackets too. Raises `Unreadable` for a pattern that is too long or has unbalanced braces.
    """
    if pattern == "**":
        return tuple(paths)
    prefix = _literal_prefix(pattern)
    start = bisect_left(paths, prefix)
    end = bisect_left(paths, prefix + "\U0010ffff", start) if prefix else len(paths)
    match = _compiled(pattern).fullmatch
    ending = _literal_ending(pattern)
    return tuple([path for path in paths[start:end] if path.endswith(ending) and match(path)])


def matches(pattern: str, path: str) -> bool:
    """Whether one path matches the pattern."""
    return bool(_compiled(pattern).fullmatch(path))


def _literal_prefix(pattern: str) -> str:
    end = next((i for i, c in enumerate(pattern) if c in _SPECIAL), len(pattern))
    return pattern[:end]


def _literal_ending(pattern: str) -> str:
    """What every match ends with: seen at once, where a match takes much longer."""
    begin = next((i for i in range(len(pattern), 0, -1) if pattern[i - 1] in _NOT_ENDING), 0)
    return pattern[begin:]


@lru_cache(maxsize=512)
def _compiled(pattern: str) -> Pattern:
    if not pattern or len(pattern) > _PATTERN_CAP or "\\" in pattern or "\0" in pattern:
        raise Unreadable(
            f"The pattern {pattern[:80]!r} is empty, longer than {_PATTERN_CAP} characters or holds a backslash."
        )
    translated = "(?s)" + _translate(pattern)
    try:
        return compiled(translated)
    except Unreadable:
        raise Unreadable(f"The pattern {pattern[:80]!r} is too complex; write a simpler glob.") from None


def _translate(pattern: str) -> str:
    out: list[str] = []
    depth = at = 0
    while at < len(pattern):
        step, piece = _token(pattern, at, depth)
        depth += {"(?:": 1, ")": -1}.get(piece, 0)
        out.append(piece)
        at += step
    if depth:
        raise Unreadable(f"The pattern {pattern[:80]!r} has an opening brace without a closing one.")
    return "".join(out)


def _token(pattern: str, at: int, depth: int) -> tuple[int, str]:
    """The length and the regular expression of the glob token at ``at``."""
    if pattern.startswith("**", at):
        return _stars(pattern, at)
    char = pattern[at]
    if char == "{":
        return 1, "(?:"
    if char == "}" and depth:
        return 1, ")"
    if char == "," and depth:
        return 1, "|"
    return 1, {"*": "[^/]*", "?": "[^/]"}.get(char) or literal(char)


def _stars(pattern: str, at: int) -> tuple[int, str]:
    begins = at == 0 or pattern[at - 1] in "/{,"
    if begins and pattern.startswith("**/", at):
        return 3, "(?:[^/]+/)*"
    return 2, ".*"
