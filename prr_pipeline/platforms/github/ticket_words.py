"""What people said on a ticket: its comments, and who closed it."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import AwareDatetime, TypeAdapter

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.platforms.answer import Answer
from prr_pipeline.platforms.github.repository import GitHub, Person, SentUser
from prr_pipeline.platforms.http.reading import Sent


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment. ``edited``: changed since it was written, and GitHub does not say by whom here.

    ``text`` is whatever its author wrote: to be escaped by who shows it. ``author``: None if the account is gone.
    """

    author: Person | None
    at: datetime
    text: str
    url: str
    edited: bool


@dataclass(frozen=True, slots=True)
class Closing:
    """That a ticket is closed, since when, and by whom; None for an account that is gone."""

    by: Person | None
    at: datetime


class _Comment(Sent):
    user: SentUser | None
    body: str | None
    created_at: AwareDatetime
    updated_at: AwareDatetime
    html_url: str

    def comment(self) -> Comment:
        author = self.user.person() if self.user else None
        return Comment(author, self.created_at, self.body or "", self.html_url, self.updated_at != self.created_at)


class _Closed(Sent):
    number: int
    state: Literal["open", "closed"]
    closed_at: AwareDatetime | None
    closed_by: SentUser | None


def comments_on(github: GitHub, number: int) -> Answer[tuple[Comment, ...]]:
    """Every comment on a ticket, the oldest first. Raises `SourceSilent`."""
    found = github.listed(github.path(f"/issues/{number}/comments"), TypeAdapter(list[_Comment]))
    return found.turned(lambda sent: tuple(sorted((one.comment() for one in sent), key=lambda one: one.at)))


def closing_of(github: GitHub, number: int) -> Answer[Closing | None]:
    """Who closed a ticket and when; None for one that is open. Raises `SourceSilent`."""
    found = github.reader.one(github.path(f"/issues/{number}"), TypeAdapter(_Closed))
    sent = found.value
    if sent.number != number or (sent.state == "closed") != (sent.closed_at is not None):
        raise github.odd(found, "as it speaks of another ticket, or of one both open and closed")
    by = sent.closed_by.person() if sent.closed_by else None
    return found.turned(lambda _: Closing(by, sent.closed_at) if sent.closed_at is not None else None)
