"""The review of the first month: gathered from ledger and sources, kept whole, and open while anything is unknown."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from prr_pipeline.canonical import canonical_bytes
from prr_pipeline.control.after_ga import FEEDBACK_LINE, WATCH_LINE, close_feedback, close_watch, record_maturity
from prr_pipeline.control.feedback_review import Review, look, review_of
from prr_pipeline.control.orders import roll_back
from prr_pipeline.control.replaying import replay
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.errors import PrrError, Refused
from prr_pipeline.ledger.events import Draft, EventType
from prr_pipeline.reports.replay_screen import replay_data, replay_screen
from prr_pipeline.rollout.feedback import Entry, FeedbackAnswer
from prr_pipeline.rollout.recording import recorded
from prr_pipeline.signals.feedback.source import FeedbackQuestion, FeedbackSource
from tests.control.scene import ORDER, Scene

KEY = "createGrant:ga"
BY = "run:test"
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def with_inbox(scene: Scene, *lines: dict[str, object]) -> None:
    """Let feedback be left in a file beside the settings."""
    if scene.work.settings.feedback.sources == ():
        scene.set("feedback", 'sources = ["inbox"]\n[feedback.options.inbox]\npath = "feedback.jsonl"')
    text = "".join(json.dumps(line) + "\n" for line in lines)
    (scene.deployment.folder / "feedback.jsonl").write_text(text)


def said(at: datetime, kind: str = "bug", **changes: object) -> dict[str, object]:
    """An entry about createGrant."""
    entry: dict[str, object] = {
        "at": at.isoformat(), "operation_id": "createGrant", "kind": kind, "severity": "high", "text": "Two at once.",
        "reporter": "mail:ada",
    }  # fmt: skip
    return {**entry, **changes}


def with_metrics(scene: Scene, since: datetime, days: range, errors: int, slow: Callable[[int], int]) -> None:
    """Count a thousand requests an hour on those days from ``since`` on, so many of them failed or slow."""
    start = since.replace(minute=0, second=0, microsecond=0) + HOUR
    rows = ["at,operation_id,variant,metric,bad,total"]
    for hour in range(days.start * 24, days.stop * 24):
        at = (start + HOUR * hour).isoformat()
        for metric, bad in (("errors", errors), ("slow", slow(hour // 24))):
            rows.append(f"{at},createGrant,on,{metric},{bad},1000")
    (scene.deployment.folder / "metrics.csv").write_text("\n".join(rows) + "\n")
    options = '[metrics.options]\npath = "metrics.csv"'
    if scene.work.settings.metrics.source is not None:
        return
    scene.set("metrics", f'source = "recorded"\nstep = "1h"\ncatch_up = "6h"\n{options}')


def month_over(scene: Scene) -> datetime:
    """Record the maturity, let the month pass, and have it signed. Gives the GA instant."""
    record_maturity(scene.work, KEY, BY)
    since = scene.state(KEY).full_at
    assert since is not None
    scene.serve(31 * DAY)
    attest(scene)
    return since


def attest(scene: Scene, line: str = FEEDBACK_LINE) -> None:
    """Have the owning engineer sign for a line, and take it in."""
    scene.reviewer.attest_line(KEY, line, "noor", "Looked at all of it.")
    scene.commit(f"Attest {line}", "noor")
    scene.convene(KEY)


def test_a_closed_review_keeps_its_report_and_what_it_is_made_from(full: Scene) -> None:
    """The ledger's copy is shown from then on, and replayed bit for bit, whatever became of the sources."""
    since = month_over(full)
    with_inbox(full, said(since + DAY), said(since + 2 * DAY, "praise"), said(since - DAY))
    with_metrics(full, since, range(31), 1, lambda day: 2 if day < 15 else 5)
    before = look(full.work, full.state(KEY))
    assert close_feedback(full.work, KEY, BY).state == "done"
    report = before.report
    assert (report.total, report.unknown) == (2, ())
    assert [(one.metric, one.spent_bp, one.days_read) for one in report.budgets] == [
        ("errors", 10_000, 30), ("slow", 3_497, 30),
    ]  # fmt: skip
    assert (report.drift.start_ppm, report.drift.end_ppm) == (2_000, 5_000)
    assert report.flags == ("createGrant-ga",)
    (full.deployment.folder / "feedback.jsonl").unlink()
    full.reconnect()
    kept = review_of(full.work, KEY)
    assert (kept.report, kept.answers, kept.closed_at) == (report, (), full.work.now())
    assert canonical_bytes(recorded(kept.inputs)) == canonical_bytes(recorded(before.inputs))
    found = replay(full.work)
    assert (found.reviews, found.first) == (1, None)
    assert "and 1 feedback report(s) made again, every one as recorded" in str(next(replay_screen(found)))
    assert replay_data(found)["feedback_reports"] == 1


def test_the_record_holds_no_word_and_no_name(full: Scene) -> None:
    """What people wrote, and who they are, can be deleted where it was read; the ledger never forgets."""
    since = month_over(full)
    with_inbox(full, said(since + DAY, text="My salary is wrong.", reporter="mail:ada@example.org"))
    close_feedback(full.work, KEY, BY)
    [event] = full.events(EventType.FEEDBACK_CLOSED)
    text = json.dumps(event.payload)
    assert "salary" not in text
    assert "ada" not in text


