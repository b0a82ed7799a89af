"""Incidents: which there were, who took them, what was noted."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from prr_pipeline.platforms.pagerduty.incidents import incidents_between, open_incidents
from prr_pipeline.platforms.silence import Reason
from tests.platforms.asking import NOW, silence_of
from tests.platforms.local_service import LocalService, sent
from tests.platforms.pagerduty.account import account, page, reference


def incident(name: str, **changes: Any) -> dict[str, Any]:
    """An incident that was resolved, and so forgot its acknowledgements."""
    found = {
        "id": name, "incident_number": 1, "title": f"<i>{name}</i>", "status": "resolved", "urgency": "high",
        "created_at": "2026-03-02T11:00:00Z", "service": reference("PSVC1", "service"), "acknowledgements": [],
        "html_url": f"https://acme.pagerduty.example/incidents/{name}",
    }  # fmt: skip
    return found | changes


def entry(kind: str, minute: int, agent: dict[str, Any] | None) -> dict[str, Any]:
    """A line of an incident's log."""
    return {"id": f"R{minute}", "type": f"{kind}_log_entry", "created_at": f"2026-03-02T11:{minute:02}:00Z",
            "agent": agent}  # fmt: skip


def say(server: LocalService, name: str, log: list[dict[str, Any]], notes: list[dict[str, Any]]) -> None:
    """Let an incident have this log and these notes."""
    server.at(f"/incidents/{name}/log_entries", page("log_entries", log))
    server.at(f"/incidents/{name}/notes", sent({"notes": notes}))


def test_an_incident_is_told_with_its_handling(server: LocalService) -> None:
    """Acknowledgements from its log, as a resolved one has none of its own; notes in order of time."""
    server.at("/incidents", page("incidents", [incident("Q1")]))
    notes = [
        {"id": "N2", "user": reference("ben"), "content": "second", "created_at": "2026-03-02T11:20:00Z"},
        {"id": "N1", "user": reference("ann"), "content": "first", "created_at": "2026-03-02T11:10:00Z"},
    ]
    log = [
        entry("resolve", 30, reference("ann")),
        entry("acknowledge", 5, reference("ann")),
        entry("acknowledge", 2, reference("slack", "generic_events_api_inbound_integration")),
        entry("trigger", 0, None),
    ]
    say(server, "Q1", log, notes)
    [found] = incidents_between(account(server), "PSVC1", NOW - timedelta(hours=2), NOW).value
    assert (found.id, found.title, found.status, found.urgency) == ("Q1", "<i>Q1</i>", "resolved", "high")
    assert [(one.by, one.is_person) for one in found.acknowledgements] == [("slack", False), ("ann", True)]
    assert [(one.by, one.text) for one in found.notes] == [("ann", "first"), ("ben", "second")]


def test_the_window_is_asked_for_and_kept_to(server: LocalService) -> None:
    """From its start to before its end, in every state, oldest first."""
    times = ["2026-03-02T12:00:00Z", "2026-03-02T11:59:59Z", "2026-03-02T10:00:00Z", "2026-03-02T09:59:59Z"]
    server.at("/incidents", page("incidents", [incident(f"Q{n}", created_at=at) for n, at in enumerate(times)]))
    for n in range(4):
        say(server, f"Q{n}", [], [])
    found = incidents_between(account(server), "PSVC1", NOW - timedelta(hours=2), NOW).value
    assert [one.id for one in found] == ["Q2", "Q1"]
    query = server.asked[0].query
    assert [value for name, value in query if name == "statuses[]"] == ["triggered", "acknowledged", "resolved"]
    assert ("since", "2026-03-02T10:00:00.000000Z") in query
    assert ("service_ids[]", "PSVC1") in query


def test_open_incidents_are_asked_for_however_old(server: LocalService) -> None:
    """One that opened before the window still has nobody."""
    server.at("/incidents", page("incidents", [incident("Q1", status="triggered", created_at="2025-01-01T00:00:00Z")]))
    say(server, "Q1", [], [])
    [found] = open_incidents(account(server), "PSVC1").value
    assert (found.status, found.acknowledgements) == ("triggered", ())
    query = server.asked[0].query
    assert ("date_range", "all") in query
    assert [value for name, value in query if name == "statuses[]"] == ["triggered", "acknowledged"]


def test_no_incident_is_an_answer(server: LocalService) -> None:
    """A quiet week."""
    server.at("/incidents", page("incidents", []))
    assert incidents_between(account(server), "PSVC1", NOW - timedelta(days=7), NOW).value == ()


def test_every_page_of_the_log_is_read(server: LocalService) -> None:
    """An acknowledgement stands at its end as well."""
    server.at("/incidents", page("incidents", [incident("Q1")]))
    say(server, "Q1", [], [])
    server.at(
        "/incidents/Q1/log_entries",
        page("log_entries", [entry("trigger", 0, None)], more=True),
        page("log_entries", [entry("acknowledge", 5, reference("ann"))], offset=100),
    )
    [found] = incidents_between(account(server), "PSVC1", NOW - timedelta(hours=2), NOW).value
    assert [one.by for one in found.acknowledgements] == ["ann"]


def test_incidents_of_another_service_are_a_silence(server: LocalService, caplog: pytest.LogCaptureFixture) -> None:
    """And so is a log that is not answered."""
    other = incident("Q1", service=reference("POTHER", "service"))
    server.at("/incidents", page("incidents", [other]), page("incidents", [incident("Q2")]))
    asked = account(server)
    window = (NOW - timedelta(hours=2), NOW)
    first = silence_of(lambda: incidents_between(asked, "PSVC1", *window), caplog)
    second = silence_of(lambda: incidents_between(asked, "PSVC1", *window), caplog)
    assert (first.reason, second.reason) == (Reason.WRONG_SHAPE, Reason.NOT_FOUND)
