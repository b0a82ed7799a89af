"""The code as last released, and the deploy under review: what a judgement knows of versions beside the snapshot."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.readiness.model import Reason
from prr_pipeline.repository.tree import Blob, Snapshot


@dataclass(frozen=True, slots=True)
class BaseFact:
    """What was there before. ``name`` says what it is, such as ``the release v1.4.0``; ``commit`` is its id."""

    name: str
    commit: str
    snapshot: Snapshot


@dataclass(frozen=True, slots=True)
class BaseAbsent:
    """Why there is nothing to compare with. With no ``reason``, this is provably the first release."""

    message: str
    reason: Reason | None


@dataclass(frozen=True, slots=True)
class Merge:
    """A commit of the release line that the deploy carries, and when it came there (aware UTC)."""

    commit: str
    at: datetime


@dataclass(frozen=True, slots=True)
class DeployFact:
    """What goes out under a name: ``commit`` with the code ``snapshot``, after ``base`` with the code ``before``.

    ``merges`` are the commits of the first-parent line since then, newest first. ``changed`` are the paths that differ
    from the base; with ``base`` None it is provably the first release, and they are all that there are. ``changesets``
    are those that came since or waited at the base, as they were last written, also where the release took them away.
    """

    name: str
    commit: str
    author: str
    merged_at: datetime
    base: str | None
    merges: tuple[Merge, ...]
    changed: tuple[str, ...]
    changesets: tuple[Blob, ...]
    snapshot: Snapshot
    before: Snapshot | None


@dataclass(frozen=True, slots=True)
class DeployAbsent:
    """Why nobody can say what goes out, in one sentence with the way out."""

    message: str
    reason: Reason


class DeployFacts(Protocol):
    """What git says of deploys."""

    def of(self, name: str) -> DeployFact | DeployAbsent:
        """The deploy of a release tag, or of a range of commits (``base..head``). Raises nothing."""
        ...
