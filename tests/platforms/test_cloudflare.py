"""DNS records of a host in a Cloudflare zone."""

from __future__ import annotations

from typing import Any

import pytest

from prr_pipeline.platforms.cloudflare import Cloudflare
from prr_pipeline.platforms.silence import Reason
from tests.platforms.asking import FakePace, service, silence_of
from tests.platforms.local_service import LocalService, Reply, sent
from tests.platforms.providers import dns_page

PATH = "/zones/023e105f/dns_records"


def cloudflare(server: LocalService) -> Cloudflare:
    """A zone, there."""
    return Cloudflare(service(server.url, "Cloudflare"), "023e105f", FakePace())


def record(kind: str, content: str, **changes: Any) -> dict[str, Any]:
    """A record of api.example.org."""
    return {"id": "1", "type": kind, "name": "api.example.org", "content": content, "proxied": True, "ttl": 1} | changes


def test_records_of_exactly_that_host_are_told(server: LocalService) -> None:
    """However it is written; by type and content."""
    server.at(PATH, dns_page(1, 1, record("CNAME", "edge.example.net"), record("A", "192.0.2.7", proxied=False)))
    first, second = cloudflare(server).records("API.example.org.").value
    assert (first.type, first.content, first.is_proxied) == ("A", "192.0.2.7", False)
    assert (second.type, second.content, second.is_proxied) == ("CNAME", "edge.example.net", True)
    assert server.asked[0].parameter("name.exact") == "api.example.org"


def test_no_record_is_an_answer(server: LocalService) -> None:
    """Cloudflare then counts no page at all."""
    server.at(PATH, dns_page(1, 0))
    assert cloudflare(server).records("api.example.org").value == ()


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (dns_page(1, 1, record("A", "192.0.2.7", name="other.example.org")), Reason.WRONG_SHAPE),
        (
            sent({
                "success": False, "errors": [{"code": 9109, "message": "no"}], "result": [],
                "result_info": {"page": 1, "per_page": 100, "count": 0, "total_pages": 1, "total_count": 0},
            }),
            Reason.WRONG_SHAPE,
        ),
        (sent({"success": True, "result": [], "result_info": None}), Reason.WRONG_SHAPE),
        (dns_page(2, 2), Reason.PAGE_MISSING),
        (
            sent({
                "success": True, "result": [],
                "result_info": {"page": 1, "per_page": 100, "count": 0, "total_pages": 1, "total_count": 3},
            }),
            Reason.PAGE_MISSING,
        ),
    ],
    ids=["another host", "an error with status 200", "no paging", "another page", "fewer than announced"],
)  # fmt: skip
def test_a_doubtful_list_is_a_silence(
    server: LocalService, caplog: pytest.LogCaptureFixture, reply: Reply, reason: Reason
) -> None:
    """No record may be missing from it without a word."""
    server.at(PATH, reply)
    assert silence_of(lambda: cloudflare(server).records("api.example.org"), caplog).reason is reason


def test_the_smallest_question_tells_the_zone(server: LocalService) -> None:
    """Whether Cloudflare answers at all."""
    server.at("/zones/023e105f", sent({"success": True, "errors": [], "result": {"id": "1", "name": "example.org"}}))
    assert cloudflare(server).name().value == "example.org"
