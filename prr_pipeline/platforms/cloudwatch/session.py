"""A CloudWatch client that may only look, and whose requests go through the guarded transport."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import httpx

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import PrrError
from prr_pipeline.platforms.http import faults
from prr_pipeline.platforms.http.service import Service
from prr_pipeline.platforms.http.statuses import require_success
from prr_pipeline.platforms.http.wire import Received, Wire
from prr_pipeline.platforms.secret import Secret
from prr_pipeline.platforms.silence import Reason, SourceSilent

OPERATIONS = frozenset({"DescribeAlarms", "ListTagsForResource"})
"""All that is ever asked. AWS takes questions as POST, so what is read only is the operation, not the method."""


@dataclass(frozen=True, slots=True)
class AwsKeys:
    """A pair of keys and the session's token, if any. Without them AWS's own chain finds the credentials."""

    key_id: Secret
    secret_key: Secret
    session_token: Secret | None = None


def aws_client(service: Service, region: str, keys: AwsKeys | None, wire: Wire) -> Any:
    """A client of boto3, each of whose requests is carried by ``wire``. Raises `SourceSilent` without boto3 or keys."""
    try:
        import boto3
        from botocore.config import Config
        from botocore.exceptions import BotoCoreError
    except ImportError:
        raise SourceSilent(
            Reason.CLIENT_MISSING, f"{service.name} is not asked, as boto3 is not installed",
            "install prr-pipeline with the extra aws",
        ) from None  # fmt: skip
    logging.getLogger("botocore").setLevel(logging.WARNING)  # below that it writes signed headers into the log
    settings = Config(proxies={}, retries={"mode": "standard", "total_max_attempts": 1}, parameter_validation=True)
    try:
        session = boto3.session.Session(region_name=region, **_named(keys))
        client = session.client("cloudwatch", endpoint_url=str(service.origin) + service.path, config=settings)
    except (BotoCoreError, ValueError):
        raise no_credentials(service) from None
    client.meta.events.register("before-call.cloudwatch", only_looking)
    client.meta.events.register("before-send.cloudwatch", _Carrier(service, wire))
    return client


def no_credentials(service: Service) -> SourceSilent:
    """Nothing was sent, as there is nothing to sign it with."""
    return SourceSilent(
        Reason.CREDENTIAL_MISSING, f"{service.name} is not asked, as AWS credentials or the region cannot be used",
        f"see key_id_variable, secret_key_variable and region in {service.section}",
    )  # fmt: skip


def only_looking(model: Any, **_: object) -> None:
    """Refuse every operation but those that look, whoever calls. Raises `PrrError`."""
    if model.name not in OPERATIONS:
        raise PrrError(f"The operation {model.name} of CloudWatch is never asked; only {sorted(OPERATIONS)} are.")


class _Carrier:
    """Sends what botocore has signed, and hands back what came."""

    def __init__(self, service: Service, wire: Wire) -> None:
        self._service = service
        self._wire = wire

    def __call__(self, request: Any, **_: object) -> Any:
        from botocore.awsrequest import AWSResponse

        body = request.body.encode() if isinstance(request.body, str) else bytes(request.body or b"")
        received = self._wire.enquire(request.url, httpx.Headers(list(request.headers.items())), body)
        self._judge(received)
        return AWSResponse(request.url, received.status, received.headers, _Raw(received.body))

    def _judge(self, received: Received) -> None:
        """Statuses that say it all; 400 holds an error code, which botocore reads."""
        if received.headers.get("content-type", "").startswith("text/html"):
            raise faults.not_json(self._service, received.place, "it is HTML")
        if received.status != 400:
            require_success(self._service, received, self._wire.deadline.pace.now())


class _Raw(BytesIO):
    """A body as botocore reads it."""

    def stream(self, **_: object) -> Iterator[bytes]:
        yield self.read()


def _named(keys: AwsKeys | None) -> dict[str, str]:
    if keys is None:
        return {}
    named = {"aws_access_key_id": keys.key_id.reveal(), "aws_secret_access_key": keys.secret_key.reveal()}
    if keys.session_token is not None:
        named["aws_session_token"] = keys.session_token.reveal()
    return named
