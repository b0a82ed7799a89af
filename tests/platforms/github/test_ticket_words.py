"""Words on a ticket: every comment, and who closed it."""

from __future__ import annotations

from typing import Any

import pytest

from prr_pipeline.platforms.github.ticket_words import closing_of, comments_on
from prr_pipeline.platforms.silence import SourceSilent
from tests.platforms.github.repository import BASE, WEB, github, user
from tests.platforms.local_service import LocalService, sent

AT, LATER = "2026-03-01T10:00:00Z", "2026-03-01T11:00:00Z"


def comment(number: int, **changes: Any) -> dict[str, Any]:
    """A comment that nobody edited."""
    found = {
        "id": number, "user": user(number), "body": f"word {number}", "created_at": AT, "updated_at": AT,
        "html_url": f"{WEB}/issues/7#issuecomment-{number}",
    }  # fmt: skip
    return found | changes


def closed(**changes: Any) -> dict[str, Any]:
    """A ticket that somebody closed."""
    return {"number": 7, "state": "closed", "closed_at": LATER, "closed_by": user(3, "noor")} | changes


def test_comments_come_from_every_page_in_order(server: LocalService) -> None:
    """An edited one and that of an account that is gone are told as such."""
    path = f"{BASE}/issues/7/comments"
    link = ("Link", f'<{server.url}{path}?page=2>; rel="next"')
    edited = comment(1, created_at=LATER, updated_at="2026-03-01T12:00:00Z")
    server.at(path, sent([edited], link), sent([comment(2, user=None, body=None)]))
    first, second = comments_on(github(server), 7).value
    assert (first.author, first.text, first.edited) == (None, "", False)
    assert (second.text, second.edited, second.url) == ("word 1", True, f"{WEB}/issues/7#issuecomment-1")


def test_who_closed_it_is_told(server: LocalService) -> None:
    """Nobody, of one that is open; None for an account that is gone."""
    server.at(
        f"{BASE}/issues/7", sent(closed()), sent(closed(closed_by=None)), sent(closed(state="open", closed_at=None))
    )
    found = closing_of(github(server), 7).value
    assert found is not None
    assert found.by is not None
    assert (found.by.login, found.at.hour) == ("noor", 11)
    gone = closing_of(github(server), 7).value
    assert gone is not None
    assert gone.by is None
    assert closing_of(github(server), 7).value is None


@pytest.mark.parametrize(
    "answer",
    [closed(number=8), closed(closed_at=None), closed(state="open"), {"number": 7}, []],
    ids=["another ticket", "closed without a time", "open and closed", "half a ticket", "a list"],
)
def test_an_answer_that_contradicts_the_question_is_none(server: LocalService, answer: object) -> None:
    """It is silence, whatever it says."""
    server.at(f"{BASE}/issues/7", sent(answer))
    with pytest.raises(SourceSilent):
        closing_of(github(server), 7)
