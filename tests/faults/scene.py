"""A prepared deployment with two promotions, copied for each case, and what happens to it."""

from __future__ import annotations

import json
import multiprocessing
import os
import shutil
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from multiprocessing.process import BaseProcess
from pathlib import Path

from prr_pipeline.clock import FileClock
from prr_pipeline.control.council import convene
from prr_pipeline.control.guard import guard
from prr_pipeline.control.opening import OpenRequest, open_promotion
from prr_pipeline.control.orders import Order, hold, resume
from prr_pipeline.control.raising import climb
from prr_pipeline.control.workplace import Workplace, connect
from prr_pipeline.demo.alerts import resolve, send
from prr_pipeline.demo.deployment import Deployment, make_deployment
from prr_pipeline.demo.reviews import Reviewer
from prr_pipeline.exposure import Exposure
from prr_pipeline.flags import flagd_definition
from prr_pipeline.flags.flagd_definition import Stamp
from prr_pipeline.rollout.state import LatchKind, PromotionState
from prr_pipeline.signals.alerts.inbox import beat
from prr_pipeline.subjects import Subject, Target
from tests.faults import driver
from tests.faults.tally import TALLY
from tests.faults.watcher import Watcher

ORIGIN = datetime(2026, 11, 2, 9, tzinfo=UTC)
NAME, KEY = "createEntity", "createEntity:beta"
OTHER_NAME, OTHER = "issueShares", "issueShares:beta"
MARA = Order("person:mara", "a test of faults")
PROCESS_LIMIT_S = 60.0

_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(["tests.faults.driver"])


