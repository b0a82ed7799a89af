"""Where a commit was deployed: since when it succeeded there, and since when another one took its place."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from itertools import pairwise
from typing import Literal

import httpx
from pydantic import AwareDatetime, TypeAdapter

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.platforms.answer import Answer
from prr_pipeline.platforms.github.repository import PER_PAGE, GitHub
from prr_pipeline.platforms.http.pages import ByLink
from prr_pipeline.platforms.http.paths import full_commit
from prr_pipeline.platforms.http.reading import Sent
from prr_pipeline.platforms.http.wire import Received

DeploymentState = Literal["error", "failure", "inactive", "in_progress", "queued", "pending", "success"]


@dataclass(frozen=True, slots=True)
class Deployment:
    """A deployment of the commit that was asked about.

    ``state`` is that of its latest status, ``queued`` if it has none. ``succeeded_at`` is its first success.
    ``superseded_at`` is when, after that, another commit succeeded in the environment or this one became inactive.
    """

    id: int
    environment: str
    created_at: datetime
    state: DeploymentState
    succeeded_at: datetime | None
    superseded_at: datetime | None


class _Deployment(Sent):
    id: int
    sha: str
    environment: str
    created_at: AwareDatetime


class _Status(Sent):
    id: int
    state: DeploymentState
    created_at: AwareDatetime


_LIST = TypeAdapter(list[_Deployment])
_STATUSES = TypeAdapter(list[_Status])


def deployments_of(github: GitHub, commit: str, environment: str) -> Answer[tuple[Deployment, ...]]:
    """The deployments of a commit to an environment, oldest first; none is an answer.

    Raises `SourceSilent`, and `Refused` for what is no full commit id.
    """
    asked = {"sha": full_commit(commit), "environment": environment}
    own = github.listed(github.path("/deployments"), _LIST, asked)
    if any(one.sha != commit or one.environment != environment for one in own.value):
        raise github.odd(own, "as it speaks of another commit or environment")
    if not own.value:
        return own.turned(lambda _: ())
    later = _later(github, environment, min(one.created_at for one in own.value))
    others = [one for one in later.value if one.sha != commit]
    found = [_followed(github, one, others) for one in sorted(own.value, key=lambda one: (one.created_at, one.id))]
    return own.joined(lambda _: tuple(found), later)


def _later(github: GitHub, environment: str, since: datetime) -> Answer[tuple[_Deployment, ...]]:
    """The environment's deployments from an instant on, oldest first.

    GitHub sends the newest first, which is checked, so that older pages need not be read.
    """
    walk = ByLink(github.service)

    def after(page: list[_Deployment], received: Received, number: int) -> httpx.URL | None:
        return None if page and page[-1].created_at < since else walk(page, received, number)

    asked: dict[str, str | int] = {"environment": environment, "per_page": PER_PAGE}
    pages = github.reader.pages(github.path("/deployments"), _LIST, after, asked)
    listed = [one for page in pages.value for one in page]
    if any(one.created_at < other.created_at for one, other in pairwise(listed)):
        raise github.odd(pages, "as its deployments are not in order")
    return pages.turned(lambda _: tuple(reversed([one for one in listed if one.created_at >= since])))


def _followed(github: GitHub, one: _Deployment, others: Iterable[_Deployment]) -> Deployment:
    statuses = _statuses(github, one.id)
    succeeded_at = _first(statuses, "success")
    ends: list[datetime] = []
    if succeeded_at is not None:
        ends = [at.created_at for at in statuses if at.state == "inactive" and at.created_at >= succeeded_at][:1]
        following = (other for other in others if (other.created_at, other.id) >= (one.created_at, one.id))
        ends += _first_success(github, following, succeeded_at)
    state: DeploymentState = statuses[-1].state if statuses else "queued"
    return Deployment(one.id, one.environment, one.created_at, state, succeeded_at, min(ends, default=None))


def _first_success(github: GitHub, others: Iterable[_Deployment], since: datetime) -> list[datetime]:
    """The first later deployment that succeeded: one is enough, so no more are asked about than needed."""
    for other in others:
        found = _first(_statuses(github, other.id), "success")
        if found is not None and found >= since:
            return [found]
    return []


def _statuses(github: GitHub, deployment: int) -> list[_Status]:
    found = github.listed(github.path(f"/deployments/{deployment}/statuses"), _STATUSES)
    return sorted(found.value, key=lambda status: (status.created_at, status.id))


def _first(statuses: Iterable[_Status], state: DeploymentState) -> datetime | None:
    return next((status.created_at for status in statuses if status.state == state), None)
