"""The code as last released, and the deploy under review: what a judgement knows of versions beside the snapshot."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from prr_pipeline.readiness.model import Reason
from prr_pipeline.repository.tree import Snapshot


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
class DeployFact:
    """A deploy: ``commit`` goes out, ``changed`` are the paths that differ from the release before it.

    ``merged_at`` is when the commit came to the release line; ``changed`` is None where there is nothing before it.
    """

    name: str
    commit: str
    merged_at: datetime
    changed: tuple[str, ...] | None
