"""What a snapshot is made of: safe paths, blobs, and the protocol that every view of a tree fulfils."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import Protocol

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import PrrError, Unreadable

BLOB_CAP = 32 * 2**20
"""Largest file that is read, in bytes."""
LARGE = 2**20
"""Bytes of a file that is large: reading it, and making its id, takes longer than judging many lines."""
ENTRY_CAP = 500_000
"""Most entries (files and folders) that one tree may hold."""
_PATH_CAP = 4096
_NO_NAMES = frozenset(("", ".", ".."))

REGULAR_MODES = frozenset({0o100644, 0o100755, 0o100664})
_REFUSED_MODES = {0o120000: "a symbolic link", 0o160000: "a submodule", 0o040000: "a folder"}


class MissingFile(PrrError):
    """A path that the snapshot does not hold."""

    def __init__(self, path: str, label: str) -> None:
        self.path = path
        super().__init__(f"The {label} holds no file {path!r}.")


@dataclass(frozen=True, slots=True)
class Blob:
    """One file's content. ``id`` is its git blob id (SHA-1, 40 hex digits), for working-tree files too."""

    path: str
    id: str
    data: bytes

    def text(self) -> str:
        """The content as strict UTF-8 without a byte-order mark. Raises `Unreadable` for anything else."""
        try:
            return self.data.decode("utf-8").removeprefix("\ufeff")
        except UnicodeDecodeError as fault:
            raise Unreadable(f"{self.path} is not UTF-8 (byte {fault.start}); save it as UTF-8.") from None


class LateBlob(Blob):
    """A large file whose id is made when somebody asks for it, which takes as long as reading it; equal to itself."""

    __slots__ = ("_known",)
    __hash__ = object.__hash__

    def __init__(self, path: str, data: bytes, id: str | None = None) -> None:
        for name, value in (("path", path), ("data", data), ("_known", id)):
            object.__setattr__(self, name, value)

    def __reduce__(self) -> tuple[type[LateBlob], tuple[str, bytes]]:
        return LateBlob, (self.path, self.data)

    def __eq__(self, other: object) -> bool:
        return self is other

    @property
    def id(self) -> str:
        """As that of any other."""
        known: str | None = object.__getattribute__(self, "_known")
        if known is None:
            known = blob_id_of(self.data)
            object.__setattr__(self, "_known", known)
        return known


class Snapshot(Protocol):
    """An immutable view of one tree. Nothing in it is ever executed, followed or filtered."""

    @property
    def commit(self) -> str | None:
        """The commit id, 40 hex digits; None for a working tree."""
        ...

    @property
    def label(self) -> str:
        """How sentences call it: ``commit 1a2b3c4d5e6f`` or ``working tree``."""
        ...

    def paths(self, pattern: str = "**") -> tuple[str, ...]:
        """All entries but folders that match the glob, sorted. Links and submodules are listed, yet never read."""
        ...

    def read(self, path: str) -> Blob:
        """The file at that exact path. Raises `MissingFile`, or `Unreadable` for what is refused."""
        ...

    def exists(self, path: str) -> bool:
        """Whether a regular file lies there. Raises `Unreadable` for a refused path or entry."""
        ...

    def blob_id(self, path: str) -> str | None:
        """The blob id of a regular file; None if it is absent or refused."""
        ...

    def code_digest(self, exclude: Sequence[str]) -> str:
        """``sha256:...`` over (mode, path, id) of all entries but those under the excluded path prefixes."""
        ...


@dataclass(frozen=True, slots=True)
class Entry:
    """One file-like entry of a tree: git mode, path, raw path bytes and object id."""

    mode: int
    path: str
    raw: bytes
    id: str


def blob_id_of(data: bytes) -> str:
    """The id git gives to a blob with that content."""
    total = hashlib.sha1(b"blob %d\0" % len(data), usedforsecurity=False)
    total.update(data)
    return total.hexdigest()


def path_parts(path: str) -> list[str]:
    """The components of a relative path. Raises `Unreadable` for a path that could lead elsewhere."""
    fault = _path_fault(path)
    if fault:
        raise Unreadable(f"The path {path[:200]!r} {fault}; give a plain path relative to the repository's root.")
    return path.split("/")


def is_plain(path: str) -> bool:
    """Whether `path_parts` takes the path."""
    return _path_fault(path) is None


def _path_fault(path: str) -> str | None:
    if not path or len(path) > _PATH_CAP:
        return f"is empty or longer than {_PATH_CAP} characters"
    if "\\" in path or (not (path.isascii() and path.isprintable()) and _has_control(path)):
        return "holds a backslash, NUL or control character"
    if path.startswith("/"):
        return "is absolute"
    parts = path.split("/")
    if not _NO_NAMES.isdisjoint(parts):
        return "has an empty, '.' or '..' component"
    if ".git" in (low := path.lower()) and ".git" in low.split("/"):
        return "leads into .git"
    return None


def _has_control(path: str) -> bool:
    import unicodedata

    return any(unicodedata.category(c) in ("Cc", "Cs") for c in path)


def refuse_mode(path: str, mode: int) -> None:
    """Raise `Unreadable` unless the mode is that of a regular file."""
    if mode not in REGULAR_MODES:
        what = _REFUSED_MODES.get(mode, f"an entry of mode {mode:o}")
        raise Unreadable(f"{path} is {what}; only regular files are read, so commit the file itself.")


def refuse_size(path: str, size: int, cap: int = BLOB_CAP) -> None:
    """Raise `Unreadable` for a file above the cap (in bytes), before it is read."""
    if size > cap:
        raise Unreadable(f"{path} has {size:,} bytes; at most {cap:,} are read.")


def folded(name: str) -> str:
    """What names share that are one on some disks: case and the form of accents count for nothing there."""
    if name.isascii():
        return name.lower()
    import unicodedata

    return unicodedata.normalize("NFC", name).casefold()


def refuse_twins(path: str, names: Sequence[str]) -> None:
    """Raise `Unreadable` if that file has a twin: which of them a checkout holds depends on the disk."""
    if len(names) > 1:
        other = next((name for name in names if name != path), path)
        raise Unreadable(f"{path} differs from {other} by case or accents alone; rename or remove one of the two.")


def shown_name(raw: bytes) -> str:
    """A path for listings. Bytes that are not UTF-8 come out with a backslash, so such a path is never read."""
    return raw.decode("utf-8", "backslashreplace")


def digest_entries(entries: Iterable[Entry], exclude: Sequence[str]) -> str:
    """``sha256:...`` over mode, path and id of the entries, sorted by raw path, without the excluded prefixes."""
    prefixes = [prefix.strip("/").encode() for prefix in exclude if prefix.strip("/")]
    folders = tuple(prefix + b"/" for prefix in prefixes)
    exact = frozenset(prefixes)
    total = hashlib.sha256()
    for entry in sorted(entries, key=lambda e: e.raw):
        if entry.raw not in exact and not entry.raw.startswith(folders):
            total.update(b"%o %d %b %b\n" % (entry.mode, len(entry.raw), entry.raw, entry.id.encode()))
    return "sha256:" + total.hexdigest()
