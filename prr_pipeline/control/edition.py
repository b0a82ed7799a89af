"""Which code judges: what one edition remembers, no other takes."""

from __future__ import annotations

import sys
from functools import cache
from hashlib import blake2b
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parents[1]
_JUDGING = ("readiness/**/*", "repository/**/*", "reports/**/*", "control/**/*", "*")
"""Where the code lies that judges and writes; profiles are compared by what they say."""


@cache
def edition() -> str:
    """A digest of the code that judges, and of the Python that runs it."""
    total = blake2b(sys.version.encode(), digest_size=16)
    files = {path for pattern in _JUDGING for path in _PACKAGE.glob(pattern) if path.suffix in (".py", ".yaml")}
    for path in sorted(files):
        data = path.read_bytes()
        total.update(b"%s %d " % (path.relative_to(_PACKAGE).as_posix().encode(), len(data)) + data)
    return total.hexdigest()
