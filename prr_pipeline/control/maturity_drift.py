"""Does the specification at the tracked ref state more than the ledger entitles to? Told once per change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from prr_pipeline.control.notices import notify, settle_notice
from prr_pipeline.control.recorded import recorded_maturities
from prr_pipeline.control.stated import levels_of, stated_in
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.errors import PrrError, Unreadable
from prr_pipeline.repository.history import resolve
from prr_pipeline.repository.snapshot import open_commit
from prr_pipeline.rollout.maturity import changes, is_entitled
from prr_pipeline.subjects import Subject, SubjectKind

NOTICE = "maturity-above"
"""The one notice about all operations: the day on which a monorepo is taken in, there may be a thousand."""
_TABLE, _KEY = "maturity_above", "specification"
_SHOWN = 5
Row = Mapping[str, Any]


def look_at_maturity(work: Workplace) -> str:
    """Compare, if the ref or the ledger moved since, and tell people of a difference. Words for a tick; empty: none.

    Never raises: the sweep of the flags stands before everything.
    """
    try:
        commit, seq = resolve(work.repository, work.settings.repository.ref), work.ledger.last_seq()
        before = work.ledger.counters.get(_TABLE, _KEY) or {}
        if (before.get("commit"), before.get("seq")) == (commit, seq) and isinstance(before.get("words"), str):
            return str(before["words"])
        after = {"commit": commit, "seq": seq, **_looked(work, commit, _above_in(before))}
        work.ledger.counters.put(_TABLE, _KEY, after)
        return str(after["words"])
    except Exception as fault:
        return _not_compared(fault)


def above_ledger(work: Workplace, subject: Subject) -> str:
    """What the last look found of one subject, in a sentence; empty when it found nothing, or cannot be read."""
    try:
        row = work.ledger.counters.get(_TABLE, _KEY) or {}
    except (PrrError, ValueError):
        return ""
    said = _above_in(row).get(str(subject))
    return f"the specification states {said} ({str(row.get('commit'))[:12]})" if said else ""


def _looked(work: Workplace, commit: str, before: Mapping[str, str]) -> dict[str, object]:
    """The words and the operations above; a specification that cannot be read leaves those of before standing."""
    try:
        above = _above(work, commit)
    except PrrError as fault:
        return {"above": dict(before), "words": _not_compared(fault)}
    if above != before:
        _tell(work, above, [name for name in above if above[name] != before.get(name)])
    many = f"{len(above)} operation(s) state a maturity above the ledger's" if above else ""
    return {"above": above, "words": many}


def _above(work: Workplace, commit: str) -> dict[str, str]:
    """Subject -> what is stated and what is recorded, for each operation that states more: a rise from nothing."""
    snapshot = open_commit(work.repository, commit)
    profile = work.profile_at(snapshot)
    if not profile.value("paths.openapi"):
        return {}
    stated = stated_in(snapshot, profile)
    if stated.spec is None:
        raise Unreadable(f"there is no specification at {stated.path}.")
    if not any(stated.levels.values()):
        return {}
    recorded = recorded_maturities(work)
    found = (
        (f"{SubjectKind.OPERATION} {one.operation}", one) for one in changes({}, stated.levels, levels_of(profile))
    )
    return {
        name: f"{change.after}, the ledger records {recorded.get(name) or 'none'}"
        for name, change in found
        if change.operation not in stated.unnamed and not is_entitled(change.needs, recorded.get(name))
    }


def _tell(work: Workplace, above: Mapping[str, str], new: Sequence[str]) -> None:
    """One notice for all; another one when it changes, so that nobody takes an old count for the present one."""
    settle_notice(work, NOTICE)
    if not above:
        return
    first = [*new, *(name for name in above if name not in new)][:_SHOWN]
    more = f"; and {len(above) - len(first)} more" if len(above) > len(first) else ""
    body = "; ".join(f"{name.partition(' ')[2]}: {above[name]}" for name in first)
    way_out = "Adopt what they have had before (prr adopt prepare), promote them (prr open), or lower them there."
    title = f"{len(above)} operation(s) state a maturity above the ledger's"
    about = next(iter(above)) if len(above) == 1 else "system"
    notify(work, "warn", title, f"{body}{more}. {way_out}", about, NOTICE)


def _above_in(row: Row) -> dict[str, str]:
    found = row.get("above")
    return {str(name): str(said) for name, said in found.items()} if isinstance(found, Mapping) else {}


def _not_compared(fault: Exception) -> str:
    why = str(fault) if isinstance(fault, PrrError) else f"{type(fault).__name__}: {fault}"
    return f"the specification's maturities cannot be compared: {why}"
