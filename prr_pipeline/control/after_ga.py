"""After 100%: record the maturity, watch a week, review feedback, plan the game day, end the promotion."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from prr_pipeline.canonical import instant_text
from prr_pipeline.control.alert_reviews import alert_reviews
from prr_pipeline.control.alert_reviews import unreviewed_episodes as unreviewed_episodes
from prr_pipeline.control.attested import FEEDBACK_LINE as FEEDBACK_LINE
from prr_pipeline.control.attested import WATCH_LINE as WATCH_LINE
from prr_pipeline.control.attested import attested_line
from prr_pipeline.control.dwelling import read_dwell
from prr_pipeline.control.feedback_review import look
from prr_pipeline.control.gather import facts_for, read_world
from prr_pipeline.control.notices import notify, settle_notice, settle_notices
from prr_pipeline.control.stages import next_quarter as next_quarter
from prr_pipeline.control.stages import unfinished_stages as unfinished_stages
from prr_pipeline.control.stages import unquiet as unquiet
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import PrrError
from prr_pipeline.ledger.events import Draft, EventType
from prr_pipeline.rollout.decide import decide
from prr_pipeline.rollout.state import PromotionState
from prr_pipeline.subjects import Target

GAME_DAY_LINE = "next_game_day_includes_endpoint"


class StageState(StrEnum):
    """Where a stage after 100% stands."""

    DONE = "done"
    PENDING = "pending"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage's answer: done now or before, pending until ``due_at``, or refused with the reason."""

    state: StageState
    why: str
    due_at: datetime | None = None


def record_maturity(work: Workplace, key: str, actor: str) -> Stage:
    """Record the target maturity of a promotion that stands at 100% and is not being lowered."""
    state = work.state(key)
    if state.maturity_recorded_at is not None:
        end_if_done(work, key, actor)
        return Stage(StageState.DONE, f"{state.target} was recorded at {instant_text(state.maturity_recorded_at)}")
    refusal = _not_at_top(work, state)
    if refusal:
        return Stage(StageState.REFUSED, refusal)
    payload = {"subject": str(state.subject), "target": str(state.target), "commit": state.judged_commit or ""}
    _close(work, state, Draft(key, EventType.MATURITY_RECORDED, payload, actor))
    return Stage(StageState.DONE, f"{state.subject} is {state.target} now")


def close_watch(work: Workplace, key: str, actor: str) -> Stage:
    """Close the stability watch after its days of observed, quiet time, with every episode reviewed."""
    state = work.state(key)
    if state.watch_closed_at is not None:
        end_if_done(work, key, actor)
        return Stage(StageState.DONE, f"closed at {instant_text(state.watch_closed_at)}")
    refusal = _not_at_top(work, state)
    if refusal:
        return Stage(StageState.REFUSED, refusal)
    left = watch_left(work, state)
    if left > timedelta(0):
        return Stage(StageState.PENDING, f"{left} of watched, quiet time still to come", work.now() + left)
    why = _unreviewed(work, state, actor)
    if why:
        return Stage(StageState.PENDING, why)
    _close(work, state, Draft(key, EventType.WATCH_CLOSED, {"cause": "quiet"}, actor))
    return Stage(StageState.DONE, "the watch is closed: no gap, no open alert, every alert reviewed")


def _unreviewed(work: Workplace, state: PromotionState, actor: str) -> str:
    """Which alerts of the watch nobody reviewed, after a look at GitHub where settings say so; empty: none."""
    waiting, notice = [one for one in alert_reviews(work, state) if not one.reviewed], f"reviews/{state.key}"
    if not waiting:
        settle_notices(work, {notice})
        return ""
    from prr_pipeline.control.ticket_reviews import take_in_reviews

    seen = take_in_reviews(work, state, waiting, actor)
    if seen.unknown:
        notify(work, "warn", f"The alert reviews of {state.key} cannot be read", seen.unknown, state.key, notice)
    else:
        settle_notices(work, {notice})
    names = unreviewed_episodes(work, state)
    if not names:
        return ""
    words = f"{len(names)} alert(s) of the watch are not reviewed: {', '.join(names)}"
    return f"{words}; {seen.words}" if seen.words else words


