"""Patterns that come from configuration or from a repository: RE2, in time linear in the text that is searched.

The library is imported by the first pattern: many a command has none.
"""

from __future__ import annotations

from typing import Any, Protocol, cast

from prr_pipeline.errors import Unreadable

PATTERN_CAP = 1_000
"""Longest pattern that a person writes, in characters."""


class Pattern(Protocol):
    """What searches in linear time."""

    def search(self, text: str) -> Any:
        """The first match; None if there is none."""
        ...

    def fullmatch(self, text: str) -> Any:
        """The match of the whole text; None if it does not match."""
        ...


def compiled(pattern: str) -> Pattern:
    """A pattern of our own around `literal` texts. Raises `Unreadable` where those make it larger than RE2 takes."""
    try:
        return _compiled(pattern)
    except _Refused as fault:
        raise Unreadable(f"The pattern {_shown(pattern)} is refused ({fault}); write a simpler one.") from None


def configured(pattern: str) -> Pattern:
    """A pattern that a person wrote. Raises `Unreadable` with it, what RE2 says of it, and the way out."""
    if len(pattern) > PATTERN_CAP:
        size = f"has {len(pattern):,} characters; write one of at most {PATTERN_CAP:,}"
        raise Unreadable(f"The pattern {_shown(pattern)} {size}.")
    try:
        return _compiled(pattern)
    except _Refused as fault:
        raise Unreadable(
            f"The pattern {_shown(pattern)} is none that RE2 takes ({fault}); write it without lookaround and "
            "backreferences, which cannot be searched in linear time."
        ) from None


def literal(text: str) -> str:
    """The pattern of exactly that text. Half surrogates, which no file can hold, become question marks."""
    import re2

    return str(re2.escape(text.encode("utf-8", "replace").decode("utf-8")))


class _Refused(Exception):
    """What RE2 says of a pattern that it does not take."""


def _compiled(pattern: str) -> Pattern:
    import re2

    options = re2.Options()
    options.log_errors = False
    try:
        return cast(Pattern, re2.compile(pattern, options))
    except (re2.error, UnicodeError) as fault:
        said = fault.args[0] if fault.args else ""
        raise _Refused(said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)) from None


def _shown(pattern: str) -> str:
    return repr(pattern if len(pattern) <= 80 else pattern[:79] + "…")
