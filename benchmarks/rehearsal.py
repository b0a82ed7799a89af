"""How long a rehearsal takes, and one look at a large fleet: the ledger read cold, every promotion decided.

    python -m benchmarks.rehearsal            10,000 promotions (PRR_BENCH_SMOKE=1: 500)

"rehearsal" is the whole command `prr rehearse` of the default policy, start-up included. "sweep" is a process that
opens a ledger in which every promotion has climbed somewhere, folds all states from their events, reads the dwell sums,
gathers what the guardrails look at with 20 alerts firing, and calls `decide` for each. The gates that ask the monorepo
and the council are taken as open. ``_cpu_s`` is the processor's time, which the targets are about.
"""

from __future__ import annotations

import json
import os
import random
import resource
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert

from benchmarks.process_tree import run
from prr_pipeline.canonical import canonical_bytes, instant_text
from prr_pipeline.clock import FileClock
from prr_pipeline.control.alert_map import alert_map
from prr_pipeline.control.dwelling import step_of
from prr_pipeline.control.gather import read_world
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.ledger import tables
from prr_pipeline.ledger.admission import folded
from prr_pipeline.ledger.chain import GENESIS, StoredRow, event_of, sealed
from prr_pipeline.ledger.events import Draft, EventType
from prr_pipeline.ledger.fold import apply
from prr_pipeline.rollout.decide import decide
from prr_pipeline.rollout.dwell import Dwell
from prr_pipeline.rollout.gates import opened
from prr_pipeline.rollout.ladder import DEFAULT_LADDER
from prr_pipeline.rollout.state import PromotionState
from prr_pipeline.settings import Settings

SEED = 20_261_102
NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
FLEET, SMOKE_FLEET = 10_000, 500
RUNS, SMOKE_RUNS = 5, 2
TARGET_REHEARSAL_S, TARGET_SWEEP_S, TARGET_SWEEP_MB = 3.0, 5.0, 500.0
_GIVEN = ("record", "readiness", "signoff", "halt", "freeze", "window")
_WEEK = timedelta(days=7)


def main() -> int:
    """Print the figures; returns 1 where one misses its target."""
    if sys.argv[1:2] == ["sweep"]:
        print(json.dumps(sweep(Path(sys.argv[2]))))
        return 0
    smoke = os.environ.get("PRR_BENCH_SMOKE") == "1"
    print(f"seed {SEED}")
    with tempfile.TemporaryDirectory(prefix="prr-rehearsal-") as name:
        folder = Path(name)
        runs = [_rehearse(folder) for _ in range(SMOKE_RUNS if smoke else RUNS)]
        figures: dict[str, Any] = {
            "rehearsal_s": round(statistics.median(seconds for seconds, _ in runs), 2),
            "rehearsal_cpu_s": round(statistics.median(cpu for _, cpu in runs), 2),
            "rehearsal_runs": len(runs),
        }
        build(folder, SMOKE_FLEET if smoke else FLEET)
        figures |= _sweep(folder)
    for label, value in figures.items():
        print(f"{label}: {value}")
    sound = (
        figures["rehearsal_cpu_s"] < TARGET_REHEARSAL_S
        and figures["sweep_cpu_s"] < TARGET_SWEEP_S
        and figures["sweep_mb"] < TARGET_SWEEP_MB
    )
    print(f"targets: rehearsal {TARGET_REHEARSAL_S:g} s, sweep {TARGET_SWEEP_S:g} s and {TARGET_SWEEP_MB:g} MB")
    print(json.dumps({"cpus": os.cpu_count(), "load": round(os.getloadavg()[0], 1), **figures, "on_target": sound}))
    return 0 if sound else 1


def _rehearse(folder: Path) -> tuple[float, float]:
    """Seconds of one rehearsal by the clock, and of the processor."""
    prr = str(Path(sys.executable).with_name("prr"))
    before = _cpu_seconds()
    seconds, _, told = _run([prr, "rehearse", "--start", "2026-11-02", "--json"], folder)
    if not told["complete"]:
        raise SystemExit(told["outcome"])
    return seconds, _cpu_seconds() - before


def _cpu_seconds() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def _sweep(folder: Path) -> dict[str, Any]:
    _, peak, out = _run([sys.executable, "-m", "benchmarks.rehearsal", "sweep", str(folder)], Path.cwd())
    return {**out, "sweep_mb": round(peak)}


def _run(command: list[str], folder: Path) -> tuple[float, float, Any]:
    """Seconds, MiB and the JSON document of one process."""
    with tempfile.TemporaryDirectory() as name:
        out, errors = Path(name) / "out.json", Path(name) / "errors.txt"
        environment = {key: value for key, value in os.environ.items() if key != "PRR_SETTINGS"}
        measured = run(command, folder, environment, out, errors)
        if measured.exit_code:
            raise SystemExit(errors.read_text(errors="replace"))
        return measured.seconds, measured.peak_rss_mb, json.loads(out.read_bytes())


def workplace(folder: Path) -> Workplace:
    """A deployment whose ledger lies in the folder."""
    data: dict[str, Any] = {
        "root": folder,
        "repository": {"path": ".", "profile": "plain"},
        "clock": {"kind": "file", "path": "clock.json"},
        "flags": {"backend": "memory", "options": {}},
        "calendars": {"window": False},
    }
    return Workplace(Settings.model_validate(data))


