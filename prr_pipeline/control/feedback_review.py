"""The review of the first month with everybody: gather what ledger and sources say, and the report that comes of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from prr_pipeline.control.alert_map import alert_map
from prr_pipeline.control.alert_reviews import alert_reviews
from prr_pipeline.control.episodes import episode_of
from prr_pipeline.control.feedback_metrics import metrics_of
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import PrrError, Refused, Unreadable
from prr_pipeline.ledger.events import SYSTEM_STREAM, Event, EventType
from prr_pipeline.rollout.alerts import Severity
from prr_pipeline.rollout.feedback import FeedbackAnswer, tally
from prr_pipeline.rollout.feedback_report import AlertTally, Fall, FeedbackReport, ReviewInputs, report_of
from prr_pipeline.rollout.recording import recorded, restored
from prr_pipeline.rollout.state import PromotionState
from prr_pipeline.signals.feedback.source import FeedbackQuestion, FeedbackSource

NO_SOURCE = "no feedback source is set (feedback.sources), so the signed review alone stands for it"


@dataclass(frozen=True, slots=True)
class Review:
    """The report on one promotion's month, and what it was made from.

    ``answers`` are what the sources said just now, with every entry; none of a review that is closed: the record keeps
    counts. ``closed_at`` is when it was.
    """

    key: str
    due_at: datetime
    inputs: ReviewInputs
    report: FeedbackReport
    answers: tuple[FeedbackAnswer, ...] = ()
    closed_at: datetime | None = None

    def as_payload(self) -> dict[str, object]:
        """What the ledger keeps: the report, and all that it is made from again, bit for bit."""
        return {"inputs": recorded(self.inputs), "report": recorded(self.report)}


def review_of(work: Workplace, key: str) -> Review:
    """The review as it was closed, else as it stands now.

    Raises `Refused` before everybody has it, and for one that was closed before reports were kept.
    """
    state = work.state(key)
    if state.full_at is None:
        raise Refused(
            f"{key} stands at {state.exposure.name}: its month of feedback begins when it reaches 100%; see `prr show`."
        )
    if state.feedback_closed_at is None:
        return look(work, state)
    event = work.ledger.events(stream=key, types=(EventType.FEEDBACK_CLOSED,))[-1]
    return _closed(event, state.full_at + work.policy.feedback_after)


def look(work: Workplace, state: PromotionState) -> Review:
    """Read everything now, up to the end of the month. Raises nothing for a source that does not answer."""
    now, since = work.now(), state.full_at or work.now()
    due = since + work.policy.feedback_after
    until = min(now, due)
    answers, why, faults = _answers(work, FeedbackQuestion(state.subject.name, since, until), now)
    metrics, not_measured, unmeasured = metrics_of(work, state, since, until)
    alerts, unread_alerts = _alerts(work, state, since, until)
    flags, unread_flags = _flags(work, state)
    inputs = ReviewInputs(
        since=since,
        until=until,
        read_at=now,
        feedback=tuple(tally(one) for one in answers),
        not_asked=why,
        metrics=metrics,
        not_measured=not_measured,
        falls=_falls(work, state.key),
        alerts=alerts,
        flags=flags,
        faults=(*faults, *unmeasured, *unread_alerts, *unread_flags),
    )
    return Review(state.key, due, inputs, report_of(inputs), answers)


def _closed(event: Event, due: datetime) -> Review:
    payload = event.payload
    if "inputs" not in payload:
        raise Refused(
            f"The review of {event.stream} was closed before reports were kept; the ledger holds its date alone."
        )
    try:
        inputs, report = restored(ReviewInputs, payload["inputs"]), restored(FeedbackReport, payload["report"])
    except KeyError:
        raise Unreadable(f"Event {event.seq} holds no report; `prr audit` tells whether the ledger is sound.") from None
    return Review(event.stream, due, inputs, report, closed_at=event.at)


def _answers(
    work: Workplace, question: FeedbackQuestion, now: datetime
) -> tuple[tuple[FeedbackAnswer, ...], str, list[str]]:
    """What each source says, why none is asked, and a sentence for each thing that could not be read."""
    try:
        sources = work.feedback
    except PrrError as fault:
        return (), "", [f"The feedback is unknown: {fault}"]
    answers = tuple(_answer(source, question, now) for source in sources)
    return answers, "" if sources else NO_SOURCE, [fault for one in answers for fault in one.faults]


def _answer(source: FeedbackSource, question: FeedbackQuestion, now: datetime) -> FeedbackAnswer:
    """The source's answer; what it raises, or gives for something else, is a fault in one sentence."""
    try:
        answer = source.read(question, now)
        tally(answer)
        if all(one.operation_id == question.operation_id for one in answer.entries):
            return answer
        fault = "answered about something else than it was asked"
    except Exception as failed:
        said = " ".join(f"{type(failed).__name__}: {failed}".split())
        fault = f"failed ({said[:200]})"
    return FeedbackAnswer(source.name, now, (), (f"The feedback source {source.name} {fault}; mend it.",))


def _falls(work: Workplace, key: str) -> tuple[Fall, ...]:
    latched = work.ledger.events(stream=key, types=(EventType.LATCHED,))
    return tuple(
        Fall(event.at, str(event.payload["kind"]), str(event.payload["cause"]))
        for event in latched
        if event.payload.get("lowers") is True
    )


def _alerts(work: Workplace, state: PromotionState, since: datetime, until: datetime) -> tuple[AlertTally, list[str]]:
    """The alerts of the month that counted for it, and the reviews of those of the watch."""
    mapped = alert_map(work, work.ledger.states())
    opened = work.ledger.events(stream=SYSTEM_STREAM, types=(EventType.EPISODE_OPENED,))
    episodes = [episode_of(event.payload) for event in opened if since <= event.at <= until]
    booked = sum(1 for one in episodes if one.severity is not Severity.INFO and mapped.concerns(one, state))
    try:
        reviews = alert_reviews(work, state)
    except PrrError as fault:
        return AlertTally(booked, 0, 0), [f"Who reviewed the alerts is unknown: {fault}"]
    return AlertTally(booked, len(reviews), sum(1 for one in reviews if one.reviewed)), []


def _flags(work: Workplace, state: PromotionState) -> tuple[tuple[str, ...], list[str]]:
    own = [one for one in work.ledger.states().values() if one.subject == state.subject]
    try:
        return flags_to_remove(work, own), []
    except PrrError as fault:
        return (), [f"Which flags still exist is unknown: {fault}"]


def flags_to_remove(work: Workplace, states: Sequence[PromotionState]) -> tuple[str, ...]:
    """The flags of promotions that stand at 100% and still exist: everybody has it, so nothing is left to decide.

    Raises `PrrError` where the back end does not answer.
    """
    keys = sorted(state.flag_key for state in states if state.at_top)
    found = work.flags.read(keys) if keys else {}
    return tuple(key for key in keys if found[key].version > 0)