def test_a_record_that_was_forged_does_not_come_out_again(full: Scene) -> None:
    """Neither a report that was made nicer, nor inputs that are none."""
    report = recorded(look(full.work, full.state(KEY)).report)
    assert isinstance(report, dict)
    inputs = recorded(look(full.work, full.state(KEY)).inputs)
    forged: dict[str, object] = {"inputs": inputs, "report": {**report, "rollbacks": 7}}
    full.work.ledger.append([Draft(KEY, EventType.FEEDBACK_CLOSED, forged, BY)])
    found = replay(full.work).first
    assert found is not None
    assert (found.field, found.recorded, found.found) == ("rollbacks", 7, 0)


def test_inputs_of_another_form_are_a_difference(full: Scene) -> None:
    """A record that cannot be read is not passed over."""
    full.work.ledger.append([Draft(KEY, EventType.FEEDBACK_CLOSED, {"inputs": {}, "report": {}}, BY)])
    found = replay(full.work, KEY).first
    assert found is not None
    assert found.field == "inputs"
    with pytest.raises(PrrError, match="no recorded ReviewInputs"):
        review_of(full.work, KEY)


@pytest.mark.parametrize("broken", ["missing", "odd line"])
def test_a_source_that_is_unknown_keeps_a_signed_review_open(full: Scene, broken: str) -> None:
    """People are told why, once; when it is mended the review closes and the notice goes."""
    since = month_over(full)
    with_inbox(full, said(since + DAY, kind="rant"))
    file = full.deployment.folder / "feedback.jsonl"
    if broken == "missing":
        file.unlink()
    for _ in range(2):
        stage = close_feedback(full.work, KEY, BY)
        assert stage.state == "pending"
        assert "signed, and not all of it can be read: The feedback inbox" in stage.why
    assert full.notices()[f"feedback/{KEY}"] == f"The feedback review of {KEY} is signed and cannot be closed"
    assert full.events(EventType.FEEDBACK_CLOSED) == []
    with_inbox(full, said(since + DAY))
    assert close_feedback(full.work, KEY, BY).state == "done"
    assert f"feedback/{KEY}" not in full.notices()


def test_of_a_review_that_cannot_be_closed_nobody_is_told_once_it_was_lowered(full: Scene) -> None:
    """Below 100% there is no month to review: it begins anew with the next 100%."""
    month_over(full)
    with_inbox(full, said(full.clock.now()))
    (full.deployment.folder / "feedback.jsonl").unlink()
    assert close_feedback(full.work, KEY, BY).state == "pending"
    assert f"feedback/{KEY}" in full.notices()
    roll_back(full.work, [KEY], ORDER)
    assert not full.state(KEY).at_top
    assert f"feedback/{KEY}" not in full.notices()


def test_without_a_source_the_signature_stands_for_it(full: Scene) -> None:
    """The report says that nothing was read, and nothing was measured."""
    month_over(full)
    assert close_feedback(full.work, KEY, BY).state == "done"
    report = review_of(full.work, KEY).report
    assert report.feedback_why.startswith("no feedback source is set (feedback.sources)")
    assert report.metrics_why.startswith("no metric source is set (metrics.source)")
    assert report.drift.why == report.metrics_why


def test_metrics_that_do_not_answer_keep_it_open(full: Scene) -> None:
    """A source that is set is asked, and its last day must be there."""
    since = month_over(full)
    with_metrics(full, since, range(28), 1, lambda day: 1)
    stage = close_feedback(full.work, KEY, BY)
    assert (stage.state, "The metric errors is unknown" in stage.why) == ("pending", True)
    with_metrics(full, since, range(31), 1, lambda day: 1)
    assert close_feedback(full.work, KEY, BY).state == "done"


def test_days_that_the_store_forgot_are_left_out_and_told(full: Scene) -> None:
    """What is left is measured; the drift needs the first days."""
    since = month_over(full)
    with_metrics(full, since, range(20, 31), 1, lambda day: 1)
    report = look(full.work, full.state(KEY)).report
    assert report.unknown == ()
    assert [(one.days_read, one.days) for one in report.budgets] == [(10, 30), (10, 30)]
    assert "no row since" in report.budgets[0].why
    assert (report.drift.change_ppm, report.drift.why) == (None, report.budgets[1].why)


def test_wrong_options_of_the_metrics_are_unknown(full: Scene) -> None:
    """Nothing raises out of a look."""
    month_over(full)
    full.set("metrics", 'source = "recorded"')
    [fault] = look(full.work, full.state(KEY)).report.unknown
    assert fault.startswith("The metrics are unknown: The recorded option path is None")


def test_the_falls_of_the_climb_are_before_the_month(full: Scene) -> None:
    """A roll back on the way up is part of the story, not of the month with everybody."""
    since = full.state(KEY).full_at
    assert since is not None
    full.work.ledger.append(
        [
            Draft(KEY, EventType.LATCHED, _latch("held", lowers=False), BY),
            Draft(KEY, EventType.RESUMED, {"reason": "x"}, BY),
        ]
    )
    full.alert("Down", "critical", operation_id="createGrant")
    full.tick()
    [fall] = look(full.work, full.state(KEY)).inputs.falls
    assert (fall.kind, fall.at >= since) == ("rolled_back", True)


