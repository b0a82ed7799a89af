"""What checks read: the snapshot, and what was parsed from it, each thing once per evaluation.

A parser is imported by the first file that needs it: most runs meet few kinds of files.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, TypeVar

from prr_pipeline.canonical import digest
from prr_pipeline.errors import PrrError
from prr_pipeline.readiness.endpoints import endpoint_at
from prr_pipeline.readiness.model import Location, Reason
from prr_pipeline.readiness.profile import Profile
from prr_pipeline.readiness.reads import NOTHING, NotedSnapshot, Reads, Tracker
from prr_pipeline.readiness.subject_words import word_of
from prr_pipeline.repository.openapi import Operation, Spec, parse_spec
from prr_pipeline.repository.snapshot import Blob, Snapshot
from prr_pipeline.subjects import Subject, SubjectKind

if TYPE_CHECKING:
    from prr_pipeline.repository.documents import Document
    from prr_pipeline.repository.typescript.code import Closure, Code
    from prr_pipeline.repository.typescript.literals import Literal

T = TypeVar("T")
_WORD = re.compile(r"\{([a-z_]+)\}")
_NOT_SLUG = re.compile(r"[^a-z0-9]+")


class NotSeen(PrrError):
    """What could not be seen; the engine turns it into unknown with this reason and these places."""

    def __init__(self, reason: Reason, message: str, locations: Sequence[Location] = ()) -> None:
        self.reason = reason
        self.locations = tuple(locations)
        super().__init__(message)


class NotDeclared(NotSeen):
    """A declaration that nobody made; the engine turns it into unknown (not_declared)."""

    def __init__(self, message: str) -> None:
        super().__init__(Reason.NOT_DECLARED, message)


class Sources:
    """One snapshot under one profile. Everything parsed is kept, so give one to all lines and all subjects."""

    def __init__(self, snapshot: Snapshot, profile: Profile, *, notes_reads: bool = True) -> None:
        """``notes_reads``: whether anybody will ask what a judgement read; without it, that is told to nobody."""
        self.tracker = Tracker()
        self._notes_reads = notes_reads
        self.snapshot = NotedSnapshot(snapshot, self.tracker)
        self.profile = profile
        self._known: dict[tuple[str, str], tuple[object, Reads]] = {}
        self._of: dict[tuple[str, int], tuple[object, object]] = {}
        """What was made of an object, by its identity; the object is kept, so that no other gets its identity."""
        self._ignored = frozenset({profile.maturity_extension})
        self._spec_path: str | None = profile.value("paths.openapi")
        self._spec: Spec | None = None
        self._last_digest: tuple[Subject, str] | None = None

    def once(self, kind: str, key: str, make: Callable[[], T]) -> T:
        """What ``make`` gave for this kind and key the first time. A fault is raised anew each time."""
        known = self._known.get((kind, key))
        if known is None:
            known = self._known[kind, key] = self._noted(make) if self._notes_reads else (_outcome(make), NOTHING)
        found, reads = known
        if self._notes_reads:
            self.tracker.join(reads)
        if isinstance(found, PrrError):
            raise found
        return found  # type: ignore[return-value]

    def _noted(self, make: Callable[[], object]) -> tuple[object, Reads]:
        try:
            with self.tracker.frame() as frame:
                found = _outcome(make)
        except BaseException:
            # A fault of any other kind, too, rests on what was read: it is not kept, but remembered as a verdict.
            self.tracker.join(frame.reads)
            raise
        return found, frame.reads

    def of(self, kind: str, thing: object, make: Callable[[], T]) -> T:
        """What ``make`` gave for this kind and this very object the first time; it may read nothing but the profile."""
        known = self._of.get((kind, id(thing)))
        if known is None:
            known = self._of[kind, id(thing)] = (thing, make())
        return known[1]  # type: ignore[return-value]

    def exists(self, path: str) -> bool:
        """Whether a regular file lies at the path."""
        return self.snapshot.exists(path)

    def paths(self, pattern: str) -> tuple[str, ...]:
        """The paths that match a glob."""
        return self.once("paths", pattern, lambda: self.snapshot.paths(pattern))

    def blob(self, path: str) -> Blob:
        """The file. Raises `MissingFile` or `Unreadable`."""
        return self.once("blob", path, lambda: self.snapshot.read(path))

    def document(self, path: str) -> Document:
        """The Markdown file, parsed. Raises `MissingFile` or `Unreadable`."""
        from prr_pipeline.repository.documents import parse_document

        return self.once("document", path, lambda: parse_document(self.blob(path)))

    def literal(self, path: str, name: str) -> Literal:
        """The literal that a TypeScript file exports. Raises `MissingFile`, `Unreadable`, `UnknownName`."""
        from prr_pipeline.repository.typescript.literals import exported_literal

        return self.once("literal", f"{path}#{name}", lambda: exported_literal(self.blob(path), name))

    def code(self) -> Code:
        """The TypeScript modules, and where names and imports lead across them."""
        from prr_pipeline.repository.typescript.code import Code

        return self.once("code", "", lambda: Code(self))

    def closure(self, path: str) -> Closure:
        """Everything that a source imports at run time, directly or not."""
        return self.once("closure", path, lambda: self.code().closure(path))

    def parsed(self, blob: Blob, parse: Callable[[Blob], T]) -> T:
        """What a parser made of a blob, by the blob's id: for artefacts, which lie outside the snapshot."""
        return self.once(
            f"parsed by {parse.__module__}.{parse.__qualname__}", f"{blob.path}@{blob.id}", lambda: parse(blob)
        )

    def spec(self) -> Spec:
        """The OpenAPI document. Raises `NotDeclared`, `MissingFile` or `Unreadable`."""
        if self._spec is not None:
            return self._spec
        path = self._spec_path
        if path is None:
            raise NotDeclared(_declare("paths.openapi"))
        found = self.once("spec", path, lambda: parse_spec(self.blob(path)))
        if not self._notes_reads:
            self._spec = found
        return found

    def operation(self, subject: Subject) -> Operation:
        """The subject's operation. Raises what `spec` raises, and `UnknownOperation` or `UnknownName`."""
        if subject.kind is SubjectKind.THIRD_PARTY_ENDPOINT:
            return self.once("endpoint", subject.name, lambda: endpoint_at(self.snapshot, self.profile, subject))
        return self.spec().operation(subject.name)

    def operation_kind(self, subject: Subject) -> str:
        """The operation's kind, as in its runbook's name: an extension's text, or its first tag as a slug."""
        operation = self.operation(subject)
        for source in self.profile.value("subject.kind_from") or []:
            if source == "tags":
                tags = operation.data.get("tags")
                found = tags[0] if isinstance(tags, list) and tags else None
            else:
                found = operation.extension(source)
            if isinstance(found, str) and slug(found):
                return slug(found)
        raise NotDeclared(
            f"{subject.name} declares no kind; give it a tag, or declare subject.kind_from in the profile."
        )

    def subject_digest(self, subject: Subject) -> str:
        """Digest of the subject's own part: the operation's subtree, else its registry entry, else its name."""
        # Every line of a subject asks, one after the other.
        if self._last_digest is not None and self._last_digest[0] is subject:
            return self._last_digest[1]
        found = self.once("digest", str(subject), lambda: self._digest(subject))
        if not self._notes_reads:
            self._last_digest = subject, found
        return found

    def fill(self, template: str, subject: Subject) -> str:
        """A path template with the subject's words in it. Raises `NotDeclared` for a word nobody declares."""
        return _WORD.sub(lambda found: self._word(found[1], template, subject), template)

    def _word(self, word: str, template: str, subject: Subject) -> str:
        if word == "kind":
            return self.operation_kind(subject)
        found = word_of(word, subject, lambda: self.operation(subject))
        if found is not None:
            return found
        raise NotDeclared(f"The path {template!r} holds {{{word}}}, which a {subject.kind} does not declare.")

    def _digest(self, subject: Subject) -> str:
        try:
            if subject.kind in (SubjectKind.OPERATION, SubjectKind.THIRD_PARTY_ENDPOINT):
                return self.operation(subject).subtree_digest(self._ignored)
            registry: Mapping[str, str] = self.profile.value("subject.registry") or {}
            template = registry.get(subject.kind)
            entry = self.snapshot.blob_id(self.fill(template, subject)) if template else None
        except PrrError:
            entry = None
        return digest([str(subject.kind), subject.name, entry])


def _outcome(make: Callable[[], object]) -> object:
    """What it gives, or the fault that it raises."""
    try:
        return make()
    except PrrError as fault:
        return fault


def slug(text: str) -> str:
    """Lower case with hyphens: ``Cap table`` is ``cap-table``."""
    return _NOT_SLUG.sub("-", text.lower()).strip("-")


def _declare(key: str) -> str:
    return f"{key} is not declared; set it in the profile or in .prr/profile.yaml."
