"""Tickets with a label: where the feedback of customers is gathered."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import AwareDatetime, TypeAdapter

from prr_pipeline.canonical import instant_text
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.platforms.answer import Answer
from prr_pipeline.platforms.github.repository import GitHub, Person, SentUser
from prr_pipeline.platforms.http.reading import Sent


@dataclass(frozen=True, slots=True)
class Ticket:
    """A ticket. ``title``, ``labels`` and ``body`` are whatever anybody wrote: to be escaped by who shows them."""

    number: int
    title: str
    author: Person | None
    labels: tuple[str, ...]
    created_at: datetime
    closed_at: datetime | None
    url: str
    body: str = ""


class _Label(Sent):
    name: str


class _Ticket(Sent):
    number: int
    title: str
    user: SentUser | None
    labels: list[_Label]
    state: Literal["open", "closed"]
    created_at: AwareDatetime
    closed_at: AwareDatetime | None
    html_url: str
    pull_request: dict[str, Any] | None = None
    body: str | None = None

    def ticket(self) -> Ticket:
        labels = tuple(sorted(label.name for label in self.labels))
        author = self.user.person() if self.user else None
        times = (self.created_at, self.closed_at)
        return Ticket(self.number, self.title, author, labels, *times, self.html_url, self.body or "")


def tickets_with(github: GitHub, label: str, since: datetime | None = None) -> Answer[tuple[Ticket, ...]]:
    """The tickets with a label, open and closed, by number; only those changed since an aware instant, if given.

    Pull requests, which GitHub lists among them, are left out. Raises `SourceSilent`.
    """
    asked = {"labels": label, "state": "all"} | ({"since": instant_text(since)} if since else {})
    found = github.listed(github.path("/issues"), TypeAdapter(list[_Ticket]), asked)
    return found.turned(
        lambda sent: tuple(
            sorted((one.ticket() for one in sent if one.pull_request is None), key=lambda one: one.number)
        )
    )
