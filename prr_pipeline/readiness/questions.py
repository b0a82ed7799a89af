"""How services around a repository are asked: a question, its answer or silence, and who asks on behalf of a check."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Generic, Protocol, TypeVar

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.readiness.model import Reason

T = TypeVar("T")


class Question(Generic[T]):
    """One thing to ask. ``system`` names who can tell, as settings and sentences call it.

    ``named_by``: the fields that an answer kept in a file is found by; all of them where none is named.
    """

    system: ClassVar[str]
    named_by: ClassVar[tuple[str, ...]] = ()
    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Answer(Generic[T]):
    """What was answered, completely. ``read_at`` is aware UTC; ``source`` is where, without credentials."""

    value: T
    read_at: datetime
    source: str


@dataclass(frozen=True, slots=True)
class Silence:
    """Why there is no answer, in one sentence with the way out."""

    message: str
    reason: Reason


class RemoteFacts(Protocol):
    """Who asks on behalf of a check. Equal questions of one evaluation get one answer."""

    def ask(self, question: Question[T]) -> Answer[T] | Silence:
        """The answer, or why there is none. Raises nothing."""
        ...