@dataclass
class Scene:
    """One copy. ``work`` is this process's own workplace; other processes are started by `spawn`."""

    deployment: Deployment

    @cached_property
    def work(self) -> Workplace:
        return connect(self.deployment.settings_file)

    @property
    def ledger_file(self) -> Path:
        return self.deployment.folder / ".prr" / "ledger.sqlite"

    @property
    def notices(self) -> list[dict[str, str]]:
        """What people were told."""
        path = self.deployment.folder / ".prr" / "notices.jsonl"
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []

    def state(self, key: str = KEY) -> PromotionState:
        return self.work.state(key)

    def flag(self, key: str = KEY) -> Exposure | None:
        """What the flag shows, read past the ledger."""
        flag_key = key.replace(":", "-")
        return self.work.flags.read([flag_key])[flag_key].exposure

    def watching(self) -> Watcher:
        return Watcher(self.deployment.flags_file, self.ledger_file)

    def spawn(self, act: Callable[..., None], *arguments: object) -> BaseProcess:
        """Start a process of its own over this deployment."""
        process = _FORKS.Process(target=act, args=(self.deployment.settings_file, *arguments))
        process.start()
        return process

    def spawn_plain(self, act: Callable[..., None], *arguments: object) -> BaseProcess:
        """Start a process that has nothing to do with the deployment's settings."""
        process = _FORKS.Process(target=act, args=arguments)
        process.start()
        return process

    def ended(self, process: BaseProcess) -> int | None:
        """Wait for a process; its exit code. One that hangs is killed and fails the test."""
        process.join(PROCESS_LIMIT_S)
        if process.exitcode is None:
            process.kill()
            process.join()
            raise AssertionError(f"a process did not end within {PROCESS_LIMIT_S:.0f} s")
        TALLY["kills"] += process.exitcode == -signal.SIGKILL
        return process.exitcode

    def start(self, racers: int, spread_s: float) -> driver.Start:
        """A starting line for so many processes."""
        return driver.Start(_FORKS.Barrier(racers), spread_s)

    def stopped(self, process: BaseProcess) -> BaseProcess:
        """Wait until a process stands still at its failpoint."""
        until = time.monotonic() + PROCESS_LIMIT_S
        while time.monotonic() < until:
            if process.exitcode is not None:
                raise AssertionError(f"the process ended ({process.exitcode}) before it reached its failpoint")
            if Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()[0] == "T":
                return process
            time.sleep(0.01)
        raise AssertionError("the process did not reach its failpoint")

    def resumed(self, process: BaseProcess) -> int | None:
        """Let a stopped process go on, and wait for its end."""
        os.kill(int(process.pid or 0), signal.SIGCONT)
        return self.ended(process)

    def run(self, act: Callable[..., None], *arguments: object) -> int | None:
        """`spawn`, then `ended`."""
        return self.ended(self.spawn(act, *arguments))

    def round(self) -> list[str]:
        """One quiet round in this process."""
        return driver.round_of(self.work)

    def guard(self) -> str:
        beat(self.deployment.inbox)
        return guard(self.work)

    def rounds_to_rest(self, limit: int = 3) -> int:
        """Rounds until ledger and flags agree and nothing is in motion. Fails beyond the limit."""
        for number in range(limit + 1):
            if self.at_rest():
                return number
            if number < limit:
                said = self.round()
        raise AssertionError(f"not at rest after {limit} rounds: {said}, {self.state()}, flag {self.flag()}")

    def at_rest(self) -> bool:
        """Ledger and flags agree, for each promotion, and no intent or lowering is open."""
        return all(
            state.intent is None and not state.lowering_open and self.flag(key) == state.exposure
            for key, state in self.work.ledger.states().items()
        )

    def alert(self, name: str = NAME, severity: str = "critical") -> None:
        send(self.deployment.inbox, "FastBurn", severity, {"operation_id": name})

    def resolve(self, name: str = NAME, severity: str = "critical") -> None:
        resolve(self.deployment.inbox, "FastBurn", severity, {"operation_id": name})

    def serve_dwell(self) -> None:
        """Let a week go by, seen by the guard."""
        self.guard()
        FileClock(self.deployment.clock_file).advance(timedelta(days=7, minutes=1))
        self.guard()

    def start_again(self, key: str = KEY) -> None:
        """What a person does after a halt: sign the next attempt after a roll back, then resume."""
        state = self.state(key)
        if state.latch is None:
            return
        if state.latch.kind is LatchKind.ROLLED_BACK:
            reviewer = Reviewer(self.work, self.deployment)
            reviewer.sign(key, ("jonas", "felix"), attempt=state.attempt + 1)
            reviewer.commit(f"Sign attempt {state.attempt + 1} of {key}", "mara")
            convene(self.work, key, "run:test")
        resume(self.work, key, MARA)

    def edit_flag(self, exposure: Exposure | None, key: str = KEY) -> None:
        """Somebody writes the flags file by hand: another exposure, or (None) a definition of their own."""
        flag_key = key.replace(":", "-")
        document = json.loads(self.deployment.flags_file.read_bytes())
        stamp = Stamp(1, "by hand", "2026-11-02T09:00:00.000000Z", "by hand")
        made = flagd_definition.build(exposure or Exposure(-1), stamp)
        kept = document["flags"][flag_key].get("metadata")
        made = {**made, "metadata": kept} if exposure is not None else {"state": "DISABLED", "variants": {"on": "on"}}
        document["flags"][flag_key] = made
        temporary = self.deployment.flags_file.with_name("by-hand")
        temporary.write_text(json.dumps(document))
        temporary.replace(self.deployment.flags_file)

    def close(self) -> None:
        if "work" in self.__dict__:
            self.work.ledger.close()


def prepare(folder: Path) -> Scene:
    """Two promotions: one signed, at off, its next step a raise; the other at shadow, held by a person."""
    deployment = make_deployment(folder, ORIGIN, factor=None)
    beat(deployment.inbox)
    scene = Scene(deployment)
    reviewer = Reviewer(scene.work, deployment)
    for name in (OTHER_NAME, NAME):
        request = OpenRequest(Subject.parse(name), Target.BETA, "mara", author="mara")
        key = open_promotion(scene.work, request).key
        reviewer.attest_open_lines(key, "noor")
        reviewer.file_document(key)
        reviewer.commit(f"Attest {key}", "mara")
        convene(scene.work, key, "run:test")
        reviewer.file_document(key)
        reviewer.sign(key, ("noor", "jonas", "felix"))
        reviewer.commit(f"Sign {key}", "mara")
        convene(scene.work, key, "run:test")
    climb(scene.work, OTHER, "shadow", "run:test")
    hold(scene.work, OTHER, MARA)
    return scene


def copy(scene: Scene, folder: Path) -> Scene:
    """The same deployment in another folder. The scene copied from must be closed."""
    shutil.copytree(scene.deployment.folder, folder)
    return Scene(Deployment(folder.resolve(), scene.deployment.origin))
