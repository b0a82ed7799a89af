"""What is deployed where: the judged commit in an environment, and the hosts of a service by stage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from prr_pipeline.readiness.answers import answered
from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.model import Reason
from prr_pipeline.readiness.remote_facts import Answer, Deployment, DeploymentsTo
from prr_pipeline.readiness.sources import NotDeclared, NotSeen, Sources
from prr_pipeline.subjects import Subject


def judged_commit(sources: Sources, facts: Facts) -> str:
    """The commit that is judged. Raises `NotSeen` for a working tree, which nobody deploys."""
    # Noted is that there is a commit, not which: that somebody may be asked keeps the verdict from being remembered.
    _asked, commit = facts.remote, sources.snapshot.commit
    if commit is None:
        raise NotSeen(Reason.NO_EVIDENCE, "A working tree was never deployed; judge a commit with --commit.")
    return commit


def deployments_of(facts: Facts, subject: Subject, environment: str, commit: str) -> Answer[tuple[Deployment, ...]]:
    """The deployments of that very commit, newest first. Raises `NotSeen`, so for one that ended before it began."""
    found = answered(facts, DeploymentsTo(subject.name, commit, environment))
    own = tuple(each for each in found.value if each.commit == commit)
    odd = next((each for each in own if each.succeeded_at is not None and each.succeeded_at < each.created_at), None)
    if odd is not None:
        message = (
            f"By {found.source} the deployment of {commit[:12]} to {environment} succeeded before it was made "
            f"({odd.created_at:%Y-%m-%d %H:%M} UTC); record its real times."
        )
        raise NotSeen(Reason.UNREADABLE, message)
    return Answer(own, found.read_at, found.source)


def deployment_fault(deployments: Sequence[Deployment]) -> str | None:
    """Why the newest of a commit's deployments is no success, in a few words. Raises `NotSeen` while that is open.

    One that was superseded later succeeded none the less.
    """
    if not deployments:
        return "was not deployed there"
    newest = deployments[0]
    if newest.state == "failure":
        return "failed there"
    if newest.succeeded_at is not None:
        return None
    state = "has not ended" if newest.state == "pending" else f"is {newest.state}, with no time of success"
    raise NotSeen(Reason.NO_EVIDENCE, f"The deployment of {newest.commit[:12]} {state}; wait for it, then judge again.")


def of_stage(table: Mapping[str, str], stage: str, what: str) -> str:
    """What a table of the profile says of a stage. Raises `NotDeclared`."""
    if stage not in table:
        known = ", ".join(sorted(table)) or "none"
        raise NotDeclared(f"The profile declares no {what} for the stage {stage} (declared: {known}); add it.")
    return table[stage]
