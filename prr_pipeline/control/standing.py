"""Where readiness stands: the last judgement of a promotion, kept for ticks, which never judge a repository."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from prr_pipeline.canonical import instant_text, parse_instant
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.readiness.answers import MAX_AGE
from prr_pipeline.repository.recorder import ReadSet, unchanged
from prr_pipeline.repository.snapshot import Snapshot
from prr_pipeline.rollout.gates import GateReading, GateState, unknown
from prr_pipeline.rollout.state import PromotionState

_TABLE = "readiness"


@dataclass(frozen=True, slots=True)
class Standing:
    """The last judgement of one promotion, with every digest that a sign-off binds.

    ``report_digest``, ``justifications`` and ``attestations`` are None while a counted line is unknown, and all five
    digests after a judgement that failed: a sign-off is then unknown, not void. ``complete``: artefacts cover the head.
    """

    gate: GateState
    why: str
    commit: str
    head: str
    report_digest: str | None
    spec_subtree_digest: str | None
    section_digest: str | None
    justifications: tuple[str, ...] | None
    attestations: tuple[str, ...] | None
    counts: Mapping[str, int]
    editors: tuple[str, ...] = ()
    """Git identities of who wrote what is signed, see `control.writers`: they do not sign for their own words."""
    complete: bool = False
    heard_at: datetime | None = None
    """When the oldest answer of a service was read that it may rest on; None if it rests on none."""

    @property
    def failed(self) -> bool:
        """Whether the judgement could not be made."""
        return not self.commit

    def outlived(self, now: datetime, age: timedelta) -> bool:
        """Whether it rests on what a service said so long ago."""
        return self.heard_at is not None and now - self.heard_at > age

    def as_data(self) -> dict[str, Any]:
        """For the ledger's mutable table."""
        return {
            "attestations": _listed(self.attestations),
            "commit": self.commit,
            "complete": self.complete,
            "counts": dict(self.counts),
            "editors": list(self.editors),
            "gate": str(self.gate),
            "head": self.head,
            "heard_at": instant_text(self.heard_at) if self.heard_at is not None else None,
            "justifications": _listed(self.justifications),
            "report_digest": self.report_digest,
            "section_digest": self.section_digest,
            "spec_subtree_digest": self.spec_subtree_digest,
            "why": self.why,
        }

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Standing:
        """Read what `as_data` writes."""
        heard = data.get("heard_at")
        return cls(
            GateState(data["gate"]), data["why"], data["commit"], data["head"], data["report_digest"],
            data["spec_subtree_digest"], data["section_digest"], _tupled(data["justifications"]),
            _tupled(data["attestations"]), data["counts"], tuple(data["editors"]), data.get("complete", False),
            parse_instant(heard) if heard else None,
        )  # fmt: skip


def read_standing(work: Workplace, key: str) -> Standing | None:
    """The last judgement, or None before the first."""
    data = work.ledger.counters.get(_TABLE, key)
    return _standing_in(data) if data else None


def _standing_in(row: Mapping[str, Any]) -> Standing:
    """The standing in a row; one of another shape (another version's) permits nothing, and is judged anew."""
    try:
        return Standing.from_data(row)
    except (KeyError, TypeError, ValueError) as fault:
        why = f"what is kept of the last judgement cannot be read ({fault}); it is judged anew"
        return failed_standing(GateState.UNKNOWN, why, "", None)


def failed_standing(gate: GateState, why: str, head: str, before: Standing | None) -> Standing:
    """Where a judgement that could not be made leaves a promotion: nothing can be told, so nothing signed counts.

    ``head`` is the commit that it failed at; empty when another try at the same one may succeed.
    """
    editors = before.editors if before else ()
    return Standing(gate, why, "", head, None, None, None, None, None, {}, editors)


@dataclass(frozen=True, slots=True)
class Kept:
    """A judgement as it is kept, with what it read: of the judged commit's code, and of the head.

    ``row`` is the whole row, for the compare-and-set of whoever writes next; ``artefacts`` is `artefact_marks` of then,
    ``asked`` the digest of the lines that were asked.
    """

    standing: Standing
    code: ReadSet | None
    head: ReadSet | None
    row: Mapping[str, Any]
    artefacts: str | None = None
    asked: str | None = None

    def reads_unchanged(self, code: Snapshot, head: Snapshot) -> bool:
        """Whether a judgement of these snapshots would read just what this one read."""
        if self.code is None or self.head is None:
            return False
        return unchanged(self.code, code) and unchanged(self.head, head)


def read_kept(work: Workplace, key: str) -> Kept | None:
    """The last judgement with its read-sets, or None before the first."""
    row = work.ledger.counters.get(_TABLE, key)
    if row is None:
        return None
    code, head = row.get("reads"), row.get("reads_at_head")
    return Kept(
        _standing_in(row),
        ReadSet.from_plain(code) if code else None,
        ReadSet.from_plain(head) if head else None,
        row,
        row.get("artefacts"),
        row.get("asked"),
    )


def keep(
    work: Workplace,
    key: str,
    before: Kept | None,
    standing: Standing,
    code: ReadSet,
    head: ReadSet,
    artefacts: str,
    asked: str,
) -> bool:
    """Keep a judgement if the one before it still is ``before``; False, and nothing kept, if it is not."""
    row = {
        **standing.as_data(),
        "artefacts": artefacts,
        "asked": asked,
        "reads": code.as_plain(),
        "reads_at_head": head.as_plain(),
    }
    return work.ledger.counters.swap(_TABLE, key, before.row if before else None, row)


def move_on(work: Workplace, key: str, before: Kept, head: str, commit: str) -> bool:
    """The same judgement holds at another head, as nothing that it read differs there; False if it is not the last."""
    return work.ledger.counters.swap(_TABLE, key, before.row, {**before.row, "commit": commit, "head": head})


def keep_failed(work: Workplace, key: str, standing: Standing) -> None:
    """Keep a judgement that failed, whatever stands there: it permits nothing, and whatever comes next is judged."""
    work.ledger.counters.put(_TABLE, key, standing.as_data())


def readiness_gate(work: Workplace, state: PromotionState) -> GateReading:
    """The readiness gate as last judged."""
    standing = read_standing(work, state.key)
    if standing is None:
        return unknown("readiness", "not judged yet")
    if standing.heard_at is not None and standing.outlived(work.now(), MAX_AGE):
        why = f"what services said was read at {instant_text(standing.heard_at)}, too long ago; it is judged anew"
        return unknown("readiness", why)
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
