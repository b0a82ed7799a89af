"""Dwell: time served on a rung, summed over observations so that no clock trick makes it pass early."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from prr_pipeline.canonical import instant_text, parse_instant
from prr_pipeline.clock import Reading
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.rollout.state import PromotionState

_ZERO = timedelta(0)


@dataclass(frozen=True, slots=True)
class Dwell:
    """Time served on one rung of one attempt. ``step`` names that stay: attempt, rung and the settle's sequence.

    ``unobserved`` is time that went by beyond the gap cap or while the clock stood still for lack of an answer;
    ``jump`` is a sentence when the last observation saw the clock jump. ``seen`` is summed as ``served`` is, whether or
    not the clock ran: what a cool-down goes by. None in records of older versions.
    """

    step: str
    served: timedelta
    at: datetime
    monotonic: timedelta
    epoch: str
    unobserved: timedelta = _ZERO
    jump: str | None = None
    seen: timedelta | None = None

    def as_data(self) -> dict[str, Any]:
        """For the ledger's mutable table; times in microseconds."""
        return {
            "at": instant_text(self.at),
            "epoch": self.epoch,
            "jump": self.jump,
            "monotonic_us": self.monotonic // timedelta(microseconds=1),
            "seen_us": (self.seen or _ZERO) // timedelta(microseconds=1),
            "served_us": self.served // timedelta(microseconds=1),
            "step": self.step,
            "unobserved_us": self.unobserved // timedelta(microseconds=1),
        }

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Dwell:
        """Read what `as_data` writes."""
        return cls(
            step=data["step"],
            served=timedelta(microseconds=data["served_us"]),
            at=parse_instant(data["at"]),
            monotonic=timedelta(microseconds=data["monotonic_us"]),
            epoch=data["epoch"],
            unobserved=timedelta(microseconds=data["unobserved_us"]),
            jump=data["jump"],
            seen=timedelta(microseconds=data.get("seen_us", 0)),
        )


def step_of(state: PromotionState) -> str:
    """Names one stay on one rung: a new settle, lowering or attempt is a new stay and starts at zero."""
    since = instant_text(state.rung_since) if state.rung_since else "-"
    return f"{state.attempt}/{state.rung}/{since}"


def book(
    before: Dwell | None,
    reading: Reading,
    *,
    step: str,
    runs: bool,
    restart: bool,
    gap_cap: timedelta,
    jump_limit: timedelta,
) -> Dwell:
    """One more observation: adds the smallest of wall delta, monotonic delta and the gap cap, if the clock runs.

    A new ``step`` starts at zero, as does ``restart``, but for what was seen of the stay. A jump (wall and monotonic
    apart by more than the limit, or a wall clock that went back) adds nothing and is said in ``jump``. Never negative;
    never more than real time.
    """
    fresh = Dwell(step, _ZERO, reading.now, reading.monotonic, reading.epoch, seen=_ZERO)
    if before is None or before.step != step:
        return fresh
    wall = reading.now - before.at
    same_boot = reading.epoch == before.epoch
    # After a boot only the time since it is proven; how long the machine was down is the wall clock's word alone.
    steady = reading.monotonic - before.monotonic if same_boot else reading.monotonic
    jump = _jump(wall, steady if same_boot else wall, jump_limit)
    passed = max(_ZERO, min(wall, steady, gap_cap)) if jump is None else _ZERO
    fresh = replace(fresh, seen=(before.seen or _ZERO) + passed)
    if restart:
        return fresh
    counted = passed if runs else _ZERO
    gone = min(wall, steady) if same_boot else wall
    return replace(
        fresh,
        served=before.served + counted,
        unobserved=before.unobserved + max(_ZERO, gone - counted),
        jump=jump,
    )


def _jump(wall: timedelta, steady: timedelta, limit: timedelta) -> str | None:
    if abs(wall - steady) > limit:
        return f"the wall clock moved by {wall} while {steady} went by (limit {limit})"
    if wall < -limit:
        return f"the wall clock went back by {-wall} (limit {limit})"
    return None
