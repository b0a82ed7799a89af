"""Which subjects does the tracked ref hold, and by which keys are they known on the Dagster pages?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from prr_pipeline.control.asked import asked_lines
from prr_pipeline.control.listing import subjects_of
from prr_pipeline.control.monorepo import open_head
from prr_pipeline.control.places import Place
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import PrrError
from prr_pipeline.readiness.discovery import declared_kinds
from prr_pipeline.repository.snapshot import Snapshot
from prr_pipeline.subjects import Subject, SubjectKind, decode_id, encode_id, parse_kind


@dataclass(frozen=True, slots=True)
class Listing:
    """The subjects at ``head`` by kind and key. ``faults``: kinds whose list cannot be read, with the sentence."""

    head: Snapshot
    by_kind: Mapping[SubjectKind, Mapping[str, Subject]]
    faults: Mapping[SubjectKind, str] = field(default_factory=dict)

    @property
    def keys(self) -> list[str]:
        """Every key, kind by kind."""
        return [key for found in self.by_kind.values() for key in found]


def list_at_head(work: Workplace) -> Listing:
    """Every subject of each kind that the profile tells where to find; a kind that is not declared has none.

    Raises `PrrError` when the tracked ref or the profile cannot be read: then nothing is known of any kind.
    """
    head = open_head(work)
    profile = work.profile_at(head)
    place = Place(work.repository, head, profile, asked_lines(work.settings), work)
    declared = declared_kinds(profile)
    found: dict[SubjectKind, Mapping[str, Subject]] = {kind: {} for kind in SubjectKind if kind not in declared}
    faults = {}
    for kind in declared:
        try:
            found[kind] = {subject_key(one): one for one in subjects_of(place, kind)}
        except PrrError as fault:
            faults[kind] = str(fault)
    return Listing(head, found, faults)


def subject_key(subject: Subject) -> str:
    """``service:identity``; the name is encoded as in the key of a promotion."""
    return f"{subject.kind}:{encode_id(subject.name)}"


def subject_of_key(key: str) -> Subject:
    """The inverse of `subject_key`. Raises `PrrError` for a key of another form."""
    kind, colon, name = key.partition(":")
    if not colon or not name:
        raise PrrError(f"{key!r} is no key of a subject; write it like service:identity.")
    return Subject(parse_kind(kind), decode_id(name))
