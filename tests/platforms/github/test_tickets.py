"""Tickets with a label: all of them, and nothing that is none."""

from __future__ import annotations

from typing import Any

from prr_pipeline.platforms.github.tickets import tickets_with
from tests.platforms.asking import NOW
from tests.platforms.github.repository import BASE, WEB, github, user
from tests.platforms.local_service import LocalService, sent


def ticket(number: int, **changes: Any) -> dict[str, Any]:
    """An open ticket."""
    found = {
        "number": number, "title": f"<b>{number}</b>", "user": user(1),
        "labels": [{"name": "feedback"}, {"name": "api"}],
        "state": "open", "created_at": "2026-03-01T10:00:00Z", "closed_at": None, "html_url": f"{WEB}/issues/{number}",
    }  # fmt: skip
    return found | changes


def test_tickets_are_told_by_number(server: LocalService) -> None:
    """Open and closed; a pull request, which GitHub lists among them, is none."""
    closed = ticket(2, state="closed", closed_at="2026-03-02T10:00:00Z", user=None)
    server.at(f"{BASE}/issues", sent([ticket(9), ticket(5, pull_request={"url": "x"}), closed]))
    first, second = tickets_with(github(server), "feedback", NOW).value
    assert (first.number, first.author, first.closed_at is not None) == (2, None, True)
    assert (second.number, second.labels, second.title) == (9, ("api", "feedback"), "<b>9</b>")
    asked = dict(server.asked[0].query)
    assert asked == {"labels": "feedback", "state": "all", "since": "2026-03-02T12:00:00.000000Z", "per_page": "100"}


def test_no_instant_means_all(server: LocalService) -> None:
    """And none at all is an answer."""
    server.at(f"{BASE}/issues", sent([]))
    assert tickets_with(github(server), "feedback").value == ()
    assert server.asked[0].parameter("since") is None
