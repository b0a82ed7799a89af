"""Metrics from Prometheus: what its counters show at the borders of the buckets, and how new that is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from prr_pipeline.errors import PrrError, UnknownName
from prr_pipeline.platforms.http.pace import Pace
from prr_pipeline.platforms.silence import SourceSilent
from prr_pipeline.rollout.metrics import ArmBuckets, Bucket, MetricAnswer
from prr_pipeline.signals.metrics.counters import BadAnswer, SeriesKey, buckets_between
from prr_pipeline.signals.metrics.prometheus_api import counts_between, require_labels, times_at
from prr_pipeline.signals.metrics.prometheus_options import PrometheusOptions, TimedReader, reader_for
from prr_pipeline.signals.metrics.queries import Queries, filled
from prr_pipeline.signals.metrics.source import MetricQuestion, on_grid

LOOK_BACK = 15
"""Steps before the first bucket in which series are looked for: one that was away for a while is known again."""
SETTLING = timedelta(seconds=10)
"""How long after its end a bucket is asked for: until then a scrape may still be on its way in."""
REACH_S = 3
"""Most seconds that a look whether anybody answers takes."""
FUTURE = timedelta(seconds=5)
"""How far ahead of our clock a sample may be."""


class Prometheus:
    """One Prometheus. ``now`` of a question is real time, as the times of samples are.

    A token is looked up at each question: a missing one makes a metric unknown and stops nothing else.
    """

    name = "prometheus"

    def __init__(
        self, options: PrometheusOptions, environment: Mapping[str, str] | None = None, pace: Pace | None = None
    ) -> None:
        self._options = options
        self._environment = environment
        self._pace = pace

    def read(self, question: MetricQuestion, now: datetime) -> MetricAnswer:
        """The buckets of each arm, up to the newest sample that all of them have."""
        try:
            queries = self._queries(question.metric)
            return self._answer(reader_for(self._options, self._environment, self._pace), queries, question, now)
        except SourceSilent as silent:
            return question.unread(now, str(silent))
        except PrrError as fault:
            return question.unread(now, f"Prometheus, metric {question.metric}: {str(fault).rstrip('.')}.")

    def reach(self, now: datetime) -> str:
        """What answers a question about nothing, in words, within a few seconds. Raises `PrrError` for no answer."""
        options = self._options
        read_s, total_s = options.read_timeout_seconds, options.total_timeout_seconds
        short = replace(options, read_timeout_seconds=min(read_s, REACH_S), total_timeout_seconds=min(total_s, REACH_S))
        times_at(reader_for(short, self._environment, self._pace), "vector(1)", now, "the query vector(1)")
        return f"Prometheus at {options.url} answers"

    def _queries(self, metric: str) -> Queries:
        if metric not in self._options.queries:
            raise UnknownName("metric (of metrics.options.queries)", metric, self._options.queries)
        return self._options.queries[metric]

    def _answer(self, reader: TimedReader, queries: Queries, question: MetricQuestion, now: datetime) -> MetricAnswer:
        newest_at = min(self._newest(reader, queries, question, variant, now) for variant in question.variants)
        until = on_grid(min(newest_at, now - SETTLING), question.step)
        if until <= question.since:
            since, newest = question.since.isoformat(), newest_at.isoformat(timespec="seconds")
            raise BadAnswer(f"no bucket since {since} is complete: the newest sample is of {newest}; it is asked again")
        arms = [self._arm(reader, queries, question, variant, until) for variant in question.variants]
        found = ArmBuckets(arms[0], arms[1] if len(arms) > 1 else None)
        return MetricAnswer(question.metric, question.since, until, question.step, found, newest_at)

    def _newest(
        self, reader: TimedReader, queries: Queries, question: MetricQuestion, variant: str, now: datetime
    ) -> datetime:
        """When the newest sample of one arm was taken."""
        name = f"the query newest of {variant}"
        times = times_at(reader, filled(queries.newest, question, variant), now, name)
        self._check(times, question, variant, name)
        newest_s = max(times.values())
        if newest_s > (now + FUTURE).timestamp():
            raise BadAnswer(f"{name} tells of a sample in the future, so a clock is wrong; correct it")
        if newest_s < 0:
            raise BadAnswer(f"{name} gives what is no time; let it be timestamp(...) of the counter")
        return datetime.fromtimestamp(newest_s, UTC)

    def _arm(
        self, reader: TimedReader, queries: Queries, question: MetricQuestion, variant: str, until: datetime
    ) -> tuple[Bucket, ...]:
        step_s = int(question.step.total_seconds())
        since = int(question.since.timestamp())
        borders = range(since - LOOK_BACK * step_s, int(until.timestamp()) + 1, step_s)
        counts = []
        for part, template in (("bad", queries.bad), ("total", queries.total)):
            name = f"the query {part} of {variant}"
            found = counts_between(reader, filled(template, question, variant), borders, step_s, name)
            self._check(found, question, variant, name)
            counts.append(found)
        return buckets_between(counts[0], counts[1], borders, since)

    def _check(self, series: Mapping[SeriesKey, object], question: MetricQuestion, variant: str, name: str) -> None:
        limit = self._options.max_series
        if len(series) > limit:
            raise BadAnswer(
                f"{name} gives {len(series)} series, more than {limit}; sum by process, or raise max_series"
            )
        needed = self._options.variant_label
        wanted = {"operation_id": question.operation_id, "service": question.service, needed: variant}
        require_labels(series, needed, wanted, name)


def from_options(options: Mapping[str, object], root: Path) -> Prometheus:
    """``url``, ``queries`` and more: see `PrometheusOptions`. Paths count from ``root``."""
    return Prometheus(PrometheusOptions.read(options, root))
