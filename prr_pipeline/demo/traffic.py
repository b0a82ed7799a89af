"""The demo's users: how many requests of each hour failed or were slow, per endpoint and variant, from one seed."""

from __future__ import annotations

import math
import random
import threading
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from prr_pipeline.canonical import instant_text
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import PrrError
from prr_pipeline.exposure import FULL_BP, OFF, SHADOW, Exposure
from prr_pipeline.rollout.metrics import ERRORS, SLOW
from prr_pipeline.signals.metrics.rows import COLUMNS

SEED = 20_261_123
"""Of the demo and the end-to-end tests; they print it."""
STEP = timedelta(hours=1)
FILE = Path(".prr") / "metrics" / "traffic.csv"
"""Where it lies in a deployment."""
PER_HOUR = 6_000
"""Requests of an endpoint in an hour, on average over a day: at night half of it, at noon half as much again."""
HEALTHY: Mapping[str, int] = {ERRORS: 200, SLOW: 3_000}
"""Bad requests in a million, of either version: a fifth and a third of what the objectives allow."""
_PAUSE_S = 0.25


@dataclass(frozen=True, slots=True)
class Regression:
    """The new version fails ``errors_ppm`` of a million requests once it gets that share of them, and not before."""

    exposure_bp: int
    errors_ppm: int


@dataclass
class Traffic:
    """Counts requests by what the flags show, and appends them as a monitoring system would.

    Equal seeds, hours and exposures make equal rows, whoever writes them when. ``since`` is the first hour.
    """

    file: Path
    since: datetime
    seed: int = SEED
    regressions: Mapping[str, Regression] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._next = _hour(self.since)
        self.file.parent.mkdir(parents=True, exist_ok=True)
        self.file.write_text(",".join(COLUMNS) + "\n", "utf-8")

    def write(self, shown: Mapping[str, Exposure], until: datetime) -> int:
        """Append every hour that has ended by ``until``, for operations by what their flags show; returns how many."""
        hours = max(0, (until - self._next) // STEP)
        rows = [row for hour in range(hours) for row in self._rows(self._next + hour * STEP, shown)]
        with self.file.open("a", encoding="utf-8") as file:
            file.writelines(rows)
        self._next += hours * STEP
        return hours

    def _rows(self, at: datetime, shown: Mapping[str, Exposure]) -> Iterator[str]:
        for operation, exposure in sorted(shown.items()):
            for variant, total in _arms(exposure, _requests(at)).items():
                for metric in HEALTHY:
                    share_ppm = self._bad_ppm(operation, metric, exposure, variant)
                    chance = random.Random(f"{self.seed}/{operation}/{at.timestamp():.0f}/{variant}/{metric}")  # noqa: S311
                    bad = _draw(chance, total, share_ppm / 1_000_000)
                    yield f"{instant_text(at)},{operation},{variant},{metric},{bad},{total}\n"

    def _bad_ppm(self, operation: str, metric: str, exposure: Exposure, variant: str) -> int:
        one = self.regressions.get(operation)
        if one is None or metric != ERRORS or variant != "on" or exposure.exposure_bp < one.exposure_bp:
            return HEALTHY[metric]
        return one.errors_ppm


def shown_now(work: Workplace, flags: Mapping[str, str]) -> dict[str, Exposure]:
    """What the flags show, by operation. ``flags``: flag key to operation; one that cannot be read serves nobody anew.

    Raises `PrrError` when the flags do not answer.
    """
    found = work.flags.read(list(flags))
    return {flags[key]: record.exposure or OFF for key, record in found.items()}


def keep_serving(work: Workplace, traffic: Traffic, flags: Mapping[str, str], stop: threading.Event) -> None:
    """Write each hour as it ends until ``stop``. Flags that do not answer now are asked again."""
    while not stop.wait(_PAUSE_S):
        with suppress(PrrError):
            traffic.write(shown_now(work, flags), work.now())


def metrics_settings(max_age: str) -> str:
    """The section of ``prr.toml`` for it. ``max_age``: clocks here leap by hours between two looks, or by weeks."""
    return f"""[metrics]
source = "recorded"
step = "1h"
catch_up = "31d"
options = {{ path = "{FILE.parent}" }}
canary = {{ max_age = "{max_age}" }}
"""


def _hour(at: datetime) -> datetime:
    """The whole hour that it lies in."""
    return datetime.fromtimestamp(at.timestamp() // 3_600 * 3_600, UTC)


def _requests(at: datetime) -> int:
    return round(PER_HOUR * (1 - math.cos(math.tau * at.hour / 24) / 2))


def _arms(exposure: Exposure, total: int) -> dict[str, int]:
    """How many of them each variant serves; in shadow the new version handles a copy of every one."""
    if exposure == OFF:
        return {"off": total}
    if exposure == SHADOW:
        return {"shadow": total}
    on = total * exposure.exposure_bp // FULL_BP
    return {"on": on, str(exposure.rest): total - on} if on < total else {"on": on}


def _draw(chance: random.Random, total: int, share: float) -> int:
    """How many of ``total`` are bad when each is with this chance: from one bad request to the next."""
    bad, place = 0, -1
    while True:
        place += 1 + int(math.log(1 - chance.random()) / math.log(1 - share))
        if place >= total:
            return bad
        bad += 1
