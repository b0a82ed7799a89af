"""What did a judgement read? Read-sets with shared parts: what many judgements share is noted, and compared, once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import field

from prr_pipeline.canonical import digest
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import PrrError, Unreadable
from prr_pipeline.repository.recorder import ABSENT, REFUSED
from prr_pipeline.repository.tree import Blob, MissingFile, Snapshot

Read = tuple[str, str]
"""Kind and key of one thing read, e.g. ``("blob", "README.md")``."""
Mark = tuple[str, str, str]
"""One thing read, and a digest of what it said."""


@dataclass(frozen=True, slots=True)
class Reads:
    """What was read: each thing with its mark (a digest of what it said), and the digests of shared parts."""

    marks: tuple[Mark, ...]
    parts: tuple[str, ...]
    digest: str

    @classmethod
    def of(cls, marks: Mapping[Read, str], parts: Sequence[str]) -> Reads:
        rows = tuple((kind, key, mark) for (kind, key), mark in sorted(marks.items()))
        unique = tuple(sorted(set(parts)))
        return cls(rows, unique, digest([[list(row) for row in rows], list(unique)]))


_THERE = "there"
NOTHING = Reads.of({}, ())


@dataclass(slots=True)
class Frame:
    """What is being noted; ``reads`` says it once the frame is closed."""

    marks: dict[Read, str] = field(default_factory=dict)
    parts: list[str] = field(default_factory=list)
    reads: Reads = NOTHING


class Tracker:
    """Notes what is read into the innermost open frame. Not for use from several threads."""

    def __init__(self) -> None:
        self._frames: list[Frame] = []
        self.known: dict[str, Reads] = {}
        """Every closed read-set by digest."""

    @property
    def is_noting(self) -> bool:
        """Whether a frame is open."""
        return bool(self._frames)

    def note(self, kind: str, key: str, mark: str) -> None:
        """One thing was read, and said ``mark``."""
        if self._frames:
            self._frames[-1].marks[kind, key] = mark

    def join(self, reads: Reads) -> None:
        """Something was used that rests on these reads."""
        if self._frames:
            self._frames[-1].parts.append(reads.digest)

    @contextmanager
    def frame(self) -> Iterator[Frame]:
        """Note everything that is read until the end of the block, apart from what is noted outside."""
        frame = Frame()
        self._frames.append(frame)
        try:
            yield frame
        finally:
            self._frames.pop()
            frame.reads = self._closed(frame)

    def _closed(self, frame: Frame) -> Reads:
        """A frame that only used one part reads exactly what that part reads."""
        parts = set(frame.parts)
        if not frame.marks and len(parts) == 1:
            return self.known[frame.parts[0]]
        reads = Reads.of(frame.marks, frame.parts)
        return self.known.setdefault(reads.digest, reads)


class NotedSnapshot:
    """A snapshot that tells a tracker what is read of it."""

    def __init__(self, snapshot: Snapshot, tracker: Tracker, *, notes_commit: bool = False) -> None:
        self._snapshot = snapshot
        self._tracker = tracker
        self._notes_commit = notes_commit
        self._marks: dict[Read, str] = {}

    @property
    def commit(self) -> str | None:
        """Noted is whether there is one, and for a foreign check which: ours that say which ask a service too."""
        self._tracker.note("label", "", self._label(""))
        if self._notes_commit:
            self._tracker.note("commit", "", self._commit_mark(""))
        return self._snapshot.commit

    def for_foreign(self) -> NotedSnapshot:
        """The same, for a check of which nobody knows what it does with the commit's id."""
        made = NotedSnapshot(self._snapshot, self._tracker, notes_commit=True)
        made._marks = self._marks
        return made

    @property
    def label(self) -> str:
        """Without the commit's id: a sentence that holds it would be another at each, though nothing read differs."""
        self._tracker.note("label", "", self._label(""))
        return self._label("")

    def paths(self, pattern: str = "**") -> tuple[str, ...]:
        found = self._snapshot.paths(pattern)
        self._tracker.note("paths", pattern, self._kept(("paths", pattern), lambda: digest(list(found))))
        return found

    def read(self, path: str) -> Blob:
        try:
            blob = self._snapshot.read(path)
        except MissingFile:
            self._tracker.note("blob", path, self._kept(("blob", path), lambda: self._blob_mark(path)))
            raise MissingFile(path, self.label) from None
        except PrrError:
            self._tracker.note("blob", path, self._kept(("blob", path), lambda: self._blob_mark(path)))
            raise
        if self._tracker.is_noting:  # else nobody will ask, and a large file's id takes long to make
            self._tracker.note("blob", path, self._kept(("blob", path), lambda: blob.id))
        return blob

    def exists(self, path: str) -> bool:
        mark = self._kept(("exists", path), lambda: self._exists_mark(path))
        self._tracker.note("exists", path, mark)
        # What is refused is asked again: it says why.
        return self._snapshot.exists(path) if mark == REFUSED else mark == _THERE

    def blob_id(self, path: str) -> str | None:
        self._tracker.note("blob", path, self._kept(("blob", path), lambda: self._blob_mark(path)))
        return self._snapshot.blob_id(path)

    def code_digest(self, exclude: Sequence[str]) -> str:
        found = self._snapshot.code_digest(exclude)
        self._tracker.note("code", "\n".join(exclude), found)
        return found

    def mark(self, kind: str, key: str) -> str | None:
        """What that read says now; None for a kind that is not of a snapshot."""
        make = self._makers().get(kind)
        return None if make is None else self._kept((kind, key), lambda: make(key))

    def _makers(self) -> dict[str, Callable[[str], str]]:
        return {
            "blob": self._blob_mark,
            "exists": self._exists_mark,
            "paths": self._paths_mark,
            "code": self._code_mark,
            "commit": self._commit_mark,
            "label": self._label,
        }

    def _kept(self, read: Read, make: Callable[[], str]) -> str:
        if read not in self._marks:
            self._marks[read] = make()
        return self._marks[read]

    def _label(self, _: str) -> str:
        return "commit" if self._snapshot.commit is not None else self._snapshot.label

    def _commit_mark(self, _: str) -> str:
        return self._snapshot.commit or ABSENT

    def _blob_mark(self, path: str) -> str:
        return self._snapshot.blob_id(path) or self._exists_mark(path)

    def _exists_mark(self, path: str) -> str:
        try:
            return _THERE if self._snapshot.exists(path) else ABSENT
        except Unreadable:
            return REFUSED

    def _paths_mark(self, pattern: str) -> str:
        return digest(list(self._snapshot.paths(pattern)))

    def _code_mark(self, joined: str) -> str:
        return self._snapshot.code_digest(joined.split("\n") if joined else [])


