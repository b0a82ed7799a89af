"""A deployment of the sample with real Dagster servers, driven over GraphQL, on a clock that the tests move."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from prr_pipeline.clock import FileClock
from prr_pipeline.control.dwelling import read_dwell
from prr_pipeline.control.explain import explain
from prr_pipeline.control.kept_metrics import read_kept
from prr_pipeline.control.opening import OpenRequest, open_promotion
from prr_pipeline.control.workplace import Workplace, connect
from prr_pipeline.demo.alerts import resolve, send
from prr_pipeline.demo.deployment import Deployment, copy_artefacts, make_deployment
from prr_pipeline.demo.graphql import Dagster
from prr_pipeline.demo.reviews import Reviewer
from prr_pipeline.demo.traffic import Traffic, shown_now
from prr_pipeline.ledger.events import EventType
from prr_pipeline.orchestration.servers import Servers
from prr_pipeline.signals.alerts.inbox import beat
from prr_pipeline.subjects import Subject, Target

ORIGIN = datetime(2026, 11, 2, 9, tzinfo=UTC)
COUNCIL = ("noor", "jonas", "felix")


@dataclass
class Stage:
    """One deployment with its servers, and what a person would do at it."""

    deployment: Deployment
    work: Workplace
    clock: FileClock
    reviewer: Reviewer
    servers: Servers
    dagster: Dagster
    traffic: Traffic | None = None
    """Who uses what is promoted, where the canary is required."""
    _stop: threading.Event = field(default_factory=threading.Event)

    def open(self, name: str, target: Target = Target.BETA) -> str:
        """Open a promotion and return its key."""
        return open_promotion(self.work, OpenRequest(Subject.parse(name), target, "mara", author="mara")).key

    def agree(self, key: str, people: tuple[str, ...] = COUNCIL) -> None:
        """Attest, file the document and sign, each as its own commit once the pipeline took the one before."""
        filed = self.reviewer.attest_open_lines(key, "noor")
        self.reviewer.file_document(key)
        self.reviewer.commit(f"Attest and file {key}", "mara")
        taken = partial(self.work.ledger.events, stream=key, types=(EventType.ATTESTATION_ACCEPTED,))
        self.until(lambda: len(taken()) >= filed, "attestations")
        self.reviewer.file_document(key)
        self.reviewer.sign(key, people)
        self.reviewer.commit(f"Sign {key}", "mara")

    def run_load_test(self) -> None:
        """CI's load test, run anew: the last one is too old after months on this clock."""
        copy_artefacts(self.deployment, self.clock.now(), ("load-test",))

    def climb_to(self, key: str, rung: str, limit_s: float = 120) -> None:
        """Wait for the pipeline to settle a rung."""
        self.until(lambda: self.work.state(key).exposure.name == rung, f"{key} at {rung}", limit_s)

    def serve_dwell(self, key: str) -> None:
        """Let a week go by, seen by the guard from its beginning to its end."""
        self.until(lambda: read_dwell(self.work, self.work.state(key)) is not None, "the stay observed")
        if self.traffic is not None:
            self.go_on(key, timedelta(hours=2))
            self.until(lambda: self._is_metered(key), "the metrics of the stay read")
        self.go_on(key, timedelta(days=7, minutes=1))

    def go_on(self, key: str, span: timedelta) -> None:
        """Let time go by; what users did meanwhile is there when the guard looks."""
        if self.traffic is not None:
            state = self.work.state(key)
            self.traffic.write(shown_now(self.work, {state.flag_key: state.subject.name}), self.clock.now() + span)
        self.clock.advance(span)

    def _is_metered(self, key: str) -> bool:
        """Whether the guard has read something about the present stay: time before that is not served."""
        kept = read_kept(self.work, key)
        if kept is None or not kept.is_about(self.work.state(key)):
            return False
        return all(one.answer.arms is not None for one in kept.metrics.values())

    def alert(self, name: str, severity: str, **labels: str) -> str:
        """Drop an alert into the inbox; returns its file's name."""
        return send(self.deployment.inbox, name, severity, labels)

    def resolve(self, name: str, severity: str, **labels: str) -> None:
        """End that alert."""
        resolve(self.deployment.inbox, name, severity, labels)

    def until(self, reached: Callable[[], bool], what: str, limit_s: float = 120) -> float:
        """Wait until something is so; returns the seconds it took. Fails with what the sensors said."""
        start = time.monotonic()
        while time.monotonic() - start < limit_s:
            if reached():
                return time.monotonic() - start
            if self.servers.fault():
                pytest.fail(self.servers.fault())
            time.sleep(0.2)
        pytest.fail(f"{what}: not reached within {limit_s:.0f} s. {self.story()}")

    def story(self) -> str:
        """Where every open promotion stands, and what the sensors and the last runs said."""
        keys = sorted(self.work.ledger.states(open_only=True))
        lines = [f"{key}: {explain(self.work, key).next_step}" for key in keys]
        for name, state in self.dagster.sensors().items():
            for tick in state["ticks"][:1]:
                error = (tick["error"] or {}).get("message", "")[:400]
                lines.append(f"{name}: {tick['status']} {tick['skipReason']} {error}")
        for run in self.dagster.runs(5):
            why = self.dagster.wait(run["runId"])[1] if run["status"] == "FAILURE" else []
            lines.append(f"{run['status']} {[a['path'][0] for a in run['assetSelection'] or []]} {why}")
        return "\n".join(lines)

    def keep_beating(self) -> None:
        """Touch the heartbeat as an alert feed would."""
        while not self._stop.wait(2):
            beat(self.deployment.inbox)

    def stop(self) -> None:
        self._stop.set()


def rest_subjects(deployment: Deployment) -> None:
    """Days go by in seconds here, and each would have every subject judged anew while promotions are watched."""
    text = deployment.settings_file.read_text("utf-8")
    assert "[repository]\n" in text
    rested = text.replace("[repository]\n", "[repository]\njudge_subjects = false\n", 1)
    deployment.settings_file.write_text(rested, "utf-8")


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Real webserver, daemon and code server on free ports, for one module."""
    if shutil.which("ssh-keygen") is None:
        pytest.skip("ssh-keygen is not on this machine, and signatures are real here")
    folder: Path = tmp_path_factory.mktemp("deployment")
    deployment = make_deployment(folder / "d", ORIGIN, factor=None, canary=True)
    rest_subjects(deployment)
    beat(deployment.inbox)
    servers = Servers(deployment.settings_file, deployment.home, dequeue_interval_s=1)
    with servers:
        work = connect(deployment.settings_file)
        clock, reviewer = FileClock(deployment.clock_file), Reviewer(work, deployment)
        traffic = Traffic(deployment.traffic_file, ORIGIN)
        print(f"traffic of the seed {traffic.seed}")
        made = Stage(deployment, work, clock, reviewer, servers, Dagster(servers.url), traffic)
        threading.Thread(target=made.keep_beating, daemon=True).start()
        yield made
        made.stop()
