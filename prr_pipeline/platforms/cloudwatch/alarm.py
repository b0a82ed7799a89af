"""An alarm as a record, and the forms in which CloudWatch sends it."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from prr_pipeline.deferred_dataclass import dataclass


@dataclass(frozen=True, slots=True)
class AlarmMetric:
    """What an alarm looks at. ``statistic`` is as written, such as ``Sum`` or ``p99``; ``expression`` if it reckons."""

    namespace: str
    name: str
    statistic: str
    dimensions: tuple[tuple[str, str], ...]
    expression: str = ""


@dataclass(frozen=True, slots=True)
class Alarm:
    """An alarm. ``notifies`` are the ARNs that it tells while it fires, empty if its actions are switched off."""

    name: str
    state: Literal["OK", "ALARM", "INSUFFICIENT_DATA"]
    metrics: tuple[AlarmMetric, ...]
    comparison: str
    threshold: Decimal | None
    notifies: tuple[str, ...]
    state_since: datetime
    tags: tuple[tuple[str, str], ...] = ()


class Parsed(BaseModel):
    """A form that AWS documents, as its library has parsed it."""

    model_config = ConfigDict(strict=True, extra="ignore", frozen=True)


class _Dimension(Parsed):
    Name: str
    Value: str


class _Metric(Parsed):
    Namespace: str
    MetricName: str
    Dimensions: list[_Dimension] = Field(default_factory=list)


class _Stat(Parsed):
    Metric: _Metric
    Stat: str


class _Query(Parsed):
    MetricStat: _Stat | None = None
    Expression: str = ""


class SentAlarm(Parsed):
    """A metric alarm."""

    AlarmName: str
    AlarmArn: str
    StateValue: Literal["OK", "ALARM", "INSUFFICIENT_DATA"]
    StateUpdatedTimestamp: AwareDatetime
    ActionsEnabled: bool
    AlarmActions: list[str] = Field(default_factory=list)
    ComparisonOperator: str
    Threshold: float | None = Field(default=None, allow_inf_nan=False)
    Namespace: str = ""
    MetricName: str = ""
    Statistic: str = ""
    ExtendedStatistic: str = ""
    Dimensions: list[_Dimension] = Field(default_factory=list)
    Metrics: list[_Query] = Field(default_factory=list)

    def record(self, tags: tuple[tuple[str, str], ...]) -> Alarm:
        """The alarm as a record, with the tags that it bears."""
        metrics = tuple(_metric(query) for query in self.Metrics)
        if self.MetricName:
            statistic = self.Statistic or self.ExtendedStatistic
            metrics = (AlarmMetric(self.Namespace, self.MetricName, statistic, _pairs(self.Dimensions)),)
        threshold = None if self.Threshold is None else Decimal(repr(self.Threshold))
        notifies = tuple(self.AlarmActions) if self.ActionsEnabled else ()
        return Alarm(
            self.AlarmName, self.StateValue, metrics, self.ComparisonOperator, threshold, notifies,
            self.StateUpdatedTimestamp.astimezone(UTC), tags,
        )  # fmt: skip


class SentAlarms(Parsed):
    """A page of alarms."""

    MetricAlarms: list[SentAlarm]
    NextToken: str | None = None


class SentTag(Parsed):
    """A tag."""

    Key: str
    Value: str


class SentTags(Parsed):
    """The tags of an alarm."""

    Tags: list[SentTag]


def _metric(query: _Query) -> AlarmMetric:
    stat = query.MetricStat
    if stat is None:
        return AlarmMetric("", "", "", (), query.Expression)
    return AlarmMetric(stat.Metric.Namespace, stat.Metric.MetricName, stat.Stat, _pairs(stat.Metric.Dimensions))


def _pairs(dimensions: list[_Dimension]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((one.Name, one.Value) for one in dimensions))
