"""How long one order takes to bring a whole fleet to off, from the order until every flag is read back.

    python -m benchmarks.fleet            1,000 promotions (PRR_BENCH_SMOKE=1: 40)

Each way is measured on a fleet of its own that stands at 10%: the order through the ledger, the stop of the line with
a lowering, and `prr rollback --all` as people type it, with the ledger and without.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

from prr_pipeline.control.emergency import EVERYTHING, Halted, Wanted, roll_back_anyhow
from prr_pipeline.control.flag_index import write_index
from prr_pipeline.control.line_orders import stop_line
from prr_pipeline.control.orders import Order
from prr_pipeline.control.workplace import Workplace, connect
from prr_pipeline.exposure import OFF, Exposure
from prr_pipeline.flags.backend import Capabilities, ExposureRecord, FlagBackend
from prr_pipeline.ledger.events import Draft, EventType
from prr_pipeline.rollout.ladder import DEFAULT_LADDER

LIMIT_S = 10.0
"""The target for 1,000 ladders, one command."""
RUNG = 2
ORDER = Order("benchmark", "how long does it take?")
SETTINGS = """\
[repository]
path = "."
profile = "plain"
[flags]
options = { path = ".prr/flags.json" }
[notify]
adapters = ["file"]
"""


@dataclass
class Counted:
    """A flag back end that counts the writes that lower, and notes when a read first showed all of those at off."""

    under: FlagBackend
    writes: int = 0
    read_back_s: float | None = None
    _low: set[str] = field(default_factory=set)

    @property
    def name(self) -> str:
        return self.under.name

    @property
    def capabilities(self) -> Capabilities:
        return self.under.capabilities

    def read(self, keys: Collection[str]) -> dict[str, ExposureRecord]:
        """Read, and look whether everything that was lowered shows it."""
        found = self.under.read(keys)
        if self._low and self._low <= found.keys() and all(found[key].exposure == OFF for key in self._low):
            self.read_back_s = self.read_back_s or time.monotonic()
        return found

    def write(self, key: str, exposure: Exposure, *, expected_version: int, intent_id: str) -> ExposureRecord:
        return self.under.write(key, exposure, expected_version=expected_version, intent_id=intent_id)

    def lower_all(self, targets: Mapping[str, Exposure], *, intent_id: str) -> dict[str, ExposureRecord]:
        """Lower, and count it."""
        self.writes += 1
        self._low |= set(targets)
        return self.under.lower_all(targets, intent_id=intent_id)


@dataclass(frozen=True)
class CountedWorkplace(Workplace):
    """A workplace whose flags count."""

    @cached_property
    def flags(self) -> Counted:
        return Counted(super().flags)


def make_fleet(folder: Path, size: int) -> None:
    """A deployment in which ``size`` promotions stand at 10%, in the ledger and at their flags."""
    folder.mkdir(parents=True)
    (folder / "prr.toml").write_text(SETTINGS)
    work = connect(folder / "prr.toml")
    for key in (keys := [f"operation{number:05}:ga" for number in range(size)]):
        work.ledger.append(_life(key))
    raised = {key.replace(":", "-"): DEFAULT_LADDER.exposure(RUNG) for key in keys}
    _write_flags(work, raised)
    write_index(work.settings, work.ledger.states())
    work.ledger.close()


def _life(key: str) -> list[Draft]:
    """A promotion that was opened and climbed to 10%."""
    name = key.partition(":")[0]
    opened = {
        "author": "ana", "context": f"Context {hash(name) % 20}", "dependencies": [], "environment": "production",
        "flag_key": f"{name}-ga", "ladder": DEFAULT_LADDER.as_data(), "subject": f"operation {name}", "target": "ga",
    }  # fmt: skip
    drafts = [Draft(key, EventType.PROMOTION_OPENED, opened, "benchmark")]
    for rung in range(RUNG + 1):
        of = {"intent_id": f"{key}/{rung}", "rung": rung}
        to = str(DEFAULT_LADDER.exposure(rung))
        drafts.append(
            Draft(key, EventType.INTENT_WRITTEN, {**of, "attempt": 1, "flag_version": 0, "to": to}, "benchmark")
        )
        drafts.append(Draft(key, EventType.INTENT_SETTLED, {**of, "flag_version": 1}, "benchmark"))
    return drafts


def _write_flags(work: Workplace, exposures: Mapping[str, Exposure]) -> None:
    """All flags at once: the first by the back end, which makes the file, the others in its likeness."""
    first, *others = exposures
    work.flags.write(first, exposures[first], expected_version=0, intent_id="benchmark")
    path = work.settings.path(".prr/flags.json")
    document = json.loads(path.read_bytes())
    for key in others:
        document["flags"][key] = json.loads(json.dumps(document["flags"][first]).replace(first, key))
    path.write_text(json.dumps(document))


@dataclass(frozen=True)
class Measured:
    """One order: until the flags were read back, until it was all recorded, and how many writes lowered."""

    read_back_s: float
    done_s: float
    writes: int | None


def in_process(folder: Path, order: Callable[[Workplace], list[Halted]], size: int) -> Measured:
    """Give an order within this process."""
    work = CountedWorkplace(connect(folder / "prr.toml").settings)
    start = time.monotonic()
    halted = order(work)
    done = time.monotonic() - start
    if len(halted) != size or not all(one.confirmed and not one.unrecorded for one in halted):
        sys.exit(f"{sum(one.confirmed for one in halted)} of {size} flags were read back and recorded")
    assert work.flags.read_back_s is not None
    measured = Measured(work.flags.read_back_s - start, done, work.flags.writes)
    work.ledger.close()
    return measured


def by_command(folder: Path, size: int) -> Measured:
    """Type the command, and look at the flags file as a reader would."""
    command = [sys.executable, "-m", "prr_pipeline.cli", "--settings", str(folder / "prr.toml"), "rollback", "--all"]
    start = time.monotonic()
    running = subprocess.Popen(
        [*command, "--by", ORDER.by, "--reason", ORDER.reason], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    seen = None
    while running.poll() is None:
        if seen is None and _all_off(folder / ".prr" / "flags.json", size):
            seen = time.monotonic() - start
        time.sleep(0.02)
    done = time.monotonic() - start
    if running.returncode or not _all_off(folder / ".prr" / "flags.json", size):
        sys.exit(f"the command ended with {running.returncode}, and not every flag is off")
    return Measured(seen if seen is not None else done, done, None)


def _all_off(path: Path, size: int) -> bool:
    text = path.read_text("utf-8")
    return text.count('"exposure":"off"') == size or text.count('"exposure": "off"') == size


def measure(folder: Path, size: int) -> dict[str, Measured]:
    """Each way, on a copy of one fleet."""
    make_fleet(folder / "fleet", size)

    def fresh(name: str, *, ledger: bool = True) -> Path:
        shutil.copytree(folder / "fleet", folder / name)
        if not ledger:
            for path in (folder / name / ".prr").glob("ledger.sqlite*"):
                path.unlink()
            (folder / name / ".prr" / "ledger.sqlite").mkdir()
        return folder / name

    everything = Wanted(scope=EVERYTHING)
    return {
        "roll back": in_process(fresh("a"), lambda work: roll_back_anyhow(work, everything, ORDER), size),
        "stop and lower": in_process(
            fresh("b"), lambda work: list(stop_line(work, EVERYTHING, ORDER, lower=True).halted), size
        ),
        "command": by_command(fresh("c"), size),
        "command without ledger": by_command(fresh("d", ledger=False), size),
    }


def main() -> int:
    """Run, print the figures; exit 1 when the target is missed."""
    size = 40 if os.environ.get("PRR_BENCH_SMOKE") == "1" else 1_000
    with tempfile.TemporaryDirectory() as folder:
        found = measure(Path(folder), size)
    for name, one in found.items():
        writes = f", {one.writes} flag write(s)" if one.writes is not None else ""
        print(f"{name:<24} read back after {one.read_back_s:5.2f} s, recorded after {one.done_s:5.2f} s{writes}")
    print(f"target: {size} promotions, one flag write, read back within {LIMIT_S:g} s")
    figures = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "cpus": os.cpu_count(),
        "load": round(os.getloadavg()[1], 1),
        "promotions": size,
        "seconds": {name: [round(one.read_back_s, 2), round(one.done_s, 2)] for name, one in found.items()},
    }
    print(json.dumps(figures, sort_keys=True))
    one_write = all(one.writes in (None, 1) for one in found.values())
    return 0 if one_write and max(one.read_back_s for one in found.values()) <= LIMIT_S else 1


if __name__ == "__main__":
    sys.exit(main())
