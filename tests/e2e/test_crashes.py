"""Real Dagster processes die in the middle of a write: each promotion converges, is never too high, and climbs on."""

from __future__ import annotations

import os
import shutil
import signal
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from prr_pipeline.clock import FileClock
from prr_pipeline.control.failpoints import VARIABLE
from prr_pipeline.control.orders import Order, resume
from prr_pipeline.control.workplace import connect
from prr_pipeline.demo.deployment import make_deployment
from prr_pipeline.demo.graphql import Dagster
from prr_pipeline.demo.reviews import Reviewer
from prr_pipeline.exposure import OFF
from prr_pipeline.ledger.audit import verify
from prr_pipeline.orchestration.servers import Servers
from prr_pipeline.rollout.state import LatchKind
from prr_pipeline.signals.alerts.inbox import beat
from tests.e2e.conftest import ORIGIN, Stage, rest_subjects
from tests.faults.watcher import Watcher

pytestmark = pytest.mark.e2e
NAME = "createEntity"
KEY = f"{NAME}:beta"
FLAG = f"{NAME}-beta"
PLACES = ("after_intent", "after_flag_write", "after_latch")
WORKER_LIMIT_S = 12.0
"""How long Dagster may take to see that a run worker was killed."""


@dataclass
class Crashes:
    """Servers whose processes die once at a failpoint, when its trigger is laid down."""

    stage: Stage
    triggers: Path

    def arm(self, place: str) -> Path:
        """The next process that comes to this place dies there."""
        trigger = self.triggers / place
        trigger.touch()
        return trigger

    def died(self, trigger: Path, what: str) -> None:
        """Wait until it did."""
        self.stage.until(lambda: not trigger.exists(), f"{what} killed")

    def exposure(self) -> str:
        """What the flag shows, read past the ledger."""
        return str(self.stage.work.flags.read([FLAG])[FLAG].exposure)

    def seconds_to_failure(self) -> float:
        """How long until Dagster marks the run of the killed worker as failed."""
        return self.stage.until(lambda: not self._unfinished(), "the killed run to fail", 60)

    def _unfinished(self) -> list[dict[str, Any]]:
        return [run for run in self.stage.dagster.runs(10) if run["status"] in ("STARTING", "STARTED")]


@pytest.fixture(scope="module")
def crashes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crashes]:
    """A deployment with servers of its own, one promotion signed."""
    if shutil.which("ssh-keygen") is None:
        pytest.skip("ssh-keygen is not on this machine, and signatures are real here")
    folder = tmp_path_factory.mktemp("crashes")
    deployment = make_deployment(folder / "d", ORIGIN, factor=None)
    rest_subjects(deployment)
    beat(deployment.inbox)
    triggers = folder / "triggers"
    triggers.mkdir()
    failpoints = ";".join(f"{place}=kill@{triggers / place}" for place in PLACES)
    servers = Servers(
        deployment.settings_file, deployment.home, dequeue_interval_s=1, environment={VARIABLE: failpoints}
    )
    with servers:
        work = connect(deployment.settings_file)
        reviewer = Reviewer(work, deployment)
        stage = Stage(deployment, work, FileClock(deployment.clock_file), reviewer, servers, Dagster(servers.url))
        threading.Thread(target=stage.keep_beating, daemon=True).start()
        yield Crashes(stage, triggers)
        stage.stop()


@pytest.fixture(scope="module")
def watcher(crashes: Crashes) -> Iterator[Watcher]:
    """Samples the flag from the first test to the last, through every crash."""
    folder = crashes.stage.deployment.folder / ".prr"
    crashes.stage.open(NAME)
    with Watcher(folder / "flags.json", folder / "ledger.sqlite", pause_s=0.01) as watching:
        yield watching
    assert watching.looks > 1_000
    assert watching.violations(crashes.stage.work.ledger) == []
    print(f"\n{watching.looks} looks at the flag, 0 above the approved rung")


@pytest.fixture(scope="module")
def signed(crashes: Crashes, watcher: Watcher) -> Crashes:
    """Everything agreed; the next step is a raise to shadow, whose run will die after its intent."""
    crashes.stage.until(lambda: KEY in crashes.stage.dagster.partitions(), "partition")
    crashes.arm("after_intent")
    crashes.stage.agree(KEY)
    return crashes


