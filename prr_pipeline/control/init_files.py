"""Write the files of `prr init`, each only where nothing is; nothing is replaced and no link is followed."""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from enum import StrEnum
from pathlib import Path

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import PrrError

_READ_CAP = 2**20
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW


class FileState(StrEnum):
    """What became of a file."""

    WRITTEN = "written"
    WOULD_WRITE = "would be written"
    SAME = "there already, the same"
    KEPT = "there already, kept"


@dataclass(frozen=True, slots=True)
class Draft:
    """A file to write. ``name`` counts from the repository, with at most one folder."""

    name: str
    text: str
    adds: bool = False
    """Whether the text is no whole file but what could be added to the one that is there."""


@dataclass(frozen=True, slots=True)
class Filed:
    """What became of a draft; ``would_change`` is the difference in lines, empty unless the file was kept."""

    name: str
    state: FileState
    would_change: tuple[str, ...]

    def as_data(self) -> dict[str, object]:
        """As one object of `prr init --format json`."""
        return {"name": self.name, "state": str(self.state), "would_change": list(self.would_change)}


def file_drafts(root: Path, drafts: Sequence[Draft], *, dry_run: bool) -> list[Filed]:
    """Write each draft whose place is free. Raises `PrrError` for a folder that is a link or refuses."""
    return [_filed(root, draft, dry_run=dry_run) for draft in drafts]


def _filed(root: Path, draft: Draft, *, dry_run: bool) -> Filed:
    path = root / draft.name
    if os.path.lexists(path):
        return _beside(path, draft)
    if dry_run:
        return Filed(draft.name, FileState.WOULD_WRITE, ())
    try:
        with _folder(root, draft.name) as (folder, name):
            handle = os.open(name, _NEW, 0o644, dir_fd=folder)
            with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
                file.write(draft.text)
    except FileExistsError:
        return _beside(path, draft)
    except OSError as fault:
        raise PrrError(
            f"{path} cannot be written ({fault.strerror}): it must lie in a folder of its own that is no link."
        ) from None
    return Filed(draft.name, FileState.WRITTEN, ())


@contextmanager
def _folder(root: Path, name: str) -> Iterator[tuple[int, str]]:
    """The open folder that a file is to lie in, made if it is not there, and the file's own name."""
    above, _, own = name.rpartition("/")
    top = os.open(root, os.O_RDONLY | os.O_DIRECTORY)
    try:
        if not above:
            yield top, own
            return
        with suppress(FileExistsError):
            os.mkdir(above, dir_fd=top)
        below = os.open(above, _FOLDER, dir_fd=top)
        try:
            yield below, own
        finally:
            os.close(below)
    finally:
        os.close(top)


def _beside(path: Path, draft: Draft) -> Filed:
    """What a file that is there says, against the draft."""
    present = _present(path)
    if present == draft.text:
        return Filed(draft.name, FileState.SAME, ())
    if draft.adds:
        return Filed(draft.name, FileState.KEPT, tuple(f"+{line}" for line in draft.text.splitlines()))
    if present is None:
        return Filed(draft.name, FileState.KEPT, ())
    changes = difflib.unified_diff(present.splitlines(), draft.text.splitlines(), n=0, lineterm="")
    return Filed(
        draft.name, FileState.KEPT, tuple(line for line in changes if not line.startswith(("---", "+++", "@@")))
    )


def _present(path: Path) -> str | None:
    """The text of a regular file, None for anything else: a link, a device, a file that is too large or no text."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with os.fdopen(handle, "rb") as file:
            data = file.read(_READ_CAP + 1)
        return data.decode("utf-8") if len(data) <= _READ_CAP else None
    except (OSError, UnicodeDecodeError):
        return None
