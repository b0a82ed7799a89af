"""Metrics for a scene: rows of a recorded source by the hour, and a played source that tests drive."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from prr_pipeline.control.kept_metrics import Kept, read_kept
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.rollout.decide import Decision
from prr_pipeline.rollout.gates import GateReading
from prr_pipeline.rollout.metrics import ArmBuckets, Bucket, MetricAnswer
from prr_pipeline.settings import load_settings
from prr_pipeline.signals.metrics.source import MetricQuestion, on_grid
from tests.control.scene import WEEK, Scene

KEY = "createGrant:beta"
HOUR = timedelta(hours=1)
_HOURLY = 'step = "1h"\ncatch_up = "31d"\n'
RECORDED = f'source = "recorded"\n{_HOURLY}options = {{ path = "metrics.jsonl" }}\ncanary = {{ max_age = "8d" }}'
PLAYED = f'source = "played"\n{_HOURLY}'
BOTH = 'required_gates = ["burn_rate", "canary"]'


def metered(scene: Scene, section: str = RECORDED, policy: str = BOTH) -> Scene:
    """Settings with metrics; ``policy`` says which gates are required."""
    scene.set("metrics", section)
    if policy:
        scene.set("policy", policy)
    return scene


def count(
    scene: Scene,
    since: datetime,
    hours: int,
    *,
    on: tuple[int, int] = (0, 200),
    off: tuple[int, int] | None = None,
    variants: Sequence[str] = ("on", "off"),
) -> None:
    """Record hours of both metrics: the first variant as said, the others too, or with one bad in a thousand."""
    path = scene.deployment.folder / "metrics.jsonl"
    with path.open("a", encoding="utf-8") as file:
        for hour in range(hours):
            at = (on_grid(since, HOUR) + hour * HOUR).isoformat().replace("+00:00", "Z")
            for metric in ("errors", "slow"):
                for variant in variants:
                    others = off or (on[1] * 99 // 1_000, on[1] * 99)
                    bad, total = on if variant == variants[0] else others
                    row = {"at": at, "operation_id": "createGrant", "variant": variant, "metric": metric}
                    file.write(json.dumps({**row, "bad": bad, "total": total}) + "\n")


def look(scene: Scene, after: timedelta = timedelta(0)) -> Decision:
    """Two ticks after some time: one asks, the other decides by what was read."""
    scene.clock.advance(after)
    scene.tick()
    return scene.tick().decisions[KEY]


def week(scene: Scene) -> Decision:
    """A week on a rung, watched from its second hour on: time before the first answer is not served."""
    look(scene, 2 * HOUR)
    return look(scene, WEEK)


def gate(decision: Decision, name: str) -> GateReading:
    """One gate of a decision."""
    return next(one for one in decision.gates if one.name == name)


def kept(scene: Scene) -> Kept:
    """What is kept of the promotion's metrics."""
    found = read_kept(scene.work, KEY)
    assert found is not None
    return found


Answerer = Callable[[MetricQuestion, datetime], MetricAnswer]


def sound(question: MetricQuestion, now: datetime, bad: int = 0, total: int = 1_000) -> MetricAnswer:
    """Every bucket up to now, the same in both arms."""
    steps = int((now - question.since) / question.step)
    buckets = tuple(Bucket(question.since + at * question.step, bad, total) for at in range(steps))
    until = question.since + steps * question.step
    arms = ArmBuckets(buckets, buckets if question.control is not None else None)
    return MetricAnswer(question.metric, question.since, until, question.step, arms, until)


@dataclass
class PlayedSource:
    """Answers as the test says, and keeps what it was asked. ``takes`` is the real time that a question needs."""

    answer: Answerer = sound
    asked: list[MetricQuestion] = field(default_factory=list)
    takes: timedelta = timedelta(0)
    spent: timedelta = timedelta(0)
    name: str = "played"

    def read(self, question: MetricQuestion, now: datetime) -> MetricAnswer:
        self.asked.append(question)
        self.spent += self.takes
        return self.answer(question, now)


@dataclass(frozen=True)
class MeteredWorkplace(Workplace):
    """A workplace with a played source, whose real time goes by as the source takes it."""

    source: PlayedSource = field(default_factory=PlayedSource)

    @property
    def metrics(self) -> PlayedSource:  # type: ignore[override]
        return self.source

    def real_now(self) -> datetime:
        return super().real_now() + self.source.spent


def played(scene: Scene, policy: str = BOTH, source: PlayedSource | None = None, section: str = PLAYED) -> PlayedSource:
    """Let a played source answer for the scene."""
    metered(scene, section, policy)
    scene.work.ledger.close()
    scene.work = MeteredWorkplace(load_settings(scene.deployment.settings_file), source or PlayedSource())
    return scene.work.source
