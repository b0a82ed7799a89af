"""Which lines a record speaks of, each at the digest that was seen, and whether it still covers one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from prr_pipeline.canonical import digest
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import Refused, Unreadable
from prr_pipeline.review.fields import Fields


@dataclass(frozen=True, slots=True, order=True)
class LineClaim:
    """One line at one subject digest. Another digest means another thing, and the claim is void."""

    line_id: str
    subject_digest: str


class Coverage(NamedTuple):
    """Whether a record counts for a line, and one sentence that says why (not)."""

    ok: bool
    note: str


def line_claims(lines: Iterable[LineClaim]) -> tuple[LineClaim, ...]:
    """The claims in the order that records hold them. Raises `Refused` for none, or for one line twice."""
    claims = tuple(sorted(lines))
    names = [claim.line_id for claim in claims]
    if not claims:
        raise Refused("A record that names no line states nothing; name at least one line id.")
    if len(set(names)) != len(names):
        raise Refused("A record names each line once; one of its lines stands there twice.")
    return claims


def claims_data(claims: Sequence[LineClaim]) -> list[object]:
    """The claims as they stand in a record."""
    return [{"line_id": c.line_id, "subject_digest": c.subject_digest} for c in claims]


def claims_digest(claims: Sequence[LineClaim]) -> str:
    """The digest that stands as the record's subject."""
    return digest(claims_data(claims))


def read_claims(fields: Fields, evidence_digest: str) -> tuple[LineClaim, ...]:
    """The record's lines. Raises `Unreadable` unless they are in order and the record's subject is their digest."""
    rows = fields.value("lines")
    if not isinstance(rows, list):
        fields.refuse("lines", rows, "a list of lines")
    claims = tuple(_claim(row) for row in rows)
    try:
        ordered = line_claims(claims) == claims
    except Refused as fault:
        raise Unreadable(str(fault)) from None
    if not ordered:
        fields.refuse("lines", [c.line_id for c in claims], "in ascending order")
    if claims_digest(claims) != evidence_digest:
        raise Unreadable("The record's subject digest is not that of its lines; sign it again.")
    return claims


def claim_for(claims: Sequence[LineClaim], line_id: str) -> LineClaim | None:
    """The claim about that line, if there is one."""
    return next((claim for claim in claims if claim.line_id == line_id), None)


def _claim(row: object) -> LineClaim:
    fields = Fields(row, "A line of the record")
    claim = LineClaim(fields.text("line_id"), fields.digest("subject_digest"))
    fields.close()
    return claim
