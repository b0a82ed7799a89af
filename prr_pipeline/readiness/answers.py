"""How a check asks the services around the repository: an answer that is fresh enough, or what could not be seen."""

from __future__ import annotations

from datetime import timedelta
from typing import TypeVar

from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.model import Reason
from prr_pipeline.readiness.remote_facts import Answer, Question, Silence
from prr_pipeline.readiness.sources import NotSeen

T = TypeVar("T")
MAX_AGE = timedelta(hours=1)
"""How old an answer may be unless the line says otherwise: what a service said this morning is not how it stands."""


def answered(facts: Facts, question: Question[T], max_age: timedelta = MAX_AGE) -> Answer[T]:
    """The answer. Raises `NotSeen` where nobody may ask, nobody answered, or the answer is too old."""
    if facts.remote is None:
        raise NotSeen(
            Reason.NOT_DECLARED,
            f"Nobody was asked about {question.system}; judge with the settings of a deployment that names the service "
            "or recorded answers under [platforms].",
        )
    found = facts.remote.ask(question)
    if isinstance(found, Silence):
        raise NotSeen(found.reason, found.message)
    if found.read_at - facts.now > max_age:
        raise NotSeen(
            Reason.UNREADABLE,
            f"What {found.source} says of {question.system} bears the time {found.read_at:%Y-%m-%d %H:%M} UTC, which "
            "lies ahead; set the clock right, or record it anew.",
        )
    if facts.now - found.read_at > max_age:
        hours = max_age / timedelta(hours=1)
        raise NotSeen(
            Reason.STALE,
            f"What {found.source} says of {question.system} was read at {found.read_at:%Y-%m-%d %H:%M} UTC, more than "
            f"{hours:g} h ago; ask again.",
        )
    return found
