"""Put a small file beside the ledger in one step, so that a reader sees the old one or the new one."""

from __future__ import annotations

import os
import uuid
from pathlib import Path


def place(path: Path, data: bytes) -> None:
    """Write ``data`` durably if the file holds anything else. Raises `OSError`; the file is then as it was."""
    if path.exists() and path.read_bytes() == data:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{uuid.uuid4().hex}")
    try:
        with temporary.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
