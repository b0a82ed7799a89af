"""Sample the flags file while others write it, and judge afterwards whether more was ever served than was approved."""

from __future__ import annotations

import json
import sqlite3
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from prr_pipeline.exposure import OFF, Exposure
from prr_pipeline.flags import flagd_definition
from prr_pipeline.ledger.events import Event
from prr_pipeline.ledger.fold import apply
from prr_pipeline.ledger.store import Ledger
from prr_pipeline.rollout.state import PromotionState
from tests.faults.tally import TALLY


@dataclass(frozen=True, slots=True)
class Sample:
    """What a flag showed at one instant, between two looks at the ledger's last sequence number."""

    before: int
    flag_key: str
    shown: Exposure | None
    after: int


@dataclass
class Watcher:
    """A thread that looks again and again. Use as a context manager; ``looks`` counts them."""

    flags_file: Path
    ledger_file: Path
    pause_s: float = 0.001
    looks: int = 0
    samples: list[Sample] = field(default_factory=list)
    _stop: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def __enter__(self) -> Watcher:
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        if self._thread is not None:
            self._thread.join()
        TALLY["looks"] += self.looks

    def violations(self, ledger: Ledger) -> list[str]:
        """Instants at which a flag showed more than the ledger had approved at any moment of the look."""
        found = []
        for key, state in ledger.states().items():
            approved = approvals(ledger.events(stream=key))
            for sample in self.samples:
                if sample.flag_key != state.flag_key or sample.shown is None:
                    continue
                limit = _highest(approved, sample.before, sample.after)
                if sample.shown > limit:
                    found.append(f"{key} showed {sample.shown} at {sample.before}..{sample.after}, approved {limit}")
        TALLY["violations"] += len(found)
        return found

    def _watch(self) -> None:
        address = f"file:{self.ledger_file}?mode=ro"
        ledger = sqlite3.connect(address, uri=True, timeout=5)
        last: dict[str, Sample] = {}
        while not self._stop.is_set():
            before = _last_seq(ledger)
            shown = _exposures(self.flags_file)
            after = _last_seq(ledger)
            self.looks += 1
            for key, exposure in shown.items():
                sample = Sample(before, key, exposure, after)
                if last.get(key) != sample:
                    self.samples.append(sample)
                    last[key] = sample
            time.sleep(self.pause_s)
        ledger.close()


def approvals(events: list[Event]) -> list[tuple[int, Exposure]]:
    """The highest exposure that was approved after each event: the settled rung, or an open intent's target.

    A latch is left out: it forbids before the flag is lowered, which takes its time.
    """
    state: PromotionState | None = None
    found = []
    for event in events:
        state = apply(state, event)
        found.append((event.seq, max(state.exposure, state.intent.to) if state.intent else state.exposure))
    return found


def _highest(approved: list[tuple[int, Exposure]], before: int, after: int) -> Exposure:
    at_start = [exposure for seq, exposure in approved if seq <= before][-1:]
    during = [exposure for seq, exposure in approved if before < seq <= after]
    return max([*at_start, *during], default=OFF)


def _last_seq(ledger: sqlite3.Connection) -> int:
    return int(ledger.execute("SELECT coalesce(max(seq), 0) FROM events").fetchone()[0])


def _exposures(path: Path) -> dict[str, Exposure | None]:
    try:
        flags = json.loads(path.read_bytes())["flags"]
    except FileNotFoundError:
        return {}
    return {key: flagd_definition.read(definition).exposure for key, definition in flags.items()}