def close_feedback(work: Workplace, key: str, actor: str) -> Stage:
    """Close the feedback review once it is due, a person has signed that it was done, and every source was read.

    The report and all that it is made from go into the ledger. A source that is unknown keeps the review open.
    """
    state = work.state(key)
    if state.feedback_closed_at is not None:
        end_if_done(work, key, actor)
        return Stage(StageState.DONE, f"closed at {instant_text(state.feedback_closed_at)}")
    due = feedback_due(work, state)
    if due is None:
        return Stage(StageState.REFUSED, "not at 100% yet")
    if work.now() < due:
        return Stage(StageState.PENDING, f"due at {instant_text(due)}", due)
    if not attested_line(work, state, FEEDBACK_LINE, signed_after=due):
        return Stage(
            StageState.PENDING, f"due since {instant_text(due)}: waits for a signed attestation of {FEEDBACK_LINE}", due
        )
    review = look(work, state)
    if review.report.unknown:
        return _unread(work, state, review.report.unknown, due)
    payload: dict[str, object] = {"cause": "attested", **review.as_payload()}
    _close(work, state, Draft(key, EventType.FEEDBACK_CLOSED, payload, actor))
    settle_notice(work, f"feedback/{key}")
    return Stage(StageState.DONE, "the month of feedback is reviewed")


def _unread(work: Workplace, state: PromotionState, unknown: Sequence[str], due: datetime) -> Stage:
    """A review that is signed waits for what cannot be read; people are told, and it is tried again."""
    more = f" And {len(unknown) - 1} more: `prr feedback {state.key}`." if len(unknown) > 1 else ""
    why = f"{unknown[0]}{more}"
    title = f"The feedback review of {state.key} is signed and cannot be closed"
    notify(work, "warn", title, why, state.key, f"feedback/{state.key}")
    return Stage(StageState.PENDING, f"signed, and not all of it can be read: {why}", due)


def plan_game_day(work: Workplace, key: str, actor: str) -> Stage:
    """Book the subject for the next quarter's game day, or that none applies, and say how it gets into the plan."""
    from prr_pipeline.control.game_days import booked, plan_entry, words_of

    state = work.state(key)
    if state.game_day_planned_at is not None:
        end_if_done(work, key, actor)
        return Stage(StageState.DONE, f"planned at {instant_text(state.game_day_planned_at)}")
    if state.full_at is None:
        return Stage(StageState.REFUSED, "not at 100% yet")
    try:
        entry = plan_entry(work, key)
    except PrrError as fault:
        return Stage(StageState.PENDING, f"the game-day plan cannot be read: {fault}")
    _close(work, state, Draft(key, EventType.GAME_DAY_PLANNED, booked(work, entry, state), actor))
    return Stage(StageState.DONE, words_of(entry))


def end_if_done(work: Workplace, key: str, actor: str) -> bool:
    """End a promotion whose stages are all closed and whose 100% is quiet: nobody watches what has ended.

    Whoever closed the last stage may have been another run at the same moment, or have died before this.
    """
    state = work.state(key)
    if not state.is_open or unfinished_stages(state) or _not_at_top(work, state):
        return False
    work.ledger.append([_end(state, actor)], expect={key: state.version})
    return True


def _close(work: Workplace, state: PromotionState, closing: Draft) -> None:
    """Write a stage's event; the last one that was missing ends the promotion in the same append."""
    is_last = unfinished_stages(state) == {closing.type} and not _not_at_top(work, state)
    drafts = [closing, _end(state, closing.actor)] if is_last else [closing]
    work.ledger.append(drafts, expect={state.key: state.version})
    if not is_last:
        end_if_done(work, state.key, closing.actor)


def _end(state: PromotionState, actor: str) -> Draft:
    cause = "beta recorded" if state.target is Target.BETA else "all stages closed"
    return Draft(state.key, EventType.PROMOTION_ENDED, {"cause": cause}, actor)


def watch_left(work: Workplace, state: PromotionState) -> timedelta:
    """Watched, quiet time still missing; gaps and alerts do not count, so they extend the watch."""
    dwell = read_dwell(work, state)
    served = dwell.served if dwell is not None and state.at_top else timedelta(0)
    return max(timedelta(0), work.policy.watch - served)


def feedback_due(work: Workplace, state: PromotionState) -> datetime | None:
    """When the feedback review is due: counted from the GA instant. None before that."""
    return state.full_at + work.policy.feedback_after if state.full_at is not None else None


def _not_at_top(work: Workplace, state: PromotionState) -> str:
    """Why a stage after 100% may not be recorded now; empty when it may."""
    if not state.at_top or state.intent is not None:
        return f"{state.key} stands at {state.exposure.name}, not at 100%"
    world = read_world(work, [state.key])
    return unquiet(state, decide(state, facts_for(work, world, state), work.policy, world.now))
