"""Once per step the guard asks for the new buckets of each promotion with traffic and folds them into its evidence."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from prr_pipeline.canonical import instant_text, parse_instant
from prr_pipeline.control import metric_window
from prr_pipeline.control.kept_metrics import TABLE, Kept, kept_in
from prr_pipeline.control.metric_asking import Round, ask
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.errors import PrrError, Unavailable
from prr_pipeline.rollout.state import PromotionState
from prr_pipeline.signals.metrics.source import MetricSource, on_grid

_LOG = logging.getLogger(__name__)
_ROUNDS = "metric_rounds"
_LAG = timedelta(seconds=15)
"""How long after the end of a step it is asked for: sources need a while to have all of it."""
_DAMAGED = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError, PrrError)
"""What evidence raises that is not what was written; a ledger that does not answer raises something else."""


def ask_metrics(
    work: Workplace, states: Mapping[str, PromotionState], now: datetime, tell: Callable[[str, str], None] | None = None
) -> int:
    """One round, if a step has ended since the last one; returns how many promotions were asked about.

    It ends with the budget of a tick; those that were not reached are the first of the next round. Never raises for
    a source, whatever it does, nor for what is kept of one promotion: that begins anew, and ``tell`` is called with
    its key and a sentence. What a source says counts from the next tick on.
    """
    source = _source(work)
    due = on_grid(now - _LAG, work.settings.metrics.step)
    if source is None or not _is_due(work, due, now):
        return 0
    rows = work.ledger.counters.all(TABLE)
    known = {key: kept_in(key, row) for key, row in rows.items()}
    running = [state for state in states.values() if state.is_open and state.has_traffic]
    done = Round(now, work.real_now() + work.settings.metrics.tick_budget)
    for state in sorted(running, key=lambda one: _asked_at(known.get(one.key))):
        if not done.has_time(work):
            break
        lost = _ask(work, source, state, known.get(state.key), done)
        lost = lost or ("its row cannot be read" if state.key in rows and known[state.key] is None else "")
        if lost and tell is not None:
            tell(state.key, f"What was kept of its metrics is damaged, so the evidence begins anew: {lost}.")
    work.ledger.counters.put_many(TABLE, done.kept)
    work.ledger.counters.put_many(metric_window.TABLE, done.windows)
    work.ledger.counters.put(_ROUNDS, "guard", {"due": instant_text(due)})
    _forget(work, rows, states)
    return len(done.kept)


def _source(work: Workplace) -> MetricSource | None:
    """None without a source, and for one whose options are wrong: the gates say so, and no tick fails of it."""
    try:
        return work.metrics
    except PrrError as fault:
        _LOG.warning("no metric is read: %s", fault)
        return None


def _is_due(work: Workplace, due: datetime, now: datetime) -> bool:
    """Whether a step has ended since the last round. A last round in the future proves nothing: the clock went back."""
    row = work.ledger.counters.get(_ROUNDS, "guard") or {}
    try:
        last = parse_instant(str(row.get("due")))
    except PrrError:
        return True
    return last < due or last > now


def _asked_at(kept: Kept | None) -> datetime:
    return kept.asked_at if kept is not None else parse_instant("1970-01-01T00:00:00Z")


def _ask(work: Workplace, source: MetricSource, state: PromotionState, before: Kept | None, done: Round) -> str:
    """Ask about one promotion; with what was kept, else anew. Returns why that was lost."""
    try:
        ask(work, source, state, before, done)
    except Unavailable:
        raise
    except _DAMAGED as fault:
        why = f"{type(fault).__name__}: {fault}"
        _LOG.warning("what is kept of the metrics of %s is damaged (%s)", state.key, why)
    else:
        return ""
    try:
        ask(work, source, state, None, done)
    except Unavailable:
        raise
    except _DAMAGED as fault:
        _LOG.warning("the metrics of %s cannot be asked for (%s: %s)", state.key, type(fault).__name__, fault)
    return why


def _forget(work: Workplace, rows: Mapping[str, Any], states: Mapping[str, PromotionState]) -> None:
    """Drop what is kept of promotions that have ended."""
    for key in rows:
        if key in states and not states[key].is_open:
            work.ledger.counters.delete(TABLE, key)
            for name in work.settings.metrics.judged:
                work.ledger.counters.delete(metric_window.TABLE, f"{key}/{name}")
