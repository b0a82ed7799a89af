"""Spreads the judging of many subjects over processes, where that saves a person's time."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from prr_pipeline.readiness.catalogue import Catalogue
from prr_pipeline.readiness.evaluate import evaluate_all
from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.model import Report
from prr_pipeline.readiness.profile import Profile
from prr_pipeline.repository.snapshot import Snapshot, open_commit, open_working_tree
from prr_pipeline.subjects import Subject

if TYPE_CHECKING:
    from prr_pipeline.control.verdict_store import SqliteVerdicts

PROCESSES_CAP = 4
"""Most processes; each parses the specification for itself."""
TRIAL = 16
"""Subjects that are judged here, after the first, before anything is spread: they tell how long one takes."""
WORTH_SECONDS = 3.0
"""Remaining time of the processor, if judged here alone, from which starting processes pays."""
_CHUNKS_PER_PROCESS = 2


@dataclass(frozen=True, slots=True)
class Questions:
    """Everything but the subjects that a judgement needs, in a form that another process can be given.

    ``commit`` is None for the working tree; ``cache`` is the file of remembered verdicts, None for none.
    """

    repository: Path
    commit: str | None
    profile: Profile
    catalogue: Catalogue
    facts: Facts
    section: str | None
    cache: Path | None


def judge_all(
    snapshot: Snapshot,
    questions: Questions,
    subjects: Sequence[Subject],
    *,
    processes: int | None = None,
    trial: int = TRIAL,
    worth_seconds: float = WORTH_SECONDS,
) -> Iterator[Report]:
    """One report per subject, in order. ``processes``: how many at most; None for what the machine has."""
    allowed = min(processes or os.cpu_count() or 1, PROCESSES_CAP)
    reports = _reports(snapshot, questions, subjects)
    if allowed < 2 or len(subjects) <= trial + 1:
        yield from reports
        return
    # The first one pays for what all share, such as parsing the specification: it tells nothing of the others.
    yield next(reports)
    # The processor's time, not the clock's: on a machine that is busy already, more processes save nobody's time.
    started = time.process_time()
    for _ in range(trial):
        yield next(reports)
    rest = subjects[trial + 1 :]
    if (time.process_time() - started) / trial * len(rest) < worth_seconds:
        yield from reports
        return
    yield from _spread(questions, rest, allowed)


def _spread(questions: Questions, subjects: Sequence[Subject], processes: int) -> Iterator[Report]:
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor

    size = max(1, -(-len(subjects) // (processes * _CHUNKS_PER_PROCESS)))
    chunks = [subjects[at : at + size] for at in range(0, len(subjects), size)]
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, context, initializer=_prepare, initargs=(questions,)) as pool:
        for reports in pool.map(_judge_chunk, chunks):
            yield from reports


_prepared: list[tuple[Snapshot, Questions]] = []


def _prepare(questions: Questions) -> None:
    """In a new process: open the same place."""
    root, commit = questions.repository, questions.commit
    _prepared.append((open_commit(root, commit) if commit else open_working_tree(root), questions))


def _judge_chunk(subjects: Sequence[Subject]) -> list[Report]:
    snapshot, questions = _prepared[0]
    return list(_reports(snapshot, questions, subjects))


def _reports(snapshot: Snapshot, questions: Questions, subjects: Sequence[Subject]) -> Iterator[Report]:
    store = _store(questions.cache, questions.repository) if questions.cache else None
    try:
        yield from evaluate_all(
            snapshot,
            subjects,
            questions.catalogue,
            questions.profile,
            questions.facts,
            section=questions.section,
            store=store,
        )
    finally:
        if store is not None:
            store.close()


def _store(cache: Path, repository: Path) -> SqliteVerdicts:
    from prr_pipeline.control.verdict_store import SqliteVerdicts

    return SqliteVerdicts(cache, str(repository))
