"""Who approved: latest deciding review per account, at the head, by a human who is not the author."""

from __future__ import annotations

from typing import Any

import pytest

from prr_pipeline.platforms.github.pulls import pulls_of
from prr_pipeline.platforms.github.reviews import Review, ReviewedPull, reviews_of
from prr_pipeline.platforms.silence import Reason
from tests.platforms.asking import silence_of
from tests.platforms.github.repository import BASE, HEAD, OTHER, github, pull, review, user
from tests.platforms.local_service import LocalService, sent

ANN, BEN, BOT = user(2, "ann"), user(3, "ben"), user(4, "acme[bot]", "Bot")


def reviewed(server: LocalService, *reviews: dict[str, Any], **changes: Any) -> ReviewedPull:
    """The one pull request of the head, with these reviews."""
    server.at(f"{BASE}/commits/{HEAD}/pulls", sent([pull(**changes)]))
    server.at(f"{BASE}/pulls/7/reviews", sent(list(reviews)))
    [found] = reviews_of(github(server), HEAD).value
    return found


def approvers(found: ReviewedPull) -> list[str]:
    """The logins of those whose approval counts."""
    return [one.person.login for one in found.approvals]


@pytest.mark.parametrize(
    ("reviews", "counted"),
    [
        ([review(1, ANN, "APPROVED")], ["ann"]),
        ([review(1, ANN, "APPROVED"), review(2, ANN, "COMMENTED")], ["ann"]),
        ([review(1, ANN, "APPROVED"), review(2, ANN, "CHANGES_REQUESTED")], []),
        ([review(1, ANN, "CHANGES_REQUESTED"), review(2, ANN, "APPROVED")], ["ann"]),
        ([review(1, ANN, "DISMISSED")], []),
        ([review(1, ANN, "APPROVED"), review(2, ANN, "DISMISSED")], []),
        ([review(1, ANN, "COMMENTED")], []),
        ([review(1, ANN, "PENDING", submitted_at=None)], []),
        ([review(1, ANN, "APPROVED", OTHER)], []),
        ([review(1, ANN, "APPROVED"), review(2, ANN, "CHANGES_REQUESTED", OTHER)], []),
        ([review(1, ANN, "APPROVED", commit_id=None)], []),
        ([review(2, ANN, "CHANGES_REQUESTED"), review(1, ANN, "APPROVED")], []),
        ([review(1, user(1), "APPROVED")], []),
        ([review(1, user(1, "renamed"), "APPROVED")], []),
        ([review(1, BOT, "APPROVED")], []),
        ([review(1, user(5, "org", "Organization"), "APPROVED")], []),
        ([review(1, None, "APPROVED")], []),
        ([review(1, ANN, "APPROVED"), review(2, BEN, "APPROVED")], ["ann", "ben"]),
        ([review(1, ANN, "APPROVED"), review(2, user(2, "ann2"), "CHANGES_REQUESTED")], []),
    ],
    ids=[
        "approved", "a comment decides nothing", "withdrawn", "given after all", "dismissed in place",
        "dismissed later",
        "comment alone", "not submitted", "older commit", "objection on an older commit", "no commit", "out of order",
        "author", "author renamed", "bot", "no user", "account gone", "two people", "one account, renamed",
    ],
)  # fmt: skip
def test_an_approval_counts(server: LocalService, reviews: list[dict[str, Any]], counted: list[str]) -> None:
    """Only the newest deciding word of each account, by its id."""
    assert approvers(reviewed(server, *reviews)) == counted


def test_what_does_not_count_is_shown_with_its_reason(server: LocalService) -> None:
    """So that a person sees why."""
    found = reviewed(
        server, review(1, user(1), "APPROVED"), review(2, BOT, "APPROVED"), review(3, ANN, "APPROVED", OTHER)
    )
    by_login: dict[str, Review] = {one.person.login: one for one in found.reviews}
    assert by_login["user1"].by_author
    assert by_login["acme[bot]"].person.is_bot
    assert not by_login["ann"].at_head


def test_a_pull_request_without_an_author_has_none_to_leave_out(server: LocalService) -> None:
    """The account is gone; the others still count."""
    found = reviewed(server, review(1, ANN, "APPROVED"), user=None)
    assert found.pull.author is None
    assert approvers(found) == ["ann"]


def test_every_page_of_reviews_is_read(server: LocalService) -> None:
    """An objection on the second page counts."""
    server.at(f"{BASE}/commits/{HEAD}/pulls", sent([pull()]))
    link = ("Link", f'<{server.url}{BASE}/pulls/7/reviews?page=2>; rel="next"')
    path = f"{BASE}/pulls/7/reviews"
    server.at(path, sent([review(1, ANN, "APPROVED")], link), sent([review(2, ANN, "CHANGES_REQUESTED")]))
    [found] = reviews_of(github(server), HEAD).value
    assert approvers(found) == []


def test_all_pull_requests_of_a_commit_are_told(server: LocalService) -> None:
    """By number; merged ones too, which says nothing about approval."""
    merged = pull(3, state="closed", merged_at="2026-03-01T10:00:00Z", merge_commit_sha=HEAD, head={"sha": OTHER})
    server.at(f"{BASE}/commits/{HEAD}/pulls", sent([pull(7), merged]))
    server.at(f"{BASE}/pulls/3/reviews", sent([]))
    server.at(f"{BASE}/pulls/7/reviews", sent([]))
    first, second = reviews_of(github(server), HEAD).value
    assert (first.pull.number, first.pull.is_open, first.pull.merge_commit) == (3, False, HEAD)
    assert (second.pull.number, second.pull.is_open, second.pull.base) == (7, True, "main")


def test_a_commit_of_no_pull_request_is_an_answer(server: LocalService) -> None:
    """Somebody pushed it."""
    server.at(f"{BASE}/commits/{HEAD}/pulls", sent([]))
    assert pulls_of(github(server), HEAD).value == ()


def test_reviews_that_are_not_answered_silence_the_whole(
    server: LocalService, caplog: pytest.LogCaptureFixture
) -> None:
    """One pull request's reviews are no answer for two."""
    server.at(f"{BASE}/commits/{HEAD}/pulls", sent([pull(7), pull(8)]))
    server.at(f"{BASE}/pulls/7/reviews", sent([review(1, ANN, "APPROVED")]))
    assert silence_of(lambda: reviews_of(github(server), HEAD), caplog).reason is Reason.NOT_FOUND
