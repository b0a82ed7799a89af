"""The one way in which a service fails to answer: a reason code, what happened, and the way out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from typing import TypeVar

from prr_pipeline.canonical import instant_text
from prr_pipeline.errors import PrrError

T = TypeVar("T")


class Reason(StrEnum):
    """Why nothing is known. None of them says that something is absent: that would be an answer."""

    CREDENTIAL_MISSING = "credential_missing"
    CLIENT_MISSING = "client_missing"
    HOST_NOT_ALLOWED = "host_not_allowed"
    UNREACHABLE = "unreachable"
    UNTRUSTED = "untrusted"
    TIMED_OUT = "timed_out"
    UNAUTHORIZED = "unauthorized"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not_found"
    RATE_LIMITED = "rate_limited"
    SERVER_ERROR = "server_error"
    UNEXPECTED_STATUS = "unexpected_status"
    REDIRECTED = "redirected"
    TOO_LARGE = "too_large"
    CUT_OFF = "cut_off"
    NOT_JSON = "not_json"
    WRONG_SHAPE = "wrong_shape"
    PAGE_MISSING = "page_missing"
    ENDLESS_PAGES = "endless_pages"


TRANSIENT = frozenset({Reason.UNREACHABLE, Reason.TIMED_OUT, Reason.RATE_LIMITED, Reason.SERVER_ERROR, Reason.CUT_OFF})
"""What may pass by itself: asking again is worth it. The rest stays until a person acts."""


class SourceSilent(PrrError):
    """A service did not answer, so what was asked is unknown.

    ``until`` is when the service says that it will answer again, if it said so; the sentence tells it. The sentence
    holds nothing that the service sent and no credential: who raises it sees to that.
    """

    def __init__(self, reason: Reason, finding: str, way_out: str, *, until: datetime | None = None) -> None:
        self.reason = reason
        self.finding = finding
        self.way_out = way_out
        self.until = until
        super().__init__(f"{finding}{f' until {instant_text(until)}' if until else ''}; {way_out}.")


def without_frames(ask: Callable[[], T]) -> T:
    """Do it; a silence comes out without the frames below, in which headers and bodies stand as local variables."""
    try:
        return ask()
    except SourceSilent as silent:
        fault = silent.with_traceback(None)
        fault.__context__ = None
    raise fault from None
