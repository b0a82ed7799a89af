"""The artefacts of CI that a check asks for: of the code that is judged, or young enough, or not seen at all."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

from prr_pipeline.canonical import instant_text
from prr_pipeline.readiness.facts import ArtefactAbsent, ArtefactFact, Facts
from prr_pipeline.readiness.model import Reason
from prr_pipeline.readiness.sources import NotSeen, Sources
from prr_pipeline.repository.snapshot import Blob

T = TypeVar("T")
AHEAD = timedelta(days=1)
"""How far the clock that CI stamps an artefact with may be ahead of ours."""


def artefact_of(facts: Facts, name: str) -> ArtefactFact:
    """The artefact of that name, whatever code it was made from. Raises `NotSeen` where there is none."""
    found = facts.artefacts.get(name)
    if isinstance(found, ArtefactFact):
        return found
    if isinstance(found, ArtefactAbsent):
        raise NotSeen(found.reason, found.message)
    message = f"Nobody looked for CI's artefact {name!r}; judge with the settings of a deployment that CI files it for."
    raise NotSeen(Reason.NO_EVIDENCE, message)


def current_artefact(facts: Facts, name: str) -> ArtefactFact:
    """The artefact, made from the very code that is judged. Raises `NotSeen`; `stale` for one of other code."""
    found = artefact_of(facts, name)
    if not found.current:
        message = (
            f"The artefact {name} ({found.source}) was made from other code than is judged; let CI file it for this "
            "commit."
        )
        raise NotSeen(Reason.STALE, message)
    return found


def young_artefact(facts: Facts, name: str, days: int) -> ArtefactFact:
    """The artefact, at most so many days old. Raises `NotSeen`; `stale` for an older one, and for one of tomorrow."""
    found = artefact_of(facts, name)
    if not facts.has_passed(found.created_at - AHEAD - timedelta.resolution):
        message = f"The artefact {name} says that it was made at {instant_text(found.created_at)}, which lies ahead."
        raise NotSeen(Reason.UNREADABLE, message)
    if facts.has_passed(found.created_at + timedelta(days=days)):
        age = facts.now - found.created_at
        message = f"The artefact {name} ({found.source}) is {age.days} days old, more than {days}; run it again."
        raise NotSeen(Reason.STALE, message)
    return found


def read_artefact(sources: Sources, fact: ArtefactFact, read: Callable[[Blob], T]) -> T:
    """What a parser makes of the artefact, once per evaluation. Raises `Unreadable`."""
    return sources.parsed(fact.blob, read)
