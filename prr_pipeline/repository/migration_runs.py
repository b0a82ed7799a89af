"""CI's record of migrations that were run on a filled database: which, with what end, over how many rows."""

from __future__ import annotations

from collections.abc import Mapping

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import Unreadable
from prr_pipeline.repository.markup import load_json
from prr_pipeline.repository.tree import Blob

_NEEDS = frozenset(("path", "blob", "passed", "rows"))


@dataclass(frozen=True, slots=True)
class MigrationRun:
    """One run. ``blob_id`` is the git blob id of what ran; ``rows`` maps each table to its rows before the run."""

    path: str
    blob_id: str
    passed: bool
    rows: Mapping[str, int]


def read_migration_runs(blob: Blob) -> tuple[MigrationRun, ...]:
    """The runs of ``{"runs": [{"path", "blob", "passed", "rows": {table: count}}]}``, in their order.

    Raises `Unreadable` for anything else; a record without runs is one.
    """
    data = load_json(blob)
    rows = data.get("runs") if isinstance(data, Mapping) else None
    if not isinstance(rows, list):
        raise Unreadable(f"{blob.path} is no record of migration runs: it needs a list `runs`.")
    return tuple(_run(row, blob.path) for row in rows)


def _run(row: object, where: str) -> MigrationRun:
    if not isinstance(row, Mapping) or not set(row) >= _NEEDS:
        raise Unreadable(f"{where} holds a run without {', '.join(sorted(_NEEDS))}.")
    path, blob_id, passed, counts = row["path"], row["blob"], row["passed"], row["rows"]
    if not (isinstance(path, str) and isinstance(blob_id, str) and isinstance(passed, bool)):
        raise Unreadable(f"{where} holds a run whose path, blob or passed is of another type; write text and true.")
    if not isinstance(counts, Mapping) or not all(type(count) is int and count >= 0 for count in counts.values()):
        raise Unreadable(f"{where}: the rows of {path[:80]} are no map of tables to counts.")
    return MigrationRun(path, blob_id, passed, {str(table): count for table, count in counts.items()})
