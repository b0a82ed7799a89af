"""Policy: the limits and required gates that one deployment decides with."""

from __future__ import annotations

from datetime import timedelta

from prr_pipeline.canonical import digest
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.rollout.caps import DEFAULT_CAPS, Caps
from prr_pipeline.rollout.gates import ALWAYS_REQUIRED, OPTIONAL_GATES
from prr_pipeline.rollout.reclimb import DEFAULT_RECLIMBS, Reclimbs


@dataclass(frozen=True, slots=True)
class Policy:
    """Limits of the decision. Durations are policy time, except ``alert_max_age``, which is real time.

    ``gap_cap`` is the longest stretch between two observations that counts as dwell; ``jump_limit`` the largest
    difference between wall and monotonic time that passes without a hold; ``drill_max_age`` how old the last drill of
    the kill switch may be. ``reclimbs`` counts for the step downs that come: one that stands keeps what it was given.
    """

    gap_cap: timedelta = timedelta(minutes=10)
    jump_limit: timedelta = timedelta(hours=1)
    unknown_notice_after: timedelta = timedelta(minutes=15)
    alert_max_age: timedelta = timedelta(seconds=30)
    watch: timedelta = timedelta(days=7)
    feedback_after: timedelta = timedelta(days=30)
    required: frozenset[str] = ALWAYS_REQUIRED
    caps: Caps = DEFAULT_CAPS
    drill_max_age: timedelta = timedelta(days=30)
    reclimbs: Reclimbs = DEFAULT_RECLIMBS

    def __post_init__(self) -> None:
        unknown = self.required - ALWAYS_REQUIRED - OPTIONAL_GATES
        if unknown:
            raise ValueError(f"unknown gates {sorted(unknown)}; valid: {sorted(ALWAYS_REQUIRED | OPTIONAL_GATES)}")
        object.__setattr__(self, "required", self.required | ALWAYS_REQUIRED)

    def as_data(self) -> dict[str, object]:
        """The canonical form, kept with each decision."""
        seconds = {
            name: getattr(self, name) // timedelta(seconds=1)
            for name in (
                "gap_cap",
                "jump_limit",
                "unknown_notice_after",
                "alert_max_age",
                "watch",
                "feedback_after",
                "drill_max_age",
            )
        }
        return {
            **seconds,
            "caps": self.caps.as_data(),
            "reclimbs": self.reclimbs.as_data(),
            "required": sorted(self.required),
        }

    @property
    def digest(self) -> str:
        """Digest of the canonical form: the policy's version."""
        return digest(self.as_data())
