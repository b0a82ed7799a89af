"""When a service says that it may be asked again: `Retry-After` and the providers' own headers."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import httpx

_LEFT = ("x-ratelimit-remaining", "ratelimit-remaining", "x-sentry-rate-limit-remaining")
_RESET = ("x-ratelimit-reset", "ratelimit-reset", "x-sentry-rate-limit-reset")
_NUMBER = re.compile(r"[0-9]{1,10}(\.[0-9]{1,6})?\Z", re.ASCII)
_EPOCH_FROM = 1_000_000_000
"""A number from here on is an instant (seconds since 1970), a smaller one a span from now."""
_LONGEST = timedelta(days=1)


def is_rate_limited(status: int, headers: httpx.Headers) -> bool:
    """Whether the answer only says "not now": 429, or a 403 that names its limit, as GitHub does."""
    if status == 403:
        return "retry-after" in headers or any(headers.get(name) == "0" for name in _LEFT)
    return status == 429


def again_at(headers: httpx.Headers, now: datetime) -> datetime | None:
    """When asking again is worth it, within a day from now; None if the service does not say."""
    after = headers.get("retry-after", "").strip()
    found = _instant(after, now) if _NUMBER.match(after) else _date(after)
    if found is None and any(headers.get(name) == "0" for name in _LEFT):
        values = (headers.get(name, "").strip() for name in _RESET)
        found = next((_instant(value, now) for value in values if _NUMBER.match(value)), None)
    return None if found is None else min(max(found, now), now + _LONGEST)


def _instant(number: str, now: datetime) -> datetime:
    seconds = float(number)
    return datetime.fromtimestamp(seconds, UTC) if seconds >= _EPOCH_FROM else now + timedelta(seconds=seconds)


def _date(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text)
    except (ValueError, IndexError, OverflowError):
        return None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
