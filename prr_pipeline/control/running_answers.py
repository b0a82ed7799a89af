"""What the services around a running service say, in the words of a check's questions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta

from prr_pipeline.platforms.answer import Answer
from prr_pipeline.platforms.cloudflare import Cloudflare
from prr_pipeline.platforms.cloudwatch.account import CloudWatch
from prr_pipeline.platforms.health_probe import SERVICE, HealthProbe
from prr_pipeline.platforms.npm_registry import NpmRegistry
from prr_pipeline.platforms.pagerduty import incidents
from prr_pipeline.platforms.pagerduty.account import PagerDuty
from prr_pipeline.platforms.pagerduty.on_call import on_call_for_policy
from prr_pipeline.platforms.pagerduty.services import OnCallService, services_named
from prr_pipeline.platforms.sentry import Sentry
from prr_pipeline.platforms.silence import Reason, SourceSilent
from prr_pipeline.readiness.remote_facts import Alarm, ErrorProject, Health, Incident, PagingService

LONGEST_WINDOW = timedelta(days=180)
"""PagerDuty tells of half a year at most."""
_ADDRESSES = ("A", "AAAA", "CNAME")


def alarms_of(cloudwatch: CloudWatch, prefix: str, tags: Mapping[str, str]) -> Answer[tuple[Alarm, ...]]:
    """The metric alarms that begin so and bear these tags; one whose actions are off alarms nobody, so it is none."""
    found = cloudwatch.alarms(prefix, tags)
    return found.turned(
        lambda alarms: tuple(
            Alarm(one.name, metric.name, metric.statistic) for one in alarms if one.notifies for metric in one.metrics
        )
    )


def paging_service(account: PagerDuty, name: str, at: datetime) -> Answer[PagingService]:
    """Whether the service is there, and whom its policy calls at that instant, first ones first.

    A service that is switched off calls nobody, whoever holds the shift.
    """
    found = services_named(account, name)
    own = _only(found.value)
    if own is None:
        return found.turned(lambda _: PagingService(False, ()))
    if not own.is_enabled:
        return found.turned(lambda _: PagingService(True, ()))
    shifts = on_call_for_policy(account, own.escalation_policy, at)
    people = tuple(dict.fromkeys(one.name for one in shifts.value or ()))
    return found.joined(lambda _: PagingService(True, people), shifts)


def incidents_of(account: PagerDuty, name: str, since: datetime, until: datetime) -> Answer[tuple[Incident, ...]]:
    """The incidents that opened in the window, and all that are open still, oldest first.

    Raises `SourceSilent` also for a service that is not there: that it has no incidents says nothing.
    """
    services = services_named(account, name)
    own = _only(services.value)
    if own is None:
        finding = f"PagerDuty knows no service {name[:60]!r}, so nothing tells of its incidents"
        raise SourceSilent(Reason.NOT_FOUND, finding, "create it, or set platforms.pagerduty.service to its name")
    window = incidents.incidents_between(account, own.id, max(since, until - LONGEST_WINDOW), until)
    still = incidents.open_incidents(account, own.id)
    both = {one.id: one for one in (*window.value, *still.value)}
    told = tuple(_incident(one) for one in sorted(both.values(), key=lambda one: (one.created_at, one.id)))
    return services.joined(lambda _: told, window, still)


def error_project(sentry: Sentry, slug: str) -> Answer[ErrorProject]:
    """The project of that name."""
    found = sentry.project(slug)
    return found.turned(
        lambda one: (
            ErrorProject(True, sum(key.is_active for key in one.keys), one.environments)
            if one is not None
            else ErrorProject(False, 0, ())
        )
    )


def package_versions(registry: NpmRegistry, package: str) -> Answer[tuple[str, ...]]:
    """The versions that can be installed; none where there is no such package."""
    return registry.versions(package).turned(lambda versions: versions or ())


def health_of(probe: HealthProbe, host: str, path: str) -> Answer[Health]:
    """What the health address answers that the settings name for this host and path; no other is ever asked.

    Raises `SourceSilent` where they name none.
    """
    wanted = f"{host}{path}"
    for stage in probe.stages:
        bare = probe.address(stage).partition("://")[2]
        pattern = re.escape(bare).replace(re.escape(SERVICE), "(?P<service>[a-z0-9-]+)", 1)
        fits = re.fullmatch(pattern, wanted)
        if fits is not None:
            found = probe.probe(stage, fits.groupdict().get("service") or "service")
            return found.turned(lambda health: Health(health.status, health.version))
    finding = f"No address of platforms.health_probe.urls is https://{wanted[:200]}"
    raise SourceSilent(Reason.HOST_NOT_ALLOWED, finding, "name it there for its stage")


def records_in_zone(zone: Cloudflare, host: str) -> Answer[tuple[str, ...]] | None:
    """The addresses and aliases of a host, its own or those of the wildcard beside it; None if another zone tells."""
    name = zone.name()
    if host != name.value and not host.endswith(f".{name.value}"):
        return None
    found = zone.records(host)
    wildcard = zone.records(f"*.{host.partition('.')[2]}") if not found.value and host != name.value else found
    addresses = tuple(one.content for one in wildcard.value if one.type in _ADDRESSES)
    return wildcard.joined(lambda _: addresses, name, found)


def _only(services: tuple[OnCallService, ...]) -> OnCallService | None:
    """The one service of a name: PagerDuty has no two; one that is on counts before one that is off."""
    return min(services, key=lambda one: (not one.is_enabled, one.id), default=None)


def _incident(one: incidents.Incident) -> Incident:
    people = [each.at for each in one.acknowledgements if each.is_person]
    return Incident(one.id, one.title, one.status, one.created_at, min(people, default=None))
