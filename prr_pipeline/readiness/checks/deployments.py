"""The way of a commit to production: deployed to a stage, left there for long enough, let through the gate."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated

from msgspec import Meta

from prr_pipeline.canonical import digest
from prr_pipeline.readiness.answers import answered
from prr_pipeline.readiness.deployed_facts import deployment_fault, deployments_of, judged_commit, of_stage
from prr_pipeline.readiness.deploys import is_human
from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.findings import listed, met, unmet
from prr_pipeline.readiness.model import Finding
from prr_pipeline.readiness.parameters import Parameters
from prr_pipeline.readiness.registry import check
from prr_pipeline.readiness.remote_facts import Approval, Deployment, GateApprovals
from prr_pipeline.readiness.sources import Sources
from prr_pipeline.subjects import Subject


class DeploySucceeded(Parameters):
    """``environments``: stage to deployment environment. ``stage``: the one that is asked for."""

    environments: dict[str, str]
    stage: str


class DeploySoaked(Parameters):
    """``hours``: how long no other commit may have replaced it."""

    environments: dict[str, str]
    stage: str
    hours: Annotated[int, Meta(ge=1)]


class GateIsApproved(Parameters):
    """``approvals``: how many people who are not the author must have let the commit through."""

    environments: dict[str, str]
    stage: str
    approvals: Annotated[int, Meta(ge=1)]


@check("deploy_succeeded", DeploySucceeded, version=2)
def deploy_succeeded(sources: Sources, facts: Facts, subject: Subject, parameters: DeploySucceeded) -> Finding:
    """The newest deployment of this commit to the stage succeeded."""
    commit = judged_commit(sources, facts)
    environment = of_stage(parameters.environments, parameters.stage, "environment")
    found = deployments_of(facts, subject, environment, commit)
    fault = deployment_fault(found.value)
    judged = digest([subject.name, environment, commit, fault])
    if fault is not None:
        message = f"By {found.source} {commit[:12]} {fault} ({environment}); deploy this commit until it succeeds."
        return unmet(message, judged)
    return met(f"By {found.source} {commit[:12]} was deployed to {environment}.", judged)


@check("deploy_soaked", DeploySoaked, version=2)
def deploy_soaked(sources: Sources, facts: Facts, subject: Subject, parameters: DeploySoaked) -> Finding:
    """This commit was live in the stage for so many hours without another one over it."""
    commit = judged_commit(sources, facts)
    environment = of_stage(parameters.environments, parameters.stage, "environment")
    found = deployments_of(facts, subject, environment, commit)
    longest = max((_live(each, found.read_at) for each in found.value), default=timedelta(0))
    hours = longest // timedelta(hours=1)
    judged = digest([subject.name, environment, commit, parameters.hours, hours >= parameters.hours])
    if hours >= parameters.hours:
        message = f"By {found.source} {commit[:12]} was live in {environment} for {hours} h without another over it."
        return met(message, judged, (), hours=hours)
    if not any(each.succeeded_at for each in found.value):
        deployment_fault(found.value)
        message = f"By {found.source} {commit[:12]} was never live in {environment}; deploy it there and leave it."
        return unmet(message, judged, (), hours=0)
    message = f"By {found.source} {commit[:12]} was live in {environment} for {hours} of {parameters.hours} h"
    return unmet(f"{message}{_until(found.value, parameters.hours)}.", judged, (), hours=hours)


@check("gate_is_approved", GateIsApproved, version=2)
def gate_is_approved(sources: Sources, facts: Facts, subject: Subject, parameters: GateIsApproved) -> Finding:
    """People who did not write the change let this commit through the gate of the stage, and nobody refused it."""
    commit = judged_commit(sources, facts)
    environment = of_stage(parameters.environments, parameters.stage, "environment")
    found = answered(facts, GateApprovals(subject.name, commit, environment))
    latest: dict[str, Approval] = {}
    for each in _by_time(found.value):
        if each.at_commit == commit and is_human(each) and not each.is_author and each.person != facts.author:
            latest[each.person] = each
    approved = sorted(person for person, each in latest.items() if each.approved)
    refused = sorted(person for person, each in latest.items() if not each.approved)
    judged = digest([subject.name, environment, commit, list[object](approved), list[object](refused)])
    if refused:
        message = (
            f"By {found.source} {listed(refused)} refused {commit[:12]} at the gate of {environment}; settle that."
        )
        return unmet(message, judged)
    if len(approved) < parameters.approvals:
        seen = f"{len(approved)} of {parameters.approvals} people who did not write it"
        message = f"By {found.source} {seen} let {commit[:12]} through the gate of {environment}; ask a reviewer."
        return unmet(message, judged)
    return met(f"By {found.source} {listed(approved)} let {commit[:12]} through to {environment}.", judged)


def _by_time(approvals: Sequence[Approval]) -> Sequence[Approval]:
    """Oldest first; as they were told where not all of them bear a time."""
    timed = [(each.at, each) for each in approvals if each.at is not None]
    return [each for _, each in sorted(timed, key=lambda one: one[0])] if len(timed) == len(approvals) else approvals


def _live(deployment: Deployment, read_at: datetime) -> timedelta:
    """How long it was seen to be live: what happened after the answer was read is not known."""
    if deployment.succeeded_at is None or deployment.state == "failure":
        return timedelta(0)
    return max((deployment.superseded_at or read_at) - deployment.succeeded_at, timedelta(0))


def _until(deployments: Sequence[Deployment], hours: int) -> str:
    """When the time is over, for one that is live."""
    live = [each.succeeded_at for each in deployments if each.succeeded_at and each.superseded_at is None]
    if not live:
        return " before another commit was deployed over it; deploy it again and leave it"
    return f"; leave it until {min(live) + timedelta(hours=hours):%Y-%m-%d %H:%M} UTC"
