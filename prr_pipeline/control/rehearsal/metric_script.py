"""The metrics of a rehearsal: recorded rows, looked over once for whose they are, since when, and how dense."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import PrrError, UnknownName, Unreadable
from prr_pipeline.settings import Settings

if TYPE_CHECKING:
    from prr_pipeline.signals.metrics.rows import Arm, Whose

_SHORTEST, _LONGEST = timedelta(seconds=10), timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class MetricScript:
    """The rows of one operation: from the first step's start to the last one's end, in steps of ``step``."""

    path: Path
    operation: str
    first: datetime
    last: datetime
    step: timedelta

    def laid_over(self, settings: Settings) -> Settings:
        """The settings with these rows as their metric source; what proves what stays theirs."""
        source = {"source": "recorded", "options": {"path": str(self.path.resolve())}, "step": self.step}
        return settings.model_copy(update={"metrics": settings.metrics.model_copy(update=source)})


def read_metric_script(path: Path, operation: str | None, judged: Iterable[str]) -> MetricScript:
    """Look over a file, or a folder of files, of the recorded source. ``operation`` is needed where there are several.

    The files are whole: a last line that is cut is a fault like any other. Raises `PrrError` with one sentence, with
    file and line, for rows that cannot be used.
    """
    from prr_pipeline.signals.metrics.growing_file import GrowingFile
    from prr_pipeline.signals.metrics.recorded import FORMS

    try:
        paths = [one for one in sorted(path.iterdir()) if one.name[0] != "."] if path.is_dir() else [path]
        odd = next((one.name for one in paths if one.suffix not in FORMS), None)
        if odd is not None or not paths:
            raise Unreadable(
                f"The metrics {path} hold {odd or 'no file'}; give files that end in {' or '.join(FORMS)}."
            )
        files = [GrowingFile(one, whole=True) for one in paths]
        for file in files:
            file.refresh()
    except OSError as fault:
        raise Unreadable(f"The metrics {path} cannot be read ({fault.strerror}).") from None
    metrics = tuple(judged)
    if found := next(filter(None, (file.first_fault(metrics, operation) for file in files)), ""):
        raise Unreadable(f"The metrics {path}: {found}")
    arms = [one for file in files for one in file.arms.items()]
    return _script(path, _operation(path, {whose[1] for whose, _ in arms}, operation), arms)


def _operation(path: Path, found: set[str], asked: str | None) -> str:
    there = sorted(found)
    if asked is not None and asked not in there:
        raise UnknownName(f"operation of the metrics {path}", asked, there)
    if asked is None and len(there) > 1:
        raise PrrError(f"The metrics {path} are of {', '.join(there[:5])}; name one with --operation.")
    if not there:
        raise Unreadable(f"The metrics {path} hold no row that can be read.")
    return asked or there[0]


def _script(path: Path, name: str, arms: Sequence[tuple[Whose, Arm]]) -> MetricScript:
    mine = [arm.starts for whose, arm in arms if whose[1] == name]
    gaps = [later - one for starts in mine for one, later in pairwise(starts)]
    step = timedelta(seconds=min(gaps, default=60))
    if not _SHORTEST <= step <= _LONGEST:
        raise Unreadable(f"The metrics {path} have a row every {step}; steps of 10 s to 1 h can be judged.")
    first, last = min(starts[0] for starts in mine), max(starts[-1] for starts in mine)
    return MetricScript(path, name, datetime.fromtimestamp(first, UTC), datetime.fromtimestamp(last, UTC) + step, step)
