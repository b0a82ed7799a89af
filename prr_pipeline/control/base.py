"""The base of a comparison: where a change began, opened under the same profile and checklists as what is judged."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path

from prr_pipeline.control.places import Place, open_place
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import PrrError, Unreadable
from prr_pipeline.readiness.changes import Base
from prr_pipeline.repository.commit_tree import open_repository
from prr_pipeline.repository.history import commits, merge_base, resolve
from prr_pipeline.settings import Settings


@dataclass(frozen=True, slots=True)
class BasePlace:
    """The base as a place to judge, and when its commit was made."""

    base: Base
    place: Place
    committed_at: datetime


def open_base(place: Place, ref: str, settings: Settings | None, profile: str | None) -> BasePlace:
    """The merge base of ``ref`` and what is judged: the commit itself, or the head that a working tree stands on.

    Conventions that the monorepo lays over the profile are those of the base. Raises `PrrError` for an unknown ref,
    for a clone that does not reach back to the base, and for a base whose conventions cannot be read.
    """
    commit = commit_left(place.repository, ref, place.snapshot.commit or "HEAD")
    try:
        found = open_place(settings, repository=place.repository, commit=commit, profile=profile)
    except PrrError as fault:
        raise cannot_compare(Base(ref, commit), fault) from None
    [made] = commits(place.repository, commit, 1)
    same = replace(found, catalogue=place.catalogue, work=place.work, cache=place.cache)
    return BasePlace(Base(ref, commit), same, made.committed_at)


def cannot_compare(base: Base, fault: PrrError) -> PrrError:
    """The sentence for a base that is there and cannot be judged."""
    return PrrError(f"The base {base} cannot be judged: {str(fault).rstrip('.')}. Name another --base, or none.")


def commit_left(repository: Path, ref: str, head: str) -> str:
    """The commit where ``head`` left ``ref``. Raises `Unreadable` with the way to fetch what a shallow clone lacks."""
    try:
        resolve(repository, ref)
    except Unreadable as fault:
        if not open_repository(repository).is_shallow:
            raise
        raise Unreadable(
            f"{str(fault).rstrip('.')}; this clone is shallow, so fetch the base too (git fetch --unshallow origin "
            f"{ref.removeprefix('origin/')}, or fetch-depth: 0 in the checkout step)."
        ) from None
    return merge_base(repository, ref, head)
