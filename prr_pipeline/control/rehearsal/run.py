"""Rehearse: one promotion from its opening to its end, decided as in production, on a clock that is moved."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from prr_pipeline.control.owner_calendar import zone_of
from prr_pipeline.control.rehearsal.alert_script import ScriptedAlert
from prr_pipeline.control.rehearsal.climber import Climber
from prr_pipeline.control.rehearsal.metric_script import MetricScript
from prr_pipeline.control.rehearsal.story import lasting
from prr_pipeline.control.rehearsal.told import Rehearsal, rungs_told
from prr_pipeline.control.spans import Span
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.rollout.decide import Decision
from prr_pipeline.settings import Settings

DECIDE_EVERY = timedelta(minutes=30)
"""The longest stretch without a decision; whatever is known to change brings one of its own. Dwell is seen oftener."""
_LOOK_EVERY = timedelta(minutes=10)
LONGEST = timedelta(days=400)
"""No rehearsal goes on for longer."""


@dataclass(frozen=True, slots=True)
class Script:
    """What is rehearsed: a policy, from when on, under which alerts.

    ``people``: how long they take to sign anew and resume, to review an alert of the watch, and to sign the feedback
    review; None: they do none of it. ``context``: whose zone calendars go by, if it has one of its own.
    """

    settings: Settings
    start: datetime
    alerts: tuple[ScriptedAlert, ...] = ()
    people: timedelta | None = timedelta(days=1)
    metrics: MetricScript | None = None
    context: str = ""

    @property
    def zone(self) -> str | None:
        """The zone of its own that the context has."""
        return zone_of(self.settings, self.context)

    @property
    def planned(self) -> timedelta:
        """How long it takes if nothing is in the way, or as long as metrics go on: something to measure progress by."""
        policy, people = self.settings.decision_policy, self.people or timedelta(0)
        plan = self.settings.ladder.ladder().span + max(policy.watch, policy.feedback_after + people)
        return min(LONGEST, max(plan, self.metrics.last - self.start if self.metrics is not None else plan))

    @property
    def decide_every(self) -> timedelta:
        """The longest stretch without a decision: shorter where metrics have news."""
        return DECIDE_EVERY if self.metrics is None else min(DECIDE_EVERY, max(_LOOK_EVERY, self.metrics.step))


def rehearse(script: Script, tell: Callable[[timedelta], None] | None = None) -> Rehearsal:
    """Run it to its end, or to where nothing in sight opens what is shut. Reads calendars, and writes nothing.

    ``tell`` is called with the policy time that has gone by, as often as something is decided.
    Raises `PrrError` for calendars that cannot be read.
    """
    climber = Climber(script.settings, script.start, script.alerts, script.people, script.metrics, script.zone)
    ticks, decision, last = 0, climber.tick(), script.start + LONGEST
    outcome = ""
    while climber.state.is_open and not outcome:
        ticks += 1
        ahead = _next(climber, decision, script.decide_every)
        if ahead is None:
            outcome = f"it stands at {climber.state.exposure.name}: {_why(decision)}; nothing in sight changes that"
        elif ahead > last or min(climber.ahead(decision)) > last:  # no need to look on the way there
            climber.wait(last, decision)
            stands = f"it stands at {climber.state.exposure.name} after {LONGEST.days} days"
            outcome = f"{stands}, beyond which nothing is rehearsed: {_why(climber.look())}"
        else:
            climber.wait(ahead, decision)
            decision = climber.tick()
        if tell is not None:
            tell(climber.now - script.start)
    return _told(script, climber, ticks, outcome)


def _next(climber: Climber, decision: Decision, every: timedelta) -> datetime | None:
    """The instant of the next decision; None when nothing that is known of will ever change this one."""
    now, moves = climber.now, list(climber.ahead(decision))
    if not moves:
        return None
    return min((at for at in (now + every, *moves) if at > now), default=None)


def _why(decision: Decision) -> str:
    return "; ".join(decision.causes)


def _told(script: Script, climber: Climber, ticks: int, outcome: str) -> Rehearsal:
    state, story, end = climber.state, climber.story, climber.now
    story.finish(end)
    if outcome:
        story.tell(end, "stands", outcome, state)
    steps = tuple(story.steps)
    whole = f"complete after {lasting(end - script.start)}: 100% was reached, watched and reviewed"
    return Rehearsal(
        policy=climber.policy,
        ladder=state.ladder,
        start=script.start,
        end=end,
        moments=tuple(story.moments),
        steps=steps,
        gates={name: tuple(lane.spans) for name, lane in story.lanes.items() if lane.spans},
        alerts=tuple(_spans(script, end)),
        assumed=_assumed(script),
        ticks=ticks,
        outcome=outcome or whole,
        is_complete=not state.is_open,
        rungs=rungs_told(state.ladder, steps, end),
        held=story.held,
    )


def _spans(script: Script, end: datetime) -> Iterator[Span]:
    for one in script.alerts:
        until = end if one.until is None else min(one.until, end)
        if one.since < until and until > script.start:
            state = "unknown" if one.silent else str(one.episode.severity)
            yield Span(state, max(one.since, script.start), until, one.silent or one.episode.summary)


def _assumed(script: Script) -> tuple[str, ...]:
    """What is taken as given, one sentence each."""
    people = "People do nothing after the start: no resume, no review."
    if script.people is not None:
        people = (
            f"People take {lasting(script.people)} to sign anew and resume once alerts are clear, to review an alert "
            "of the watch, and to sign the feedback review."
        )
    return (
        *_about_metrics(script),
        *_about_calendars(script),
        "The checklist is met, the document filed, the council and every rung's approvers have signed.",
        "Nothing else climbs, and the flag back end, the ledger and its signed head work.",
        people,
    )


def _about_calendars(script: Script) -> Iterator[str]:
    others, what = ", ".join(sorted(script.settings.calendars.owner_zones)), "Freezes and the advance window go by"
    if script.zone is not None:
        yield f"{what} {script.zone}, the zone of {script.context}."
    elif script.context:
        yield f"{what} the zones of [calendars], since owner_zones names none for {script.context}."
    elif others:
        yield f"{what} the zones of [calendars], not by those that owner_zones names for {others}: give --context."


def _about_metrics(script: Script) -> Iterator[str]:
    required = sorted({"burn_rate", "canary"} & script.settings.decision_policy.required)
    rows = script.metrics
    if rows is None and required:
        yield f"No metrics were given, so {' and '.join(required)} are taken as open."
    if rows is not None:
        span = f"{rows.first:%Y-%m-%d %H:%MZ} to {rows.last:%Y-%m-%d %H:%MZ}"
        yield f"Metrics are those of {rows.operation} in {rows.path.name}, {span}, in steps of {lasting(rows.step)}."
        if "canary" not in required:
            yield "Policy does not require the gate canary: metrics may lower, and hold nothing."
