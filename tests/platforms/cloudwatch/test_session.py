"""The client of AWS's own library: what it may ask, and what carries it."""

from __future__ import annotations

import sys

import pytest

from prr_pipeline.errors import PrrError
from prr_pipeline.platforms.cloudwatch.session import OPERATIONS, AwsKeys, aws_client
from prr_pipeline.platforms.http.pace import Deadline
from prr_pipeline.platforms.http.wire import Wire
from prr_pipeline.platforms.secret import Secret
from prr_pipeline.platforms.silence import Reason, SourceSilent
from tests.platforms.asking import FakePace, service
from tests.platforms.local_service import LocalService

KEYS = AwsKeys(Secret("AKIAEXAMPLE"), Secret("secret"))
CHANGES: dict[str, dict[str, object]] = {
    "delete_alarms": {"AlarmNames": ["a"]},
    "disable_alarm_actions": {"AlarmNames": ["a"]},
    "set_alarm_state": {"AlarmName": "a", "StateValue": "OK", "StateReason": "x"},
    "put_metric_data": {"Namespace": "x", "MetricData": []},
}


def test_only_operations_that_look_can_be_asked(server: LocalService) -> None:
    """Whoever holds the client: everything else is refused before it is sent."""
    asked = service(server.url, "CloudWatch")
    with Wire(asked, Deadline.after(5, FakePace())) as wire:
        client = aws_client(asked, "us-east-2", KEYS, wire)
        for name, given in CHANGES.items():
            with pytest.raises(PrrError, match="is never asked"):
                getattr(client, name)(**given)
    assert server.asked == []
    assert all(name.startswith(("Describe", "List")) for name in OPERATIONS)


def test_without_the_library_it_is_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is an extra, and the sentence names it."""
    monkeypatch.setitem(sys.modules, "boto3", None)
    asked = service("https://monitoring.us-east-2.amazonaws.com", "CloudWatch")
    with Wire(asked, Deadline.after(5, FakePace())) as wire, pytest.raises(SourceSilent, match="extra aws") as silent:
        aws_client(asked, "us-east-2", KEYS, wire)
    assert silent.value.reason is Reason.CLIENT_MISSING
