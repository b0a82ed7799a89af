"""Errors that a person meets: one sentence that says what, the value, the limit and the way out."""

from __future__ import annotations

from collections.abc import Iterable


class PrrError(Exception):
    """A fault a person can act on. ``str(error)`` is the whole sentence; the command line exits with ``exit_code``."""

    exit_code = 3


class UnknownName(PrrError):
    """A name that is not among the valid ones; the sentence lists those."""

    def __init__(self, what: str, name: str, valid: Iterable[str]) -> None:
        listed = ", ".join(sorted(valid)) or "none"
        super().__init__(f"Unknown {what} {name!r}. Valid: {listed}.")


class Refused(PrrError):
    """A request that the rules forbid, with the way out in the sentence."""


class Unreadable(PrrError):
    """Input that cannot be read: broken, too large, or of a form that is not accepted."""


class Unavailable(PrrError):
    """A back end that does not answer now; trying again may succeed."""


class StaleVersion(PrrError):
    """A compare-and-set that lost: what was read before is no longer current."""

    def __init__(self, what: str, expected: object, current: object) -> None:
        self.expected = expected
        self.current = current
        super().__init__(f"{what} is at version {current}, not {expected}: somebody changed it in between.")
