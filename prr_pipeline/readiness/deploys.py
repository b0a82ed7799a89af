"""What goes out with a deploy: its commit, the packages that changed, and the services that change with them."""

from __future__ import annotations

from collections.abc import Iterable

from prr_pipeline.readiness.deploy_packages import Package, only_versions_changed, packages_at
from prr_pipeline.readiness.discovery import service_names
from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.model import Reason
from prr_pipeline.readiness.release_facts import DeployAbsent, DeployFact
from prr_pipeline.readiness.remote_facts import Approval
from prr_pipeline.readiness.sources import NotSeen, Sources
from prr_pipeline.repository.globs import matches
from prr_pipeline.subjects import Subject


def deploy_of(facts: Facts, subject: Subject) -> DeployFact:
    """The deploy that a subject names. Raises `NotSeen` where nobody looked, and for a tag that is not there."""
    if facts.deploys is None:
        raise NotSeen(Reason.NO_EVIDENCE, f"Nobody looked for the release {subject.name}; judge in its repository.")
    found = facts.deploys.of(subject.name)
    if isinstance(found, DeployAbsent):
        raise NotSeen(found.reason, found.message)
    return found


def released_package(sources: Sources, deploy: DeployFact) -> Package | None:
    """The package that a tag such as ``identity@1.4.0`` releases; None for a release of the whole repository."""
    name = deploy.name.rpartition("@")[0]
    return next((one for one in packages_at(sources, deploy) if name and one.is_called(name)), None)


def changed_packages(sources: Sources, deploy: DeployFact, ignored: Iterable[str]) -> tuple[Package, ...]:
    """The packages in which something changed since the base but what is ignored and the versions of packages."""
    packages = packages_at(sources, deploy)
    globs = tuple(ignored)
    found = {
        package
        for path in deploy.changed
        if not any(matches(pattern, path) for pattern in globs)
        and (package := _package_of(path, packages)) is not None
        and not only_versions_changed(deploy, path, packages)
    }
    return tuple(sorted(found, key=lambda one: one.folder))


def deployed_services(sources: Sources, deploy: DeployFact, ignored: Iterable[str]) -> tuple[str, ...]:
    """The services that change with the deploy, themselves or through a package of the repository that they use.

    The release of one package concerns that service alone; a first release concerns them all.
    """
    at_deploy = sources.of("sources at a deploy", deploy, lambda: Sources(deploy.snapshot, sources.profile))
    template = str(sources.profile.value("paths.service"))
    folders = {template.replace("{service}", name): name for name in service_names(at_deploy)}
    if deploy.base is None:
        return tuple(folders.values())
    own = released_package(sources, deploy)
    if own is not None:
        return (folders[own.folder],) if own.folder in folders else ()
    packages = packages_at(sources, deploy)
    reached = {one.name for one in changed_packages(sources, deploy, ignored)}
    while more := {one.name for one in packages if one.uses & reached} - reached:
        reached |= more
    bare = {name for folder, name in folders.items() if any(path.startswith(f"{folder}/") for path in deploy.changed)}
    named = {folders[one.folder] for one in packages if one.name in reached and one.folder in folders}
    unpacked = bare - {folders[one.folder] for one in packages if one.folder in folders}
    return tuple(sorted(named | unpacked))


def human_approvals(approvals: Iterable[Approval], commit: str) -> list[str]:
    """The people, not the author, whose latest review approves all that the commit carries."""
    latest: dict[str, Approval] = {}
    for each in approvals:
        known = latest.get(each.person)
        if known is None or each.at is None or known.at is None or each.at >= known.at:
            latest[each.person] = each
    return sorted(
        person
        for person, each in latest.items()
        if each.approved and each.at_commit == commit and not each.is_author and is_human(each)
    )


def is_human(approval: Approval) -> bool:
    """Whether a person with a name gave it; a forge writes the names of apps as ``name[bot]``."""
    return bool(approval.person.strip()) and not approval.is_bot and not approval.person.endswith("[bot]")


def _package_of(path: str, packages: Iterable[Package]) -> Package | None:
    """The innermost package that a path lies in."""
    around = [one for one in packages if not one.folder or path.startswith(f"{one.folder}/")]
    return max(around, key=lambda one: len(one.folder), default=None)
