"""What was read of each file of a working tree: one view never mixes two states of a file."""

from __future__ import annotations

from prr_pipeline.errors import Unreadable
from prr_pipeline.repository.tree import LARGE, Blob, LateBlob, blob_id_of


class SeenFiles:
    """The files that were read, by path. ``is_remembered``: whether what is judged of them is kept.

    If it is not, ids of large files are seldom asked for, and made only then.
    """

    def __init__(self, is_remembered: bool) -> None:
        self._is_remembered = is_remembered
        self.ids: dict[str, str] = {}
        """Path to blob id, of those whose id was made."""
        self._late: dict[str, LateBlob] = {}

    def blob(self, path: str, data: bytes) -> Blob:
        """The file with this content. Raises `Unreadable` if other content was read there before."""
        late = self._late.get(path)
        if late is None and (self._is_remembered or len(data) < LARGE or path in self.ids):
            blob = Blob(path, blob_id_of(data), data)
            is_same = self.ids.setdefault(path, blob.id) == blob.id
        else:
            blob = late = late or self._late.setdefault(path, LateBlob(path, data))
            is_same = late.data == data
        if not is_same:
            raise Unreadable(f"{path} changed while it was being judged; run the command again.")
        return blob
