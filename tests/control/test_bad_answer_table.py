"""The table of bad answers, from real sources and a local server on to the decision: none raises, none rolls back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest

from prr_pipeline.rollout.alerts import AlertAnswer, answer_for
from prr_pipeline.rollout.canary import canary_gate, hard_failures, judge, regressions
from prr_pipeline.rollout.canary_policy import CanaryPolicy
from prr_pipeline.rollout.decide import Decision, Verdict, decide
from prr_pipeline.rollout.evidence import Evidence, Stay
from prr_pipeline.rollout.facts import Facts
from prr_pipeline.rollout.gates import GateState
from prr_pipeline.rollout.known_names import KnownNames
from prr_pipeline.rollout.ladder import DEFAULT_LADDER
from prr_pipeline.rollout.metrics import ArmBuckets, Bucket, MetricAnswer
from prr_pipeline.rollout.policy import Policy
from prr_pipeline.signals.alerts.inbox import Inbox, beat, drop
from prr_pipeline.signals.metrics.recorded import Recorded
from tests.contracts import alert_source, metric_source
from tests.platforms.local_service import Asked, LocalService, Reply, closed_port
from tests.rollout.worlds import GRANTS, IDENTITY, RUNGS, facts, index, promotion
from tests.signals.alerts.alertmanager.api import Api, watchdog
from tests.signals.alerts.alertmanager.bad_answers import BROKEN, SILENT
from tests.signals.alerts.messages import BAD
from tests.signals.metrics.played_prometheus import Body, play
from tests.signals.metrics.test_bad_answers import INSTANTS, RANGES, REPLIES, read_from

AskAlerts = Callable[[LocalService, Path], AlertAnswer]
AskMetric = Callable[[LocalService, Path], MetricAnswer]
MINUTE = timedelta(minutes=1)
LIMIT = timedelta(seconds=30)
LOOSE = CanaryPolicy(most_share_factor=0)
METERED = Policy(required=frozenset({"canary"}))
EXPOSED = RUNGS[1:]


@pytest.fixture
def server() -> Iterator[LocalService]:
    """A fresh local service."""
    with LocalService() as running:
        yield running


# alerts


def alertmanager(spoil: Callable[[Api], None] = lambda api: None) -> AskAlerts:
    """An Alertmanager whose answer is spoiled."""

    def ask(server: LocalService, folder: Path) -> AlertAnswer:
        api = Api(server, [watchdog()])
        spoil(api)
        now = alert_source.NOW
        reading = api.source(max_bytes=16_384).read(now)
        return answer_for([reading], GRANTS, "grants", KnownNames(), now=now, max_age=LIMIT)

    return ask


def nobody_listens(server: LocalService, folder: Path) -> AlertAnswer:
    """An address at which nothing runs."""
    now = alert_source.NOW
    reading = Api(server, [watchdog()]).source(url=f"http://127.0.0.1:{closed_port()}").read(now)
    return answer_for([reading], GRANTS, "grants", KnownNames(), now=now, max_age=LIMIT)


def read_too_long_ago(server: LocalService, folder: Path) -> AlertAnswer:
    """A sound answer that is older than policy allows."""
    reading = Api(server, [watchdog()]).source().read(alert_source.NOW)
    now = alert_source.NOW + LIMIT + timedelta(seconds=1)
    return answer_for([reading], GRANTS, "grants", KnownNames(), now=now, max_age=LIMIT)


def no_source_at_all(server: LocalService, folder: Path) -> AlertAnswer:
    """Nothing is configured that could answer."""
    return answer_for([], GRANTS, "grants", KnownNames(), now=alert_source.NOW, max_age=LIMIT)


def inbox(data: bytes | None, is_alive: bool = True) -> AskAlerts:
    """An inbox with one message, and a heartbeat or none."""

    def ask(server: LocalService, folder: Path) -> AlertAnswer:
        if is_alive:
            beat(folder)
        if data is not None:
            drop(folder, data)
        reading = Inbox(folder, LIMIT, lambda: datetime.now(UTC)).read(alert_source.NOW)
        return answer_for([reading], GRANTS, "grants", KnownNames(), now=alert_source.NOW, max_age=LIMIT)

    return ask


ALERTS: dict[str, AskAlerts] = {
    **{f"alertmanager: {name}": alertmanager(spoil) for name, spoil in {**BROKEN, **SILENT}.items()},
    "alertmanager: nobody listens": nobody_listens,
    "alertmanager: read too long ago": read_too_long_ago,
    "no source at all": no_source_at_all,
    "inbox: no heartbeat": inbox(None, is_alive=False),
    **{f"inbox: {name}": inbox(data) for name, data in BAD.items()},
}


# metrics


def prometheus(spoil: Callable[[Asked, Body], Body | Reply] = lambda asked, body: body) -> AskMetric:
    """A Prometheus whose answers are spoiled."""

    def ask(server: LocalService, folder: Path) -> MetricAnswer:
        play(server, spoil)
        return read_from(server.url)

    return ask


def only(path: str, query: str, spoil: Callable[[Body], Body]) -> AskMetric:
    """One answer of all that a question takes is spoiled."""

    def one(asked: Asked, body: Body) -> Body:
        asks = asked.parameter("query") or ""
        return spoil(body) if asked.path.endswith(path) and query in asks and '"on"' in asks else body

    return prometheus(one)


def recorded(text: str | None) -> AskMetric:
    """A file of rows, or none."""

    def ask(server: LocalService, folder: Path) -> MetricAnswer:
        path = folder / "metrics.jsonl"
        if text is not None:
            path.write_text(text)
        return Recorded(path).read(metric_source.question(), metric_source.NOW)

    return ask


def silent_port(server: LocalService, folder: Path) -> MetricAnswer:
    """An address at which nothing runs."""
    return read_from(f"http://127.0.0.1:{closed_port()}")


def replied(reply: Reply) -> AskMetric:
    """One and the same reply to whatever is asked."""
    return prometheus(lambda asked, body: reply)


ROW = '{"at": "2026-03-02T12:04:00Z", "operation_id": "createGrant", "variant": "on", "metric": "errors"'
METRICS: dict[str, AskMetric] = {
    **{f"prometheus: {name}": replied(reply) for name, (reply, _) in REPLIES.items()},
    **{f"a range: {name}": only("range", "requests", spoil) for name, (spoil, _) in RANGES.items()},
    **{f"an instant: {name}": only("query", "", spoil) for name, (spoil, _) in INSTANTS.items()},
    "prometheus: nobody listens": silent_port,
    "recorded: no file": recorded(None),
    "recorded: nothing": recorded(""),
    "recorded: no JSON": recorded("half a row\n"),
    "recorded: more bad than all": recorded(f'{ROW}, "bad": 9, "total": 8}}\n'),
    "recorded: no control arm": recorded(f'{ROW}, "bad": 0, "total": 8}}\n'),
}


@cache
def shown(rung: int) -> Evidence:
    """What a rung has shown so far: ten thousand good requests, as in the control arm."""
    since = metric_source.SINCE - MINUTE
    begun = Evidence.begin(Stay("createGrant:ga", 1, rung, "errors"), since, LOOSE)
    arms = ArmBuckets((Bucket(since, 0, 10_000),), (Bucket(since, 0, 10_000),))
    return begun.add(MetricAnswer("errors", since, metric_source.SINCE, MINUTE, arms, metric_source.SINCE), LOOSE)


def judged(rung: str, answer: MetricAnswer) -> Facts:
    """The facts of a promotion on that rung that is served, ready and signed, with what the canary says of it."""
    now, state = metric_source.NOW, promotion(rung)
    evidence = shown(index(rung)).add(answer, LOOSE)
    one = judge(evidence, answer, LOOSE, DEFAULT_LADDER, now, dwell_ends_at=now)
    proven = {"regressions": regressions([one]), "hard_failures": hard_failures([one])}
    return facts(state, optional={"canary": canary_gate([one])}, **proven)


def of_alerts(rung: str, answer: AlertAnswer, *, own: bool = True) -> Facts:
    """The same with that answer about the operation, or about what it depends on."""
    seen = facts(promotion(rung))
    return replace(seen, alerts=answer) if own else replace(seen, dependency_alerts={IDENTITY: answer})


def decided(rung: str, seen: Facts, policy: Policy) -> Decision:
    """The decision of production."""
    return decide(promotion(rung), seen, policy, metric_source.NOW)


def require_held(decision: Decision, gate: str) -> None:
    """Nothing moves in either direction, and what could not be read stops the clock and is told to people."""
    found = next(one for one in decision.gates if one.name == gate)
    assert found.state is GateState.UNKNOWN, found.why
    assert found.why
    assert (decision.to, decision.latch, decision.adopt) == (None, None, None)
    assert (decision.verdict, decision.blind, decision.clock_runs) == (Verdict.UNKNOWN, True, False)


@pytest.mark.parametrize("ask", ALERTS.values(), ids=ALERTS)
def test_no_bad_answer_about_alerts_raises_or_rolls_back(ask: AskAlerts, server: LocalService, tmp_path: Path) -> None:
    """On each rung, about the operation and about a dependency of it."""
    answer = ask(server, tmp_path)
    for rung in EXPOSED:
        for own in (True, False):
            require_held(decided(rung, of_alerts(rung, answer, own=own), Policy()), "alerts")


@pytest.mark.parametrize("ask", METRICS.values(), ids=METRICS)
def test_no_bad_answer_about_metrics_raises_or_rolls_back(ask: AskMetric, server: LocalService, tmp_path: Path) -> None:
    """On each rung, though all that was shown before is good."""
    answer = ask(server, tmp_path)
    for rung in EXPOSED:
        require_held(decided(rung, judged(rung, answer), METERED), "canary")
        ignored = decided(rung, judged(rung, answer), Policy())
        assert ignored.verdict is (Verdict.ADVANCE if rung != "100%" else Verdict.HOLD), "it holds where it is required"


def test_before_they_are_spoiled_the_answers_open_the_way(server: LocalService, tmp_path: Path) -> None:
    """So what holds above is the bad answer, and nothing else."""
    answer = prometheus()(server, tmp_path)
    assert decided("1%", judged("1%", answer), METERED).verdict is Verdict.ADVANCE
    server.otherwise = None
    for ask in (alertmanager(), inbox(None)):
        seen = of_alerts("1%", ask(server, tmp_path / "inbox"))
        assert decided("1%", seen, Policy()).verdict is Verdict.ADVANCE


def test_the_table_is_long_enough() -> None:
    """At least twenty-five answers of each kind, from two sources each."""
    assert len(ALERTS) >= 25
    assert len(METRICS) >= 25
    assert {name.partition(":")[0] for name in ALERTS} >= {"alertmanager", "inbox"}
    assert {name.partition(":")[0] for name in METRICS} >= {"prometheus", "recorded"}
