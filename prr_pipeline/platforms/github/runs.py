"""Workflow runs of a commit, and who approved the environments that a run wanted to deploy to."""

from __future__ import annotations

from typing import Literal

from pydantic import TypeAdapter

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.platforms.answer import Answer
from prr_pipeline.platforms.github.repository import GitHub, Person, SentUser
from prr_pipeline.platforms.http.pages import require_total
from prr_pipeline.platforms.http.paths import full_commit
from prr_pipeline.platforms.http.reading import Sent


@dataclass(frozen=True, slots=True)
class Run:
    """A workflow run. ``starters`` are the account that started it and the one that started it again."""

    id: int
    name: str
    commit: str
    attempt: int
    status: str
    conclusion: str | None
    starters: tuple[Person, ...]
    url: str


@dataclass(frozen=True, slots=True)
class EnvironmentApproval:
    """One decision over an environment. GitHub gives no time for it."""

    environment: str
    state: Literal["approved", "rejected", "pending"]
    person: Person
    by_starter: bool

    @property
    def counts(self) -> bool:
        """Whether a human who did not start the run approved."""
        return self.state == "approved" and not (self.by_starter or self.person.is_bot)


class _Run(Sent):
    id: int
    name: str | None
    head_sha: str
    run_attempt: int
    status: str | None
    conclusion: str | None
    actor: SentUser | None
    triggering_actor: SentUser | None
    html_url: str

    def run(self) -> Run:
        starters = {user.id: user.person() for user in (self.actor, self.triggering_actor) if user}
        return Run(
            self.id, self.name or "", self.head_sha, self.run_attempt, self.status or "", self.conclusion,
            tuple(starters.values()), self.html_url,
        )  # fmt: skip


class _Runs(Sent):
    total_count: int
    workflow_runs: list[_Run]


class _Environment(Sent):
    id: int
    name: str


class _Approval(Sent):
    environments: list[_Environment]
    state: Literal["approved", "rejected", "pending"]
    user: SentUser


def runs_of(github: GitHub, commit: str) -> Answer[tuple[Run, ...]]:
    """The workflow runs of a commit, by id. Raises `SourceSilent`, `Refused`."""
    pages = github.pages(github.path("/actions/runs"), TypeAdapter(_Runs), {"head_sha": full_commit(commit)})
    runs = [run.run() for page in pages.value for run in page.workflow_runs]
    require_total(github.service, pages.address, len(runs), max(page.total_count for page in pages.value))
    if any(run.commit != commit for run in runs):
        raise github.odd(pages, "as it speaks of another commit")
    return pages.turned(lambda _: tuple(sorted(runs, key=lambda run: run.id)))


def approvals_of(github: GitHub, run: int) -> Answer[tuple[EnvironmentApproval, ...]]:
    """The decisions over a run's environments, in GitHub's order. Raises `SourceSilent`."""
    asked = github.reader.one(github.path(f"/actions/runs/{run}"), TypeAdapter(_Run))
    starters = {person.id for person in asked.value.run().starters}
    found = github.listed(github.path(f"/actions/runs/{run}/approvals"), TypeAdapter(list[_Approval]))
    return found.joined(
        lambda approvals: tuple(
            EnvironmentApproval(environment.name, one.state, one.user.person(), one.user.id in starters)
            for one in approvals
            for environment in one.environments
        ),
        asked,
    )
