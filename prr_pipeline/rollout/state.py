"""The state of one promotion: a fold of its ledger events. Pure data with derived properties."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field, fields
from datetime import datetime
from enum import StrEnum
from operator import attrgetter

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.exposure import OFF, Exposure
from prr_pipeline.rollout.ladder import BOTTOM, Ladder
from prr_pipeline.rollout.reclimb import Cooling
from prr_pipeline.subjects import Subject, Target


class LatchKind(StrEnum):
    """Why nothing may rise until a person resumes."""

    ROLLED_BACK = "rolled_back"
    STEPPED_DOWN = "stepped_down"
    HELD = "held"
    DRIFT = "drift"


@dataclass(frozen=True, slots=True)
class Latch:
    """The ledger mark "halted". ``to`` is the highest exposure allowed while it stands.

    ``cooling`` is set by a guardrail's step down alone: what else stands waits for a person's resume.
    """

    kind: LatchKind
    cause: str
    by: str
    at: datetime
    to: Exposure
    cooling: Cooling | None = None


@dataclass(frozen=True, slots=True)
class Intent:
    """A raise that was begun: the ledger's ceiling is its target until it is settled or withdrawn.

    ``seq`` is its event's in the ledger: of two raises the one that was begun first.
    """

    intent_id: str
    attempt: int
    rung: int
    to: Exposure
    written_at: datetime
    flag_version: int
    seq: int = 0


@dataclass(frozen=True, slots=True)
class AcceptedSignoff:
    """A sign-off whose signature, signer and shift were verified when the ledger took it in.

    ``on_call``: the person held the on-call lead's shift at ``accepted_at``; ``statement`` is the whole signed record.
    """

    record_digest: str
    person: str
    role: str
    attempt: int
    rung: str | None
    accepted_at: datetime
    on_call: bool
    statement: dict[str, object] = field(hash=False)


@dataclass(frozen=True, slots=True)
class PromotionState:
    """Everything the ledger knows about one promotion.

    ``version`` counts transitions only (rung, latch, hold, attempt, sign-off, intent); ``rung`` is an index into
    the ladder, `BOTTOM` for off; ``good_rung`` is the last rung whose dwell was served and left upward.
    ``dependency_contexts`` holds the direct dependencies' contexts, as far as they were known at the opening.
    ``rolled_back_at`` is when the attempt before this one was halted: what was signed before permits nothing now.
    ``hold`` is a person's hold under a lowering's latch: lifting the one leaves the other. ``raised_at`` holds the
    instant of each rung that was ever settled, of earlier attempts too. ``falls`` are the rungs from which guardrails
    stepped it down in this attempt, since people last decided that it goes on; ``falling``: one is under way.
    """

    key: str
    subject: Subject
    target: Target
    flag_key: str
    environment: str
    context: str
    author: str
    dependencies: tuple[Subject, ...]
    ladder: Ladder
    opened_at: datetime
    opened_by: str
    version: int = 1
    last_seq: int = 0
    attempt: int = 1
    rolled_back_at: datetime | None = None
    rung: int = BOTTOM
    rung_since: datetime | None = None
    highest_rung: int = BOTTOM
    good_rung: int = BOTTOM
    latch: Latch | None = None
    hold: Latch | None = None
    lowering_open: bool = False
    intent: Intent | None = None
    signoffs: tuple[AcceptedSignoff, ...] = ()
    flag_version: int = 0
    report_digest: str | None = None
    judged_commit: str | None = None
    document_digest: str | None = None
    full_at: datetime | None = None
    maturity_recorded_at: datetime | None = None
    maturity_withdrawn_at: datetime | None = None
    watch_closed_at: datetime | None = None
    feedback_closed_at: datetime | None = None
    game_day_planned_at: datetime | None = None
    ended_at: datetime | None = None
    dependency_contexts: Mapping[Subject, str] = field(default_factory=dict, hash=False)
    raised_at: tuple[datetime, ...] = ()
    falls: tuple[int, ...] = ()
    falling: bool = False

    @property
    def exposure(self) -> Exposure:
        """Exposure that the ledger holds as settled."""
        return self.ladder.exposure(self.rung)

    @property
    def ceiling(self) -> Exposure:
        """The highest exposure approved now: an open intent's target, else the rung's; a lowering's latch caps it."""
        approved = self.intent.to if self.intent is not None else self.exposure
        if self.latch is None or self.latch.kind is LatchKind.HELD:
            return approved
        return min(self.latch.to, approved)

    @property
    def is_open(self) -> bool:
        """Whether the promotion still runs."""
        return self.ended_at is None

    @property
    def at_top(self) -> bool:
        """Whether 100% is settled."""
        return self.rung == self.ladder.top

    @property
    def next_rung(self) -> int | None:
        """The rung above, or None at the top."""
        return None if self.at_top else self.rung + 1

    @property
    def has_traffic(self) -> bool:
        """Whether the flag is meant to be anything but off."""
        return self.exposure > OFF


def changed(state: PromotionState, **changes: object) -> PromotionState:
    """The state with other values in some fields, as `dataclasses.replace`, in a fraction of its time.

    A fold does little else, and a fleet has many events. Raises KeyError for what is no field.
    """
    new: PromotionState = object.__new__(PromotionState)
    for write, value in zip(_WRITES, _read(state), strict=True):
        write(new, value)
    return completed(new, **changes)


def completed(new: PromotionState, **values: object) -> PromotionState:
    """Values written into a state that was made just now, and that nobody else holds yet."""
    for name, value in values.items():
        _WRITE[name](new, value)
    return new


_WRITE: dict[str, Callable[[PromotionState, object], None]] = {
    one.name: getattr(PromotionState, one.name).__set__ for one in fields(PromotionState)
}
_WRITES = tuple(_WRITE.values())
_read = attrgetter(*_WRITE)
