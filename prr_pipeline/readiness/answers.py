"""How a check asks the services around the repository: an answer that is fresh enough, or what could not be seen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.model import Reason
from prr_pipeline.readiness.remote_facts import Answer, Question, Silence
from prr_pipeline.readiness.sources import NotSeen

T = TypeVar("T")
MAX_AGE = timedelta(hours=1)
"""How old an answer may be unless the line says otherwise: what a service said this morning is not how it stands."""
AHEAD = timedelta(hours=1)
"""How far the clock of a service may be ahead of that by which its answer was read."""


def answered(facts: Facts, question: Question[T], max_age: timedelta = MAX_AGE) -> Answer[T]:
    """The answer. Raises `NotSeen` where nobody may ask, nobody answered, or the answer is too old.

    So it does where the answer tells of what had not happened yet when it was read.
    """
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
    ahead = next((at for at in _told(found.value) if at - found.read_at > AHEAD), None)
    if ahead is not None:
        raise NotSeen(
            Reason.UNREADABLE,
            f"What {found.source} says of {question.system} tells of {ahead:%Y-%m-%d %H:%M} UTC, which lay ahead when "
            "it was read; set its clock right, or record what happened.",
        )
    return found


def _told(value: object) -> Iterator[datetime]:
    """Every time that an answer bears: all of them are of what has happened."""
    if isinstance(value, datetime):
        yield value
    elif isinstance(value, tuple):
        for each in value:
            yield from _told(each)
    elif is_dataclass(value):
        for field in fields(value):
            yield from _told(getattr(value, field.name))
