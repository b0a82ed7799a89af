"""Metrics from files: rows of buckets that something else counts and appends, as JSON lines or CSV."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from prr_pipeline.errors import PrrError, Unreadable
from prr_pipeline.rollout.metrics import ArmBuckets, Bucket, MetricAnswer
from prr_pipeline.signals.by_name import check_options
from prr_pipeline.signals.metrics.growing_file import GrowingFile
from prr_pipeline.signals.metrics.rows import Arm, OddRow, Row
from prr_pipeline.signals.metrics.source import MetricQuestion

FORMS = (".csv", ".jsonl")
MAX_BYTES = 256 * 1024 * 1024
"""Most bytes of all files together."""


class Recorded:
    """One file, or every file of a folder. What was read is kept: of a file that grew only what is new is read.

    The rows may reach beyond ``now``, as those of a rehearsal do: what lies in the future is not looked at. ``whole``:
    nobody appends to the files any more.
    """

    name = "recorded"

    def __init__(self, path: Path, *, whole: bool = False) -> None:
        self.path = path
        self._whole = whole
        self._files: dict[Path, GrowingFile] = {}

    def read(self, question: MetricQuestion, now: datetime) -> MetricAnswer:
        """The buckets of each arm, up to the newest that all of them have."""
        try:
            self._refresh()
            return self._answer(question, now)
        except OSError as fault:
            way_out = "let metrics.options.path name a file or folder that can be read"
            return question.unread(now, f"The recorded metrics cannot be read ({fault.strerror}); {way_out}.")
        except PrrError as fault:
            return question.unread(now, f"The recorded metrics cannot be used: {fault}")

    def _refresh(self) -> None:
        paths = sorted(self.path.iterdir()) if self.path.is_dir() else [self.path]
        paths = [path for path in paths if not path.name.startswith(".")]
        odd = next((path.name for path in paths if path.suffix not in FORMS), None)
        if odd is not None:
            raise Unreadable(f"{odd!r} is neither {' nor '.join(FORMS)}; rename or remove it.")
        if sum(path.stat().st_size for path in paths) > MAX_BYTES:
            raise Unreadable(f"they are more than {MAX_BYTES} bytes; remove those of promotions that have ended.")
        self._files = {path: self._files.get(path) or GrowingFile(path, whole=self._whole) for path in paths}
        for file in self._files.values():
            file.refresh()

    def _answer(self, question: MetricQuestion, now: datetime) -> MetricAnswer:
        for file in self._files.values():
            if fault := file.fault_of(question.metric, question.operation_id):
                raise Unreadable(fault)
        step_s, since_s = int(question.step.total_seconds()), int(question.since.timestamp())
        found: list[tuple[Bucket, ...]] = []
        newest: list[int] = []
        for variant in question.variants:
            arm = self._arm(question, variant)
            last = arm.newest(int(now.timestamp()) - step_s)
            if last is None or last < since_s:
                raise Unreadable(_nothing_new(question, variant))
            newest.append(last)
            found.append(_buckets(arm, since_s, last, step_s))
        until = datetime.fromtimestamp(min(newest) + step_s, UTC)
        cut = [tuple(one for one in buckets if one.start < until) for buckets in found]
        arms = ArmBuckets(cut[0], cut[1] if len(cut) > 1 else None)
        return MetricAnswer(question.metric, question.since, until, question.step, arms, until)

    def _arm(self, question: MetricQuestion, variant: str) -> Arm:
        """The rows of one arm in all files: rows that tell of the same step must tell the same."""
        whose = (question.metric, question.operation_id, variant)
        parts = [file.arms[whose] for file in self._files.values() if whose in file.arms]
        if len(parts) == 1:
            return parts[0]
        arm = Arm()
        try:
            for part in parts:
                for start, counts in part.counts.items():
                    arm.add(Row(whose, start, counts))
        except OddRow as odd:
            raise Unreadable(f"of two files about {question.operation_id}, {odd}; remove one of them.") from None
        return arm


def from_options(options: Mapping[str, object], root: Path) -> Recorded:
    """``path``: a file that ends in ``.jsonl`` or ``.csv``, or a folder of such; counted from ``root``."""
    check_options("metric source recorded", options, ("path",))
    path = options.get("path")
    if not isinstance(path, str) or not path:
        raise PrrError(f"The recorded option path is {path!r}; give the path of a file or a folder.")
    return Recorded(root / path)


def _buckets(arm: Arm, since_s: int, last_s: int, step_s: int) -> tuple[Bucket, ...]:
    found = []
    for start, (bad, total) in arm.within(since_s, last_s + step_s):
        at = datetime.fromtimestamp(start, UTC)
        if (start - since_s) % step_s:
            step = timedelta(seconds=step_s)
            raise Unreadable(f"a row is of {at.isoformat()}, between the steps of {step}; set metrics.step to theirs.")
        found.append(Bucket(at, bad, total))
    return tuple(found)


def _nothing_new(question: MetricQuestion, variant: str) -> str:
    since = question.since.isoformat()
    what = f"the metric {question.metric} of {question.operation_id}, variant {variant}"
    return f"no row since {since} is about {what}; append its rows, with zeros for steps without requests."
