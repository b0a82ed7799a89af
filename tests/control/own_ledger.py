"""A deployment whose ledger behaves oddly."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from prr_pipeline.control.workplace import Workplace, ledger_url
from prr_pipeline.ledger.head import HeadFile
from prr_pipeline.ledger.store import Ledger


@dataclass(frozen=True)
class LedgerWorkplace(Workplace):
    """A workplace whose ledger is of ``kind``."""

    kind: type[Ledger] = Ledger

    @cached_property
    def ledger(self) -> Ledger:
        s = self.settings
        head = HeadFile(s.path(s.ledger.head), s.path(s.ledger.head_key))
        return self.kind.open(ledger_url(s), clock=self.clock, head=head)
