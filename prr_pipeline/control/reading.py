"""The workplace of those who only look: its ledger is opened for reading, so nothing is made, migrated or written."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from prr_pipeline.control.workplace import Workplace, ledger_url

if TYPE_CHECKING:
    from prr_pipeline.ledger.store import Ledger


class ReadingWorkplace(Workplace):
    """A workplace whose ledger refuses every write. Raises `Unreadable` at its first use when there is no ledger."""

    @cached_property
    def ledger(self) -> Ledger:
        from prr_pipeline.ledger.head import HeadFile
        from prr_pipeline.ledger.store import Ledger

        s = self.settings
        head = HeadFile(s.path(s.ledger.head), s.path(s.ledger.head_key))
        return Ledger.open(ledger_url(s), clock=self.clock, head=head, read_only=True)