def _latch(kind: str, *, lowers: bool) -> dict[str, object]:
    return {"by": "felix", "cause": "wait", "kind": kind, "lowers": lowers, "to": "100%"}


def test_alerts_of_the_month_and_their_reviews_are_counted(full: Scene) -> None:
    """Those of the watch are to be reviewed; one after it is booked all the same."""
    record_maturity(full.work, KEY, BY)
    for name in ("Slow", "Slower"):
        full.serve(DAY)
        full.alert(name, "warning", operation_id="createGrant")
        full.alert(name, "warning", operation_id="rotateSigningKey", service="platform")
        full.tick()
        full.resolve(name, "warning", operation_id="createGrant")
        full.resolve(name, "warning", operation_id="rotateSigningKey", service="platform")
        full.tick()
    assert _alerts(full) == (2, 2, 0)
    full.serve(8 * DAY)
    attest(full, WATCH_LINE)
    assert close_watch(full.work, KEY, BY).state == "done"
    full.serve(DAY)
    full.alert("Late", "warning", operation_id="createGrant")
    full.tick()
    full.serve(DAY)
    assert _alerts(full) == (3, 2, 2)


def _alerts(scene: Scene) -> tuple[int, int, int]:
    alerts = look(scene.work, scene.state(KEY)).report.alerts
    return alerts.booked, alerts.of_watch, alerts.reviewed


def test_flags_that_cannot_be_read_keep_it_open(full: Scene) -> None:
    """Nobody can tell then what is to be removed."""
    month_over(full)
    flags = full.deployment.folder / "flags.json"
    flags = flags if flags.exists() else next(full.deployment.folder.rglob("flags*.json"))
    kept = flags.read_bytes()
    flags.write_text("{")
    unknown = look(full.work, full.state(KEY)).report.unknown
    assert any(fault.startswith("Which flags still exist is unknown: ") for fault in unknown)
    flags.write_bytes(kept)
    assert look(full.work, full.state(KEY)).report.unknown == ()


class Broken:
    """A source that raises."""

    name = "broken"

    def read(self, question: FeedbackQuestion, now: datetime) -> FeedbackAnswer:
        raise RuntimeError("line one\nline two")


class Liar:
    """A source that answers about something else."""

    name = "liar"

    def read(self, question: FeedbackQuestion, now: datetime) -> FeedbackAnswer:
        entry = Entry(now, "listGrants", "bug", "high", "x", "y", "z")
        return FeedbackAnswer(self.name, now, (entry,))


class Nonsense:
    """A source whose kinds are none of ours."""

    name = "nonsense"

    def read(self, question: FeedbackQuestion, now: datetime) -> FeedbackAnswer:
        return FeedbackAnswer(self.name, now, (Entry(now, question.operation_id, "rant", "high", "x", "y", "z"),))


@dataclass(frozen=True)
class StrangeWorkplace(Workplace):
    """A workplace with a feedback source of somebody else."""

    strange: tuple[FeedbackSource, ...] = ()

    @property
    def feedback(self) -> Sequence[FeedbackSource]:
        return self.strange


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (Broken(), "The feedback source broken failed (RuntimeError: line one line two); mend it."),
        (Liar(), "The feedback source liar answered about something else than it was asked; mend it."),
        (Nonsense(), "The feedback source nonsense failed (ValueError: tuple.index(x): x not in tuple); mend it."),
    ],
    ids=["raises", "about another", "another kind"],
)
def test_a_source_that_breaks_its_promise_is_unknown(full: Scene, source: FeedbackSource, words: str) -> None:
    """Whoever wrote it, a look never raises, and nothing of it is counted."""
    work = StrangeWorkplace(full.work.settings, (source,))
    review: Review = look(work, full.state(KEY))
    work.ledger.close()
    assert review.report.unknown == (words,)
    assert review.report.total == 0


def test_a_name_that_no_source_has_is_unknown(full: Scene) -> None:
    """The settings name it; the sentence lists the valid ones."""
    full.set("feedback", 'sources = ["jira"]')
    [fault] = look(full.work, full.state(KEY)).report.unknown
    assert "Unknown feedback source 'jira'. Valid: github, inbox" in fault


def test_before_everybody_has_it_there_is_no_month(signed: Scene) -> None:
    """The sentence says where it stands."""
    with pytest.raises(Refused, match="createGrant:beta stands at off: its month of feedback begins"):
        review_of(signed.work, "createGrant:beta")


def test_a_review_from_before_reports_were_kept_says_so(full: Scene) -> None:
    """Nothing is made up afterwards."""
    full.work.ledger.append([Draft(KEY, EventType.FEEDBACK_CLOSED, {"cause": "attested"}, BY)])
    with pytest.raises(Refused, match="closed before reports were kept"):
        review_of(full.work, KEY)
    assert replay(full.work).reviews == 0
