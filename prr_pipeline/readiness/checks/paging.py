"""What the paging service knows of a service: that it exists, that somebody is on call, where its alerts go."""

from __future__ import annotations

from prr_pipeline.canonical import digest
from prr_pipeline.readiness.answers import answered
from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.findings import listed, met, unmet
from prr_pipeline.readiness.model import Finding
from prr_pipeline.readiness.parameters import NoParameters, Parameters
from prr_pipeline.readiness.registry import check
from prr_pipeline.readiness.remote_facts import AlertRouting, PagingServiceOf
from prr_pipeline.readiness.several import each_of
from prr_pipeline.readiness.sources import Sources
from prr_pipeline.subjects import Subject


class AlertsAreRouted(Parameters):
    """``routing``: severity to action, the most severe first. ``stages``: those that page."""

    stages: list[str]
    routing: dict[str, str]


@check("paging_knows_service", NoParameters)
def paging_knows_service(_sources: Sources, facts: Facts, subject: Subject, _parameters: NoParameters) -> Finding:
    """The paging service knows the service, and somebody is on call for it.

    Who it is stays out of the subject digest: a statement outlives the shift in which it was given.
    """
    found = answered(facts, PagingServiceOf(subject.name))
    judged = digest([subject.name, found.value.exists, bool(found.value.on_call)])
    if not found.value.exists:
        return unmet(f"{found.source} knows no service {subject.name}; create it with its escalation policy.", judged)
    if not found.value.on_call:
        return unmet(f"By {found.source} nobody is on call for {subject.name}; give the shift to somebody.", judged)
    people = listed(found.value.on_call)
    return met(f"By {found.source} {people} is on call for {subject.name}.", judged, on_call=list(found.value.on_call))


@check("alerts_are_routed", AlertsAreRouted)
def alerts_are_routed(_sources: Sources, facts: Facts, subject: Subject, parameters: AlertsAreRouted) -> Finding:
    """In each stage every severity leads to its action, and to none that is for a more severe one."""

    def fault(stage: str) -> str | None:
        actions = answered(facts, AlertRouting(subject.name, stage)).value
        faults: list[str] = []
        graver: list[str] = []
        for severity, action in parameters.routing.items():
            given = actions.get(severity, ())
            if action not in given:
                faults.append(f"{severity} does not {action} in {stage}")
            faults += [f"{severity} does {each} in {stage}" for each in graver if each in given and each != action]
            graver.append(action)
        return listed(faults) if faults else None

    items = each_of(parameters.stages, fault)
    items.require()
    judged = digest([subject.name, items.rows])
    if items.wrong:
        return unmet(f"Alerts of {subject.name}: {listed(items.wrong)}; change the routing rule.", judged)
    routes = listed([f"{severity} to {action}" for severity, action in parameters.routing.items()])
    return met(f"Alerts of {subject.name} go from {routes} in {listed(parameters.stages)}.", judged)
