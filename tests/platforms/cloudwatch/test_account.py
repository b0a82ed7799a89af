"""Alarms of a region, by prefix and tags: from an independent implementation of the service, and from bad ones."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from datetime import UTC
from decimal import Decimal
from typing import Any

import boto3
import pytest
from moto.server import ThreadedMotoServer

from prr_pipeline.platforms.cloudwatch.account import CloudWatch
from prr_pipeline.platforms.cloudwatch.alarm import AlarmMetric
from prr_pipeline.platforms.cloudwatch.session import AwsKeys
from prr_pipeline.platforms.secret import Secret
from prr_pipeline.platforms.silence import Reason
from tests.platforms.asking import CANARY, NOW, SHORT, FakePace, service, silence_of
from tests.platforms.local_service import LocalService, Reply
from tests.platforms.providers import aws

REGION = "us-east-2"
KEYS = AwsKeys(Secret("AKIAEXAMPLE"), Secret(CANARY), Secret(CANARY))
PAGER = f"arn:aws:sns:{REGION}:123456789012:pager"


def cloudwatch(url: str, keys: AwsKeys | None = KEYS) -> CloudWatch:
    """A region, there. A page of real alarms takes longer to make than a bad answer."""
    limits = dataclasses.replace(SHORT, read_s=10, max_bytes=1_000_000)
    return CloudWatch(service(url, "CloudWatch", limits), REGION, keys, FakePace())


@pytest.fixture(scope="module")
def region() -> Iterator[str]:
    """A region with three alarms of identity and one of another service."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    url = f"http://{host}:{port}"
    keys = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing"}
    client = boto3.client("cloudwatch", endpoint_url=url, region_name=REGION, **keys)
    for name in ("identity-p99", "identity-errors", "identity-dlq", "orders-p99"):
        client.put_metric_alarm(**_alarm(name))
    client.set_alarm_state(AlarmName="identity-errors", StateValue="ALARM", StateReason="tried")
    yield url
    server.stop()


def _alarm(name: str) -> dict[str, Any]:
    """An alarm as somebody defines it; p99 where the name says so."""
    statistic = {"ExtendedStatistic": "p99"} if name.endswith("p99") else {"Statistic": "Sum"}
    return {
        "AlarmName": name, "Namespace": "Shop", "MetricName": "Latency", "Period": 60, "EvaluationPeriods": 1,
        "Threshold": 0.25, "ComparisonOperator": "GreaterThanThreshold", "AlarmActions": [PAGER],
        "ActionsEnabled": name != "identity-dlq", "Dimensions": [{"Name": "service", "Value": name.split("-")[0]}],
        "Tags": [{"Key": "service", "Value": name.split("-")[0]}, {"Key": "stage", "Value": "prod"}],
    } | statistic  # fmt: skip


def alarm(name: str, **changes: Any) -> dict[str, Any]:
    """An alarm as it is sent, less what is not read."""
    found = {
        "AlarmName": name, "AlarmArn": f"arn:{name}", "StateValue": "INSUFFICIENT_DATA", "ActionsEnabled": True,
        "StateUpdatedTimestamp": 1772452800, "ComparisonOperator": "GreaterThanThreshold",
    }  # fmt: skip
    return found | changes


def test_an_alarm_is_told_with_its_metric_and_state(region: str) -> None:
    """The statistic as it was written, the threshold without a rounding error, the instant in UTC."""
    answer = cloudwatch(region).alarms("identity-")
    dlq, errors, p99 = answer.value
    dimensions = (("service", "identity"),)
    assert p99.metrics == (AlarmMetric("Shop", "Latency", "p99", dimensions),)
    assert errors.metrics[0].statistic == "Sum"
    assert (p99.threshold, p99.comparison) == (Decimal("0.25"), "GreaterThanThreshold")
    assert (p99.state, errors.state) == ("OK", "ALARM")
    assert p99.state_since.tzinfo is UTC
    assert (errors.notifies, dlq.notifies) == ((PAGER,), ())
    assert answer.read_at == NOW
    assert answer.address == f"{region}/ ({REGION})"


def test_every_alarm_is_told(region: str) -> None:
    """By name; nothing but a prefix or tags leaves one out."""
    names = [one.name for one in cloudwatch(region).alarms().value]
    assert names == ["identity-dlq", "identity-errors", "identity-p99", "orders-p99"]


def test_every_page_is_read(server: LocalService) -> None:
    """From token to token until there is none."""
    server.at("/", aws({"MetricAlarms": [alarm("b")], "NextToken": "t"}), aws({"MetricAlarms": [alarm("a")]}))
    assert [one.name for one in cloudwatch(server.url).alarms().value] == ["a", "b"]
    assert len(server.asked) == 2


def test_alarms_are_found_by_their_tags(region: str) -> None:
    """All of those given; an alarm without them is none of the service's."""
    client = cloudwatch(region)
    found = client.alarms("identity-", {"service": "identity", "stage": "prod"}).value
    assert len(found) == 3
    assert found[0].tags == (("service", "identity"), ("stage", "prod"))
    assert client.alarms("identity-", {"service": "orders"}).value == ()