def build(folder: Path, count: int) -> None:
    """Open so many promotions and bring each to a random rung; one in ten depends on two others, some are latched.

    Written in bulk: the ledger's own writing checks each event against the database, which is not what is measured.
    """
    rng = random.Random(SEED)
    clock = FileClock(folder / "clock.json")
    clock.set(NOW)
    work = workplace(folder)
    rows = _rows(count, rng)
    states: dict[str, PromotionState] = {}
    for row in rows:
        states[row.stream] = apply(states.get(row.stream), event_of(row))
    with work.ledger.engine.begin() as connection:
        connection.execute(insert(tables.events), [asdict(row) for row in rows])
        connection.execute(insert(tables.promotions), [_index(state) for state in states.values()])
    dwells = {key: _served(state, rng).as_data() for key, state in states.items()}
    work.ledger.counters.put_many("dwell", dwells)
    work.ledger.close()


def _rows(count: int, rng: random.Random) -> list[StoredRow]:
    """The events of all promotions, chained."""
    rows: list[StoredRow] = []
    at, previous = instant_text(NOW - 5 * _WEEK), GENESIS
    for number in range(count):
        for draft in _climbed(number, rng):
            payload = canonical_bytes(draft.payload).decode()
            blank = StoredRow(len(rows) + 1, draft.stream, str(draft.type), payload, draft.actor, at, 1, previous, "")
            rows.append(sealed(blank))
            previous = rows[-1].hash
    return rows


def _index(state: PromotionState) -> dict[str, object]:
    subject, flag_key = str(state.subject), state.flag_key
    return {
        "key": state.key, "version": state.version, "last_seq": state.last_seq, "is_open": True, "subject": subject,
        "folded_subject": folded(subject), "target": str(state.target), "flag_key": flag_key,
        "folded_flag_key": folded(flag_key),
    }  # fmt: skip


def _served(state: PromotionState, rng: random.Random) -> Dwell:
    served = timedelta(hours=rng.randint(0, 200))
    return Dwell(step_of(state), served, NOW - timedelta(minutes=1), served, "file")


def _climbed(number: int, rng: random.Random) -> Iterator[Draft]:
    key = f"operation{number:05}:ga"
    needs = [f"operation operation{rng.randrange(number):05}" for _ in range(2)] if number and number % 10 == 0 else []
    opened_with = {
        "author": "mara", "context": f"context-{number % 50}", "dependencies": sorted(set(needs)),
        "environment": "production", "flag_key": f"operation{number:05}-ga", "ladder": DEFAULT_LADDER.as_data(),
        "subject": f"operation operation{number:05}", "target": "ga",
    }  # fmt: skip
    yield Draft(key, EventType.PROMOTION_OPENED, opened_with, "person:mara")
    rung = rng.randint(-1, DEFAULT_LADDER.top)
    for at in range(rung + 1):
        to, intent = str(DEFAULT_LADDER.exposure(at)), f"{key}/{at}"
        written = {"attempt": 1, "flag_version": at, "intent_id": intent, "rung": at, "to": to}
        yield Draft(key, EventType.INTENT_WRITTEN, written, "run:bench")
        yield Draft(
            key, EventType.INTENT_SETTLED, {"flag_version": at + 1, "intent_id": intent, "rung": at}, "run:bench"
        )
    if rng.random() < 0.05:
        held = {
            "by": "felix",
            "cause": "wait",
            "kind": "held",
            "lowers": False,
            "to": str(DEFAULT_LADDER.exposure(rung)),
        }
        yield Draft(key, EventType.LATCHED, held, "person:felix")


def sweep(folder: Path) -> dict[str, Any]:
    """Read the ledger cold and decide about every promotion; seconds by part."""
    from prr_pipeline.control.gather import guard_facts
    from prr_pipeline.flags.backend import ExposureRecord
    from prr_pipeline.rollout.alerts import AlertReading, Episode, Severity

    work = workplace(folder)
    began, began_cpu = time.perf_counter(), time.process_time()
    states = work.ledger.states(open_only=True)
    dwells = {key: Dwell.from_data(row) for key, row in work.ledger.counters.all("dwell").items()}
    read = time.perf_counter()
    firing = tuple(
        Episode("am", f"f{one}", NOW, None, Severity.WARNING, (("operation_id", f"operation{one:05}"),), "slow")
        for one in range(20)
    )
    world = replace(
        read_world(work, []),
        states=states,
        alert_map=alert_map(work, states),
        real_now=NOW,
        alerts=[AlertReading("am", NOW, True, "", firing)],
        flags={s.flag_key: ExposureRecord(s.exposure, s.flag_version) for s in states.values()},
    )
    given: dict[str, Any] = {name: opened(name, "taken as open") for name in _GIVEN}
    verdicts: Counter[str] = Counter()
    for key, state in states.items():
        facts = replace(guard_facts(work, world, state), dwell=dwells.get(key), **given)
        verdicts[decide(state, facts, work.policy, NOW).verdict.word] += 1
    done = time.perf_counter()
    return {
        "promotions": len(states),
        "sweep_s": round(done - began, 2),
        "sweep_cpu_s": round(time.process_time() - began_cpu, 2),
        "ledger_read_s": round(read - began, 2),
        "decide_s": round(done - read, 2),
        "verdicts": dict(sorted(verdicts.items())),
    }


if __name__ == "__main__":
    sys.exit(main())
