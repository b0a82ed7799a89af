"""What a status says, in a sentence with its own way out."""

from __future__ import annotations

import dataclasses
from datetime import timedelta

import httpx
import pytest

from prr_pipeline.platforms.http.statuses import require_success
from prr_pipeline.platforms.http.wire import Received
from prr_pipeline.platforms.silence import Reason
from tests.platforms.asking import NOW, require_one_sentence, service, silence_of

SHOP = service("https://api.example.org")


def received(status: int, **headers: str) -> Received:
    """An answer of that status."""
    url = httpx.URL("https://api.example.org/x")
    return Received(status, httpx.Headers(headers), b"", url, str(url))


def test_success_is_200_alone() -> None:
    """Nothing is raised."""
    require_success(SHOP, received(200), NOW)


@pytest.mark.parametrize(
    ("status", "finding", "way_out"),
    [
        (401, "refused the token in PRR_SHOP_TOKEN", "renew the token in PRR_SHOP_TOKEN"),
        (403, "does not let the token in PRR_SHOP_TOKEN read this", "the rights that docs/platforms.md lists"),
        (404, "knows no such thing, or does not show it", "correct the name in platforms.shop"),
        (409, "the unexpected status 409", "platforms.shop names the API itself"),
        (429, "is rate limited", "ask again then"),
        (502, "is out of order (status 502)", "ask again later"),
    ],
)
def test_each_status_has_its_way_out(caplog: pytest.LogCaptureFixture, status: int, finding: str, way_out: str) -> None:
    """With the variable or the section to look at."""
    silent = silence_of(lambda: require_success(SHOP, received(status), NOW), caplog)
    assert finding in silent.finding
    assert way_out in silent.way_out


@pytest.mark.parametrize("status", [401, 403, 404])
def test_a_caller_without_a_token_is_told_so(caplog: pytest.LogCaptureFixture, status: int) -> None:
    """Not to renew what it has not."""
    nobody = dataclasses.replace(SHOP, credential=None)
    silent = silence_of(lambda: require_success(nobody, received(status), NOW), caplog)
    require_one_sentence(silent)
    assert "token" not in str(silent)
    assert "platforms.shop" in silent.way_out


def test_a_service_that_says_when_it_is_back_is_believed(caplog: pytest.LogCaptureFixture) -> None:
    """Also while it is only out of order."""
    answer = received(503, **{"Retry-After": "60"})
    silent = silence_of(lambda: require_success(SHOP, answer, NOW), caplog)
    assert (silent.reason, silent.until) == (Reason.SERVER_ERROR, NOW + timedelta(minutes=1))
    assert "is out of order (status 503) until 2026-03-02T12:01:00" in str(silent)
