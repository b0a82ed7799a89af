"""Where alerts go by severity: the rules of an orchestration, whole and in order."""

from __future__ import annotations

from typing import Any

import pytest

from prr_pipeline.platforms.pagerduty.routing import routing_of_orchestration, routing_of_service
from prr_pipeline.platforms.silence import Reason
from tests.platforms.asking import silence_of
from tests.platforms.local_service import LocalService, sent
from tests.platforms.pagerduty.account import account

PATH = "/event_orchestrations/services/PSVC1"


def rule(name: str, **actions: Any) -> dict[str, Any]:
    """A rule for the alerts of one severity."""
    condition = {"expression": f"event.severity matches '{name}'"}
    return {"id": name, "label": f"{name} ones", "conditions": [condition], "actions": actions}


def path(*sets: dict[str, Any], **catch_all: Any) -> dict[str, Any]:
    """An orchestration's rules."""
    return {"orchestration_path": {"type": "service", "sets": list(sets), "catch_all": {"actions": catch_all}}}


def test_rules_are_told_in_their_order(server: LocalService) -> None:
    """Set by set, the last resort at the end as a rule without a condition."""
    start = {"id": "start", "rules": [rule("critical", severity="critical"), rule("warn", route_to="quiet")]}
    quiet = {"id": "quiet", "rules": [rule("info", suppress=True) | {"disabled": True, "label": None}]}
    server.at(PATH, sent(path(start, quiet, escalation_policy="PESC9")))
    server.at(f"{PATH}/active", sent({"active": True}))
    found = routing_of_service(account(server), "PSVC1").value
    assert found is not None
    assert found.is_active
    critical, warn, info, last = found.rules
    assert (critical.set, critical.severity) == ("start", "critical")
    assert critical.conditions == ("event.severity matches 'critical'",)
    assert (warn.route_to, warn.is_suppressed, warn.is_disabled) == ("quiet", False, False)
    assert (info.set, info.label, info.is_suppressed, info.is_disabled) == ("quiet", "", True, True)
    assert (last.set, last.conditions, last.escalation_policy) == ("catch_all", (), "PESC9")


def test_an_orchestration_that_is_off_is_said_so(server: LocalService) -> None:
    """Its rules then do nothing."""
    server.at(PATH, sent(path({"id": "start", "rules": []})))
    server.at(f"{PATH}/active", sent({"active": False}))
    found = routing_of_service(account(server), "PSVC1").value
    assert found is not None
    assert not found.is_active


def test_no_such_service_is_an_answer(server: LocalService) -> None:
    """For a service and for a global orchestration."""
    assert routing_of_service(account(server), "PNONE").value is None
    assert routing_of_orchestration(account(server), "ENONE").value is None


def test_a_global_orchestration_is_read_alike(server: LocalService) -> None:
    """It cannot be switched off."""
    server.at("/event_orchestrations/E1/global", sent(path({"id": "start", "rules": [rule("warn")]})))
    found = routing_of_orchestration(account(server), "E1").value
    assert found is not None
    assert (found.is_active, len(found.rules)) == (True, 2)


@pytest.mark.parametrize(
    "body",
    [path(), path({"id": "start", "rules": [rule("x", severity="splendid")]}), {"orchestration_path": None}],
    ids=["no set", "unknown severity", "nothing"],
)
def test_doubtful_rules_are_a_silence(
    server: LocalService, caplog: pytest.LogCaptureFixture, body: dict[str, Any]
) -> None:
    """Rules that nobody understands route nothing."""
    server.at(PATH, sent(body))
    assert silence_of(lambda: routing_of_service(account(server), "PSVC1"), caplog).reason is Reason.WRONG_SHAPE
