"""What GitHub says, in the words of a check's questions: checks, reviews, labels, deployments and their gates."""

from __future__ import annotations

from collections.abc import Iterable

from prr_pipeline.platforms.answer import Answer
from prr_pipeline.platforms.github import checks, deployments
from prr_pipeline.platforms.github.pulls import Pull, pulls_of
from prr_pipeline.platforms.github.repository import GitHub
from prr_pipeline.platforms.github.reviews import ReviewedPull, Verdict, reviews_of
from prr_pipeline.platforms.github.runs import EnvironmentApproval, approvals_of, runs_of
from prr_pipeline.readiness.remote_facts import Approval, CheckRun, Deployment, DeploymentState

_STATES: dict[deployments.DeploymentState, DeploymentState] = {
    "error": "failure",
    "failure": "failure",
    "inactive": "inactive",
    "in_progress": "pending",
    "pending": "pending",
    "queued": "pending",
    "success": "success",
}


def checks_at(github: GitHub, commit: str) -> Answer[tuple[CheckRun, ...]]:
    """Every check run and commit status; two of one name, by two apps, are two. Raises `SourceSilent`."""
    found = checks.checks_of(github, commit)
    return found.turned(lambda all_: tuple(CheckRun(one.name, one.state.value, one.finished_at) for one in all_))


def reviews_at(github: GitHub, commit: str) -> Answer[tuple[Approval, ...]]:
    """The deciding reviews of the change that carries the commit. Raises `SourceSilent`.

    A merge is another commit than the one that was reviewed: a review of the newest commit of the change saw all of
    what this one carries, so it is told as given at this one.
    """
    found = reviews_of(github, commit)
    carrying = {pull.number for pull in carriers((one.pull for one in found.value), commit)}
    return found.turned(
        lambda pulls: tuple(each for one in pulls if one.pull.number in carrying for each in _approvals(one, commit))
    )


def labels_at(github: GitHub, commit: str) -> Answer[tuple[str, ...]]:
    """The labels that each change that carries the commit bears; of several, those that all bear."""
    found = pulls_of(github, commit)
    borne = [set(pull.labels) for pull in carriers(found.value, commit)]
    return found.turned(lambda _: tuple(sorted(set.intersection(*borne))) if borne else ())


def carriers(pulls: Iterable[Pull], commit: str) -> list[Pull]:
    """The pull requests that brought the commit: those that are merged; before a merge, those that end in it."""
    known = list(pulls)
    merged = [pull for pull in known if pull.merged_at is not None]
    return merged or [pull for pull in known if pull.head == commit]


def deployments_to(github: GitHub, commit: str, environment: str) -> Answer[tuple[Deployment, ...]]:
    """The deployments of the commit to the environment, newest first. Raises `SourceSilent`."""
    found = deployments.deployments_of(github, commit, environment)
    return found.turned(
        lambda oldest_first: tuple(
            Deployment(commit, _STATES[one.state], one.created_at, one.succeeded_at, one.superseded_at)
            for one in reversed(oldest_first)
        )
    )


def gate_approvals(github: GitHub, commit: str, environment: str) -> Answer[tuple[Approval, ...]]:
    """What people decided at the gate of the environment, run by run, the oldest run first. Raises `SourceSilent`.

    GitHub tells no time of such a decision. Who wrote the change and who started the run count as its author. Within
    a run a refusal comes after an approval: which of the two was last is not told, so it is the refusal that holds.
    """
    runs, pulls = runs_of(github, commit), pulls_of(github, commit)
    authors = {pull.author.id for pull in carriers(pulls.value, commit) if pull.author is not None}
    decided = [approvals_of(github, run.id) for run in runs.value]
    told = [one for each in decided for one in _decisions(each.value, environment)]
    return runs.joined(lambda _: tuple(_decision(one, commit, authors) for one in told), pulls, *decided)


def _approvals(reviewed: ReviewedPull, commit: str) -> Iterable[Approval]:
    for one in reviewed.reviews:
        approved = one.verdict is Verdict.APPROVED
        at_commit = commit if one.at_head else one.commit or ""
        person = one.person
        yield Approval(person.login, approved, one.submitted_at, one.by_author, person.is_bot, at_commit)


def _decisions(approvals: Iterable[EnvironmentApproval], environment: str) -> list[EnvironmentApproval]:
    own = [one for one in approvals if one.environment == environment and one.state != "pending"]
    return sorted(own, key=lambda one: one.state == "rejected")


def _decision(one: EnvironmentApproval, commit: str, authors: set[int]) -> Approval:
    is_author = one.by_starter or one.person.id in authors
    return Approval(one.person.login, one.state == "approved", None, is_author, one.person.is_bot, commit)