def test_1_a_run_killed_between_intent_and_flag_write_is_finished_by_the_next(signed: Crashes) -> None:
    """The intent is open and the flag as before; Dagster fails the run within seconds and another one raises."""
    signed.died(signed.triggers / "after_intent", "the run worker")
    state = signed.stage.work.state(KEY)
    assert (state.intent is not None, state.exposure, signed.exposure()) == (True, OFF, "off")
    failed = signed.seconds_to_failure()
    signed.stage.climb_to(KEY, "shadow")
    print(f"\nkilled after the intent: run failed after {failed:.1f} s")
    assert failed < WORKER_LIMIT_S
    assert signed.exposure() == "shadow"


def test_2_a_run_killed_between_flag_write_and_settle_is_settled_by_the_next(signed: Crashes) -> None:
    """The flag shows 1% and the ledger its intent; the next run settles it, and nothing goes further."""
    trigger = signed.arm("after_flag_write")
    signed.stage.serve_dwell(KEY)
    signed.died(trigger, "the run worker")
    state = signed.stage.work.state(KEY)
    assert (state.intent is not None, state.exposure.name, signed.exposure()) == (True, "shadow", "1%")
    failed = signed.seconds_to_failure()
    signed.stage.climb_to(KEY, "1%")
    print(f"\nkilled after the flag write: run failed after {failed:.1f} s")
    assert failed < WORKER_LIMIT_S
    assert signed.exposure() == "1%"
    settled = [e for e in signed.stage.work.ledger.events(stream=KEY) if e.type == "intent_settled"]
    assert len(settled) == 2


def test_3_a_code_server_killed_between_latch_and_flag_write_lowers_after_its_restart(signed: Crashes) -> None:
    """The guard's tick runs in the code server: it dies with the latch written; the next tick lowers."""
    stage = signed.stage
    trigger = signed.arm("after_latch")
    stage.alert("FastBurn", "critical", operation_id=NAME)
    start = time.monotonic()
    while trigger.exists() and time.monotonic() - start < 60:
        time.sleep(0.05)
    assert stage.servers.processes["code"].wait(10) == -signal.SIGKILL
    latch = stage.work.state(KEY).latch
    assert latch is not None
    assert (latch.kind, signed.exposure()) == (LatchKind.ROLLED_BACK, "1%")
    stage.servers.restart_code_server()
    seconds = stage.until(lambda: signed.exposure() == "off", "flag off", 60)
    stage.until(lambda: not stage.work.state(KEY).lowering_open, "settled")
    print(f"\ncode server killed after the latch: flag off {seconds:.1f} s after it was there again")
    assert stage.work.state(KEY).exposure == OFF


def test_4_signed_anew_it_climbs_again(signed: Crashes) -> None:
    """After all three crashes the promotion is whole: attempt 2 starts from the bottom."""
    stage = signed.stage
    stage.resolve("FastBurn", "critical", operation_id=NAME)
    stage.reviewer.sign(KEY, ("jonas", "felix"), attempt=2)
    stage.reviewer.commit("Sign attempt 2", "mara")
    stage.until(lambda: sum(s.attempt == 2 for s in stage.work.state(KEY).signoffs) == 2, "accepted")
    resume(stage.work, KEY, Order("person:mara", "the fix is deployed"))
    stage.climb_to(KEY, "shadow")
    assert verify(stage.work.ledger).faults == ()


def test_5_a_run_that_died_with_its_code_server_blocks_no_later_one(signed: Crashes) -> None:
    """Nobody tells Dagster of its death before 300 s; the promotion goes on after 60."""
    stage = signed.stage
    trigger = signed.arm("after_intent")
    stage.serve_dwell(KEY)
    code = stage.servers.processes["code"]
    while trigger.exists():
        time.sleep(0.005)
    os.kill(code.pid, signal.SIGKILL)
    code.wait(10)
    stage.servers.restart_code_server()
    [lost] = [run for run in stage.dagster.runs(10) if run["status"] == "STARTED"]
    seconds = stage.until(lambda: stage.work.state(KEY).exposure.name == "1%", "1%", 150)
    print(f"\nrun lost with its code server: 1% {seconds:.0f} s later")
    assert signed.exposure() == "1%"
    assert any(run["runId"] != lost["runId"] for run in stage.dagster.runs(10))
