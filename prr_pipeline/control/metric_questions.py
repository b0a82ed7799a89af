"""What a metric source is asked about one promotion: which arms there are, what they are called, and from when on."""

from __future__ import annotations

from datetime import datetime, timedelta

from prr_pipeline.exposure import FULL_BP, Rest
from prr_pipeline.rollout.evidence import Evidence
from prr_pipeline.rollout.known_names import slug
from prr_pipeline.rollout.state import PromotionState
from prr_pipeline.settings_metrics import MetricSettings
from prr_pipeline.signals.metrics.source import MetricQuestion, on_grid
from prr_pipeline.subjects import SubjectKind


def next_question(settings: MetricSettings, state: PromotionState, evidence: Evidence, now: datetime) -> MetricQuestion:
    """The buckets that the evidence lacks, and one before: then a known answer without news has one too.

    Nothing is asked that lies further back than ``catch_up``: a bad stretch of the past would make all unknown for
    ever, and what was not observed is no evidence.
    """
    treatment, control = arms(settings, state)
    earliest = on_grid(now - settings.catch_up, settings.step)
    since = max(on_grid(evidence.seen_until - settings.step, settings.step), earliest)
    service = state.subject.name if state.subject.kind is SubjectKind.SERVICE else state.context
    return MetricQuestion(
        evidence.stay.metric, state.subject.name, settings.services.get(service) or slug(service), treatment, control,
        since, settings.step,
    )  # fmt: skip


def arms(settings: MetricSettings, state: PromotionState) -> tuple[str, str | None]:
    """The labels of the new version's arm and of the old one's.

    In shadow everybody gets the old answer while the new path runs aside, and at 100% the new one: there is no control.
    """
    names = settings.variants
    if not state.exposure.is_share:
        return names.shadow, None
    if state.exposure.exposure_bp == FULL_BP:
        return names.on, None
    return names.on, names.shadow if state.exposure.rest is Rest.SHADOW else names.off


def first_bucket(state: PromotionState, step: timedelta) -> datetime:
    """The start of the first step that lies in the present stay whole."""
    since = state.rung_since or state.opened_at
    start = on_grid(since, step)
    return start if start == since else start + step
