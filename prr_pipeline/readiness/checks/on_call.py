"""Whether somebody holds the on-call lead's shift now, by the deployment's rota."""

from __future__ import annotations

from prr_pipeline.canonical import digest, instant_text
from prr_pipeline.readiness.facts import Facts, OnCallAbsent
from prr_pipeline.readiness.findings import listed, met, unknown, unmet
from prr_pipeline.readiness.model import Finding, Reason
from prr_pipeline.readiness.parameters import NoParameters
from prr_pipeline.readiness.registry import check
from prr_pipeline.readiness.sources import Sources
from prr_pipeline.subjects import Subject


@check("on_call_at", NoParameters)
def on_call_at(sources: Sources, facts: Facts, subject: Subject, _parameters: NoParameters) -> Finding:
    """Somebody holds the on-call lead's shift now.

    Who it is stays out of the subject digest: a statement outlives the shift in which it was given.
    """
    judged = digest(["on call", sources.subject_digest(subject)])
    shift = facts.on_call
    if shift is None:
        message = "The on-call rota belongs to a deployment and was not read; give --settings that name calendars.rota."
        return unknown(Reason.NOT_DECLARED, message, judged)
    if isinstance(shift, OnCallAbsent):
        return unknown(shift.reason, shift.message, judged)
    until = f" until {instant_text(shift.until)}" if shift.until else ""
    values = {"on_call": list(shift.people), "source": shift.source}
    if not shift.people:
        message = f"By {shift.source} nobody is on call{until}; give the shift to somebody."
        return unmet(message, judged, (), **values)
    return met(f"By {shift.source} {listed(shift.people)} is on call{until}.", judged, (), **values)
