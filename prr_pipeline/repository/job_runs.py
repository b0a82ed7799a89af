"""CI's record of jobs that ran in a stage: which, at which commit, with what end, when."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from prr_pipeline.canonical import parse_instant
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import PrrError, Unreadable
from prr_pipeline.repository.markup import load_json
from prr_pipeline.repository.tree import Blob

_TEXTS = ("job", "stage", "commit", "finished_at")


@dataclass(frozen=True, slots=True)
class JobRun:
    """One run. ``commit`` is what ran; ``finished_at`` is aware UTC."""

    job: str
    stage: str
    commit: str
    passed: bool
    finished_at: datetime


def read_job_runs(blob: Blob) -> tuple[JobRun, ...]:
    """The runs of ``{"runs": [{"job", "stage", "commit", "passed", "finished_at"}]}``, in their order.

    Raises `Unreadable` for anything else.
    """
    data = load_json(blob)
    rows = data.get("runs") if isinstance(data, Mapping) else None
    if not isinstance(rows, list):
        raise Unreadable(f"{blob.path} is no record of job runs: it needs a list `runs`.")
    return tuple(_run(row, blob.path) for row in rows)


def _run(row: object, where: str) -> JobRun:
    texts = [row.get(key) for key in _TEXTS] if isinstance(row, Mapping) else []
    passed = row.get("passed") if isinstance(row, Mapping) else None
    if not texts or not isinstance(passed, bool) or not all(isinstance(text, str) and text for text in texts):
        raise Unreadable(f"{where} holds a run without {', '.join(_TEXTS)} as text and `passed` as true or false.")
    job, stage, commit, finished_at = (str(text) for text in texts)
    try:
        return JobRun(job, stage, commit, passed, parse_instant(finished_at))
    except PrrError:
        raise Unreadable(f"{where}: a run of {job[:80]} ended at {finished_at[:40]!r}, which is no time.") from None
