"""A glance at a ledger without the packages that it is written with: whether any promotion is open."""

from __future__ import annotations

import sqlite3
from contextlib import closing, suppress
from pathlib import Path
from urllib.parse import quote

_PREFIX = "sqlite:////"


def has_open_promotions(url: str) -> bool | None:
    """Whether any promotion is open; None where only the ledger itself can tell, such as another database's.

    False where there is no ledger. ``url`` is as for `Ledger.open`, with an absolute path.
    """
    if not url.startswith(_PREFIX) or "?" in url or "%" in url:
        return None
    path = Path("/" + url.removeprefix(_PREFIX))
    if not path.exists():
        return False
    with suppress(sqlite3.Error), closing(sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True)) as database:
        database.execute("PRAGMA query_only = ON")
        return database.execute("SELECT 1 FROM promotions WHERE is_open LIMIT 1").fetchone() is not None
    return None
