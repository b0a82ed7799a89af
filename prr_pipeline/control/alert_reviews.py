"""The alerts of the stability week and who reviewed them: what the lines after GA are judged by."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from prr_pipeline.canonical import parse_instant
from prr_pipeline.control.alert_map import alert_map
from prr_pipeline.control.attested import FEEDBACK_LINE, WATCH_LINE, attested_line, capacities_of
from prr_pipeline.control.episodes import episode_of
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.ledger.events import SYSTEM_STREAM, EventType
from prr_pipeline.readiness.facts import AfterGa, AlertReview, AlertWatch
from prr_pipeline.rollout.alerts import Severity
from prr_pipeline.rollout.state import PromotionState


def after_ga_facts(work: Workplace, state: PromotionState) -> AfterGa | None:
    """What `after_ga_dates` tells, with the alerts of the week. Raises `PrrError` where the roster is not trusted."""
    dates = after_ga_dates(work, state)
    return replace(dates, watch=AlertWatch(state.watch_closed_at, alert_reviews(work, state))) if dates else None


def after_ga_dates(work: Workplace, state: PromotionState) -> AfterGa | None:
    """Since when everybody has it, and when its lines fall due by this deployment's policy; None before that."""
    if state.full_at is None:
        return None
    policy = work.policy
    due_at = {WATCH_LINE: state.full_at + policy.watch, FEEDBACK_LINE: state.full_at + policy.feedback_after}
    return AfterGa(state.full_at, due_at)


def alert_reviews(work: Workplace, state: PromotionState) -> tuple[AlertReview, ...]:
    """Every alert that was booked since full exposure and before the watch closed, in order.

    An alert is reviewed when an engineer of the owning context signed for the watch after it was booked, or spoke of it
    on GitHub after that and the ledger took it in; nothing is asked here.
    """
    if state.full_at is None:
        return ()
    mapped = alert_map(work, work.ledger.states())
    told = _told_on_tickets(work, state)
    found = []
    for event in work.ledger.events(stream=SYSTEM_STREAM, types=(EventType.EPISODE_OPENED,)):
        closed = state.watch_closed_at is not None and event.at >= state.watch_closed_at
        episode = episode_of(event.payload)
        if event.at < state.full_at or closed or episode.severity is Severity.INFO:
            continue
        if not mapped.concerns(episode, state):
            continue
        name, title = str(event.payload["episode"]), episode.label("alertname") or episode.fingerprint
        spoken = name in told and told[name] >= event.at
        reviewed = spoken or attested_line(work, state, WATCH_LINE, signed_after=event.at)
        found.append(AlertReview(name, title, str(episode.severity), event.at, reviewed))
    return tuple(found)


def unreviewed_episodes(work: Workplace, state: PromotionState) -> list[str]:
    """Alerts of the watch that no review came after."""
    return [alert.episode for alert in alert_reviews(work, state) if not alert.reviewed]


def _told_on_tickets(work: Workplace, state: PromotionState) -> dict[str, datetime]:
    """When each alert was last reviewed on GitHub, by somebody whom the roster still counts among its owners."""
    told: dict[str, datetime] = {}
    for event in work.ledger.events(stream=state.key, types=(EventType.ALERT_REVIEWED,)):
        person = work.roster.people.get(str(event.payload["person"]))
        if person is not None and "owning_context" in capacities_of(person, state.context, on_call=False):
            name, at = str(event.payload["episode"]), parse_instant(str(event.payload["reviewed_at"]))
            told[name] = max(at, told.get(name, at))
    return told
