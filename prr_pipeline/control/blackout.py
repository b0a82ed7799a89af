"""Lower without the ledger: a firing page-level alert brings indexed flags to off, and people are told."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from prr_pipeline.control.alert_map import AlertMap
from prr_pipeline.control.alert_sources import read_alerts
from prr_pipeline.control.flag_index import IndexEntry, read_index
from prr_pipeline.control.flag_lowering import flags_only
from prr_pipeline.control.known_names import names_of, read_names
from prr_pipeline.control.notices import tell_directly
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.exposure import OFF
from prr_pipeline.notify.port import Notice
from prr_pipeline.rollout.alerts import AlertReading, Severity, answer_for
from prr_pipeline.rollout.known_names import KnownNames


def lower_in_blackout(work: Workplace, why: str) -> tuple[str, ...]:
    """The tick fails, as when the ledger is gone: lower every indexed promotion with a critical alert.

    It may be its own or that of a dependency. Returns their keys. Nothing can be recorded; a flag is found off later
    and booked as a roll back then. Raises `PrrError` when the index is damaged, after people were told.
    """
    try:
        index = read_index(work.settings)
    except Exception as fault:
        _tell(work, "Nobody watches the flags", f"The guard's tick fails ({why}), and {fault}", "blackout/index")
        raise
    hit = critical(work, index, read_alerts(work), read_names(work.settings))
    if hit:
        late = lower_indexed(work, index, hit)
        words = f"The flags do not all show off: {late}" if late else "The flags are off."
        title = f"Lowered without the ledger: {', '.join(hit)}"
        _tell(work, title, f"The guard's tick fails ({why}). {words}", f"blackout/{'/'.join(hit)}")
    return hit


def critical(
    work: Workplace, index: Mapping[str, IndexEntry], readings: Sequence[AlertReading], known: KnownNames
) -> tuple[str, ...]:
    """Keys of the entries with a firing page-level alert of their own or of anything they depend on."""
    mapped = _map(index.values(), known)
    return tuple(key for key, entry in index.items() if _fires(work, entry, mapped, readings))


def lower_indexed(work: Workplace, index: Mapping[str, IndexEntry], keys: Sequence[str]) -> str:
    """Bring these promotions' flags to off; returns the fault in words while one does not show it."""
    low, fault = flags_only(work, [index[key].flag_key for key in keys], OFF)
    return "" if all(low.values()) else fault


def _map(entries: Collection[IndexEntry], known: KnownNames) -> AlertMap:
    """What the index tells by itself, with the names that are known beside it."""
    own = names_of((e.subject, e.context, e.dependencies, e.dependency_contexts) for e in entries)
    contexts = {subject: name for e in entries for subject, name in e.dependency_contexts.items()}
    contexts |= {e.subject: e.context for e in entries}
    return AlertMap({e.subject: e.dependencies for e in entries}, contexts, known.and_also(own))


def _fires(work: Workplace, entry: IndexEntry, mapped: AlertMap, readings: Sequence[AlertReading]) -> bool:
    now, max_age = work.real_now(), work.policy.alert_max_age
    for subject, context in mapped.watched(entry.subject, entry.context, entry.dependencies):
        answer = answer_for(readings, subject, context, mapped.known, now=now, max_age=max_age)
        if answer.value == "firing" and answer.worst is Severity.CRITICAL:
            return True
    return False


def _tell(work: Workplace, title: str, body: str, name: str) -> None:
    tell_directly(work, Notice("page", title, body, "", name, work.real_now()))
