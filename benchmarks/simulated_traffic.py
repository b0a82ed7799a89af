"""Traffic of a simulated endpoint in two arms: daily and weekly cycle, drift, bunched errors, shared incidents."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import exp, inf, log, log1p, pi, sin, sqrt
from random import Random

from prr_pipeline.rollout.metrics import ArmBuckets, Bucket

DAY = timedelta(days=1)
_DRIFT_MINUTES = 10.0
_MANY = 20
"""Bunches in one step from which on they are drawn together."""


def poisson(random: Random, mean: float) -> int:
    """One draw; normal, rounded, where the mean exceeds 40."""
    if mean > 40.0:
        return max(0, round(random.gauss(mean, sqrt(mean))))
    left = random.random()
    if left <= 1.0 - mean:  # exp(-mean) is no less: most minutes have no error, and cost no more than this
        return 0
    count, term = 0, exp(-mean)
    while left > term and count < 400:
        left -= term
        count += 1
        term *= mean / count
    return count


def geometric(random: Random, mean: float) -> int:
    """One draw of 1, 2, 3 ... with that mean."""
    return 1 if mean <= 1.0 else 1 + int(log(random.random() or 1e-300) / log1p(-1.0 / mean))


def until_next(random: Random, per_week: float) -> float:
    """Minutes until something comes that comes so often on average."""
    return random.expovariate(per_week / 10_080) if per_week else inf


def log_uniform(random: Random, low: float, high: float) -> float:
    """One draw, even in the logarithm."""
    return exp(random.uniform(log(low), log(high)))


@dataclass(slots=True)
class Course:
    """How often one metric is bad, in time: the base share with drift, and the bunches of single clients.

    ``bunched`` of the bad requests come in bunches of ``bunch`` on average (geometric), each from one client, who is
    in one arm, spread over up to ``bunch_minutes``.
    """

    base: float
    bunched: float = 0.0
    bunch: float = 1.0
    bunch_minutes: int = 1
    drift_per_day: float = 0.1
    _log_drift: float = 0.0
    _since_drift: float = 0.0
    _now: float = 0.0
    _running: dict[bool, list[list[float]]] = field(default_factory=lambda: {True: [], False: []})

    def drift(self, random: Random, step_minutes: float) -> float:
        """The base share now: a slow random walk that is pulled back, of ten minutes a step or more."""
        self._since_drift += step_minutes
        if self._since_drift >= _DRIFT_MINUTES:
            widest = self.drift_per_day * sqrt(self._since_drift / 120)  # of an even step with the same variance
            self._log_drift += (random.random() - 0.5) * widest - self._log_drift * self._since_drift / 10_080
            self._since_drift = 0.0
            self._now = self.base * exp(self._log_drift)
        return self._now or self.base

    def bad(self, random: Random, canary: bool, total: int, share: float, step_minutes: float) -> int:
        """Bad requests among ``total`` of one arm in one step, at a share of bad ones."""
        mean = total * share
        spread = poisson(random, mean * (1.0 - self.bunched))
        return min(total, spread + (self._bunches(random, canary, mean, step_minutes) if self.bunched else 0))

    def _bunches(self, random: Random, canary: bool, mean: float, step_minutes: float) -> int:
        running = self._running[canary]
        count = poisson(random, mean * self.bunched / self.bunch)
        if count > _MANY:  # drawn together: as many as that are normal
            size = max(0.0, random.gauss(count * self.bunch, self.bunch * sqrt(2.0 * count)))
            running.append([float(round(size)), (1 + self.bunch_minutes) / 2])
            count = 0
        for _ in range(count):
            errors = geometric(random, self.bunch)
            running.append([float(errors), 1.0 + int(random.random() * self.bunch_minutes)])
        if not running:
            return 0
        bad, left = 0, []
        for size, minutes in running:
            now = size if minutes <= step_minutes else poisson(random, size * step_minutes / minutes)
            bad += int(min(now, size))
            if size > now and minutes > step_minutes:
                left.append([size - now, minutes - step_minutes])
        running[:] = left
        return bad


@dataclass(slots=True)
class Endpoint:
    """One endpoint: requests a minute on average, a course for each metric, and incidents that hit both arms."""

    random: Random
    per_minute: float
    courses: dict[str, Course]
    step: timedelta
    incidents_per_week: float = 1.0
    gaps_per_week: float = 1.0
    cycle: float = 0.6
    weekend: float = 0.6
    unevenness: float = 0.1
    _incident: tuple[float, float] = (1.0, 1.0)
    _incident_left: float = 0.0
    _incident_in: float | None = None
    _gap_left: float = 0.0
    _gap_in: float | None = None

    def requests(self, at: datetime) -> float:
        """Requests a minute now."""
        hours = at.hour + at.minute / 60
        week = self.weekend if at.weekday() >= 5 else 1.0
        return self.per_minute * week * (1.0 + self.cycle * sin(2 * pi * (hours - 9) / 24))

    def buckets(
        self, since: datetime, until: datetime, share: float, worse: dict[str, float] | None = None
    ) -> dict[str, ArmBuckets]:
        """All buckets of a window at a share of the traffic, for each metric; ``worse`` multiplies the canary's."""
        arms: dict[str, tuple[list[Bucket], list[Bucket]]] = {name: ([], []) for name in self.courses}
        random, minutes = self.random, self.step / timedelta(minutes=1)
        for at in self._instants(since, until):
            mean = self.requests(at) * minutes
            totals = (poisson(random, mean * share), poisson(random, mean * (1.0 - share)))
            for name, course in self.courses.items():
                rate = min(0.5, course.drift(random, minutes) * self._incident[0])
                canary = min(1.0, rate * self._incident[1] * (worse or {}).get(name, 1.0))
                new = course.bad(random, True, totals[0], canary, minutes)
                old = course.bad(random, False, totals[1], rate, minutes)
                arms[name][0].append(Bucket(at, new, totals[0]))
                arms[name][1].append(Bucket(at, old, totals[1]))
        return {name: ArmBuckets(tuple(new), tuple(old)) for name, (new, old) in arms.items()}

    def _instants(self, since: datetime, until: datetime) -> Iterator[datetime]:
        """Every step that the source has data of; incidents come and go meanwhile."""
        minutes = self.step / timedelta(minutes=1)
        at = since
        while at < until:
            self._pass(minutes)
            if self._gap_left <= 0:
                yield at
            at += self.step

    def _pass(self, minutes: float) -> None:
        """One step on: a gap and an incident end, and after a while that is drawn then the next one begins."""
        random = self.random
        if self._gap_left > 0:
            self._gap_left -= minutes
        elif self._gap_in is None or self._gap_in < 0:
            self._gap_left = 0.0 if self._gap_in is None else random.uniform(5, 240)
            self._gap_in = until_next(random, self.gaps_per_week)
        else:
            self._gap_in -= minutes
        if self._incident_left > 0:
            self._incident_left -= minutes
        elif self._incident_in is None or self._incident_in < 0:
            begins, self._incident_in = self._incident_in is not None, until_next(random, self.incidents_per_week)
            self._incident_left = random.uniform(5, 60) if begins else 0.0
            uneven = exp(random.gauss(0.0, self.unevenness))
            self._incident = (log_uniform(random, 5, 50), uneven) if begins else (1.0, 1.0)
        else:
            self._incident, self._incident_in = (1.0, 1.0), self._incident_in - minutes
