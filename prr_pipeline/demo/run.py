"""Run the demo: make a deployment, start Dagster, play the story, check how it ended."""

from __future__ import annotations

import json
import shutil
import signal
import socket
import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType

from prr_pipeline.control.explain import explain
from prr_pipeline.control.workplace import Workplace, connect
from prr_pipeline.demo.deployment import Deployment, make_deployment
from prr_pipeline.demo.endings import ABOUT, KEYS
from prr_pipeline.demo.story import REGRESSIONS, Story
from prr_pipeline.demo.traffic import SEED, Traffic, keep_serving
from prr_pipeline.demo.view import View
from prr_pipeline.errors import PrrError, Refused
from prr_pipeline.ledger.audit import verify
from prr_pipeline.orchestration.servers import Servers, need_programs
from prr_pipeline.signals.alerts.inbox import beat

FACTOR = 10_080
_MARK = ".prr-demo"
_BEAT_S = 2.0
_STEP_S = 0.5
_LIMIT_S = 20 * 60.0


def run_demo(
    folder: Path | None = None, *, port: int = 3000, factor: int = FACTOR, headless: bool = False, keep: bool = False
) -> int:
    """Play the demo in ``folder``; returns the exit code: 0 when every promotion ended as it must.

    ``headless`` needs no person and prints a JSON summary; else the Dagster UI stays up until Ctrl-C, if there is a
    terminal. ``port`` 0 lets the kernel choose. ``keep`` leaves the folder.
    """
    need_programs("git", "ssh-keygen")
    folder = folder or Path(".demo")
    began = time.monotonic()
    deployment = _fresh(folder, factor)
    servers = Servers(
        deployment.settings_file, deployment.home, port=0 if headless else _free(port), dequeue_interval_s=1
    )
    stop = threading.Event()
    _end_on_signals()
    threading.Thread(target=_beat, args=(deployment, stop), daemon=True).start()
    try:
        with servers:
            work = connect(deployment.settings_file)
            code = _play(work, deployment, servers, began, headless, stop)
    except KeyboardInterrupt:
        code = 130
    finally:
        stop.set()
    if headless and not keep:
        shutil.rmtree(folder, ignore_errors=True)
    return code


def _play(
    work: Workplace, deployment: Deployment, servers: Servers, began: float, headless: bool, stop: threading.Event
) -> int:
    with View(work, servers.url) as view:
        view.log(f"Dagster is up at {servers.url}, {time.monotonic() - began:.0f} s after the start")
        story = Story(work, deployment, view.log)
        story.begin()
        _serve(work, deployment, view, stop)
        while not story.is_over:
            if servers.fault():
                raise PrrError(servers.fault())
            if time.monotonic() - began > _LIMIT_S:
                view.log(f"the story did not end within {_LIMIT_S / 60:.0f} minutes")
                break
            story.step()
            view.refresh()
            time.sleep(_STEP_S)
        wrong = story.wrong()
        summary = _summary(work, story, wrong, began)
        view.log("the story is over: " + (str(wrong) if wrong else _ending(story)))
        if not headless and view.console.is_terminal:
            _stay(view)
    print(json.dumps(summary, indent=2))
    return 1 if wrong or summary["ledger_faults"] else 0


def _serve(work: Workplace, deployment: Deployment, view: View, stop: threading.Event) -> None:
    """Let users come, whose requests the flags part between the versions."""
    traffic = Traffic(deployment.traffic_file, work.now(), regressions=REGRESSIONS)
    flags = {work.state(key).flag_key: work.state(key).subject.name for key in KEYS}
    threading.Thread(target=keep_serving, args=(work, traffic, flags, stop), daemon=True).start()
    view.log(f"users come: traffic of the seed {traffic.seed}, counted by the hour in {deployment.traffic_file}")


def _ending(story: Story) -> str:
    if not story.stepped_in:
        return "every promotion ended as it must"
    return f"every promotion ended as it must, but for those that a person took over: {', '.join(story.stepped_in)}"


def _stay(view: View) -> None:
    """Keep the UI up until a person ends it."""
    view.log("look around in Dagster; Ctrl-C ends the demo")
    try:
        while True:
            view.refresh()
            time.sleep(_STEP_S * 4)
    except KeyboardInterrupt:
        return


def _summary(work: Workplace, story: Story, wrong: dict[str, str], began: float) -> dict[str, object]:
    promotions = {}
    for key in KEYS:
        found = explain(work, key)
        promotions[key] = {
            "about": ABOUT[key],
            "attempt": found.state.attempt,
            "because": found.state.latch.cause if found.state.latch is not None else None,
            "exposure": found.state.exposure.name,
            "flag": found.flag,
            "next": found.next_step,
            "person": story.stepped_in.get(key),
            "status": found.status,
            "wrong": wrong.get(key),
        }
    audit = verify(work.ledger)
    return {
        "alert_to_off_seconds": round(story.lowered_after_s, 1) if story.lowered_after_s is not None else None,
        "ledger_events": audit.events,
        "ledger_faults": list(audit.faults),
        "promotions": promotions,
        "seconds": round(time.monotonic() - began),
        "time_factor": work.clock.factor,
        "traffic_seed": SEED,
    }


def _fresh(folder: Path, factor: int) -> Deployment:
    """A new deployment; an earlier demo's folder is replaced, any other folder is left alone."""
    if folder.exists() and any(folder.iterdir()):
        if not (folder / _MARK).exists():
            raise Refused(f"{folder} is not empty and no earlier demo; give another --folder.")
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)
    deployment = make_deployment(folder, datetime.now(UTC).replace(microsecond=0), factor=factor, canary=True)
    (folder / _MARK).write_text("made by `prr demo`; it may be deleted\n")
    beat(deployment.inbox)
    return deployment


def _end_on_signals() -> None:
    """A terminal that closes or a plain kill ends the demo as Ctrl-C does, and its servers with it."""

    def interrupt(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, interrupt)


def _beat(deployment: Deployment, stop: threading.Event) -> None:
    while not stop.wait(_BEAT_S):
        beat(deployment.inbox)


def _free(port: int) -> int:
    """The port, or 0 (any) when somebody else has it."""
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return 0
    return port
