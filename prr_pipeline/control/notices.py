"""Notices: into the outbox once, out through every adapter until each has taken it."""

from __future__ import annotations

import logging
from typing import cast

from prr_pipeline.control.workplace import Workplace
from prr_pipeline.notify.port import Notice, NoticeSeverity

_LOG = logging.getLogger(__name__)


def notify(work: Workplace, severity: NoticeSeverity, title: str, body: str, about: str, dedup_key: str) -> None:
    """Queue a notice, unless one with that key is open, and try to deliver.

    Never raises: telling must not stop acting.
    """
    try:
        if work.ledger.outbox.put(dedup_key, severity, title, body, about):
            deliver(work)
    except Exception as fault:
        _LOG.warning("notice not queued: %s (%s)", title, type(fault).__name__)


def settle_notice(work: Workplace, dedup_key: str) -> None:
    """The cause is gone: close the notice, so that the next occurrence is told again."""
    try:
        work.ledger.outbox.close(dedup_key)
    except Exception as fault:
        _LOG.warning("notice not closed: %s (%s)", dedup_key, type(fault).__name__)


def deliver(work: Workplace) -> int:
    """Send what each adapter has not taken yet; returns how many were taken. A failed one is tried again next time."""
    taken = 0
    for adapter in work.notifiers:
        for row in work.ledger.outbox.undelivered(adapter.name):
            try:
                adapter.send(Notice(cast(NoticeSeverity, row.severity), row.title, row.body, row.about, row.dedup_key, row.created_at))
                work.ledger.outbox.mark(row.id, adapter.name, at=work.real_now())
                taken += 1
            except Exception as fault:
                work.ledger.outbox.mark(row.id, adapter.name, fault=f"{type(fault).__name__}: {fault}")
    return taken
