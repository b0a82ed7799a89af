"""Is a line unknown for want of evidence that no commit holds? What its check asked of CI and of tools, and not got."""

from __future__ import annotations

from collections.abc import Iterator

from prr_pipeline.readiness.catalogue import Line
from prr_pipeline.readiness.facts import ArtefactFact, Facts, OasdiffAbsent
from prr_pipeline.readiness.judge import judge
from prr_pipeline.readiness.model import Reason
from prr_pipeline.readiness.noted_facts import FactMarks, noted
from prr_pipeline.readiness.reads import Reads
from prr_pipeline.readiness.sources import Sources
from prr_pipeline.subjects import Subject

_OWED = (Reason.TOOL_ABSENT, Reason.STALE)
"""Why a comparison of specifications can be missing through no fault of the specifications."""


def evidence_is_owed(line: Line, sources: Sources, facts: Facts, subject: Subject, reason: Reason | None) -> bool:
    """Whether the line, judged unknown for ``reason``, is so because an artefact or a tool's answer is not there.

    The line is judged once more to see what it asks: an artefact that is absent, or was made from other code, for that
    very reason. What the repository itself leaves open is no such evidence.
    """
    if line.check is None or reason is None:
        return False
    with sources.tracker.frame() as frame:
        judge(line.check, line.parameters, sources, noted(FactMarks(facts), sources.tracker), subject)
    return any(_owed(kind, key, facts, reason) for kind, key in _asked(frame.reads, sources))


def _owed(kind: str, key: str, facts: Facts, reason: Reason) -> bool:
    if kind == "artefact":
        found = facts.artefacts.get(key)
        if isinstance(found, ArtefactFact):
            return reason is Reason.STALE
        return reason is (found.reason if found is not None else Reason.NO_EVIDENCE)
    if kind == "fact" and key == "oasdiff":
        absent = facts.oasdiff
        return isinstance(absent, OasdiffAbsent) and absent.reason is reason and reason in _OWED
    if kind == "remote":
        return reason in (Reason.SOURCE_SILENT, Reason.STALE)
    return False


def _asked(reads: Reads, sources: Sources) -> Iterator[tuple[str, str]]:
    """Kind and key of everything that was read, shared parts included."""
    seen: set[str] = set()
    waiting = [reads]
    while waiting:
        here = waiting.pop()
        yield from ((kind, key) for kind, key, _ in here.marks)
        rest = [part for part in here.parts if part not in seen]
        seen.update(rest)
        waiting += [sources.tracker.known[part] for part in rest]
