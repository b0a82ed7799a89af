"""One region of an account: its alarms by prefix and tags, every page of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from prr_pipeline.platforms.answer import Answer
from prr_pipeline.platforms.cloudwatch.alarm import Alarm, SentAlarm, SentAlarms, SentTags
from prr_pipeline.platforms.cloudwatch.session import AwsKeys, aws_client, no_credentials
from prr_pipeline.platforms.http import faults
from prr_pipeline.platforms.http.pace import Deadline, Pace
from prr_pipeline.platforms.http.retry import persistently
from prr_pipeline.platforms.http.service import Service
from prr_pipeline.platforms.http.wire import Wire
from prr_pipeline.platforms.silence import Reason, SourceSilent, without_frames

T = TypeVar("T")
_THROTTLED = frozenset({"Throttling", "ThrottlingException", "RequestLimitExceeded", "LimitExceeded"})
_REFUSED = frozenset({"AccessDenied", "AccessDeniedException", "UnauthorizedOperation"})
_PER_PAGE = 100


class CloudWatch:
    """One region of one account to ask about."""

    def __init__(self, service: Service, region: str, keys: AwsKeys | None, pace: Pace) -> None:
        self.service = service
        self._region = region
        self._keys = keys
        self._pace = pace

    def alarms(self, prefix: str = "", tags: Mapping[str, str] | None = None) -> Answer[tuple[Alarm, ...]]:
        """The metric alarms whose names begin so and that bear these tags, by name; none is an answer.

        Tags are only asked for if some are given. Raises `SourceSilent`.
        """
        return self._question(lambda client, wire: self._tagged(client, wire, self._all(client, wire, prefix), tags))

    def any_alarm(self) -> Answer[str]:
        """The name of some alarm, or nothing: the smallest question, to see whether CloudWatch answers."""

        def ask(client: Any, wire: Wire) -> str:
            page = self._call(wire, lambda: client.describe_alarms(MaxRecords=1), TypeAdapter(SentAlarms))
            return page.MetricAlarms[0].AlarmName if page.MetricAlarms else ""

        return self._question(ask)

    def _question(self, ask: Callable[[Any, Wire], T]) -> Answer[T]:
        began_at = self._pace.now()

        def within() -> T:
            with Wire(self.service, Deadline.after(self.service.limits.total_s, self._pace)) as wire:
                return ask(aws_client(self.service, self._region, self._keys, wire), wire)

        return Answer(without_frames(within), began_at, f"{self.service.origin}/ ({self._region})")

    def _all(self, client: Any, wire: Wire, prefix: str) -> list[SentAlarm]:
        found: list[SentAlarm] = []
        asked: dict[str, Any] = {"MaxRecords": _PER_PAGE, "AlarmTypes": ["MetricAlarm"]}
        if prefix:
            asked["AlarmNamePrefix"] = prefix
        seen: set[str] = set()
        while True:
            page = self._call(wire, lambda: client.describe_alarms(**asked), TypeAdapter(SentAlarms))
            found += page.MetricAlarms
            token = page.NextToken
            if not token:
                return found
            if token in seen:
                raise faults.endless(self.service, str(self.service.origin), "names a page again that was read")
            if len(seen) + 1 >= self.service.limits.max_pages:
                limit = self.service.limits.max_pages
                finding = f"has more than the {limit} pages that are read of one list"
                raise faults.endless(self.service, str(self.service.origin), finding)
            seen.add(token)
            asked["NextToken"] = token

    def _tagged(
        self, client: Any, wire: Wire, alarms: list[SentAlarm], tags: Mapping[str, str] | None
    ) -> tuple[Alarm, ...]:
        records = []
        for one in sorted(alarms, key=lambda alarm: alarm.AlarmName):
            borne = self._tags(client, wire, one.AlarmArn) if tags else ()
            if set((tags or {}).items()) <= set(borne):
                records.append(one.record(borne))
        return tuple(records)

    def _tags(self, client: Any, wire: Wire, arn: str) -> tuple[tuple[str, str], ...]:
        sent = self._call(wire, lambda: client.list_tags_for_resource(ResourceARN=arn), TypeAdapter(SentTags))
        return tuple(sorted((tag.Key, tag.Value) for tag in sent.Tags))

    def _call(self, wire: Wire, ask: Callable[[], object], shape: TypeAdapter[T]) -> T:
        return persistently(lambda: self._once(ask, shape), self.service.limits.attempts, wire.deadline)

    def _once(self, ask: Callable[[], object], shape: TypeAdapter[T]) -> T:
        from botocore.exceptions import BotoCoreError, ClientError, CredentialRetrievalError, NoCredentialsError

        place = str(self.service.origin)
        try:
            return shape.validate_python(ask())
        except SourceSilent:
            raise
        except ClientError as refused:
            fault = self._refusal(place, str(refused.response.get("Error", {}).get("Code", "")))
        except (NoCredentialsError, CredentialRetrievalError):
            fault = no_credentials(self.service)
        except (BotoCoreError, ValidationError, AttributeError, KeyError, TypeError, ValueError):
            # the library's parser trusts the form of what it reads, and fails in many ways
            fault = faults.wrong_shape(self.service, place, "which its own library cannot read")
        raise fault from None

    def _refusal(self, place: str, code: str) -> SourceSilent:
        if code in _THROTTLED:
            finding = f"at {place} is rate limited"
            return faults.silence(self.service, Reason.RATE_LIMITED, finding, "ask again later, and less often")
        if code in _REFUSED:
            way_out = "allow cloudwatch:DescribeAlarms and cloudwatch:ListTagsForResource"
            return faults.silence(self.service, Reason.FORBIDDEN, f"at {place} does not let these keys read", way_out)
        way_out = f"see that the keys and the region in {self.service.section} are right"
        return faults.silence(self.service, Reason.UNEXPECTED_STATUS, f"at {place} refused the question", way_out)