def test_no_alarm_is_an_answer(region: str) -> None:
    """Of that prefix."""
    assert cloudwatch(region).alarms("nothing-").value == ()
    assert cloudwatch(region).any_alarm().value


def test_an_alarm_that_reckons_tells_its_expression(server: LocalService) -> None:
    """Beside the metrics that go into it, each with its own statistic."""
    stat = {"Metric": {"Namespace": "Shop", "MetricName": "Errors", "Dimensions": []}, "Period": 60, "Stat": "p99.9"}
    queries = [{"Id": "e", "Expression": "m/60", "ReturnData": True}, {"Id": "m", "MetricStat": stat}]
    server.otherwise = lambda asked: aws({"MetricAlarms": [alarm("a", Metrics=queries, Threshold=5)]})
    [found] = cloudwatch(server.url).alarms().value
    assert [(one.expression, one.name, one.statistic) for one in found.metrics] == [
        ("m/60", "", ""),
        ("", "Errors", "p99.9"),
    ]
    assert (found.threshold, found.state_since) == (Decimal(5), NOW)


@pytest.mark.parametrize(
    ("status", "code", "reason"),
    [
        (400, "Throttling", Reason.RATE_LIMITED),
        (400, "ThrottlingException", Reason.RATE_LIMITED),
        (400, "AccessDeniedException", Reason.FORBIDDEN),
        (403, "AccessDenied", Reason.FORBIDDEN),
        (403, "InvalidClientTokenId", Reason.FORBIDDEN),
        (400, "ExpiredToken", Reason.UNEXPECTED_STATUS),
        (400, "ValidationError", Reason.UNEXPECTED_STATUS),
        (503, "ServiceUnavailable", Reason.SERVER_ERROR),
    ],
)
def test_a_refusal_has_its_reason(
    server: LocalService, caplog: pytest.LogCaptureFixture, status: int, code: str, reason: Reason
) -> None:
    """AWS says in the body what others say by the status."""
    body = {"__type": f"com.amazonaws.cloudwatch#{code}", "message": CANARY}
    server.otherwise = lambda asked: aws(body, status)
    assert silence_of(cloudwatch(server.url).alarms, caplog).reason is reason


@pytest.mark.parametrize("body", [{}, [], {"MetricAlarms": 3}, {"MetricAlarms": None}, {"MetricAlarms": ["x"]}, 7])
def test_another_form_is_a_silence(server: LocalService, caplog: pytest.LogCaptureFixture, body: object) -> None:
    """However the library below stumbles over it; an absent list is not an empty one."""
    server.otherwise = lambda asked: Reply(200, json.dumps(body).encode(), (), "application/x-amz-json-1.0")
    assert silence_of(cloudwatch(server.url).alarms, caplog).reason is Reason.WRONG_SHAPE


def test_a_list_is_read_up_to_the_limit_of_pages(server: LocalService, caplog: pytest.LogCaptureFixture) -> None:
    """As many as the limit are read; one more, or one again, is not asked for."""
    pages = [aws({"MetricAlarms": [], "NextToken": f"page {number}"}) for number in range(SHORT.max_pages)]
    server.at("/", *pages[1:], aws({"MetricAlarms": []}))
    assert cloudwatch(server.url).alarms().value == ()
    assert len(server.asked) == SHORT.max_pages
    server.at("/", *pages, aws({"MetricAlarms": []}))
    assert silence_of(cloudwatch(server.url).alarms, caplog).reason is Reason.ENDLESS_PAGES
    assert len(server.asked) == 2 * SHORT.max_pages
    server.at("/", pages[0])
    assert silence_of(cloudwatch(server.url).alarms, caplog).reason is Reason.ENDLESS_PAGES
    assert len(server.asked) == 2 * SHORT.max_pages + 2


def test_throttling_is_asked_again(server: LocalService) -> None:
    """With our own waits: the library below does not retry."""
    busy = aws({"__type": "Throttling", "message": "slow down"}, 400)
    server.at("/", busy, aws({"MetricAlarms": []}))
    assert cloudwatch(server.url).alarms().value == ()
    assert len(server.asked) == 2


def test_the_keys_sign_and_are_not_sent(server: LocalService) -> None:
    """Only the session's token is, in its own header."""
    server.at("/", aws({"MetricAlarms": []}))
    cloudwatch(server.url).alarms()
    [asked] = server.asked
    assert asked.headers["Authorization"].startswith("AWS4-HMAC-SHA256 Credential=AKIAEXAMPLE/")
    assert CANARY not in asked.headers["Authorization"]
    assert asked.headers["X-Amz-Security-Token"] == CANARY


def test_without_any_keys_it_is_silent(caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the settings that name them."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nonexistent")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    silent = silence_of(cloudwatch("http://127.0.0.1:9", None).alarms, caplog)
    assert silent.reason is Reason.CREDENTIAL_MISSING
    assert "key_id_variable" in silent.way_out
