"""What the ledger records of maturity: by promotion or adoption, and not withdrawn since."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from prr_pipeline.control.workplace import Workplace
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import PrrError, Unreadable
from prr_pipeline.ledger.events import EventType
from prr_pipeline.subjects import Subject, Target

_TYPES = (EventType.MATURITY_RECORDED, EventType.MATURITY_WITHDRAWN, EventType.MATURITY_ADOPTED)


@dataclass(frozen=True, slots=True)
class Record:
    """What a ledger says, as far as it can be asked. ``work`` is None, and ``fault`` says why, where it cannot.

    ``note``: what could not be verified here.
    """

    work: Workplace | None = None
    recorded: Mapping[str, Target] = field(default_factory=dict)
    fault: str = ""
    note: str = ""


def read_record(work: Workplace | None) -> Record:
    """Ask the ledger, if there is one. Raises nothing."""
    if work is None:
        return Record(
            fault="No settings name a ledger, so no rise can be judged; give --settings, or set PRR_SETTINGS."
        )
    try:
        return Record(work, recorded_maturities(work), note=_unverified(work))
    except PrrError as fault:
        return Record(fault=f"The ledger cannot be asked, so no rise can be judged: {fault}")


def recorded_maturities(work: Workplace) -> Mapping[str, Target]:
    """Subject (``operation createGrant``) -> the highest maturity in force; subjects without one are left out."""
    held: dict[str, dict[str, bool]] = {}
    for event in work.ledger.events(types=_TYPES):
        levels = held.setdefault(str(event.payload.get("subject")), {})
        levels[str(event.payload["target"])] = event.type != EventType.MATURITY_WITHDRAWN
    return {
        subject: next(target for target in reversed(Target) if levels.get(target))
        for subject, levels in held.items()
        if any(levels.get(target) for target in Target)
    }


def recorded_maturity(work: Workplace, subject: Subject) -> Target | None:
    """The maturity that the ledger holds for one subject; None when it holds none."""
    return recorded_maturities(work).get(str(subject))


def _unverified(work: Workplace) -> str:
    """A note where the signed head or its key is kept from whoever asks, as in CI; empty where all fits.

    Raises `Unreadable` for a ledger that does not fit its head.
    """
    doubt, head = work.ledger.may_only_lower, work.ledger.head
    if doubt is None:
        return ""
    if head is not None and head.path.is_file() and head.key_path.is_file():
        raise Unreadable(doubt)
    return "The ledger was not compared with its signed head, which is not kept here; `prr audit verify` does it."
