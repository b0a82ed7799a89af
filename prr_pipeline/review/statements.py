"""Any signed record, read to its own kind of statement."""

from __future__ import annotations

from collections.abc import Callable

from prr_pipeline.review.attestation import Attestation
from prr_pipeline.review.justification import Justification
from prr_pipeline.review.records import Record, RecordKind, parse_record
from prr_pipeline.review.signoff import SignoffStatement

Statement = SignoffStatement | Attestation | Justification

_READERS: dict[RecordKind, Callable[[Record], Statement]] = {
    RecordKind.SIGNOFF: SignoffStatement.from_record,
    RecordKind.ATTESTATION: Attestation.from_record,
    RecordKind.JUSTIFICATION: Justification.from_record,
}


def parse_statement(data: bytes) -> Statement:
    """The statement in ``data``. Raises `PrrError` with one sentence for anything that no writer here writes."""
    record = parse_record(data)
    return _READERS[record.kind](record)


def kind_of(statement: Statement) -> RecordKind:
    """Which kind of record a statement is filed as."""
    if isinstance(statement, SignoffStatement):
        return RecordKind.SIGNOFF
    return RecordKind.ATTESTATION if isinstance(statement, Attestation) else RecordKind.JUSTIFICATION
