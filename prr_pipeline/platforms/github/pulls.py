"""The pull requests that carry a commit."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import AwareDatetime, TypeAdapter

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.platforms.answer import Answer
from prr_pipeline.platforms.github.repository import GitHub, Person, SentUser
from prr_pipeline.platforms.http.paths import full_commit
from prr_pipeline.platforms.http.reading import Sent


@dataclass(frozen=True, slots=True)
class Pull:
    """A pull request. ``head`` is its newest commit, ``author`` None if the account is gone.

    ``labels`` are whatever anybody wrote: to be escaped by who shows them. That it is merged (``merged_at``) says
    nothing about who agreed.
    """

    number: int
    author: Person | None
    head: str
    base: str
    is_open: bool
    is_draft: bool
    merged_at: datetime | None
    merge_commit: str | None
    url: str
    labels: tuple[str, ...]


class _Head(Sent):
    sha: str


class _Base(Sent):
    ref: str


class _Label(Sent):
    name: str


class _Pull(Sent):
    number: int
    user: SentUser | None
    head: _Head
    base: _Base
    state: Literal["open", "closed"]
    draft: bool = False
    merged_at: AwareDatetime | None
    merge_commit_sha: str | None
    html_url: str
    labels: list[_Label]

    def pull(self) -> Pull:
        return Pull(
            self.number, self.user.person() if self.user else None, self.head.sha, self.base.ref, self.state == "open",
            self.draft, self.merged_at, self.merge_commit_sha, self.html_url,
            tuple(sorted(label.name for label in self.labels)),
        )  # fmt: skip


def pulls_of(github: GitHub, commit: str) -> Answer[tuple[Pull, ...]]:
    """The pull requests with this commit, by number: as one of theirs or as their merge. None is an answer too.

    Raises `SourceSilent`, and `Refused` for what is no full commit id.
    """
    found = github.listed(github.path(f"/commits/{full_commit(commit)}/pulls"), TypeAdapter(list[_Pull]))
    return found.turned(lambda pulls: tuple(sorted((one.pull() for one in pulls), key=lambda pull: pull.number)))
