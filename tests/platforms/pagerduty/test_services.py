"""Services: that one exists, what pages, and where it leads."""

from __future__ import annotations

import pytest

from prr_pipeline.platforms.pagerduty.services import any_service, service_with_id, services_named
from prr_pipeline.platforms.silence import Reason
from tests.platforms.asking import CANARY, silence_of
from tests.platforms.local_service import LocalService, sent
from tests.platforms.pagerduty.account import account, page
from tests.platforms.providers import on_call_service


def test_a_service_is_told_by_its_id(server: LocalService) -> None:
    """With the escalation policy that it leads to."""
    server.at("/services/PSVC1", sent({"service": on_call_service()}))
    found = service_with_id(account(server), "PSVC1").value
    assert found is not None
    assert (found.id, found.name, found.is_enabled, found.urgency) == ("PSVC1", "identity", True, "severity_based")
    assert (found.escalation_policy, found.escalation_policy_name) == ("PESC1", "Platform")
    assert server.asked[0].headers["Authorization"] == f"Token token={CANARY}"


def test_no_such_service_is_an_answer(server: LocalService) -> None:
    """Ids are the account's own."""
    assert service_with_id(account(server), "PNONE").value is None


def test_another_service_is_a_silence(server: LocalService, caplog: pytest.LogCaptureFixture) -> None:
    """Whatever was asked."""
    server.at("/services/PSVC2", sent({"service": on_call_service()}))
    assert silence_of(lambda: service_with_id(account(server), "PSVC2"), caplog).reason is Reason.WRONG_SHAPE


def test_a_disabled_one_is_said_so(server: LocalService) -> None:
    """It pages nobody; nor does one whose hours decide name an urgency."""
    rule = {"type": "use_support_hours", "during_support_hours": {"type": "constant", "urgency": "high"}}
    server.at("/services/PSVC1", sent({"service": on_call_service(status="disabled", incident_urgency_rule=rule)}))
    found = service_with_id(account(server), "PSVC1").value
    assert found is not None
    assert (found.is_enabled, found.urgency) == (False, None)


def test_a_name_is_matched_whole(server: LocalService) -> None:
    """PagerDuty's query also finds parts of names; every page of it is read."""
    similar = on_call_service(id="PSVC9", name="identity-legacy")
    server.at(
        "/services",
        page("services", [similar], more=True),
        page("services", [on_call_service(id="PSVC2"), on_call_service()], offset=100),
    )
    assert [one.id for one in services_named(account(server), "identity").value] == ["PSVC1", "PSVC2"]
    assert [one.parameter("offset") for one in server.asked] == [None, "100"]
    assert server.asked[0].parameter("query") == "identity"


def test_the_smallest_question_is_answered_by_an_empty_account_too(server: LocalService) -> None:
    """It only asks whether anybody answers."""
    server.at("/services", page("services", []), page("services", [on_call_service()], more=True))
    assert [any_service(account(server)).value for _ in range(2)] == ["", "identity"]
    assert server.asked[0].parameter("limit") == "1"
