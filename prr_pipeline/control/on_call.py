"""Who is on call: the deployment's rota, in the roster's words."""

from __future__ import annotations

from datetime import datetime

from prr_pipeline.control.workplace import Workplace
from prr_pipeline.errors import PrrError
from prr_pipeline.readiness.facts import OnCall, OnCallAbsent
from prr_pipeline.readiness.model import Reason
from prr_pipeline.review.people import ON_CALL_LEAD, Person


def on_call_fact(work: Workplace) -> OnCall | OnCallAbsent:
    """Who holds the lead's shift now, or why nobody can say. Raises nothing."""
    path = work.settings.calendars.rota
    if path is None:
        return OnCallAbsent("The settings name no on-call rota; set calendars.rota.", Reason.NOT_DECLARED)
    now = work.now()
    try:
        rota = work.rota
        names = rota.on_call(now) if rota is not None else ()
        until = rota.changes_at(now) if rota is not None else None
    except PrrError as fault:
        return OnCallAbsent(str(fault), Reason.SOURCE_SILENT)
    return OnCall(tuple(dict.fromkeys(_known_as(work, name) for name in names)), until, path.name)


def holds_shift(work: Workplace, person: Person, at: datetime) -> bool:
    """Whether a person who may lead on call holds the shift at that instant. Raises `Unreadable` for a broken rota."""
    rota = work.rota
    if rota is None or ON_CALL_LEAD not in person.roles:
        return False
    shift = rota.on_call(at)
    return person.id in shift or any(email in shift for email in person.emails)


def _known_as(work: Workplace, name: str) -> str:
    """The id of the person whom a rota names by id or address; the name as it stands where the roster has none."""
    try:
        people = work.roster.people.values()
    except PrrError:
        return name
    return next((person.id for person in people if name == person.id or name in person.emails), name)
