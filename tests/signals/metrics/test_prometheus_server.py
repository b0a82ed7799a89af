"""The Prometheus source against the real server: what it gives for processes that start, end and begin again."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import accumulate
from pathlib import Path

import pytest

from prr_pipeline.signals.metrics.prometheus import Prometheus
from prr_pipeline.signals.metrics.prometheus_options import PrometheusOptions
from tests.architecture.source_tree import ROOT
from tests.contracts.metric_source import (
    MINUTE,
    NOW,
    SINCE,
    MetricSourceContract,
    Minutes,
    question,
    shown,
)
from tests.services.prometheus_server import PrometheusServer, Samples, Series, needs_prometheus, series

pytestmark = needs_prometheus
SECOND = timedelta(seconds=1)
LABELS = '{operation_id="{operation_id}",variant="{variant}"}'
Counts = list[tuple[datetime, float]]
Key = tuple[str, tuple[tuple[str, str], ...]]


def counter(grown: list[int], since: datetime = SINCE) -> Counts:
    """A counter from zero, scraped at 10 s and at 40 s of each minute, before and after its growth."""
    found = [(since - 20 * SECOND, 0.0), (since + 10 * SECOND, 0.0)]
    for minute, count in enumerate(accumulate(grown)):
        at = since + minute * MINUTE
        found += [(at + 40 * SECOND, float(count)), (at + 70 * SECOND, float(count))]
    return found


def process(operation: str, variant: str, instance: str, bad: Counts, total: Counts) -> Series:
    """Both counters of one process."""
    labels = {"operation_id": operation, "service": "equity", "variant": variant, "instance": instance}
    return {**series("op_errors_total", bad, **labels), **series("op_requests_total", total, **labels)}


def counted(minutes: Minutes, operation: str = "createGrant", instance: str = "a") -> dict[Key, Samples]:
    """Both counters of each variant in one process."""
    found: dict[Key, Samples] = {}
    for variant, rows in minutes.items():
        bad, total = (counter([row[part] for row in rows if row is not None]) for part in (0, 1))
        found.update(process(operation, variant, instance, bad, total))
    return found


def at(server: PrometheusServer, **options: object) -> Prometheus:
    """The source of a server."""
    return Prometheus(PrometheusOptions.read({"url": server.url, **options}, Path()))


class TestContract(MetricSourceContract):
    """Counters of one process, scraped twice a minute."""

    @pytest.fixture(autouse=True)
    def _past(self, tmp_path: Path) -> Iterator[None]:
        self.past: dict[Key, Samples] = {}
        self.folder = tmp_path
        self.server: PrometheusServer | None = None
        with ExitStack() as self.stack:
            yield

    def source(self) -> Prometheus:
        if self.server is None:
            self.server = self.stack.enter_context(PrometheusServer(self.folder, self.past))
        return at(self.server)

    def count(self, minutes: Minutes, operation: str = "createGrant") -> None:
        self.past.update(counted(minutes, operation))


def test_a_server_that_counts_nothing_answers_all_the_same(tmp_path: Path) -> None:
    """A look whether it answers asks for no metric."""
    with PrometheusServer(tmp_path, {}) as server:
        assert at(server).reach(NOW) == f"Prometheus at {server.url} answers"


OFF: Minutes = {"off": [(0, 100)] * 5}
"""The control arm of the operations below."""


def life_of_processes() -> dict[Key, Samples]:
    """Operations by what happens to their processes, each with a quiet control arm."""
    found: dict[Key, Samples] = {}
    for name in ("two", "restart", "end", "newcomer", "crash", "away", "silent", "unpaired", "shares"):
        found.update(counted(OFF, name))
    for name in ("end", "newcomer", "crash"):
        found.update(counted({"on": [(0, 10)] * 5}, name))
    found.update(counted({"on": [(1, 10)] * 5}, "two"))
    found.update(counted({"on": [(0, 7)] * 5}, "two", "b"))
    again = [*counter([10, 10])[:-1], *at_seconds((130, 3), (160, 9), (190, 9), (220, 9), (280, 9), (310, 9))]
    found.update(process("restart", "on", "a", fails(again), again))
    found.update(process("end", "on", "b", counter([4])[:-1], counter([8])[:-1]))
    found.update(process("newcomer", "on", "b", at_seconds((160, 2), (190, 2)), at_seconds((160, 5), (190, 6))))
    found.update(process("crash", "on", "b", at_seconds((160, 50)), at_seconds((160, 50))))
    gone = [one for one in counter([10] * 5) if not 50 < (one[0] - SINCE).total_seconds() < 200]
    found.update(process("away", "on", "a", fails(gone), gone))
    found.update(process("silent", "on", "a", fails(counter([10])), counter([10])))
    found.update(series("op_requests_total", counter([5] * 5), operation_id="unpaired", service="equity", variant="on"))
    for variant, below in (("on", [9, 10, 0, 5, 10]), ("off", [10] * 5)):
        labels = {"operation_id": "timed", "variant": variant, "instance": "a"}
        found.update(series("op_seconds_count", counter([10] * 5), **labels))
        found.update(series("op_seconds_bucket", counter(below), le="0.5", **labels))
    found.update(process("shares", "on", "a", fails(counter([1] * 5), 0.5), counter([1] * 5)))
    return found


def at_seconds(*samples: tuple[int, int]) -> Counts:
    """A counter by the seconds from `SINCE` on."""
    return [(SINCE + second * SECOND, float(count)) for second, count in samples]


def fails(counts: Counts, number: float = 0.0) -> Counts:
    """A counter that stands, scraped when the other one is."""
    return [(when, number) for when, _ in counts]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrometheusServer]:
    """One server for the tests below."""
    with PrometheusServer(tmp_path_factory.mktemp("prometheus"), life_of_processes()) as running:
        yield running


@pytest.mark.parametrize(
    ("operation", "minutes"),
    [
        ("two", [(1, 17)] * 5),
        ("restart", [(0, 10), (0, 10), (0, 9), (0, 0), (0, 0)]),
        ("end", [(4, 18), *[(0, 10)] * 4]),
        ("newcomer", [(0, 10), (0, 10), (2, 15), (0, 11), (0, 10)]),
        ("crash", [(0, 10), (0, 10), (50, 60), (0, 10), (0, 10)]),
    ],
)
def test_every_process_is_counted(server: PrometheusServer, operation: str, minutes: list[tuple[int, int]]) -> None:
    """Several at once, one that begins again at zero, one that ends within a minute, one that comes up, and one that
    lives for half a minute and fails in all of it."""
    found = shown(at(server).read(question(operation), NOW))
    assert found["on"] == [(minute, *counts) for minute, counts in enumerate(minutes)]


def test_minutes_without_a_sample_are_left_out_and_nothing_is_lost(server: PrometheusServer) -> None:
    """What was counted meanwhile shows at the first sample after the gap."""
    found = shown(at(server).read(question("away"), NOW))
    assert found["on"] == [(0, 0, 10), (3, 0, 30), (4, 0, 10)]


@pytest.mark.parametrize(
    ("operation", "words"),
    [
        ("nothing", "gives no series, and nothing is not zero"),
        ("unpaired", "gives no series"),
        ("shares", "gives what is no count"),
    ],
)
def test_what_is_not_counted_is_unknown(server: PrometheusServer, operation: str, words: str) -> None:
    """Nothing, only half of it, or shares of events."""
    answer = at(server).read(question(operation, control=None), NOW)
    assert words in answer.fault


def test_an_arm_that_fell_silent_shows_how_old_it_is(server: PrometheusServer) -> None:
    """Its last sample is four minutes old, and nothing is made up since."""
    answer = at(server).read(question("silent"), NOW)
    assert (answer.until, answer.newest_at) == (SINCE + MINUTE, SINCE + 70 * SECOND)


@pytest.mark.parametrize(
    ("total", "words"),
    [
        (f"sum by (variant) (op_requests_total{LABELS})", "series have a total"),
        (f"sum (op_requests_total{LABELS})", "without the label variant"),
        (f"rate(op_requests_total{LABELS}[90s])", "no count"),
        (f"rate(op_requests_total{LABELS}[90s]", "unexpected status 400"),
        (f'label_replace(op_requests_total{LABELS}, "service", "x", "", "")', "another service"),
    ],
    ids=["summed", "without labels", "rate", "broken", "of another service"],
)
def test_a_query_that_does_not_fit_is_unknown(server: PrometheusServer, total: str, words: str) -> None:
    """With what to mend in the sentence."""
    usual = {"bad": f"op_errors_total{LABELS}", "newest": f"timestamp(op_requests_total{LABELS})"}
    source = at(server, queries={"errors": {**usual, "total": total}})
    assert words in source.read(question("two"), NOW).fault


def test_processes_that_are_summed_are_found_out_when_one_ends(server: PrometheusServer) -> None:
    """Their sum shrinks, which would otherwise count everything once more."""
    names = {"bad": "op_errors_total", "total": "op_requests_total"}
    queries = {
        part: f"1000 + sum by (variant) (last_over_time({name}{LABELS}[{{step}}]))" for part, name in names.items()
    }
    queries["newest"] = f"max by (variant) (timestamp(op_requests_total{LABELS}))"
    answer = at(server, queries={"errors": queries}).read(question("end"), NOW)
    assert "counter shrank from 1018 to 1020" in answer.fault


def test_a_long_past_is_read_page_by_page(server: PrometheusServer) -> None:
    """Three days of minutes are more points than one page, and their end is the same."""
    found = shown(at(server).read(question("two", since=SINCE - timedelta(days=3)), NOW))
    assert found["on"] == [(minute, 1, 17) for minute in range(5)]


def test_more_series_than_expected_are_unknown(server: PrometheusServer) -> None:
    """The query may have matched what it was not meant for."""
    assert "gives 2 series, more than 1" in at(server, max_series=1).read(question("two"), NOW).fault


def test_the_latency_query_of_the_documentation_counts_what_was_too_slow(server: PrometheusServer) -> None:
    """All requests less those that a bucket of the histogram holds."""
    page = (ROOT / "docs" / "metrics.md").read_text("utf-8")
    [example] = [block for block in re.findall(r"```toml\n(.*?)```", page, re.DOTALL) if "queries.slow" in block]
    queries = tomllib.loads(example)["metrics"]["options"]["queries"]
    found = shown(at(server, queries=queries).read(replace(question("timed"), metric="slow"), NOW))
    assert found["on"] == [(0, 1, 10), (1, 0, 10), (2, 10, 10), (3, 5, 10), (4, 0, 10)]
