"""Who wrote what a sign-off is about: the operation's own part of the spec, and people's words in the document."""

from __future__ import annotations

from collections.abc import Callable

from prr_pipeline.canonical import digest
from prr_pipeline.control.monorepo import prr_document_path
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.errors import PrrError
from prr_pipeline.readiness.profile import Profile
from prr_pipeline.repository.authorship import makers
from prr_pipeline.repository.openapi import parse_spec
from prr_pipeline.repository.snapshot import Blob, Snapshot
from prr_pipeline.review.document_reading import human_section_digest
from prr_pipeline.rollout.state import PromotionState
from prr_pipeline.subjects import SubjectKind

SPEC_BUDGET = 32 * 2**20
"""Bytes of older specifications that one judgement parses; the next one goes on from there."""
_TABLE = "spec_parts"
_FORMAT = 1


class _Spent(Exception):
    """The budget is used up before the answer."""


def writers_of(
    work: Workplace, state: PromotionState, profile: Profile, head: Snapshot, budget: int = SPEC_BUDGET
) -> tuple[str, ...]:
    """Git identities (``Noor <n@x>``) of who last changed what this promotion is about; an unrelated change is not.

    Where history is longer than the budget, a sentence that says so stands among them.
    """
    return tuple(sorted({*_of_spec(work, state, profile, head, budget), *_of_document(work, state, profile, head)}))


def _of_spec(work: Workplace, state: PromotionState, profile: Profile, head: Snapshot, budget: int) -> tuple[str, ...]:
    path = str(profile.value("paths.openapi"))
    if state.subject.kind is not SubjectKind.OPERATION:
        return ()
    parts = _SpecParts(work, state.subject.name, profile.maturity_extension, budget)
    try:
        return _made(work, head, path, parts.part_at)
    except _Spent:
        return (f"whoever wrote {state.subject.name}'s part of {path}, further back than was read so far",)
    finally:
        parts.keep()


def _of_document(work: Workplace, state: PromotionState, profile: Profile, head: Snapshot) -> tuple[str, ...]:
    """Nobody where people wrote nothing: the machine's own parts are nobody's words."""
    path = prr_document_path(profile, state.subject)
    if not head.exists(path):
        return ()
    nothing = human_section_digest(None, state.target)
    if human_section_digest(head.read(path).data, state.target) == nothing:
        return ()

    def part_at(blob_id: str, read: Callable[[], Blob]) -> str | None:
        try:
            return human_section_digest(read().data, state.target)
        except (PrrError, UnicodeDecodeError):
            return None

    return _made(work, head, path, part_at)


def _made(
    work: Workplace, head: Snapshot, path: str, part_at: Callable[[str, Callable[[], Blob]], str | None]
) -> tuple[str, ...]:
    found = makers(work.repository, head.commit or "HEAD", path, part_at)
    return tuple(f"{' '.join(person.name.split())[:100]} <{person.email[:200]}>" for person in found)


class _SpecParts:
    """Digests of one operation in older specifications, kept in the ledger's mutable table: each is parsed once."""

    def __init__(self, work: Workplace, operation: str, extension: str, budget: int) -> None:
        self._work, self._operation, self._extension, self._left = work, operation, extension, budget
        self._name = digest([_FORMAT, operation, extension])
        self._new: dict[str, dict[str, object]] = {}

    def part_at(self, blob_id: str, read: Callable[[], Blob]) -> str | None:
        """The operation's digest in that blob; None where it is not, or the blob is no specification."""
        kept = self._work.ledger.counters.get(_TABLE, f"{blob_id}/{self._name}")
        if kept is not None:
            return None if kept["part"] is None else str(kept["part"])
        found = self._parsed(read)
        self._new[f"{blob_id}/{self._name}"] = {"part": found}
        return found

    def keep(self) -> None:
        """Keep what was parsed for the next judgement."""
        self._work.ledger.counters.put_many(_TABLE, self._new)

    def _parsed(self, read: Callable[[], Blob]) -> str | None:
        try:
            blob = read()
            if self._left <= 0:
                raise _Spent
            self._left -= len(blob.data)
            return parse_spec(blob).operation(self._operation).subtree_digest(frozenset({self._extension}))
        except PrrError:
            return None
