"""The monorepo as control sees it: the head of the tracked ref, the commit to judge, and who owns what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from prr_pipeline.control.workplace import Workplace
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import PrrError, Refused, Unreadable
from prr_pipeline.readiness.profile import Profile
from prr_pipeline.repository.artefacts import ArtefactStore, JudgedCommit, judged_commit
from prr_pipeline.repository.markup import load_yaml
from prr_pipeline.repository.openapi import parse_spec
from prr_pipeline.repository.snapshot import Blob, Snapshot, open_commit
from prr_pipeline.review.paths import document_path, records_root
from prr_pipeline.subjects import Subject, SubjectKind


@dataclass(frozen=True, slots=True)
class Known:
    """What the monorepo says of a subject: its bounded context and what it depends on, as far as declared."""

    context: str | None
    dependencies: tuple[Subject, ...]


class FiledAtHead:
    """A commit's code with the PRR folder of the head: documents and records are always read there."""

    def __init__(self, code: Snapshot, head: Snapshot, folder: str) -> None:
        self._code, self._head, self._folder = code, head, folder.rstrip("/") + "/"

    @property
    def commit(self) -> str | None:
        return self._code.commit

    @property
    def label(self) -> str:
        return self._code.label

    def paths(self, pattern: str = "**") -> tuple[str, ...]:
        code = (path for path in self._code.paths(pattern) if not path.startswith(self._folder))
        filed = (path for path in self._head.paths(pattern) if path.startswith(self._folder))
        return tuple(sorted((*code, *filed)))

    def read(self, path: str) -> Blob:
        return self._of(path).read(path)

    def exists(self, path: str) -> bool:
        return self._of(path).exists(path)

    def blob_id(self, path: str) -> str | None:
        return self._of(path).blob_id(path)

    def code_digest(self, exclude: Sequence[str]) -> str:
        return self._code.code_digest(exclude)

    def _of(self, path: str) -> Snapshot:
        return self._head if path.startswith(self._folder) else self._code


def open_head(work: Workplace) -> Snapshot:
    """The head of the tracked ref, without any checkout."""
    return open_commit(work.repository, work.settings.repository.ref)


def prr_folder(profile: Profile, subject: Subject) -> str:
    """The folder of PRR documents and records. Raises `PrrError` when the profile names no document."""
    return records_root(prr_document_path(profile, subject))


def prr_document_path(profile: Profile, subject: Subject) -> str:
    """Where the subject's PRR document lies."""
    template = profile.value("paths.prr_document")
    if not template:
        raise PrrError(
            f"The profile {profile.name} declares no paths.prr_document; set it there or in .prr/profile.yaml."
        )
    return document_path(str(template), subject)


def commit_to_judge(work: Workplace, profile: Profile, subject: Subject) -> JudgedCommit:
    """The newest commit on the tracked ref's first-parent line whose artefacts are complete, else the head."""
    store = ArtefactStore(work.settings.path(work.settings.repository.artefacts))
    required = profile.value("artefacts.required") or ()
    exclude = (prr_folder(profile, subject),)
    return judged_commit(work.repository, work.settings.repository.ref, store, required, exclude)


def snapshot_to_judge(work: Workplace, head: Snapshot, judged: JudgedCommit, folder: str) -> Snapshot:
    """The judged commit's code with the head's PRR folder."""
    if judged.commit == head.commit:
        return head
    return FiledAtHead(open_commit(work.repository, judged.commit), head, folder)


def operation_facts(work: Workplace, head: Snapshot, subject: Subject) -> Known:
    """What the context map says. Raises `UnknownOperation` for an operation that the spec does not hold."""
    profile = work.profile_at(head)
    if subject.kind is SubjectKind.OPERATION:
        path = profile.value("paths.openapi")
        if not path:
            raise Refused(f"The profile {profile.name} declares no paths.openapi, so no operation can be promoted.")
        parse_spec(head.read(str(path))).operation(subject.name)
    return known_of(context_map(head, profile), subject)


def context_map(head: Snapshot, profile: Profile) -> Mapping[str, Any]:
    """The context map as data; empty when none is declared or filed."""
    path = profile.value("paths.context_map")
    if not path or not head.exists(str(path)):
        return {}
    data = load_yaml(head.read(str(path)))
    return data if isinstance(data, Mapping) else {}


def known_of(contexts: Mapping[str, Any], subject: Subject) -> Known:
    """A subject's context (by ``operations`` or ``services``) and its declared ``depends_on``."""
    table = contexts.get("operations" if subject.kind is SubjectKind.OPERATION else "services")
    context = table.get(subject.name) if isinstance(table, Mapping) else None
    needs = contexts.get("depends_on")
    names = needs.get(subject.name) if isinstance(needs, Mapping) else None
    return Known(str(context) if context else None, _dependencies(subject, names))


def _dependencies(subject: Subject, names: object) -> tuple[Subject, ...]:
    """A list of names, or one name alone. Anything else is no answer to what an alert of which counts too."""
    listed = [names] if isinstance(names, str) else names or []
    if not isinstance(listed, list) or not all(isinstance(name, str) for name in listed):
        raise Unreadable(f"The context map names the dependencies of {subject} in another form than a list of names.")
    return tuple(Subject.parse(name) for name in listed)
