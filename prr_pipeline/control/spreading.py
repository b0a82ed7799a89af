"""Spreads the judging of many subjects over processes, where that saves a person's time."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from prr_pipeline.control.copies import can_be_copied, in_copies
from prr_pipeline.control.kept_reports import KeptReport, Write, body_of
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.readiness.catalogue import Catalogue
from prr_pipeline.readiness.evaluate import Evaluated, evaluate_noted
from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.profile import Profile
from prr_pipeline.readiness.reads import Mark
from prr_pipeline.readiness.sources import Sources
from prr_pipeline.repository.snapshot import Snapshot
from prr_pipeline.subjects import Subject

if TYPE_CHECKING:
    from prr_pipeline.control.verdict_store import SqliteVerdicts

PROCESSES_CAP = 4
"""Most processes. Each is a copy of this one and has what it parsed; what it parses itself, no other has."""
TRIAL = 16
"""Subjects that are judged here, after the first, before anything is spread: they tell how long one takes.

One of which every verdict is remembered tells nothing, so it is not counted.
"""
WORTH_SECONDS = 0.2
"""Remaining time of the processor, if judged here alone, from which starting copies pays."""
_CHUNKS_PER_PROCESS = 16
"""Subjects of one kind stand together and take alike: in many pieces, every process gets its share of the long ones."""


@dataclass(frozen=True, slots=True)
class Questions:
    """Everything but the subjects that a judgement needs. ``cache``: the file of remembered verdicts, None for none."""

    repository: Path
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
    write: Write | None = None,
) -> Iterator[Evaluated]:
    """One report per subject, in order. ``processes``: how many at most; None for what the machine has.

    ``write`` makes the page of a report that another process judged.
    """
    sources = Sources(snapshot, questions.profile, notes_reads=questions.cache is not None)
    found = _judged(snapshot, questions, subjects, sources)
    allowed = min(processes or len(os.sched_getaffinity(0)), PROCESSES_CAP) if can_be_copied() else 1
    if allowed < 2 or len(subjects) <= trial + 1:
        yield from found
        return
    # The first one pays for what all share, such as parsing the specification: it tells nothing of the others.
    yield next(found)
    # The processor's time, not the clock's: on a machine that is busy already, more processes save nobody's time.
    started, spent, tried = time.process_time(), 0.0, 0
    for done, each in enumerate(found, start=2):
        yield each
        now = time.process_time()
        if each.judged:
            spent, tried = spent + now - started, tried + 1
        started = now
        if tried == trial:
            if spent / trial * (len(subjects) - done) >= worth_seconds:
                found.close()
                yield from _spread(snapshot, questions, subjects[done:], allowed, sources, write)
                return
            spent, tried = 0.0, 0


def _spread(
    snapshot: Snapshot,
    questions: Questions,
    subjects: Sequence[Subject],
    processes: int,
    sources: Sources,
    write: Write | None,
) -> Iterator[Evaluated]:
    size = max(1, -(-len(subjects) // (processes * _CHUNKS_PER_PROCESS)))
    chunks = [subjects[at : at + size] for at in range(0, len(subjects), size)]
    here, is_remembered = os.getpid(), questions.cache is not None

    def work(chunk: Sequence[Subject]) -> Iterator[Evaluated | _Sent | None]:
        found = _judged(snapshot, questions, chunk, sources)
        return found if os.getpid() == here else (_sent(each, write, is_remembered) for each in found)

    def again(subject: Subject) -> Evaluated:
        return next(_judged(snapshot, questions, (subject,), sources))

    for subject, found in zip(subjects, in_copies(work, chunks, processes), strict=True):
        if not isinstance(found, tuple):
            yield found or again(subject)
            continue
        exit_code, outcomes, body, marks, judged, page = found
        read = partial(bytes, body) if body is not None else partial(_body_again, partial(again, subject))
        known = subject, snapshot.commit, questions.profile.name, exit_code, outcomes
        yield Evaluated(KeptReport(*known, read), marks, judged, page)


_Sent = tuple[int, dict[str, int], bytes | None, frozenset[Mark] | None, int, bytes | None]
"""What another process judged, as plain data: exit code, outcomes, body, marks, how many verdicts are new, page.

The body is what `body_of` gives; None where nobody is likely to read the lines, as there is a page.
"""


def _sent(found: Evaluated, write: Write | None, is_remembered: bool) -> _Sent | None:
    """None for a report that has no plain form: it is judged again where it is wanted."""
    report = found.report
    page = write(report) if write is not None else None
    try:
        body = body_of(report) if is_remembered or page is None else None
    except TypeError:
        return None
    return report.exit_code, report.outcomes, body, found.marks, found.judged, page


def _body_again(judge: Callable[[], Evaluated]) -> bytes:
    return body_of(judge().report)


def _judged(
    snapshot: Snapshot, questions: Questions, subjects: Sequence[Subject], sources: Sources
) -> Generator[Evaluated, None, None]:
    store = _store(questions.cache, questions.repository) if questions.cache else None
    try:
        yield from evaluate_noted(
            snapshot,
            subjects,
            questions.catalogue,
            questions.profile,
            questions.facts,
            section=questions.section,
            store=store,
            sources=sources,
        )
    finally:
        if store is not None:
            store.close()


def _store(cache: Path, repository: Path) -> SqliteVerdicts:
    from prr_pipeline.control.edition import edition
    from prr_pipeline.control.verdict_store import SqliteVerdicts

    return SqliteVerdicts(cache, str(repository), edition())
