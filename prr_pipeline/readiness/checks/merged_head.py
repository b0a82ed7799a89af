"""The commit that goes out: its checks are green, and a person other than its author approved all of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated

from msgspec import Meta

from prr_pipeline.canonical import digest
from prr_pipeline.readiness.answers import answered
from prr_pipeline.readiness.deploys import deploy_of, human_approvals
from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.findings import listed, met, unknown, unmet
from prr_pipeline.readiness.model import Finding, Reason
from prr_pipeline.readiness.parameters import Parameters
from prr_pipeline.readiness.registry import check
from prr_pipeline.readiness.remote_facts import CheckRun, ChecksAt, CheckState, ReviewsOf
from prr_pipeline.readiness.sources import Sources
from prr_pipeline.subjects import Subject

_WORST: Sequence[CheckState] = ("failure", "skipped", "neutral", "pending", "success")
"""Of several checks of one name, by several apps, the worst counts."""


class HeadIsGreen(Parameters):
    """``required``: names of checks. ``prefix`` and ``min_count``: of those that begin so, how many there must be."""

    required: Annotated[list[str], Meta(min_length=1)]
    prefix: str
    min_count: Annotated[int, Meta(ge=0)]


class HeadIsApproved(Parameters):
    """``approvals``: how many people who are not the author."""

    approvals: Annotated[int, Meta(ge=1)]


@check("head_is_green", HeadIsGreen, version=2)
def head_is_green(_sources: Sources, facts: Facts, subject: Subject, parameters: HeadIsGreen) -> Finding:
    """Each required check and each convention check succeeded at the deploy's commit, and there are enough of them.

    What was skipped, or ended as neutral, has looked at nothing and is no success.
    """
    deploy = deploy_of(facts, subject)
    answer = answered(facts, ChecksAt(deploy.commit))
    states = _states(answer.value)
    conventions = [name for name in states if name.startswith(parameters.prefix)]
    wanted = list(dict.fromkeys((*parameters.required, *sorted(conventions))))
    judged = digest([deploy.commit, [[name, states.get(name)] for name in wanted]])
    where = f"at {deploy.commit[:12]} ({answer.source})"
    counts = {"conventions": len(conventions), "checks": len(states)}
    faults = [f"{name} {_word(states.get(name))}" for name in wanted if states.get(name) not in ("success", "pending")]
    if len(conventions) < parameters.min_count:
        faults.append(f"{len(conventions)} of {parameters.min_count} convention checks ({parameters.prefix}...) ran")
    if faults:
        return unmet(f"Not green {where}: {listed(faults)}; get each to success at this commit.", judged, (), **counts)
    waiting = [name for name in wanted if states.get(name) == "pending"]
    if waiting:
        message = f"{listed(waiting)} has not ended {where}; wait for it, then judge again."
        return unknown(Reason.NO_EVIDENCE, message, judged, (), **counts)
    return met(
        f"{len(wanted)} checks, {len(conventions)} of conventions among them, are green {where}.", judged, (), **counts
    )


@check("head_is_approved", HeadIsApproved, version=2)
def head_is_approved(_sources: Sources, facts: Facts, subject: Subject, parameters: HeadIsApproved) -> Finding:
    """People who did not write it approved the newest commit of the change that the deploy carries, and still do."""
    deploy = deploy_of(facts, subject)
    answer = answered(facts, ReviewsOf(deploy.commit))
    people = human_approvals(answer.value, deploy.commit)
    judged = digest([deploy.commit, list[object](people)])
    where = f"{deploy.commit[:12]} ({answer.source})"
    if len(people) >= parameters.approvals:
        return met(f"{listed(people)} approved {where}.", judged)
    had = f"{len(people)} of {parameters.approvals} people who are not the author" if people else "No such person"
    others = " (bots, authors and reviews of an older push do not count)" if answer.value else ""
    return unmet(f"{had} approved {where}{others}; ask a reviewer to approve the last push.", judged)


def _states(runs: Sequence[CheckRun]) -> Mapping[str, CheckState]:
    states: dict[str, CheckState] = {}
    for run in runs:
        states[run.name] = min(states.get(run.name, run.state), run.state, key=_WORST.index)
    return states


def _word(state: CheckState | None) -> str:
    if state is None:
        return "did not run"
    return "failed" if state == "failure" else f"ended as {state}"
