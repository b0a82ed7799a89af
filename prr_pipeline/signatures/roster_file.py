"""Read the roster's two files and hold them against the pinned digest."""

from __future__ import annotations

from pathlib import Path

from prr_pipeline.errors import Unreadable
from prr_pipeline.review.roster import Roster

_LIMIT = 1024 * 1024


def load_roster(allowed_signers: Path, people: Path, *, pinned: str | None) -> Roster:
    """The roster in the two files. Raises `Refused` when it is not the ``pinned`` one.

    ``pinned`` None reads without a pin: for showing a roster and for working out the digest to pin, never for a gate.
    """
    roster = Roster.parse(_read(allowed_signers), _read(people))
    return roster if pinned is None else roster.require_digest(pinned)


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(_LIMIT + 1)
    except OSError as fault:
        raise Unreadable(f"The roster file {path} cannot be read ({fault.strerror or type(fault).__name__}).") from None
    if len(data) > _LIMIT:
        raise Unreadable(f"The roster file {path} has more than {_LIMIT} bytes.")
    return data
