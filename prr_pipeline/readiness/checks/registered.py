"""What other systems know of a subject: its package in a registry, its error project, its client in the portal."""

from __future__ import annotations

from collections.abc import Mapping

from prr_pipeline.canonical import digest
from prr_pipeline.readiness.answers import answered
from prr_pipeline.readiness.discovery import at_key
from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.findings import listed, met, shown, unmet
from prr_pipeline.readiness.model import Finding, Location, Reason
from prr_pipeline.readiness.parameters import NoParameters, Parameters
from prr_pipeline.readiness.registry import check
from prr_pipeline.readiness.remote_facts import ErrorProjectOf, OauthClientOf, PackageVersions
from prr_pipeline.readiness.several import each_of
from prr_pipeline.readiness.sources import NotSeen, Sources
from prr_pipeline.repository.markup import load_json, load_yaml
from prr_pipeline.subjects import Subject


class PackageIsPublished(Parameters):
    """``folder``: where the package lies. ``package``: how it must be called."""

    folder: str
    package: str


class ClientIsRegistered(Parameters):
    """``file``: the declaration of the integration. ``key``: of its client id, or of one per environment."""

    file: str
    key: str


@check("package_is_published", PackageIsPublished)
def package_is_published(sources: Sources, facts: Facts, subject: Subject, parameters: PackageIsPublished) -> Finding:
    """The registry has the package in the version that the repository holds."""
    path = f"{sources.fill(parameters.folder, subject)}/package.json"
    wanted = parameters.package.replace("{service}", subject.name)
    if not sources.exists(path):
        return unmet(f"{path} does not exist; generate {wanted} there.", digest([path, wanted]), [Location(path)])
    data = load_json(sources.blob(path))
    name, version = at_key(data, "name"), at_key(data, "version")
    if name != wanted:
        message = f"{path} is called {shown(name)!r}; call it {wanted}."
        return unmet(message, digest([path, shown(name)]), [Location(path)])
    if not isinstance(version, str) or not version:
        message = f"{path} has no version, so nothing can be published; write one."
        return unmet(message, digest([path, wanted, None]), [Location(path)])
    found = answered(facts, PackageVersions(wanted))
    judged = digest([path, wanted, version, version in found.value])
    if version in found.value:
        return met(f"{found.source} has {wanted} {version}.", judged, [Location(path)])
    known = f"has {listed(sorted(found.value)[-3:])}" if found.value else "has no such package"
    return unmet(f"{found.source} {known}, not {wanted} {version}; publish it.", judged, [Location(path)])


@check("error_project_is_active", NoParameters)
def error_project_is_active(_sources: Sources, facts: Facts, subject: Subject, _parameters: NoParameters) -> Finding:
    """The service has a project for error reports, and a key of it is active."""
    found = answered(facts, ErrorProjectOf(subject.name))
    judged = digest([subject.name, found.value.exists, found.value.active_keys > 0])
    if not found.value.exists:
        return unmet(f"{found.source} knows no project of {subject.name}; create it.", judged)
    if not found.value.active_keys:
        return unmet(f"By {found.source} no key of {subject.name} is active; make one.", judged)
    return met(f"By {found.source} {subject.name} has {found.value.active_keys} active keys.", judged)


@check("client_is_registered", ClientIsRegistered)
def client_is_registered(sources: Sources, facts: Facts, subject: Subject, parameters: ClientIsRegistered) -> Finding:
    """The developer portal knows each client id that the integration declares."""
    path = sources.fill(parameters.file, subject)
    clients = _clients(at_key(load_yaml(sources.blob(path)), parameters.key), path, parameters.key)

    def fault(client: str) -> str | None:
        return None if answered(facts, OauthClientOf(client)).value.exists else client

    items = each_of(clients, fault)
    items.require()
    judged = digest([path, items.rows])
    if items.wrong:
        message = f"The developer portal knows no client {listed(items.wrong)}; register it."
        return unmet(message, judged, [Location(path)])
    return met(f"The developer portal knows {listed(clients)}.", judged, [Location(path)])


def _clients(value: object, path: str, key: str) -> list[str]:
    """One client id, or those of an environment each. Raises `NotSeen` for none."""
    given = list(value.values()) if isinstance(value, Mapping) else [value]
    clients = [client for client in given if isinstance(client, str) and client.strip()]
    if not given or len(clients) != len(given):
        message = f"{path} names no client under {key}; write the id that the portal gave."
        raise NotSeen(Reason.NOT_DECLARED, message, [Location(path)])
    return list(dict.fromkeys(clients))
