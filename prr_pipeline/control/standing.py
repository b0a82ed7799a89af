"""Where readiness stands: the last judgement of a promotion, kept for ticks, which never judge a repository."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from prr_pipeline.control.workplace import Workplace
from prr_pipeline.rollout.gates import GateReading, GateState, unknown
from prr_pipeline.rollout.state import PromotionState

_TABLE = "readiness"


@dataclass(frozen=True, slots=True)
class Standing:
    """The last judgement of one promotion, with every digest that a sign-off binds.

    ``report_digest``, ``justifications`` and ``attestations`` are None while a counted line is unknown: a sign-off is
    then unknown, not void.
    """

    gate: GateState
    why: str
    commit: str
    head: str
    report_digest: str | None
    spec_subtree_digest: str
    section_digest: str
    justifications: tuple[str, ...] | None
    attestations: tuple[str, ...] | None
    counts: Mapping[str, int]
    editors: tuple[str, ...] = ()
    """Commit addresses of who last changed the document and the spec: they do not sign for their own words."""

    def as_data(self) -> dict[str, Any]:
        """For the ledger's mutable table."""
        return {
            "attestations": _listed(self.attestations),
            "commit": self.commit,
            "counts": dict(self.counts),
            "editors": list(self.editors),
            "gate": str(self.gate),
            "head": self.head,
            "justifications": _listed(self.justifications),
            "report_digest": self.report_digest,
            "section_digest": self.section_digest,
            "spec_subtree_digest": self.spec_subtree_digest,
            "why": self.why,
        }

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Standing:
        """Read what `as_data` writes."""
        return cls(
            GateState(data["gate"]), data["why"], data["commit"], data["head"], data["report_digest"],
            data["spec_subtree_digest"], data["section_digest"], _tupled(data["justifications"]),
            _tupled(data["attestations"]), data["counts"], tuple(data["editors"]),
        )  # fmt: skip


def read_standing(work: Workplace, key: str) -> Standing | None:
    """The last judgement, or None before the first."""
    data = work.ledger.counters.get(_TABLE, key)
    return Standing.from_data(data) if data else None


def write_standing(work: Workplace, key: str, standing: Standing) -> None:
    """Keep a judgement."""
    work.ledger.counters.put(_TABLE, key, standing.as_data())


def readiness_gate(work: Workplace, state: PromotionState) -> GateReading:
    """The readiness gate as last judged."""
    standing = read_standing(work, state.key)
    if standing is None:
        return unknown("readiness", "not judged yet")
    return GateReading("readiness", standing.gate, standing.why)


def summary(words: Sequence[str], limit: int = 3) -> str:
    """The first few of many, and how many more."""
    shown = "; ".join(words[:limit])
    more = len(words) - limit
    return f"{shown}; and {more} more" if more > 0 else shown


def _listed(names: tuple[str, ...] | None) -> list[str] | None:
    return None if names is None else list(names)


def _tupled(names: list[str] | None) -> tuple[str, ...] | None:
    return None if names is None else tuple(names)
