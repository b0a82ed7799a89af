"""Once per step the guard asks for the new buckets of each promotion with traffic and folds them into its evidence."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from prr_pipeline.canonical import instant_text, parse_instant
from prr_pipeline.control import metric_window
from prr_pipeline.control.kept_metrics import TABLE, Kept, KeptMetric, cut_to_last, kept_in
from prr_pipeline.control.metric_facts import BURN_RATE
from prr_pipeline.control.metric_questions import arms, first_bucket, next_question
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.errors import PrrError
from prr_pipeline.rollout.burn_rates import Burn, burns
from prr_pipeline.rollout.dwell import step_of
from prr_pipeline.rollout.evidence import Evidence, Stay
from prr_pipeline.rollout.metrics import MetricAnswer, unanswered
from prr_pipeline.rollout.state import PromotionState
from prr_pipeline.rollout.synthetic import Synthetic
from prr_pipeline.signals.metrics.source import MetricQuestion, MetricSource, on_grid

_LOG = logging.getLogger(__name__)
_ROUNDS = "metric_rounds"
_LAG = timedelta(seconds=15)
"""How long after the end of a step it is asked for: sources need a while to have all of it."""


@dataclass(slots=True)
class _Round:
    """What one round writes: rows by promotion, of what is kept and of the windows."""

    now: datetime
    kept: dict[str, Mapping[str, object]] = field(default_factory=dict)
    windows: dict[str, Mapping[str, object]] = field(default_factory=dict)


def ask_metrics(work: Workplace, states: Mapping[str, PromotionState], now: datetime) -> int:
    """One round, if a step has ended since the last one; returns how many promotions were asked about.

    It ends with the budget of a tick; those that were not reached are the first of the next round. Never raises for
    a source, whatever it does; what it says counts from the next tick on.
    """
    source = _source(work)
    due = on_grid(now - _LAG, work.settings.metrics.step)
    if source is None or not _is_due(work, due, now):
        return 0
    began, budget = work.real_now(), work.settings.metrics.tick_budget
    rows = work.ledger.counters.all(TABLE)
    known = {key: kept_in(key, row) for key, row in rows.items()}
    running = [state for state in states.values() if state.is_open and state.has_traffic]
    done = _Round(now)
    for state in sorted(running, key=lambda one: _asked_at(known.get(one.key))):
        if work.real_now() - began >= budget:
            break
        _ask(work, source, state, known.get(state.key), done)
    work.ledger.counters.put_many(TABLE, done.kept)
    work.ledger.counters.put_many(metric_window.TABLE, done.windows)
    work.ledger.counters.put(_ROUNDS, "guard", {"due": instant_text(due)})
    _forget(work, rows, states)
    return len(done.kept)


def _source(work: Workplace) -> MetricSource | None:
    """None without a source, and for one whose options are wrong: the gates say so, and no tick fails of it."""
    try:
        return work.metrics
    except PrrError as fault:
        _LOG.warning("no metric is read: %s", fault)
        return None


def _is_due(work: Workplace, due: datetime, now: datetime) -> bool:
    """Whether a step has ended since the last round. A last round in the future proves nothing: the clock went back."""
    row = work.ledger.counters.get(_ROUNDS, "guard") or {}
    try:
        last = parse_instant(str(row.get("due")))
    except PrrError:
        return True
    return last < due or last > now


def _asked_at(kept: Kept | None) -> datetime:
    return kept.asked_at if kept is not None else parse_instant("1970-01-01T00:00:00Z")


def _ask(work: Workplace, source: MetricSource, state: PromotionState, before: Kept | None, done: _Round) -> None:
    """All metrics of one promotion."""
    stays = dict(before.stays) if before is not None and before.attempt == state.attempt else {}
    moved = before is None or not before.is_about(state) or _policy_changed(work, before)
    rung = str(state.rung)
    if moved:
        stays[rung] = stays.get(rung, -1) + 1
    metrics: dict[str, KeptMetric] = {}
    for name in work.settings.metrics.judged:
        last = before.metrics.get(name) if before is not None else None
        evidence = last.evidence if last is not None and not moved else None
        begun = evidence or _begin(work, state, name, stays[rung], last)
        asked = _asked(work, source, state, begun, done)
        marked = last.synthetic if last is not None and not moved else None
        metrics[name] = replace(asked, synthetic=_synthetic(work, source, state, asked.evidence, marked, done.now))
    kept = Kept(step_of(state), state.attempt, done.now, stays, metrics)
    done.kept[state.key] = kept.as_data()


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


def _asked(
    work: Workplace, source: MetricSource, state: PromotionState, evidence: Evidence, done: _Round
) -> KeptMetric:
    question = next_question(work.settings.metrics, state, evidence, done.now)
    answer = _answer(source, question, done.now)
    folded = evidence.add(answer, work.canary)
    return KeptMetric(folded, cut_to_last(answer), _burns(work, state, folded, answer, done))


def _synthetic(
    work: Workplace,
    source: MetricSource,
    state: PromotionState,
    evidence: Evidence,
    before: Synthetic | None,
    now: datetime,
) -> Synthetic | None:
    """The marked requests of the stay, asked about while those of users are too few."""
    settings = work.settings.metrics
    if settings.synthetic.variant is None or evidence.counts.total >= work.canary.minimum(evidence.stay.metric):
        return before
    known = before or Synthetic(evidence.since)
    question = next_question(settings, state, replace(evidence, seen_until=known.seen_until), now)
    marked = replace(question, treatment=settings.synthetic.variant, control=None)
    return known.add(_answer(source, marked, now))


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
    work: Workplace, state: PromotionState, evidence: Evidence, answer: MetricAnswer, done: _Round
) -> tuple[Burn, ...]:
    """Burn rates over the window, where policy wants them."""
    if BURN_RATE not in work.policy.required:
        return ()
    key = f"{state.key}/{answer.metric}"
    before = work.ledger.counters.get(metric_window.TABLE, key) or {}
    done.windows[key], long = metric_window.widened(before, step_of(state), answer)
    return burns(long, work.canary, done.now, evidence.since)


def _forget(work: Workplace, rows: Mapping[str, Any], states: Mapping[str, PromotionState]) -> None:
    """Drop what is kept of promotions that have ended."""
    for key in rows:
        if key in states and not states[key].is_open:
            work.ledger.counters.delete(TABLE, key)
            for name in work.settings.metrics.judged:
                work.ledger.counters.delete(metric_window.TABLE, f"{key}/{name}")
