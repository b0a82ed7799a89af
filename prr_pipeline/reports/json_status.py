"""Promotions, alerts and ledger events as JSON documents."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from prr_pipeline.canonical import instant_text
from prr_pipeline.control.alerting import AlertLine, AlertsNow
from prr_pipeline.control.explain import Explanation
from prr_pipeline.control.history import Mark
from prr_pipeline.control.spans import Span
from prr_pipeline.control.status import Detail, Overview
from prr_pipeline.control.ways_out import way_out
from prr_pipeline.ledger.audit import AuditResult
from prr_pipeline.ledger.events import Event
from prr_pipeline.ledger.outbox import Notice
from prr_pipeline.rollout.state import AcceptedSignoff, Latch, PromotionState


def overview_data(overview: Overview) -> dict[str, Any]:
    """Every promotion, every open notice, and what cannot be read."""
    return {
        "notices": [_notice(notice) for notice in overview.notices],
        "promotions": [explanation_data(one) for one in overview.promotions],
        "stops": list(overview.stops),
        "unreadable": dict(overview.unreadable),
    }


def detail_data(detail: Detail) -> dict[str, Any]:
    """One promotion with its gates, decisions, sign-offs and story."""
    state = detail.explanation.state
    return {
        **explanation_data(detail.explanation),
        "above_ledger": detail.above_ledger or None,
        "decisions": [event_data(event) for event in detail.decisions],
        "dependencies": [str(subject) for subject in state.dependencies],
        "document_digest": state.document_digest,
        "judged_commit": state.judged_commit,
        "ladder": state.ladder.as_data(),
        "notices": [_notice(notice) for notice in detail.notices],
        "report_digest": state.report_digest,
        "signoffs": [_signoff(one) for one in state.signoffs],
        "strangers": list(detail.strangers),
        "story": {
            "gates": {name: [_span(one) for one in spans] for name, spans in detail.story.gates.items()},
            "marks": [_mark(mark) for mark in detail.story.marks],
            "steps": [{"at": instant_text(at), "exposure": str(exposure)} for at, exposure in detail.story.steps],
        },
    }


def explanation_data(one: Explanation) -> dict[str, Any]:
    """Where one promotion stands."""
    state = one.state
    return {
        "attempt": state.attempt,
        "author": state.author,
        "context": state.context,
        "decision": {"causes": list(one.decision.causes), "verdict": one.decision.verdict.word},
        "earliest": _instant(one.earliest),
        "exposure": str(state.exposure),
        "exposure_bp": state.exposure.exposure_bp,
        "exposure_since": _instant(state.rung_since),
        "firing": [{"severity": str(e.severity), "summary": e.summary} for e in one.firing],
        "flag": one.flag,
        "flag_key": state.flag_key,
        "gates": [{**gate.as_data(), "way_out": way_out(state, gate) or None} for gate in one.gates],
        "hold": _latch(state.hold),
        "key": state.key,
        "latch": _latch(state.latch),
        "milestones": _milestones(state),
        "next_step": one.next_step,
        "open": state.is_open,
        "status": one.status,
        "subject": str(state.subject),
        "target": str(state.target),
        "version": state.version,
    }


def alerts_data(found: AlertsNow) -> dict[str, Any]:
    """What the sources say, and every episode."""
    return {
        "episodes": [_episode(one) for one in found.episodes],
        "sources": [
            {"complete": one.complete, "read_at": instant_text(one.read_at), "source": one.source, "why": one.why}
            for one in found.readings
        ],
    }


def audit_data(result: AuditResult) -> dict[str, Any]:
    """What was verified, and each fault."""
    return {
        "events": result.events,
        "faults": list(result.faults),
        "head_seq": result.head_seq,
        "promotions": result.promotions,
        "sound": result.is_sound,
    }


def event_data(event: Event) -> dict[str, Any]:
    """One ledger event, whole."""
    return {
        "actor": event.actor,
        "at": instant_text(event.at),
        "hash": event.hash,
        "payload": dict(event.payload),
        "previous_hash": event.previous_hash,
        "schema": event.schema,
        "seq": event.seq,
        "stream": event.stream,
        "type": event.type,
    }


def _episode(one: AlertLine) -> dict[str, Any]:
    episode = one.episode
    return {
        "booked": one.booked,
        "ends_at": _instant(episode.ends_at),
        "episode": one.id,
        "labels": dict(episode.labels),
        "promotions": list(one.promotions),
        "severity": str(episode.severity),
        "source": episode.source,
        "starts_at": instant_text(episode.starts_at),
        "state": one.state,
        "summary": episode.summary,
    }


def _milestones(state: PromotionState) -> dict[str, str | None]:
    names = (
        "opened_at", "full_at", "maturity_recorded_at", "maturity_withdrawn_at", "watch_closed_at",
        "feedback_closed_at", "game_day_planned_at", "ended_at",
    )  # fmt: skip
    return {name: _instant(getattr(state, name)) for name in names}


def _latch(latch: Latch | None) -> dict[str, Any] | None:
    if latch is None:
        return None
    cooling = latch.cooling
    return {
        "cooling": cooling.as_data() if cooling is not None else None,
        "at": instant_text(latch.at),
        "by": latch.by,
        "cause": latch.cause,
        "kind": str(latch.kind),
        "to": str(latch.to),
    }


def _signoff(one: AcceptedSignoff) -> dict[str, Any]:
    return {
        "accepted_at": instant_text(one.accepted_at),
        "attempt": one.attempt,
        "on_call": one.on_call,
        "person": one.person,
        "record_digest": one.record_digest,
        "role": one.role,
        "rung": one.rung,
    }


def _mark(mark: Mark) -> dict[str, Any]:
    return {"at": instant_text(mark.at), "kind": mark.kind, "text": mark.text, "until": _instant(mark.until)}


def _span(one: Span) -> dict[str, str]:
    return {"since": instant_text(one.since), "state": one.state, "text": one.text, "until": instant_text(one.until)}


def _notice(notice: Notice) -> dict[str, Any]:
    return {
        "about": notice.about,
        "body": notice.body,
        "created_at": instant_text(notice.created_at),
        "severity": notice.severity,
        "title": notice.title,
    }


def _instant(at: datetime | None) -> str | None:
    return instant_text(at) if at is not None else None
