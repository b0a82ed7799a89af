"""Notices: into the outbox once, out through every adapter until each has taken it."""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import cast

from prr_pipeline.control.workplace import Workplace
from prr_pipeline.ledger.outbox import News
from prr_pipeline.ledger.outbox import Notice as Row
from prr_pipeline.notify.port import Notice, NoticeSeverity, Notifier

_LOG = logging.getLogger(__name__)
_AGAIN_AFTER = timedelta(minutes=5)
_BATCH = 50
"""How many notices go out before it is written down: as many may be sent twice by a process that dies."""
_TOLD: dict[tuple[str, str], datetime] = {}
"""When this process last sent what past the outbox, by deployment and dedup key."""


def notify(work: Workplace, severity: NoticeSeverity, title: str, body: str, about: str, dedup_key: str) -> None:
    """Queue a notice, unless one with that key is open, and try to deliver; without the outbox, send it at once.

    Never raises: telling must not stop acting.
    """
    try:
        if work.ledger.outbox.put(dedup_key, severity, title, body, about):
            deliver(work)
    except Exception as fault:
        _LOG.warning("notice not queued: %s (%s)", ascii(title), type(fault).__name__)
        tell_directly(work, Notice(severity, title, body, about, dedup_key, work.real_now()))


def notify_many(work: Workplace, notices: Sequence[Notice]) -> None:
    """As `notify`, for many at once: one transaction, one delivery. Never raises."""
    news = [News(n.dedup_key, n.severity, n.title, n.body, n.about) for n in notices]
    try:
        if news and work.ledger.outbox.put_many(news):
            deliver(work)
    except Exception as fault:
        _LOG.warning("%d notices not queued (%s)", len(news), type(fault).__name__)
        for notice in notices:
            tell_directly(work, notice)


def tell_directly(work: Workplace, notice: Notice) -> None:
    """Send past the outbox, which lives in the ledger and is gone with it. The same again only after five minutes.

    Never raises.
    """
    name = (str(work.settings.root), notice.dedup_key)
    if name in _TOLD and notice.created_at - _TOLD[name] < _AGAIN_AFTER:
        return
    _TOLD[name] = notice.created_at
    for adapter in work.notifiers:
        try:
            adapter.send(notice)
        except Exception as fault:
            _LOG.warning("notice not sent by %s: %s (%s)", adapter.name, ascii(notice.title), type(fault).__name__)


def settle_notice(work: Workplace, dedup_key: str) -> None:
    """The cause is gone: close the notice, so that the next occurrence is told again."""
    try:
        work.ledger.outbox.close(dedup_key)
    except Exception as fault:
        _LOG.warning("notice not closed: %s (%s)", ascii(dedup_key), type(fault).__name__)


def settle_notices(work: Workplace, dedup_keys: Collection[str]) -> None:
    """As `settle_notice`, for many at once; nothing is written where none of them is open."""
    try:
        standing = {notice.dedup_key for notice in work.ledger.outbox.open_notices()}
        if found := sorted(standing.intersection(dedup_keys)):
            work.ledger.outbox.close_many(found)
    except Exception as fault:
        _LOG.warning("%d notices not closed (%s)", len(dedup_keys), type(fault).__name__)


def settle_older(work: Workplace, name: str, newest: Mapping[str, str]) -> None:
    """Close what a newer notice has taken the place of: ``newest`` is its dedup key by what it is about.

    ``name`` is the first part of those dedup keys.
    """
    try:
        standing = [one for one in work.ledger.outbox.open_notices() if one.dedup_key.partition("/")[0] == name]
        older = [one.dedup_key for one in standing if one.dedup_key != newest.get(one.about, one.dedup_key)]
        if older:
            work.ledger.outbox.close_many(older)
    except Exception as fault:
        _LOG.warning("older notices not closed (%s)", type(fault).__name__)


def deliver(work: Workplace) -> int:
    """Send what each adapter has not taken yet; returns how many were taken. A failed one is tried again next time."""
    taken = 0
    for adapter in work.notifiers:
        rows = work.ledger.outbox.undelivered(adapter.name)
        for start in range(0, len(rows), _BATCH):
            tries = {row.id: _sent(adapter, row) for row in rows[start : start + _BATCH]}
            work.ledger.outbox.mark_many(tries, adapter.name, work.real_now())
            taken += sum(fault is None for fault in tries.values())
    return taken


def _sent(adapter: Notifier, row: Row) -> str | None:
    """Send one; the fault in words, None when it was taken."""
    try:
        severity = cast(NoticeSeverity, row.severity)
        adapter.send(Notice(severity, row.title, row.body, row.about, row.dedup_key, row.created_at))
    except Exception as fault:
        return f"{type(fault).__name__}: {fault}"
    return None
