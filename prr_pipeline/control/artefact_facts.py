"""Gather CI's artefacts for a judgement: those made from the code that is judged, else the newest, marked as such."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path

from prr_pipeline.canonical import digest
from prr_pipeline.control.monorepo import prr_folder
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import PrrError
from prr_pipeline.readiness.facts import ArtefactAbsent, ArtefactFact
from prr_pipeline.readiness.model import Reason
from prr_pipeline.readiness.profile import Profile
from prr_pipeline.repository.artefacts import Artefact, ArtefactSet, ArtefactStore
from prr_pipeline.repository.history import first_parent_line, resolve
from prr_pipeline.repository.judged import CANDIDATES, LOOK_BACK, code_digest_of
from prr_pipeline.repository.snapshot import MissingFile, Snapshot
from prr_pipeline.subjects import Subject, SubjectKind

Artefacts = Mapping[str, ArtefactFact | ArtefactAbsent]


def gather_artefacts(
    work: Workplace, repository: Path, snapshot: Snapshot, profile: Profile, ref: str | None = None
) -> Artefacts:
    """Every artefact that the profile names, or why it is not there. Raises nothing for bad input.

    Of each name the newest that was made from the snapshot's code, on the first-parent line of ``ref`` (else of the
    snapshot's commit, else of the head that a working tree stands on); where none was, the newest: CI makes a load
    test less often than it builds. `ArtefactFact.current` tells the two apart by the code digest, which leaves out
    the PRR folder: filing a signature makes no report stale.
    """
    names = artefact_names(profile)
    try:
        commit = snapshot.commit
        exclude = excluded_from_code(profile)
        code = code_digest_of(repository, commit, exclude) if commit else snapshot.code_digest(exclude)
        sets = _sets(work, repository, ref or commit or "HEAD")
    except PrrError as fault:
        return dict.fromkeys(names, ArtefactAbsent(str(fault), Reason.UNREADABLE))
    return {name: _fact(_newest(sets, name, code), name) for name in names}


def artefact_marks(work: Workplace, profile: Profile, commit: str) -> str:
    """Digest of what a judgement of that commit would get, told by the envelopes alone: unlike marks ask for another.

    When CI made them stays out: the same results, filed once more, change no judgement.
    """
    code = code_digest_of(work.repository, commit, excluded_from_code(profile))
    sets = _sets(work, work.repository, work.settings.repository.ref)
    marks: dict[str, list[object] | None] = {}
    for name in artefact_names(profile):
        found = _newest(sets, name, code)
        marks[name] = None if found is None else [str(found)]
        if isinstance(found, _Chosen):
            marks[name] = [found.envelope.sha256, found.current]
    return digest(marks)


def artefact_names(profile: Profile) -> tuple[str, ...]:
    """What the profile calls its artefacts, and those that it requires, sorted."""
    keys = profile.keys.section("artefacts")
    required = keys.pop("required") or ()
    return tuple(sorted({*required, *(name for name in keys.values() if name)}))


@dataclass(frozen=True, slots=True)
class _Chosen:
    """An artefact that counts, by its envelope; it is not read yet."""

    artefacts: ArtefactSet
    envelope: Artefact
    current: bool


def _sets(work: Workplace, repository: Path, ref: str) -> list[ArtefactSet]:
    """The sets that CI filed on the first-parent line, newest first."""
    store = ArtefactStore(work.settings.path(work.settings.repository.artefacts))
    filed = store.commits()
    if not filed:
        return []
    line = islice(first_parent_line(repository, resolve(repository, ref)), LOOK_BACK)
    return [store.for_commit(one) for one in islice((one for one in line if one in filed), CANDIDATES)]


def _newest(sets: Sequence[ArtefactSet], name: str, code: str) -> _Chosen | PrrError | None:
    """The artefact of the first set where it is of that code, else of the first set that has it.

    One whose envelope is broken is not passed over for an older: what CI said last cannot be read.
    """
    first: _Chosen | None = None
    for artefacts in sets:
        try:
            envelope = artefacts.get(name)
        except MissingFile:
            continue
        except PrrError as fault:
            return fault
        if envelope.code_digest == code:
            return _Chosen(artefacts, envelope, True)
        first = first or _Chosen(artefacts, envelope, False)
    return first


def _fact(found: _Chosen | PrrError | None, name: str) -> ArtefactFact | ArtefactAbsent:
    if isinstance(found, PrrError):
        return ArtefactAbsent(str(found), Reason.UNREADABLE)
    if found is None:
        message = (
            f"CI has filed no artefact {name!r} up to this commit; file it under artefacts/<commit>/ with its envelope "
            f"{name}.json."
        )
        return ArtefactAbsent(message, Reason.NO_EVIDENCE)
    try:
        blob = found.artefacts.read(name)
    except PrrError as fault:
        return ArtefactAbsent(str(fault), Reason.UNREADABLE)
    envelope = found.envelope
    return ArtefactFact(
        # Without the commit in its path: what is found in it is the same for each commit that it is filed for.
        blob=replace(blob, path=f"artefacts/{envelope.file}"),
        tool=envelope.tool,
        version=envelope.version,
        created_at=envelope.created_at,
        commit=found.artefacts.commit,
        current=found.current,
    )


def excluded_from_code(profile: Profile) -> tuple[str, ...]:
    """The path prefixes that are no code: the PRR folder."""
    try:
        return (prr_folder(profile, Subject(SubjectKind.OPERATION, "any")),)
    except PrrError:
        return ()
