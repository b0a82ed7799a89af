"""Ask a metric source about one promotion: each metric, and marked requests; fold the answers into what is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, replace
from datetime import UTC, datetime

from prr_pipeline.control import metric_window
from prr_pipeline.control.kept_metrics import Kept, KeptMetric, cut_to_last
from prr_pipeline.control.metric_facts import BURN_RATE
from prr_pipeline.control.metric_questions import arms, first_bucket, next_question
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.rollout.burn_rates import Burn, burns
from prr_pipeline.rollout.dwell import step_of
from prr_pipeline.rollout.evidence import Evidence, Stay
from prr_pipeline.rollout.metrics import MetricAnswer, unanswered
from prr_pipeline.rollout.state import PromotionState
from prr_pipeline.rollout.synthetic import Synthetic
from prr_pipeline.signals.metrics.source import MetricQuestion, MetricSource

_NEVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(slots=True)
class Round:
    """One round, at policy time ``now``, until ``ends_at`` in real time.

    What it writes: rows by promotion, of what is kept and of the windows.
    """

    now: datetime
    ends_at: datetime
    kept: dict[str, Mapping[str, object]] = field(default_factory=dict)
    windows: dict[str, Mapping[str, object]] = field(default_factory=dict)

    def has_time(self, work: Workplace) -> bool:
        """Whether another question may be asked."""
        return work.real_now() < self.ends_at


def ask(work: Workplace, source: MetricSource, state: PromotionState, before: Kept | None, done: Round) -> None:
    """All metrics of one promotion, the one that waits longest first, as far as there is time.

    One that was not reached stays as it was, or is unknown where there is nothing yet.
    """
    stays = dict(before.stays) if before is not None and before.attempt == state.attempt else {}
    moved = before is None or not before.is_about(state) or _policy_changed(work, before)
    rung = str(state.rung)
    if moved:
        stays[rung] = stays.get(rung, -1) + 1
    lasts = {name: before.metrics.get(name) if before is not None else None for name in work.settings.metrics.judged}
    metrics: dict[str, KeptMetric] = {}
    for name in sorted(lasts, key=lambda one: _waits_since(before, lasts[one])):
        last = lasts[name]
        held = last if not moved else None
        begun = held.evidence if held is not None else _begin(work, state, name, stays[rung], last)
        metrics[name] = _next(work, source, state, begun, held, done)
    asked_at = min(one.asked_at or done.now for one in metrics.values())
    kept = Kept(step_of(state), state.attempt, asked_at, stays, {name: metrics[name] for name in lasts})
    done.kept[state.key] = kept.as_data()


def _waits_since(before: Kept | None, last: KeptMetric | None) -> datetime:
    if before is None or last is None:
        return _NEVER
    return last.asked_at or before.asked_at


def _next(
    work: Workplace, source: MetricSource, state: PromotionState, begun: Evidence, held: KeptMetric | None, done: Round
) -> KeptMetric:
    if done.has_time(work):
        asked = _asked(work, source, state, begun, done)
        marked = held.synthetic if held is not None else None
        return replace(asked, synthetic=_synthetic(work, source, state, asked.evidence, marked, done))
    if held is not None:
        return held
    now, metric = done.now, begun.stay.metric
    why = "it was not asked for yet: metrics.tick_budget was spent before"
    answer = unanswered(metric, begun.since, max(begun.since, now), why, work.settings.metrics.step)
    return KeptMetric(begun, answer, burns(answer, work.canary, now, begun.since), asked_at=min(begun.since, now))


def _policy_changed(work: Workplace, before: Kept) -> bool:
    return any(one.evidence.policy_digest != work.canary.digest for one in before.metrics.values())


def _begin(work: Workplace, state: PromotionState, metric: str, stay: int, last: KeptMetric | None) -> Evidence:
    return Evidence.begin(
        Stay(state.key, state.attempt, state.rung, metric, stay),
        first_bucket(state, work.settings.metrics.step),
        work.canary,
        against_control=arms(work.settings.metrics, state)[1] is not None,
        learned_from=last.evidence if last is not None else None,
    )


def _asked(work: Workplace, source: MetricSource, state: PromotionState, evidence: Evidence, done: Round) -> KeptMetric:
    question = next_question(work.settings.metrics, state, evidence, done.now)
    answer = _answer(source, question, done.now)
    folded = evidence.add(answer, work.canary)
    rates = _burns(work, state, folded, answer, done)
    return KeptMetric(folded, cut_to_last(answer), rates, asked_at=done.now)


def _synthetic(
    work: Workplace,
    source: MetricSource,
    state: PromotionState,
    evidence: Evidence,
    before: Synthetic | None,
    done: Round,
) -> Synthetic | None:
    """The marked requests of the stay, asked about while those of users are too few."""
    settings = work.settings.metrics
    enough = evidence.counts.compared >= work.canary.minimum(evidence.stay.metric)
    if settings.synthetic.variant is None or enough or not done.has_time(work):
        return before
    known = before or Synthetic(evidence.since)
    question = next_question(settings, state, replace(evidence, seen_until=known.seen_until), done.now)
    marked = replace(question, treatment=settings.synthetic.variant, control=None)
    return known.add(_answer(source, marked, done.now))


def _answer(source: MetricSource, question: MetricQuestion, now: datetime) -> MetricAnswer:
    """The source's answer; what it raises, or gives for something else, is a fault in one sentence."""
    try:
        answer = source.read(question, now)
        if answer.metric == question.metric and answer.since == question.since and answer.step == question.step:
            return answer
        fault = f"The metric source {source.name} answered something else than it was asked; mend it."
    except Exception as failed:
        said = " ".join(f"{type(failed).__name__}: {failed}".split())
        fault = f"The metric source {source.name} failed ({said[:200]}); mend it."
    return unanswered(question.metric, question.since, max(question.since, now), fault, question.step)


def _burns(
    work: Workplace, state: PromotionState, evidence: Evidence, answer: MetricAnswer, done: Round
) -> tuple[Burn, ...]:
    """Burn rates over the window, where policy wants them."""
    if BURN_RATE not in work.policy.required:
        return ()
    key = f"{state.key}/{answer.metric}"
    before = work.ledger.counters.get(metric_window.TABLE, key) or {}
    window = metric_window.widened(before, step_of(state), answer)
    done.windows[key] = window.row
    return burns(window.answer, work.canary, done.now, max(evidence.since, window.since or evidence.since))
