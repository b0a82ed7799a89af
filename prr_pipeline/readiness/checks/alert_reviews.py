"""Whether every alert of the stability week was reviewed, by what the ledger holds of both."""

from __future__ import annotations

from prr_pipeline.canonical import digest, instant_text
from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.findings import listed, met, unknown, unmet
from prr_pipeline.readiness.model import Finding, Outcome, Reason
from prr_pipeline.readiness.parameters import NoParameters
from prr_pipeline.readiness.registry import check
from prr_pipeline.readiness.sources import Sources
from prr_pipeline.subjects import Subject


@check("incidents_are_handled", NoParameters)
def incidents_are_handled(_sources: Sources, facts: Facts, subject: Subject, _parameters: NoParameters) -> Finding:
    """Every alert since full exposure was reviewed by the owning context, and the watch is over.

    The subject digest covers the week and its alerts, not the code: the week has passed, whatever changes now.
    """
    after = facts.after_ga
    watch = after.watch if after is not None else None
    if after is None or watch is None:
        message = "Nobody read the alerts of the week after full exposure; judge with the deployment's settings."
        return unknown(Reason.NO_EVIDENCE, message, digest([str(subject)]))
    names = [alert.episode for alert in watch.episodes]
    judged = digest([str(subject), instant_text(after.full_at), sorted(names)])
    waiting = [alert for alert in watch.episodes if not alert.reviewed]
    values = {"alerts": len(names), "reviewed": len(names) - len(waiting)}
    if waiting:
        shown = [f"{alert.title} ({alert.severity}, {instant_text(alert.opened_at)})" for alert in waiting]
        message = f"{len(waiting)} of {len(names)} alerts of the week are not reviewed: {listed(shown)}."
        return unmet(message, judged, (), **values, episodes=[alert.episode for alert in waiting])
    if watch.closed_at is None:
        return Finding(
            Outcome.PENDING, "The watch still runs: gaps and alerts extend it beyond its days.", judged, values=values
        )
    seen = f"all {len(names)} alerts of it are reviewed" if names else "no alert fired in it"
    return met(f"The watch closed at {instant_text(watch.closed_at)} and {seen}.", judged, (), **values)
