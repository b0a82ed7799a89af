"""Is there such a flag? Lowering one that never existed would look like a success, while the real one stays up."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from prr_pipeline.control.blind_lowering import Halted
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.errors import PrrError, UnknownName
from prr_pipeline.exposure import OFF

UNCHECKED = "no such flag existed before, and without ledger and index nobody can check its name"


def absent_flags(work: Workplace, flag_keys: Collection[str]) -> frozenset[str]:
    """Those of the keys that no flag has. None of a flag that cannot be read: it may be up, so it is lowered."""
    return frozenset(_absent(work, flag_keys))


def refuse_absent(absent: Collection[str], known: Collection[str], halted: Sequence[Halted]) -> None:
    """Raise for flag keys that nobody knows and no flag has, with the known ones and what was lowered beside them."""
    if not absent:
        return
    fault = UnknownName("flag key", ", ".join(sorted(absent)), known)
    if not halted:
        raise fault
    raise PrrError(f"{fault} Lowered: {', '.join(one.key or one.flag_key for one in halted)}.")


def _absent(work: Workplace, flag_keys: Collection[str]) -> Iterator[str]:
    for key in sorted(flag_keys):
        try:
            shown = work.flags.read([key])[key]
        except Exception:  # noqa: S112 (whatever a back end throws: what cannot be read is no reason to leave it up)
            continue
        if shown.version == 0 and shown.exposure == OFF:
            yield key
