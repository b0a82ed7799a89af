"""When a service may be asked again, by each of the headers that say so."""

from __future__ import annotations

from datetime import datetime, timedelta

import httpx
import pytest

from prr_pipeline.platforms.http.rate_limits import again_at, is_rate_limited
from tests.platforms.asking import NOW

EPOCH = str(int((NOW + timedelta(seconds=90)).timestamp()))


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "120"}, 120),
        ({"Retry-After": "1.5"}, 1.5),
        ({"Retry-After": "Mon, 02 Mar 2026 12:00:30 GMT"}, 30),
        ({"Retry-After": "Mon, 02 Mar 2026 11:59:00 GMT"}, 0),
        ({"Retry-After": "9999999"}, 86_400),
        ({"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": EPOCH}, 90),
        ({"ratelimit-remaining": "0", "ratelimit-reset": "15"}, 15),
        ({"X-Sentry-Rate-Limit-Remaining": "0", "X-Sentry-Rate-Limit-Reset": EPOCH}, 90),
        ({"Retry-After": "5", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": EPOCH}, 5),
        ({"Retry-After": "soon", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": EPOCH}, 90),
    ],
)
def test_the_instant_is_read(headers: dict[str, str], seconds: float) -> None:
    """A span or an instant, at least now and at most a day ahead; `Retry-After` first."""
    assert again_at(httpx.Headers(headers), NOW) == NOW + timedelta(seconds=seconds)


@pytest.mark.parametrize(
    "headers",
    [
        {}, {"Retry-After": "soon"}, {"Retry-After": "-5"}, {"Retry-After": "1e99"}, {"Retry-After": "٥"},
        {"Retry-After": "Mon, 99 Foo 9999"}, {"X-RateLimit-Remaining": "17", "X-RateLimit-Reset": EPOCH},
        {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "tomorrow"}, {"X-RateLimit-Reset": EPOCH},
    ],
    ids=str,
)  # fmt: skip
def test_what_says_nothing_is_none(headers: dict[str, str]) -> None:
    """Nor does a limit that is not used up."""
    pairs = [(key.encode(), value.encode()) for key, value in headers.items()]
    assert again_at(httpx.Headers(pairs), NOW) is None


@pytest.mark.parametrize(
    ("status", "headers", "limited"),
    [
        (429, {}, True),
        (403, {"X-RateLimit-Remaining": "0"}, True),
        (403, {"Retry-After": "60"}, True),
        (403, {"X-RateLimit-Remaining": "12"}, False),
        (403, {}, False),
        (500, {"Retry-After": "60"}, False),
    ],
)
def test_a_limit_is_told_from_a_refusal(status: int, headers: dict[str, str], limited: bool) -> None:
    """GitHub answers both with 403."""
    assert is_rate_limited(status, httpx.Headers(headers)) is limited


def test_an_instant_is_aware() -> None:
    """A date without a zone counts as UTC, as the header's form says."""
    found = again_at(httpx.Headers({"Retry-After": "Mon, 02 Mar 2026 12:00:30 -0000"}), NOW)
    assert found == datetime(2026, 3, 2, 12, 0, 30, tzinfo=NOW.tzinfo)
