"""Incidents of a service: when each opened, who acknowledged it, what was noted."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import AwareDatetime, TypeAdapter

from prr_pipeline.canonical import instant_text
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.platforms.answer import Answer
from prr_pipeline.platforms.http.paths import segment
from prr_pipeline.platforms.http.reading import Sent
from prr_pipeline.platforms.pagerduty.account import PagerDuty, Reference, SentPage

IncidentStatus = Literal["triggered", "acknowledged", "resolved"]


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """Who took an incident. ``is_person`` is false for an integration, which has looked at nothing."""

    by: str
    name: str
    is_person: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class Note:
    """What somebody wrote about an incident; ``text`` is to be escaped by who shows it."""

    by: str
    name: str
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Incident:
    """One incident. ``title`` is text from outside. Acknowledgements and notes stand in order of time."""

    id: str
    title: str
    status: IncidentStatus
    urgency: Literal["high", "low"]
    created_at: datetime
    acknowledgements: tuple[Acknowledgement, ...]
    notes: tuple[Note, ...]
    url: str


class _Incident(Sent):
    id: str
    title: str
    status: IncidentStatus
    urgency: Literal["high", "low"]
    created_at: AwareDatetime
    service: Reference
    html_url: str


class _Page(SentPage):
    incidents: list[_Incident]


class _Entry(Sent):
    type: str
    created_at: AwareDatetime
    agent: Reference | None = None


class _Log(SentPage):
    log_entries: list[_Entry]


class _Note(Sent):
    user: Reference
    content: str
    created_at: AwareDatetime


class _Notes(Sent):
    notes: list[_Note]


def incidents_between(
    account: PagerDuty, service: str, since: datetime, until: datetime
) -> Answer[tuple[Incident, ...]]:
    """The incidents of a service that opened in a window, oldest first. The instants are aware; ``until`` is left out.

    PagerDuty answers for half a year at most. A service that does not exist has none: ask for it first. Raises
    `SourceSilent`.
    """
    window = {"since": instant_text(since), "until": instant_text(until)}
    found = _listed(account, service, window, ["triggered", "acknowledged", "resolved"])
    return _told(account, found.turned(lambda sent: tuple(one for one in sent if since <= one.created_at < until)))


def open_incidents(account: PagerDuty, service: str) -> Answer[tuple[Incident, ...]]:
    """The incidents of a service that are not resolved, however old, oldest first. Raises `SourceSilent`."""
    return _told(account, _listed(account, service, {"date_range": "all"}, ["triggered", "acknowledged"]))


def _listed(
    account: PagerDuty, service: str, window: dict[str, str], statuses: list[str]
) -> Answer[tuple[_Incident, ...]]:
    asked = {"service_ids[]": service, "statuses[]": statuses, **window}
    found = account.listed("/incidents", TypeAdapter(_Page), asked, lambda page: page.incidents)
    if any(one.service.id != service for one in found.value):
        raise account.odd(found, "as it speaks of another service")
    return found.turned(lambda sent: tuple(sorted(sent, key=lambda one: (one.created_at, one.id))))


def _told(account: PagerDuty, found: Answer[tuple[_Incident, ...]]) -> Answer[tuple[Incident, ...]]:
    records = []
    for one in found.value:
        acknowledgements, notes = _acknowledgements(account, one.id), _notes(account, one.id)
        records.append(
            Incident(one.id, one.title, one.status, one.urgency, one.created_at, acknowledgements, notes, one.html_url)
        )
    return found.turned(lambda _: tuple(records))


def _acknowledgements(account: PagerDuty, incident: str) -> tuple[Acknowledgement, ...]:
    """From the log: an incident itself forgets its acknowledgements once it is resolved."""
    path = f"/incidents/{segment(incident)}/log_entries"
    entries = account.listed(path, TypeAdapter(_Log), {}, lambda page: page.log_entries).value
    found = [
        Acknowledgement(one.agent.id, one.agent.name, one.agent.type.startswith("user"), one.created_at)
        for one in entries
        if one.agent is not None and one.type.startswith("acknowledge_log_entry")
    ]
    return tuple(sorted(found, key=lambda one: (one.at, one.by)))


def _notes(account: PagerDuty, incident: str) -> tuple[Note, ...]:
    sent = account.reader.one(f"/incidents/{segment(incident)}/notes", TypeAdapter(_Notes)).value.notes
    found = [Note(one.user.id, one.user.name, one.content, one.created_at) for one in sent]
    return tuple(sorted(found, key=lambda one: (one.at, one.by)))
