"""Nothing rings unheard when a deploy begins: the open incidents of the services that change with it."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from msgspec import Meta, field

from prr_pipeline.canonical import digest
from prr_pipeline.readiness.answers import answered
from prr_pipeline.readiness.deploys import deploy_of, deployed_services
from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.findings import listed, met, not_applicable, shown, unmet
from prr_pipeline.readiness.model import Finding
from prr_pipeline.readiness.parameters import Parameters
from prr_pipeline.readiness.registry import check
from prr_pipeline.readiness.remote_facts import Incident, IncidentsOf
from prr_pipeline.readiness.several import each_of
from prr_pipeline.readiness.sources import Sources
from prr_pipeline.subjects import Subject


class IncidentsAreAcknowledged(Parameters):
    """``hours``: how long before the merge the window begins. ``ignored``: changes that deploy nothing."""

    hours: Annotated[int, Meta(ge=1)]
    ignored: list[str] = field(default_factory=list)


@check("incidents_are_acknowledged", IncidentsAreAcknowledged, version=2)
def incidents_are_acknowledged(
    sources: Sources, facts: Facts, subject: Subject, parameters: IncidentsAreAcknowledged
) -> Finding:
    """No incident of a service that changes with the deploy is open without somebody on it.

    One that rings again after somebody took it counts as not taken.
    """
    deploy = deploy_of(facts, subject)
    services = deployed_services(sources, deploy, parameters.ignored)
    if not services:
        return not_applicable(f"No service changes with {subject.name}.", digest([deploy.name, "no service"]))
    since = deploy.merged_at - timedelta(hours=parameters.hours)

    def fault(service: str) -> str | None:
        found = answered(facts, IncidentsOf(service, since, facts.now)).value
        open_ones = sorted((one for one in found if one.state == "triggered"), key=lambda one: (one.opened_at, one.id))
        return listed([_said(service, one) for one in open_ones]) if open_ones else None

    items = each_of(services, fault)
    items.require()
    judged = digest([deploy.name, items.rows])
    if items.wrong:
        return unmet(f"{listed(items.wrong)}; acknowledge or resolve it before the deploy.", judged)
    return met(f"No alarm of {listed(services)} rings without somebody on it.", judged)


def _said(service: str, incident: Incident) -> str:
    return (
        f"{shown(incident.title)!r} of {service} rings since {incident.opened_at:%Y-%m-%d %H:%M} UTC and nobody took it"
    )
