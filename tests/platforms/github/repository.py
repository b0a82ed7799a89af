"""A repository on a local service, and things as GitHub's documentation shows them, less what is not read."""

from __future__ import annotations

from typing import Any

from prr_pipeline.platforms.github.repository import GitHub
from tests.platforms.asking import FakePace, service
from tests.platforms.local_service import LocalService
from tests.platforms.providers import COMMIT

HEAD = COMMIT
OTHER = "b" * 40
BASE = "/repos/acme/shop"
WEB = "https://github.example/acme/shop"


def github(server: LocalService) -> GitHub:
    """The repository acme/shop, there."""
    return GitHub(service(server.url, "GitHub"), "acme", "shop", FakePace())


def user(number: int, login: str = "", kind: str = "User") -> dict[str, Any]:
    """An account."""
    return {"id": number, "login": login or f"user{number}", "type": kind}


def pull(number: int = 7, author: int = 1, **changes: Any) -> dict[str, Any]:
    """An open pull request whose newest commit is `HEAD`."""
    found = {
        "number": number, "state": "open", "draft": False, "user": user(author), "head": {"sha": HEAD, "ref": "topic"},
        "base": {"sha": OTHER, "ref": "main"}, "merged_at": None, "merge_commit_sha": None,
        "html_url": f"{WEB}/pull/{number}", "labels": [],
    }  # fmt: skip
    return found | changes


def review(
    number: int, person: dict[str, Any] | None, state: str, commit: str = HEAD, **changes: Any
) -> dict[str, Any]:
    """A review; its number is also the minute at which it was submitted."""
    at = f"2026-03-02T10:{number:02}:00Z"
    found = {"id": number, "user": person, "state": state, "commit_id": commit, "submitted_at": at, "body": ""}
    return found | changes
