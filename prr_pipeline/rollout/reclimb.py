"""Climbing again after a step down: how long it cools down, how often by itself, and when people must decide. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from prr_pipeline.canonical import instant_text, parse_instant
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import PrrError

if TYPE_CHECKING:
    from prr_pipeline.rollout.dwell import Dwell
    from prr_pipeline.rollout.state import Latch, PromotionState


@dataclass(frozen=True, slots=True)
class Reclimbs:
    """What policy allows after a guardrail stepped a promotion down: ``cool_down`` is policy time.

    ``per_attempt`` is how often it climbs again by itself in one attempt, ``per_rung`` how often after a fall from
    one and the same rung. Both count since people last decided; 0 asks people each time.
    """

    cool_down: timedelta = timedelta(days=1)
    per_attempt: int = 2
    per_rung: int = 1

    def __post_init__(self) -> None:
        if self.cool_down < timedelta(0) or min(self.per_attempt, self.per_rung) < 0:
            raise PrrError(
                f"A cool-down of {self.cool_down} with {self.per_attempt} re-climbs an attempt and {self.per_rung} a "
                "rung is none; give nothing below 0."
            )

    def as_data(self) -> dict[str, object]:
        """Canonical form, part of the policy's."""
        return {
            "cool_down_seconds": self.cool_down // timedelta(seconds=1),
            "per_attempt": self.per_attempt,
            "per_rung": self.per_rung,
        }


DEFAULT_RECLIMBS = Reclimbs()


@dataclass(frozen=True, slots=True)
class Cooling:
    """What a step down says of the climb after it; kept in its latch, so that no edit of the policy changes it.

    ``until`` is when it may climb again by itself; None: not before people have decided, and ``why`` says why not.
    ``left`` is how often it may climb again after that.
    """

    until: datetime | None
    left: int = 0
    why: str = ""

    def as_data(self) -> dict[str, object]:
        """For the latch and the decision record."""
        return {"left": self.left, "until": instant_text(self.until) if self.until else None, "why": self.why}

    @classmethod
    def from_data(cls, data: Mapping[str, Any] | None) -> Cooling | None:
        """Read what `as_data` writes; None for none, as latches of people and of older versions have."""
        if data is None:
            return None
        until = parse_instant(data["until"]) if data["until"] is not None else None
        return cls(until, int(data["left"]), str(data["why"]))


def cooling_of(state: PromotionState, allowed: Reclimbs, now: datetime) -> Cooling:
    """What holds after a step down that is decided now, from the falls since people last decided."""
    rung = state.ladder.exposure(state.rung).name
    falls, from_here = len(state.falls), state.falls.count(state.rung)
    if falls >= allowed.per_attempt:
        return Cooling(
            None, why=f"fall {falls + 1} of this attempt; policy allows {reclimbs_words(allowed.per_attempt)}"
        )
    if from_here >= allowed.per_rung:
        words = f"fall {from_here + 1} from {rung}; policy allows {reclimbs_words(allowed.per_rung)} from one rung"
        return Cooling(None, why=words)
    try:
        until = now + allowed.cool_down
    except OverflowError:
        return Cooling(None, why=f"a cool-down of {allowed.cool_down} ends after the calendar does")
    return Cooling(until, allowed.per_attempt - falls - 1)


def stricter(standing: Cooling | None, new: Cooling | None) -> Cooling | None:
    """What holds once a later latch takes the place of one that stands; None: it waits for a person's resume.

    No later latch lets go by itself what waits for a person, and none but a new attempt spares people's signatures.
    """
    if new is not None and new.until is None:
        return new
    if standing is None or standing.until is None:
        return standing
    return new


def is_cooling(state: PromotionState) -> bool:
    """Whether the promotion climbs again by itself, now or once its cool-down is over."""
    return state.latch is not None and state.latch.cooling is not None and state.latch.cooling.until is not None


def has_cooled(state: PromotionState, now: datetime) -> bool:
    """Whether the cool-down is over, and the lowering before it settled."""
    cooling = state.latch.cooling if state.latch is not None else None
    return cooling is not None and cooling.until is not None and cooling.until <= now and not state.lowering_open


def left_to_see(state: PromotionState, dwell: Dwell | None) -> timedelta:
    """How much of a cool-down nobody has observed yet, summed as dwell is: no jump of the clock shortens one.

    Nothing where none is under way, and of a record that older versions made: those went by the clock alone.
    """
    cooling = state.latch.cooling if state.latch is not None else None
    if state.latch is None or cooling is None or cooling.until is None:
        return timedelta(0)
    if dwell is not None and dwell.seen is None:
        return timedelta(0)
    seen = dwell.seen if dwell is not None and dwell.seen is not None else timedelta(0)
    return max(timedelta(0), cooling.until - state.latch.at - seen)


def awaits_decision(state: PromotionState) -> bool:
    """Whether the re-climbs that policy allows are used up: then people decide, with their signatures."""
    cooling = state.latch.cooling if state.latch is not None else None
    return cooling is not None and cooling.until is None


def clock_starts_at(state: PromotionState, now: datetime, dwell: Dwell | None) -> datetime | None:
    """When the dwell clock can go on at the earliest, as far as a step down is concerned; None: once people decide, or
    beyond the calendar."""
    cooling = state.latch.cooling if state.latch is not None else None
    if cooling is None:
        return now
    if cooling.until is None or dwell is None:
        return None if cooling.until is None else max(now, cooling.until)
    try:
        return max(now, cooling.until, dwell.at + left_to_see(state, dwell))
    except OverflowError:
        return None


def latch_words(latch: Latch, now: datetime, left: timedelta = timedelta(0)) -> str:
    """Why a latch stands; after a guardrail's step down also until when, or that people must decide.

    ``left`` is what is `left_to_see` of a cool-down.
    """
    words, cooling = f"{latch.kind.replace('_', ' ')} by {latch.by}: {latch.cause}", latch.cooling
    if cooling is None:
        return words
    if cooling.until is None:
        return f"people must decide: {cooling.why}; {words}"
    until = instant_text(cooling.until)[:16]
    if cooling.until <= now and left:
        minutes = -(-left // timedelta(minutes=1))
        return f"cools down: until {until}Z, and {minutes} min of it were not observed yet; {words}"
    return f"{'cooled' if cooling.until <= now else 'cools'} down: until {until}Z; {words}"


def after_words(key: str, cooling: Cooling) -> str:
    """What follows on a step down, and what a person has to do about this promotion."""
    if cooling.until is None:
        sign, resume = f"`prr sign {key} --person YOU --key FILE`", f"`prr resume {key} --by YOU --reason WHY`"
        return f"{follows(cooling)}: sign it ({sign}), commit the records, then {resume}."
    return follows(cooling)


def follows(cooling: Cooling) -> str:
    """What follows on a step down, in one sentence."""
    if cooling.until is None:
        return f"People must decide ({cooling.why})"
    left = reclimbs_words(cooling.left, "more") if cooling.left else "no further re-climb"
    until = instant_text(cooling.until)[:16]
    return f"It cools down until {until}Z, then climbs again by itself behind every gate; {left} after that."


def reclimbs_words(count: int, kind: str = "") -> str:
    """So many re-climbs."""
    return f"{count}{f' {kind}' if kind else ''} re-climb{'' if count == 1 else 's'}"
