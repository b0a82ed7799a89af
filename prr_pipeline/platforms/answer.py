"""What a service answered, with when and where it was read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Generic, TypeVar

from prr_pipeline.deferred_dataclass import dataclass

T_co = TypeVar("T_co", covariant=True)
U = TypeVar("U")


@dataclass(frozen=True, slots=True)
class Answer(Generic[T_co]):
    """A complete answer: every page of it was read.

    ``read_at`` is aware UTC and is the instant at which the reading began, so an age counted from it is never too
    small. ``address`` is where it was read, without credentials. No answer at all is `SourceSilent`.
    """

    value: T_co
    read_at: datetime
    address: str

    def joined(self, change: Callable[[T_co], U], *others: Answer[object]) -> Answer[U]:
        """One answer made of several: as old as the oldest of them, from this one's address."""
        return Answer(change(self.value), min([self.read_at, *(one.read_at for one in others)]), self.address)

    def turned(self, change: Callable[[T_co], U]) -> Answer[U]:
        """The same answer with another value made from this one."""
        return Answer(change(self.value), self.read_at, self.address)
