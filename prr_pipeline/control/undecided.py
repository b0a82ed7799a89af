"""Which signed records are decided? Refused ones until something changes; those that only wait are asked for again."""

from __future__ import annotations

from collections.abc import Mapping

from prr_pipeline.control.notices import notify, settle_notice
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.errors import PrrError, Unavailable
from prr_pipeline.repository.snapshot import MissingFile, Snapshot
from prr_pipeline.signatures.refusal import RecordRefused, RefusalCode

SEEN = "record"
"""The ledger's mutable table of records, by place and content."""
_ACCEPTED, _REFUSED = "accepted", "refused"


def may_pass(fault: PrrError) -> bool:
    """Whether the same record may count in a moment without anybody's doing: then it is not refused, it waits."""
    if isinstance(fault, RecordRefused):
        return fault.code is RefusalCode.FROM_THE_FUTURE
    return isinstance(fault, Unavailable)


def is_decided(work: Workplace, head: Snapshot, row: Mapping[str, object] | None) -> bool:
    """Whether what is kept of a record settles it: accepted for good, refused at this head and by this roster.

    A key that is not in force may come into force, so a refusal for that holds until the day is over.
    """
    if row is None or row.get("state") == _ACCEPTED:
        return row is not None
    return row.get("day") in (None, _today(work)) and (row.get("head"), row.get("roster")) == (head.commit, _pin(work))


def note_refusal(work: Workplace, head: Snapshot, name: str, fault: PrrError) -> None:
    """Keep that the record was refused for what it is. One that other things stood in the way of stays undecided."""
    if not isinstance(fault, RecordRefused | MissingFile):
        return
    row: dict[str, object] = {"head": head.commit, "roster": _pin(work), "state": _REFUSED}
    if isinstance(fault, RecordRefused) and fault.code is RefusalCode.KEY_NOT_VALID:
        row["day"] = _today(work)
    work.ledger.counters.put(SEEN, name, row)


def tell_waiting(work: Workplace, key: str, waiting: Mapping[str, str]) -> None:
    """One notice per promotion while any record of it waits."""
    name = f"records-wait/{key}"
    if not waiting:
        settle_notice(work, name)
        return
    path, why = next(iter(waiting.items()))
    more = f" (and {len(waiting) - 1} more)" if len(waiting) > 1 else ""
    notify(work, "warn", f"Records of {key} wait", f"{path}: {why}{more} They are looked at again.", key, name)


def _today(work: Workplace) -> str:
    return work.now().date().isoformat()


def _pin(work: Workplace) -> str | None:
    council = work.settings.council
    return council.digest if council else None
