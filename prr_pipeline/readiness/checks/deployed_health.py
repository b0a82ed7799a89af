"""A deployed service answers: its hosts have records, it is healthy in this very version, its smoke test passed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from prr_pipeline.canonical import digest
from prr_pipeline.readiness.answers import answered
from prr_pipeline.readiness.deployed_facts import deployment_fault, deployments_of, judged_commit, of_stage
from prr_pipeline.readiness.discovery import service_names
from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.findings import listed, met, shown, unknown, unmet
from prr_pipeline.readiness.model import Finding, Reason
from prr_pipeline.readiness.parameters import Parameters
from prr_pipeline.readiness.registry import check
from prr_pipeline.readiness.remote_facts import CheckRun, ChecksAt, Health, HealthOf, RecordsOf
from prr_pipeline.readiness.several import each_of
from prr_pipeline.readiness.sources import NotSeen, Sources
from prr_pipeline.readiness.spoken import speaks_of
from prr_pipeline.subjects import Subject

_COMMIT = re.compile(r"[0-9a-f]{7,40}\Z")


class HostsHaveRecords(Parameters):
    """``hosts``: stage to the service's host there. ``stages``: those that must have a record."""

    hosts: dict[str, str]
    stages: list[str]


class DeployIsHealthy(Parameters):
    """``path``: where the service tells its health at the host of the stage."""

    environments: dict[str, str]
    hosts: dict[str, str]
    stage: str
    path: str


class SmokeTestPassed(Parameters):
    """``words``: what names a smoke test among the checks of CI. ``stages``: all that there are."""

    environments: dict[str, str]
    stage: str
    stages: list[str]
    words: list[str]


@check("hosts_have_records", HostsHaveRecords)
def hosts_have_records(sources: Sources, facts: Facts, subject: Subject, parameters: HostsHaveRecords) -> Finding:
    """The service's host of each stage has an address or alias."""
    hosts = [sources.fill(of_stage(parameters.hosts, stage, "host"), subject) for stage in parameters.stages]

    def fault(host: str) -> str | None:
        return None if answered(facts, RecordsOf(host)).value else host

    items = each_of(hosts, fault)
    items.require()
    judged = digest([subject.name, items.rows])
    if items.wrong:
        return unmet(f"There is no record of {listed(items.wrong)}; create it.", judged)
    return met(f"There are records of {listed(hosts)}.", judged)


@check("deploy_is_healthy", DeployIsHealthy, version=2)
def deploy_is_healthy(sources: Sources, facts: Facts, subject: Subject, parameters: DeployIsHealthy) -> Finding:
    """This commit was deployed to the stage, and the health address there answers 200 in its version."""
    commit = judged_commit(sources, facts)
    environment = of_stage(parameters.environments, parameters.stage, "environment")
    host = sources.fill(of_stage(parameters.hosts, parameters.stage, "host"), subject)
    where = f"https://{host}{parameters.path}"

    def fault(item: str) -> str | None:
        if item == "deployment":
            return deployment_fault(deployments_of(facts, subject, environment, commit).value)
        return _health_fault(answered(facts, HealthOf(host, parameters.path)).value, commit)

    items = each_of(("deployment", "health"), fault)
    items.require()
    judged = digest([subject.name, environment, commit, host, items.rows])
    faults = {
        "deployment": f"{commit[:12]} {items.faults.get('deployment')}",
        "health": f"{where} {items.faults.get('health')}",
    }
    wrong = [text for item, text in faults.items() if items.faults.get(item) is not None]
    if wrong:
        return unmet(f"In {environment}: {listed(wrong)}; deploy this commit until it answers.", judged)
    return met(f"{where} answers 200 as {commit[:12]}, which was deployed to {environment}.", judged)


@check("smoke_test_passed", SmokeTestPassed, version=2)
def smoke_test_passed(sources: Sources, facts: Facts, subject: Subject, parameters: SmokeTestPassed) -> Finding:
    """Each smoke test of the service against the stage succeeded at this commit, after it was deployed there."""
    commit = judged_commit(sources, facts)
    environment = of_stage(parameters.environments, parameters.stage, "environment")
    answer = answered(facts, ChecksAt(commit))
    runs = _smoke_tests(answer.value, service_names(sources), subject, parameters)
    judged = digest([subject.name, commit, [[run.name, run.state] for run in runs]])
    failed = [run.name for run in runs if run.state == "failure"]
    if failed:
        return unmet(f"{listed(failed)} failed at {commit[:12]} ({answer.source}); mend what it shows.", judged)
    unseen = [f"{run.name} is {run.state}" for run in runs if run.state != "success"]
    if unseen or not runs:
        why = listed(unseen) if runs else f"no check names a smoke test of {subject.name}"
        message = f"At {commit[:12]} {why} ({answer.source}); let it run against {parameters.stage} to its end."
        return unknown(Reason.NO_EVIDENCE, message, judged)
    deployed = [
        each.succeeded_at
        for each in deployments_of(facts, subject, environment, commit).value
        if each.succeeded_at is not None
    ]
    early = [run.name for run in runs if not any(run.finished_at and at <= run.finished_at for at in deployed)]
    if early:
        message = (
            f"{listed(early)} is not known to have run after {commit[:12]} was deployed to {environment}; run it again."
        )
        return unknown(Reason.STALE, message, judged)
    return met(f"{listed([run.name for run in runs])} succeeded at {commit[:12]} ({answer.source}).", judged)


def _health_fault(health: Health, commit: str) -> str | None:
    """What is wrong with an answer. Raises `NotSeen` for a healthy one that does not say which commit it is."""
    version = (health.version or "").casefold()
    if health.status != 200:
        return f"answers {health.status}"
    if _COMMIT.match(version):
        return None if commit.startswith(version) else f"answers as {version[:12]}"
    told = f"calls itself {shown(version, 40)!r}" if version else "tells no version"
    message = f"The service is healthy and {told}, so it may be another commit; let it tell the commit that it runs."
    raise NotSeen(Reason.NO_EVIDENCE, message)


def _smoke_tests(
    runs: Sequence[CheckRun], services: Sequence[str], subject: Subject, parameters: SmokeTestPassed
) -> list[CheckRun]:
    """Those that name the service; where none does, those that name no service at all. Never one of another stage."""
    others = [stage for stage in parameters.stages if stage != parameters.stage]
    smoke = [run for run in runs if speaks_of(run.name, parameters.words) and not _is_of(run, others, parameters)]
    own = [run for run in smoke if subject.name in _named(run, services)]
    return own or [run for run in smoke if not any(_named(run, services))]


def _is_of(run: CheckRun, others: Sequence[str], parameters: SmokeTestPassed) -> bool:
    names = [name for stage in others for name in (stage, parameters.environments.get(stage, stage))]
    return speaks_of(run.name, names) and not speaks_of(run.name, [parameters.stage])


def _named(run: CheckRun, services: Sequence[str]) -> Iterator[str]:
    """The services that a check names, whole words only; ``billing-core`` does not name ``billing``."""
    for service in services:
        if re.search(rf"(?<![\w-]){re.escape(service)}(?![\w-])", run.name, re.IGNORECASE):
            yield service
