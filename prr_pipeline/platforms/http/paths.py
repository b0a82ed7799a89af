"""Names as one segment of a path: whatever a name holds, it leads nowhere else."""

from __future__ import annotations

import re
from urllib.parse import quote

from prr_pipeline.errors import Refused

_COMMIT = re.compile(r"[0-9a-f]{40}([0-9a-f]{24})?\Z", re.ASCII)


def segment(name: str) -> str:
    """The name, percent-encoded whole. Raises `Refused` for what would be no segment of its own."""
    if not name or name in (".", "..") or not name.isprintable() or len(name) > 300:
        raise Refused(f"{name[:40]!r} is no name to ask a service about; it needs 1 to 300 printable characters.")
    return quote(name, safe="")


def full_commit(commit: str) -> str:
    """The commit id. Raises `Refused` for a branch, a tag or a shortened id: what they mean moves."""
    if not _COMMIT.match(commit):
        raise Refused(f"{commit[:50]!r} is no full commit id; give all 40 hexadecimal digits.")
    return commit
