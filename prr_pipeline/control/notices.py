"""Notices: into the outbox once, out through every adapter until each has taken it."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import cast

from prr_pipeline.control.workplace import Workplace
from prr_pipeline.notify.port import Notice, NoticeSeverity

_LOG = logging.getLogger(__name__)
_AGAIN_AFTER = timedelta(minutes=5)
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


def deliver(work: Workplace) -> int:
    """Send what each adapter has not taken yet; returns how many were taken. A failed one is tried again next time."""
    taken = 0
    for adapter in work.notifiers:
        for row in work.ledger.outbox.undelivered(adapter.name):
            try:
                severity = cast(NoticeSeverity, row.severity)
                adapter.send(Notice(severity, row.title, row.body, row.about, row.dedup_key, row.created_at))
                work.ledger.outbox.mark(row.id, adapter.name, at=work.real_now())
                taken += 1
            except Exception as fault:
                work.ledger.outbox.mark(row.id, adapter.name, fault=f"{type(fault).__name__}: {fault}")
    return taken
