"""Promotions that the ledger cannot tell about: written by a newer version, or lost with an older copy of it.

Their flags still serve users, so they are watched by the index beside the ledger: nothing of them rises, people are
paged, and a firing page-level alert brings them to off.
"""

from __future__ import annotations

from collections.abc import Mapping

from prr_pipeline.control.blackout import critical, lower_indexed
from prr_pipeline.control.flag_index import IndexEntry, read_index
from prr_pipeline.control.gather import World, read_flags
from prr_pipeline.control.notices import notify
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import PrrError
from prr_pipeline.exposure import OFF
from prr_pipeline.ledger.projection import PromotionRow
from prr_pipeline.subjects import Subject


@dataclass(frozen=True, slots=True)
class Strays:
    """``faults`` says why, by promotion key; ``lowered`` are the keys whose flags this look brought to off."""

    faults: Mapping[str, str]
    lowered: tuple[str, ...]


def watch_strays(work: Workplace, world: World) -> Strays:
    """Page for each stray promotion and lower those with a critical alert. Never raises for a damaged index."""
    rows = {row.key: row for row in work.ledger.promotions()}
    index = _index(work)
    stray = {k: _entry(r, index) for k, r in rows.items() if r.is_open and k not in world.states}
    stray |= {k: e for k, e in index.items() if k not in rows}
    if not stray:
        return Strays({}, ())
    unreadable = work.ledger.unreadable(open_only=True)
    faults = {key: str(unreadable.get(key, "this ledger does not hold it, though its flag is known")) for key in stray}
    for key, why in faults.items():
        body = f"{why} Its flag {stray[key].flag_key} is lowered only by a critical alert or by `prr rollback`."
        notify(work, "page", f"{key} cannot be judged", body, key, f"stray/{key}")
    return Strays(faults, _lower(work, world, {**index, **stray}, stray))


def _lower(
    work: Workplace, world: World, index: Mapping[str, IndexEntry], stray: Mapping[str, IndexEntry]
) -> tuple[str, ...]:
    """Those that fire and are not off yet. The whole index is looked at, for the closure of dependencies."""
    fires = [key for key in critical(work, index, world.alerts, world.alert_map.known) if key in stray]
    if not fires:
        return ()
    shown, _ = read_flags(work, [stray[key].flag_key for key in fires])
    high = [key for key in fires if (found := shown.get(stray[key].flag_key)) is None or found.exposure != OFF]
    if not high:
        return ()
    fault = lower_indexed(work, stray, high)
    for key in high:
        title = f"{key} could not be lowered" if fault else f"{key} lowered to off"
        body = fault or "critical alert; the ledger cannot take it in, so it is booked once the promotion is readable"
        notify(work, "page", title, body, key, f"stray-lowered/{key}/{'late' if fault else 'off'}")
    return tuple(high)


def _index(work: Workplace) -> dict[str, IndexEntry]:
    try:
        return read_index(work.settings)
    except PrrError as fault:
        notify(work, "page", "The flag index is damaged", str(fault), "system", "flag-index")
        return {}


def _entry(row: PromotionRow, index: Mapping[str, IndexEntry]) -> IndexEntry:
    """As indexed; else what the ledger's own list says, without context and dependencies."""
    return index.get(row.key) or IndexEntry(row.flag_key, Subject.parse(row.subject), "", ())
