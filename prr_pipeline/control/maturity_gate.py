"""The gate on maturity: each one that a change raises in the specification must stand in the ledger."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path

from prr_pipeline.control.base import commit_left
from prr_pipeline.control.maturity_words import refusal, renamed, unclear
from prr_pipeline.control.places import Place, open_place
from prr_pipeline.control.recorded import Record, read_record
from prr_pipeline.control.stated import Statement, levels_of, require_stated, spec_path, stated_in
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import PrrError, Unreadable
from prr_pipeline.readiness.profile import Profile, profile_in
from prr_pipeline.repository.snapshot import Snapshot, open_commit
from prr_pipeline.rollout.maturity import Change, Levels, Move, changes, is_entitled
from prr_pipeline.settings import Settings
from prr_pipeline.subjects import Subject, SubjectKind, Target


class Ruling(StrEnum):
    """What the gate says of one operation, the worst first."""

    REFUSED = "refused"
    UNKNOWN = "unknown"
    LOWERED = "lowered"
    ENTITLED = "entitled"


@dataclass(frozen=True, slots=True)
class Ruled:
    """One operation whose maturity changed. ``place`` is file and line at the head; ``command`` the way out, or empty.

    ``recorded`` is what the ledger holds; None also where it was not asked.
    """

    change: Change
    ruling: Ruling
    place: str
    why: str
    recorded: Target | None = None
    command: str = ""


@dataclass(frozen=True, slots=True)
class MaturityReport:
    """What the gate found between two commits. ``faults`` are sentences on what could not be judged at all."""

    base: str
    head: str
    ruled: tuple[Ruled, ...] = ()
    faults: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def exit_code(self) -> int:
        """1: a rise is refused. 2: none is, but something could not be judged. 0: all is well."""
        rulings = {one.ruling for one in self.ruled}
        if Ruling.REFUSED in rulings:
            return 1
        return 2 if self.faults or Ruling.UNKNOWN in rulings else 0


@dataclass(frozen=True, slots=True)
class _Sides:
    """Both states of the specification under the conventions of the head."""

    base: Statement
    head: Statement
    levels: Levels
    extension: str


def judge_rises(
    settings: Settings | None,
    base: str,
    *,
    head: str = "HEAD",
    repository: Path | None = None,
    profile: str | None = None,
) -> MaturityReport:
    """Compare the maturities at the head with those where it left ``base``, and each rise with the ledger.

    The ledger is asked only if something rose. Raises `PrrError` for an unknown ref, profile or repository, and where
    a shallow clone ends before the base.
    """
    place = open_place(settings, repository=repository, commit=head, profile=profile)
    name = profile or (settings.repository.profile if settings else place.profile.name)
    before = open_commit(place.repository, commit_left(place.repository, base, head))
    commits = str(before.commit), str(place.snapshot.commit)
    try:
        sides = _sides(before, place, profile_in(before, name))
    except PrrError as fault:
        return MaturityReport(*commits, faults=(str(fault),))
    found = changes(sides.base.levels, sides.head.levels, sides.levels)
    rises = any(change.needs for change in found)
    record = read_record(place.work) if rises else Record()
    ruled = sorted(_ruled(found, sides, record), key=lambda one: list(Ruling).index(one.ruling))
    notes = (*_notes(sides, commits[0]), *filter(None, (record.note,)))
    return MaturityReport(*commits, tuple(ruled), tuple(filter(None, (record.fault,))), notes)


def _sides(before: Snapshot, place: Place, old: Profile) -> _Sides:
    new = place.profile
    _require_same(old, new)
    sides = _Sides(
        _side(before, old, "base"), _side(place.snapshot, new, "head"), levels_of(new), new.maturity_extension
    )
    if sides.head.spec is None:
        raise Unreadable(
            f"The head, {place.snapshot.label}, has no specification at {sides.head.path}; commit it, or correct "
            "paths.openapi in the profile."
        )
    require_stated((sides.base, sides.head), new)
    return sides


def _side(snapshot: Snapshot, profile: Profile, side: str) -> Statement:
    try:
        return stated_in(snapshot, profile)
    except PrrError as fault:
        raise Unreadable(f"The specification at the {side}, {snapshot.label}, cannot be read: {fault}") from None


def _require_same(old: Profile, new: Profile) -> None:
    """Levels are compared by one ladder and in one file: a change that moves either is for a person."""
    if (levels_of(old), old.maturity_extension) != (levels_of(new), new.maturity_extension):
        raise Unreadable(
            "The change alters how a maturity is stated (the profile's maturity.names, maturity.retired or "
            "spec.maturity_extension), so nothing can be compared; make that change alone, for a person to decide."
        )
    before, after = spec_path(old), spec_path(new)
    if before != after:
        raise Unreadable(
            f"The change alters where maturities are stated (the profile's paths.openapi: {before} at the base, "
            f"{after} at the head), so nothing can be compared; make that change alone, for a person to decide."
        )


def _ruled(found: tuple[Change, ...], sides: _Sides, record: Record) -> Iterator[Ruled]:
    for change in found:
        place = sides.head.place(change.operation)
        if change.move is Move.FELL:
            why = "removed from the specification" if change.is_gone else "lowered, which needs nothing"
            yield Ruled(change, Ruling.LOWERED, place, why)
        elif change.move is Move.UNCLEAR or (change.needs and change.operation in sides.head.unnamed):
            yield Ruled(change, Ruling.UNKNOWN, place, unclear(change, sides.head, sides.levels, sides.extension))
        elif change.needs:
            yield _rise(change, place, sides, record)


def _rise(change: Change, place: str, sides: _Sides, record: Record) -> Ruled:
    try:
        recorded = record.recorded.get(str(Subject(SubjectKind.OPERATION, change.operation)))
    except PrrError as fault:
        return Ruled(change, Ruling.UNKNOWN, place, str(fault))
    if record.work is None:
        return Ruled(change, Ruling.UNKNOWN, place, "the ledger cannot be asked")
    if is_entitled(change.needs, recorded):
        return Ruled(change, Ruling.ENTITLED, place, f"the ledger records {recorded}", recorded)
    why, command = refusal(record.work, change, recorded, sides.levels)
    return Ruled(change, Ruling.REFUSED, place, why + renamed(change, sides.base, sides.head), recorded, command)


def _notes(sides: _Sides, base: str) -> Iterator[str]:
    if sides.base.spec is None:
        yield f"The base {base[:12]} has no specification at {sides.base.path}: every operation counts as new."
    unstated = sum(1 for level in sides.head.levels.values() if level is None)
    if unstated:
        yield f"{unstated} operation(s) state no maturity ({sides.extension}); those that never did are let be."
