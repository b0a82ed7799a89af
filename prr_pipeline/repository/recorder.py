"""Records what a judgement read of a snapshot: the read-set, whose digest is the cache key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field

from prr_pipeline.canonical import digest
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import Unreadable
from prr_pipeline.repository.tree import Blob, Snapshot

ABSENT = "absent"
REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class ReadSet:
    """What was read: path -> blob id (or ``absent``, ``refused``), glob -> digest of the paths it gave,
    excluded prefixes (joined by newlines) -> code digest."""

    reads: Mapping[str, str] = field(default_factory=dict)
    globs: Mapping[str, str] = field(default_factory=dict)
    code: Mapping[str, str] = field(default_factory=dict)

    def as_plain(self) -> dict[str, dict[str, str]]:
        """The read-set as JSON objects; `from_plain` is the inverse."""
        return {"reads": dict(self.reads), "globs": dict(self.globs), "code": dict(self.code)}

    @classmethod
    def from_plain(cls, plain: Mapping[str, Mapping[str, str]]) -> ReadSet:
        return cls(plain.get("reads", {}), plain.get("globs", {}), plain.get("code", {}))

    @property
    def digest(self) -> str:
        return digest(self.as_plain())


class Recorder:
    """A snapshot that passes everything on and notes it. Not for use from several threads."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self.reads: dict[str, str] = {}
        self.globs: dict[str, str] = {}
        self.code: dict[str, str] = {}

    @property
    def commit(self) -> str | None:
        return self.snapshot.commit

    @property
    def label(self) -> str:
        return self.snapshot.label

    def paths(self, pattern: str = "**") -> tuple[str, ...]:
        found = self.snapshot.paths(pattern)
        self.globs[pattern] = digest(list(found))
        return found

    def read(self, path: str) -> Blob:
        self._note(path)
        return self.snapshot.read(path)

    def exists(self, path: str) -> bool:
        self._note(path)
        return self.snapshot.exists(path)

    def blob_id(self, path: str) -> str | None:
        self._note(path)
        return self.snapshot.blob_id(path)

    def code_digest(self, exclude: Sequence[str]) -> str:
        found = self.snapshot.code_digest(exclude)
        self.code["\n".join(exclude)] = found
        return found

    @property
    def read_set(self) -> ReadSet:
        """What was read so far, as a value."""
        return ReadSet(dict(self.reads), dict(self.globs), dict(self.code))

    @property
    def read_set_digest(self) -> str:
        return self.read_set.digest

    def _note(self, path: str) -> None:
        if path not in self.reads:
            self.reads[path] = _mark(self.snapshot, path)


def unchanged(read_set: ReadSet, snapshot: Snapshot) -> bool:
    """Whether judging ``snapshot`` would read exactly the same again."""
    return (
        all(_mark(snapshot, path) == mark for path, mark in read_set.reads.items())
        and all(digest(list(snapshot.paths(glob))) == seen for glob, seen in read_set.globs.items())
        and all(
            snapshot.code_digest(joined.split("\n") if joined else []) == seen for joined, seen in read_set.code.items()
        )
    )


def _mark(snapshot: Snapshot, path: str) -> str:
    found = snapshot.blob_id(path)
    if found is not None:
        return found
    try:
        return REFUSED if snapshot.exists(path) else ABSENT
    except Unreadable:
        return REFUSED
