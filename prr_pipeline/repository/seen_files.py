"""What was read of each file of a working tree: one view never mixes two states of a file."""

from __future__ import annotations

from typing import NoReturn

from prr_pipeline.errors import Unreadable
from prr_pipeline.repository.tree import LARGE, Blob, LateBlob, blob_id_of


class SeenFiles:
    """The files that were read, by path. ``is_remembered``: whether what is judged of them is kept.

    If it is not, ids of large files are seldom asked for, and made only then.
    """

    def __init__(self, is_remembered: bool) -> None:
        self._is_remembered = is_remembered
        self._ids: dict[str, str] = {}
        self._late: LateBlob | None = None
        """The newest large file without an id; one at a time, as each is held whole."""

    def id_of(self, path: str) -> str | None:
        """The blob id of what was read; None for a file that was not."""
        late = self._late
        return late.id if late is not None and late.path == path else self._ids.get(path)

    def blob(self, path: str, data: bytes) -> Blob:
        """The file with this content. Raises `Unreadable` if other content was read there before."""
        late = self._late
        if late is not None and late.path == path:
            return late if late.data == data else _refuse(path)
        if self._is_remembered or len(data) < LARGE or path in self._ids:
            blob = Blob(path, blob_id_of(data), data)
            return blob if self._ids.setdefault(path, blob.id) == blob.id else _refuse(path)
        if late is not None:
            self._ids[late.path] = late.id
        self._late = LateBlob(path, data)
        return self._late


def _refuse(path: str) -> NoReturn:
    raise Unreadable(f"{path} changed while it was being judged; run the command again.")
