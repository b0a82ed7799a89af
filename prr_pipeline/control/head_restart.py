"""Restart the signed head after a loss or a forgery: show what is accepted with it, and accept just that."""

from __future__ import annotations

from prr_pipeline.canonical import instant_text
from prr_pipeline.control.orders import Order
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import PrrError, Refused
from prr_pipeline.ledger.events import TRANSITIONS, Event
from prr_pipeline.ledger.head import Head
from prr_pipeline.ledger.promise import read_promise
from prr_pipeline.ledger.store import Ledger

_LISTED = 20
"""Most transitions that are shown one by one."""


@dataclass(frozen=True, slots=True)
class Acceptance:
    """What a restart accepts. Ranges are first and last ``seq``, both included; None: there is nothing of that kind.

    ``lost`` were signed for and are gone, or others stand in their places. ``unsigned`` runs to the last transition
    that no signature covers, ``listed`` are the first of those; they count as true afterwards. ``head`` is None, and
    ``head_fault`` says why, where it cannot be read.
    """

    because: str
    head: Head | None
    head_fault: str
    last_seq: int
    last_hash: str
    lost: tuple[int, int] | None
    unsigned: tuple[int, int] | None
    listed: tuple[Event, ...]
    more: int

    def rows(self) -> tuple[tuple[str, str], ...]:
        """(what, value) rows for the person who decides, every digest whole."""
        head = self.head
        signed = f"event {head.seq}, {head.hash}, at {instant_text(head.at)}" if head else self.head_fault
        rows = [("why", self.because), ("signed head", signed)]
        rows.append(("ledger ends at", f"event {self.last_seq}, {self.last_hash}" if self.last_seq else "no event"))
        if self.lost and head:
            rows.append(("lost", f"{_events(self.lost)} as signed for; the last had the digest {head.hash}"))
        if self.unsigned:
            rows.append(("unsigned", f"{_events(self.unsigned)}; what they say counts from then on:"))
        rows += [(f"event {one.seq}", f"{one.type} of {one.stream} by {one.actor}, {one.hash}") for one in self.listed]
        return (*rows, *([("and", f"{self.more} more transitions")] if self.more else []))

    def as_data(self) -> dict[str, object]:
        """For the event that records it."""
        return {
            "head_hash": self.head.hash if self.head else None,
            "head_seq": self.head.seq if self.head else None,
            "last_hash": self.last_hash,
            "last_seq": self.last_seq,
            "lost": list(self.lost) if self.lost else None,
            "unsigned": list(self.unsigned) if self.unsigned else None,
        }


def acceptance(work: Workplace) -> Acceptance:
    """What a restart would accept now. Raises `Refused` where the head fits, so that there is nothing to accept."""
    ledger = work.ledger
    if ledger.may_only_lower is None:
        raise Refused(
            f"The ledger goes on from its signed head (event {_seq_of_head(ledger)}): there is nothing to restart."
        )
    head, fault = _read_head(ledger)
    found = ledger.events()
    last_seq, last_hash = (found[-1].seq, found[-1].hash) if found else (0, "")
    covered = _covered(ledger, head, found)
    loose = [event for event in found if event.seq > covered and event.type in TRANSITIONS]
    return Acceptance(
        because=ledger.may_only_lower,
        head=head,
        head_fault=fault,
        last_seq=last_seq,
        last_hash=last_hash,
        lost=_lost(head, found, covered),
        unsigned=(covered + 1, loose[-1].seq) if loose else None,
        listed=tuple(loose[:_LISTED]),
        more=max(0, len(loose) - _LISTED),
    )


def restart_head(work: Workplace, shown: Acceptance, order: Order) -> Event:
    """Put the old head aside and sign the ledger as it stands; returns the event that says who accepted what, and why.

    Raises `Refused` if the ledger is not as it was ``shown``: nobody accepts what nobody saw.
    """
    now = acceptance(work)
    if (now.because, now.head, now.lost, now.unsigned) != (shown.because, shown.head, shown.lost, shown.unsigned):
        raise Refused("The ledger or its head changed while you were looking; run the command again and look anew.")
    return work.ledger.restart_head(actor=f"person:{order.by}", reason=order.reason, accepts=now.as_data())


def _lost(head: Head | None, found: list[Event], covered: int) -> tuple[int, int] | None:
    """What was signed for and is not there; what the ledger took in since stands in the place of some of it."""
    if head is None or any((event.seq, event.hash) == (head.seq, head.hash) for event in found):
        return None
    since = next((event.seq for event in found if event.at > head.at), head.seq)
    return min(covered + 1, since, head.seq), head.seq


def _covered(ledger: Ledger, head: Head | None, found: list[Event]) -> int:
    """The last event that a signature still vouches for, of the head or of a promise; 0 for none."""
    fits = head is not None and any((event.seq, event.hash) == (head.seq, head.hash) for event in found)
    anchored = head.seq if head and fits else 0
    if ledger.head is None:
        return anchored
    with ledger.database.read() as connection:
        promise = read_promise(connection, ledger.head)
        kept = promise.seq if promise is not None and promise.is_kept(connection) else 0
    return max(anchored, kept)


def _read_head(ledger: Ledger) -> tuple[Head | None, str]:
    try:
        head = ledger.head.read() if ledger.head else None
    except PrrError as fault:
        return None, str(fault)
    return head, "" if head else "missing"


def _seq_of_head(ledger: Ledger) -> str:
    head, fault = _read_head(ledger)
    return str(head.seq) if head else fault


def _events(span: tuple[int, int]) -> str:
    return f"event {span[0]}" if span[0] == span[1] else f"events {span[0]} to {span[1]}"
