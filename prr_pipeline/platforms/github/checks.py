"""Checks of a commit: check runs and commit statuses, all of them, each in its latest attempt."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Literal, TypeVar

from pydantic import AwareDatetime, TypeAdapter

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.platforms.answer import Answer
from prr_pipeline.platforms.github.repository import GitHub
from prr_pipeline.platforms.http.pages import require_total
from prr_pipeline.platforms.http.paths import full_commit
from prr_pipeline.platforms.http.reading import Sent


class CheckState(StrEnum):
    """What became of a check. Only ``success`` is success: a skipped or neutral one has looked at nothing."""

    SUCCESS = "success"
    FAILURE = "failure"
    PENDING = "pending"
    SKIPPED = "skipped"
    NEUTRAL = "neutral"


@dataclass(frozen=True, slots=True)
class CheckResult:
    """The latest attempt of one check. ``app`` is the slug of the app that ran it, empty for a commit status."""

    kind: Literal["check_run", "status"]
    app: str
    name: str
    state: CheckState
    finished_at: datetime | None
    url: str


class _App(Sent):
    id: int
    slug: str = ""


class _Run(Sent):
    id: int
    name: str
    head_sha: str
    status: Literal["queued", "in_progress", "completed", "waiting", "requested", "pending"]
    conclusion: (
        Literal[
            "success", "failure", "neutral", "cancelled", "skipped", "timed_out", "action_required", "stale",
            "startup_failure",
        ]
        | None
    )  # fmt: skip
    completed_at: AwareDatetime | None
    html_url: str | None
    app: _App | None

    def result(self) -> CheckResult:
        words = {word.value: word for word in CheckState}
        state = words.get(self.conclusion or "", CheckState.FAILURE)
        if self.status != "completed":
            state = CheckState.PENDING
        app = self.app.slug if self.app else ""
        return CheckResult("check_run", app, self.name, state, self.completed_at, self.html_url or "")


class _Runs(Sent):
    total_count: int
    check_runs: list[_Run]


class _Status(Sent):
    id: int
    context: str
    state: Literal["success", "failure", "error", "pending"]
    updated_at: AwareDatetime
    target_url: str | None

    def result(self) -> CheckResult:
        state = CheckState.FAILURE if self.state == "error" else CheckState(self.state)
        ended_at = None if state is CheckState.PENDING else self.updated_at
        return CheckResult("status", "", self.context, state, ended_at, self.target_url or "")


class _Statuses(Sent):
    sha: str
    total_count: int
    statuses: list[_Status]


_N = TypeVar("_N", _Run, _Status)


def checks_of(github: GitHub, commit: str) -> Answer[tuple[CheckResult, ...]]:
    """Every check of a commit from both interfaces, sorted by kind, app and name. Raises `SourceSilent`, `Refused`."""
    runs = _runs(github, full_commit(commit))
    statuses = _statuses(github, commit)
    found = [*(run.result() for run in runs.value), *(status.result() for status in statuses.value)]
    return runs.joined(lambda _: tuple(sorted(found, key=lambda one: (one.kind, one.app, one.name))), statuses)


def _runs(github: GitHub, commit: str) -> Answer[tuple[_Run, ...]]:
    pages = github.pages(github.path(f"/commits/{commit}/check-runs"), TypeAdapter(_Runs), {"filter": "all"})
    runs = [run for page in pages.value for run in page.check_runs]
    require_total(github.service, pages.address, len(runs), max(page.total_count for page in pages.value))
    if any(run.head_sha != commit for run in runs):
        raise github.odd(pages, "as it speaks of another commit")
    latest = _latest((run.app.id if run.app else 0, run.name, run) for run in runs)
    return pages.turned(lambda _: latest)


def _statuses(github: GitHub, commit: str) -> Answer[tuple[_Status, ...]]:
    pages = github.pages(github.path(f"/commits/{commit}/status"), TypeAdapter(_Statuses))
    statuses = [status for page in pages.value for status in page.statuses]
    require_total(github.service, pages.address, len(statuses), max(page.total_count for page in pages.value))
    if any(page.sha != commit for page in pages.value):
        raise github.odd(pages, "as it speaks of another commit")
    latest = _latest((0, status.context, status) for status in statuses)
    return pages.turned(lambda _: latest)


def _latest(found: Iterable[tuple[int, str, _N]]) -> tuple[_N, ...]:
    """The newest of each app and name. Ids grow, while an attempt that waits has no time yet."""
    newest: dict[tuple[int, str], _N] = {}
    for app, name, one in found:
        other = newest.get((app, name))
        if other is None or one.id > other.id:
            newest[app, name] = one
    return tuple(newest.values())
