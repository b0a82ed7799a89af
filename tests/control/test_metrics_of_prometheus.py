"""From a real Prometheus to a gate: the guard reads counters by the minute, and a server that is gone opens nothing."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from prr_pipeline.rollout.gates import GateState
from prr_pipeline.signals.metrics.source import on_grid
from tests.control.metering import KEY, gate, kept, look, metered
from tests.control.scene import Scene
from tests.services.prometheus_server import PrometheusServer, Samples, needs_prometheus, series

pytestmark = needs_prometheus
MINUTE = timedelta(minutes=1)
MINUTES = 120


def counters(since: datetime) -> dict[tuple[str, tuple[tuple[str, str], ...]], Samples]:
    """Two hours of both variants, at 1%, scraped at 10 s and at 40 s of each minute."""
    found: dict[tuple[str, tuple[tuple[str, str], ...]], Samples] = {}
    for variant, requests, errors in (("on", 30, 0), ("off", 2_970, 3)):
        labels = {"operation_id": "createGrant", "service": "equity", "variant": variant, "instance": "a"}
        for name, each in (("op_requests_total", requests), ("op_errors_total", errors)):
            samples = [
                (since + at * MINUTE + timedelta(seconds=second), float(each * (at + (second > 30))))
                for at in range(-2, MINUTES + 1)
                for second in (10, 40)
            ]
            lowest = samples[0][1]
            found |= series(name, [(when, count - lowest) for when, count in samples], **labels)
    return found


def test_the_counters_of_a_real_server_open_the_gate_and_its_end_closes_it(risen: Scene, tmp_path: Path) -> None:
    """Each minute is counted once; without the server the evidence stands, and the gate is unknown."""
    since = on_grid(risen.work.now(), MINUTE)
    with PrometheusServer(tmp_path, counters(since)) as server:
        section = f'source = "prometheus"\njudged = ["errors"]\noptions = {{ url = "{server.url}" }}'
        metered(risen, section, 'required_gates = ["canary"]')
        for _ in range(3):
            decision = look(risen, 40 * MINUTE + timedelta(seconds=10))
        counts = kept(risen).metrics["errors"].evidence.counts
        minutes = counts.observed_s // 60
        assert (counts.bad, counts.total, counts.control_bad, counts.control_total) == (
            0, 30 * minutes, 3 * minutes, 2_970 * minutes,
        )  # fmt: skip
        assert 115 <= minutes <= 120
        assert gate(decision, "canary").state is GateState.OPEN
    decision = look(risen, 2 * MINUTE)
    assert gate(decision, "canary").state is GateState.UNKNOWN
    assert "Prometheus at http://127.0.0.1" in gate(decision, "canary").why
    assert kept(risen).metrics["errors"].evidence.counts == counts
    assert risen.state(KEY).latch is None
