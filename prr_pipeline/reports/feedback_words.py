"""The report on a month of feedback in words: one row for each thing that it tells, wherever it is shown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from prr_pipeline.control.feedback_review import Review
from prr_pipeline.rollout.feedback_report import Budget, Count, Drift, FeedbackReport

Row = tuple[str, str]


def headline(review: Review) -> str:
    """Where the review stands, in a sentence."""
    report = review.report
    if review.closed_at is not None:
        return f"Closed at {review.closed_at:%Y-%m-%d %H:%M}Z; as the ledger keeps it."
    if report.unknown:
        return f"Not all of it can be read ({len(report.unknown)} fault(s)), so the review cannot be closed."
    if report.until < review.due_at:
        return f"So far; the month is over at {review.due_at:%Y-%m-%d %H:%M}Z."
    return "The month is over; the review is closed once an engineer of the owning context signed it."


def rows(review: Review) -> Iterator[Row]:
    """What the report tells, row by row."""
    report = review.report
    yield "month", f"{report.since:%Y-%m-%d %H:%M}Z to {report.until:%Y-%m-%d %H:%M}Z"
    yield "feedback", _feedback(review)
    yield "by kind", _counts(report.by_kind) if report.total else "-"
    yield "by severity", _counts(report.by_severity) if report.total else "-"
    yield from _metrics(report)
    yield "rollbacks", f"{report.rollbacks} in the month"
    yield "step-downs", f"{report.step_downs} in the month"
    yield "before the month", f"lowered {report.falls_before} time(s) on its way to 100%"
    alerts = report.alerts
    yield "alerts", f"{alerts.booked} in the month; {alerts.reviewed} of {alerts.of_watch} of the watch reviewed"
    yield "flags to remove", ", ".join(report.flags) or "none"


def _feedback(review: Review) -> str:
    report = review.report
    if report.feedback_why:
        return f"not read: {report.feedback_why}"
    sources = ", ".join(one.source for one in review.inputs.feedback) or "no source"
    word = "entry" if report.total == 1 else "entries"
    return f"{report.total} {word} ({sources}){', as far as it can be read' if report.unknown else ''}"


def _metrics(report: FeedbackReport) -> Iterator[Row]:
    if not report.budgets:
        yield "error budget", f"not measured: {report.metrics_why or 'see what cannot be read'}"
    for budget in report.budgets:
        yield f"budget of {budget.metric}", _budget(budget)
    yield "latency drift", _drift(report.drift)


def _budget(one: Budget) -> str:
    read = "" if one.days_read == one.days else f"; {one.days_read} of {one.days} days read ({one.why})"
    if one.spent_bp is None:
        return f"not measured: nobody called it{read}" if one.days_read else f"not measured: {one.why}"
    share = f"{one.bad:,} of {one.total:,} requests"
    return f"{one.spent_bp / 100:.1f}% spent ({share}; the objective allows {one.objective_ppm / 10_000:g}%){read}"


def _drift(one: Drift) -> str:
    if one.start_ppm is None or one.end_ppm is None or one.change_ppm is None:
        return f"not measured: {one.why}"
    first, last, change = (value / 10_000 for value in (one.start_ppm, one.end_ppm, one.change_ppm))
    return f"{first:.3f}% slow requests in the first days, {last:.3f}% in the last ({change:+.3f} points)"


def _counts(found: Sequence[Count]) -> str:
    return ", ".join(f"{one.count} {one.name}" for one in found if one.count)