class Unchanged:
    """Whether read-sets say now what they said. Each part is compared once.

    ``mark`` gives what a read says now (None: nobody can tell, so it counts as changed); ``known`` the read-sets.
    """

    def __init__(self, mark: Callable[[str, str], str | None], known: Callable[[str], Reads | None]) -> None:
        self._mark = mark
        self._known = known
        self._answers: dict[str, bool] = {}

    def holds(self, reads_digest: str) -> bool:
        """Whether everything under that read-set is as it was."""
        found = self._answers.get(reads_digest)
        if found is None:
            found = self._answers[reads_digest] = self._compare(reads_digest)
        return found

    def _compare(self, reads_digest: str) -> bool:
        reads = self._known(reads_digest)
        if reads is None:
            return False
        return all(self._mark(kind, key) == mark for kind, key, mark in reads.marks) and all(
            map(self.holds, reads.parts)
        )


def marks_below(roots: Iterable[str], known: Callable[[str], Reads | None]) -> frozenset[Mark] | None:
    """Every mark under those read-sets; None if one of them is not known."""
    marks: set[Mark] = set()
    seen: set[str] = set()
    waiting = list(roots)
    while waiting:
        at = waiting.pop()
        if at in seen:
            continue
        reads = known(at)
        if reads is None:
            return None
        seen.add(at)
        marks.update(reads.marks)
        waiting.extend(reads.parts)
    return frozenset(marks)
