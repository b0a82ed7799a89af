"""When the ledger is gone: a firing page-level alert still brings its flags to off, and is told."""

from __future__ import annotations

import logging

from prr_pipeline.control.flag_index import IndexEntry, read_index
from prr_pipeline.control.lowering import flags_only
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.exposure import OFF
from prr_pipeline.notify.port import Notice
from prr_pipeline.rollout.alerts import AlertReading, Severity, answer_for
from prr_pipeline.rollout.dependencies import Graph, closure

_LOG = logging.getLogger(__name__)


def lower_in_blackout(work: Workplace, why: str) -> tuple[str, ...]:
    """Lower every indexed promotion with a critical alert of its own or of a dependency; returns their keys.

    Nothing can be recorded; the flag is found off later and booked as a roll back then.
    """
    index = read_index(work.settings)
    readings = [source.read(work.real_now()) for source in work.alerts]
    graph = {entry.subject: entry.dependencies for entry in index.values()}
    hit = tuple(key for key, entry in index.items() if _critical(work, entry, graph, readings))
    if hit:
        shown, fault = flags_only(work, [index[key].flag_key for key in hit], OFF)
        _tell(work, hit, why, fault if not all(shown.values()) else "")
    return hit


def _critical(work: Workplace, entry: IndexEntry, graph: Graph, readings: list[AlertReading]) -> bool:
    now = work.real_now()
    for subject in (entry.subject, *closure(graph, entry.subject)):
        answer = answer_for(readings, subject, entry.context, now=now, max_age=work.policy.alert_max_age)
        if answer.value == "firing" and answer.worst is Severity.CRITICAL:
            return True
    return False


def _tell(work: Workplace, keys: tuple[str, ...], why: str, fault: str) -> None:
    """Straight to the adapters: the outbox lives in the ledger, which is gone."""
    body = f"The ledger is unavailable ({why}). " + (
        f"The flags do not all show off: {fault}" if fault else "The flags are off."
    )
    notice = Notice(
        "page", f"Lowered without the ledger: {', '.join(keys)}", body, keys[0], f"blackout/{keys[0]}", work.real_now()
    )
    for adapter in work.notifiers:
        try:
            adapter.send(notice)
        except Exception as error:
            _LOG.warning("notice not sent by %s (%s)", adapter.name, type(error).__name__)
