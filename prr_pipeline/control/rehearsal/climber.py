"""One promotion in memory: decided by production's `decide`, folded by the ledger's steps, its dwell summed alike."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from prr_pipeline.clock import Reading
from prr_pipeline.control.rehearsal.alert_script import ScriptedAlert
from prr_pipeline.control.rehearsal.metric_script import MetricScript
from prr_pipeline.control.rehearsal.story import Story
from prr_pipeline.control.rehearsal.surroundings import Surroundings
from prr_pipeline.control.stages import next_quarter, unfinished_stages, unquiet, withdraws_maturity
from prr_pipeline.exposure import Exposure
from prr_pipeline.ledger.events import SCHEMA_VERSION, Event, EventType
from prr_pipeline.ledger.fold import apply
from prr_pipeline.rollout.decide import Decision, Verdict, decide
from prr_pipeline.rollout.dwell import Dwell, book, step_of
from prr_pipeline.rollout.ladder import BOTTOM
from prr_pipeline.rollout.reclimb import awaits_decision, follows, is_cooling
from prr_pipeline.rollout.state import LatchKind, PromotionState
from prr_pipeline.settings import Settings

if TYPE_CHECKING:
    from prr_pipeline.control.rehearsal.meter import Meter

KEY = "rehearsal:ga"
_ACTOR = "rehearsal"
_SOON = timedelta(seconds=1)
"""After a move the next decision comes as soon as production's next tick."""


class Climber:
    """Where the rehearsed promotion is. ``tick`` decides and acts at ``now``; ``wait`` lets time go by."""

    def __init__(
        self,
        settings: Settings,
        start: datetime,
        alerts: tuple[ScriptedAlert, ...],
        people: timedelta | None,
        metrics: MetricScript | None = None,
        zone: str | None = None,
    ) -> None:
        self.policy = settings.decision_policy
        self.now = start
        self.story = Story(start)
        self._around = Surroundings(settings, self.policy, start, alerts, _meter(settings, metrics), zone)
        self._operation = metrics.operation if metrics is not None else "rehearsal"
        self._metered_until = metrics.last if metrics is not None else start
        self._people = people
        self._start = start
        self._seq = 0
        self._flag_version = 0
        self._dwell: Dwell | None = None
        self.state = self._opened(settings)
        self.story.tell(start, "opened", "signed and ready; the ladder begins", self.state)

    def look(self) -> Decision:
        """Decide now, and do nothing."""
        facts = self._around.facts(self.state, self._flag_version, self._dwell, self.now)
        return decide(self.state, facts, self.policy, self.now)

    def tick(self) -> Decision:
        """Decide now, and do what production does then: lower, raise, book, or close a stage."""
        self._resume()
        decision = self.look()
        self.story.see(self.now, self.state, decision)
        if decision.resumes:
            self._book(EventType.RESUMED, {})
            self._tell("resumed", f"its cool-down is over: it goes on from {self.state.exposure.name} by itself")
            self._observe(decision.clock_runs, restart=False)
            return decision
        if decision.to is not None and decision.latch is not None:
            self._lower(decision, decision.to, decision.latch)
        elif decision.verdict is Verdict.ADVANCE and decision.rung is not None:
            self._raise(decision, decision.rung)
        else:
            self._observe(decision.clock_runs, restart=decision.clock_restarts)
            self._close_stages(decision)
        return decision

    def wait(self, until: datetime, decision: Decision) -> None:
        """Let time go by, with the dwell clock as the decision says."""
        self.now = until
        self._observe(decision.clock_runs, restart=False)

    def ahead(self, decision: Decision) -> Iterator[datetime]:
        """The instants at which something that is known of changes."""
        found = [self._around.next_change(self.now), *self._people_ahead()]
        if self.policy.gap_cap or self.state.rung == BOTTOM:  # else no dwell ever counts
            found += [decision.earliest, self._served_at(decision)]
        yield from (at for at in found if at is not None and at >= self.now)
        if decision.verdict in (Verdict.ADVANCE, Verdict.STEP_DOWN, Verdict.ROLL_BACK) or decision.resumes:
            yield self.now + _SOON
        cooling = self.state.latch.cooling if self.state.latch is not None else None
        if cooling is not None and cooling.until is not None and cooling.until > self.now:
            yield cooling.until
        if self.now < self._metered_until:
            yield self._metered_until

    def _served_at(self, decision: Decision) -> datetime | None:
        """When the dwell of this rung, or the watch, is served if nothing stops the clock; None when it is not due."""
        served = self._dwell.served if self._dwell is not None else timedelta(0)
        rung = self.state.rung
        if not decision.clock_runs or rung == BOTTOM:
            return None
        due = self.policy.watch if self.state.at_top else self.state.ladder.rungs[rung].dwell
        return self.now + (due - served) if served < due and self.state.watch_closed_at is None else None

    def _people_ahead(self) -> Iterator[datetime]:
        """When people do what waits for them, as far as it waits for nothing else."""
        state = self.state
        if self._people is None:
            return
        if state.latch is not None and not is_cooling(state):
            yield state.latch.at + self._people
        if state.full_at is None:
            return
        if state.feedback_closed_at is None:
            yield state.full_at + self.policy.feedback_after + self._people
        if state.watch_closed_at is None:
            yield from (one.since + self._people for one in self._around.grave_since(state.full_at, self.now))

    def _resume(self) -> None:
        """What people do after a lowering: once it is clear again they sign anew, and resume."""
        latch = self.state.latch
        if latch is None or is_cooling(self.state) or self._people is None or self.now < latch.at + self._people:
            return
        facts = self._around.facts(self.state, self._flag_version, self._dwell, self.now)
        if facts.alerts.value != "clear":
            return
        if latch.kind is LatchKind.ROLLED_BACK:
            attempt = self.state.attempt + 1
            self._book(EventType.ATTEMPT_STARTED, {"attempt": attempt})
            self._tell("resumed", f"people signed attempt {attempt}, and it starts from the bottom")
        else:
            decided = awaits_decision(self.state)
            self._book(EventType.RESUMED, {"decided": decided})
            did = "decided that it goes on, and resumed it" if decided else "resumed it"
            self._tell("resumed", f"people {did} at {self.state.exposure.name}")

    def _raise(self, decision: Decision, rung: int) -> None:
        before, to = self.state, self.state.ladder.exposure(rung)
        intent = {
            "attempt": before.attempt, "flag_version": self._flag_version, "intent_id": f"{KEY}/v{before.version}",
            "rung": rung, "to": str(to),
        }  # fmt: skip
        self._book(EventType.INTENT_WRITTEN, intent)
        self._flag_version += 1
        self._book(EventType.INTENT_SETTLED, {"flag_version": self._flag_version, "rung": rung})
        self._observe(decision.clock_runs, restart=False)
        self._tell("rose", f"from {before.exposure.name} to {to.name}")

    def _lower(self, decision: Decision, to: Exposure, kind: LatchKind) -> None:
        """Latch, write, settle, as production's lowering does."""
        before = self.state
        cooling = decision.cooling
        latch = {
            "by": _ACTOR, "cause": decision.causes[0], "cooling": cooling.as_data() if cooling is not None else None,
            "kind": str(kind), "lowers": True, "to": str(to),
        }  # fmt: skip
        self._book(EventType.LATCHED, latch)
        self._flag_version += 1
        self._book(EventType.LOWERED, {"flag_version": self._flag_version, "to": str(to)})
        if withdraws_maturity(before, kind):
            self._book(EventType.MATURITY_WITHDRAWN, {})
        self._observe(runs=False, restart=False)
        words = f"{decision.verdict.word} from {before.exposure.name} to {to.name}: {decision.causes[0]}"
        self._tell("lowered", words if cooling is None else f"{words}. {follows(cooling)}")

    def _close_stages(self, decision: Decision) -> None:
        """Each stage after 100% as soon as its rule allows."""
        if not self.state.at_top:
            return
        state, quiet = self.state, not unquiet(self.state, decision)
        if state.maturity_recorded_at is None and quiet:
            self._close(EventType.MATURITY_RECORDED, f"{state.target.upper()} is recorded as the maturity")
        if state.watch_closed_at is None and quiet and self._is_watched():
            self._close(EventType.WATCH_CLOSED, "the stability watch is closed")
        if self.state.watch_closed_at is not None and state.game_day_planned_at is None and state.full_at is not None:
            self._close(EventType.GAME_DAY_PLANNED, f"in the game-day plan of {next_quarter(state.full_at)}")
        if state.feedback_closed_at is None and self._is_reviewed():
            self._close(EventType.FEEDBACK_CLOSED, "the month of feedback is reviewed")
        if quiet and not unfinished_stages(self.state):
            self._close(EventType.PROMOTION_ENDED, "every stage is closed")

    def _is_watched(self) -> bool:
        if self.state.full_at is None or self._dwell is None or self._dwell.served < self.policy.watch:
            return False
        open_ = [one for one in self._around.grave_since(self.state.full_at, self.now) if not self._has_looked(one)]
        return not open_

    def _has_looked(self, one: ScriptedAlert) -> bool:
        return self._people is not None and self.now >= one.since + self._people

    def _is_reviewed(self) -> bool:
        full = self.state.full_at
        done = self._people is not None and full is not None
        return done and self.now >= full + self.policy.feedback_after + self._people  # type: ignore[operator]

    def _close(self, kind: EventType, words: str) -> None:
        self._book(kind, {})
        self._tell("milestone", words)

    def _tell(self, kind: str, words: str) -> None:
        self.story.tell(self.now, kind, words, self.state)

    def _observe(self, runs: bool, *, restart: bool) -> None:
        """Book the dwell, seen meanwhile as often as the policy asks: then any stretch counts whole."""
        if self.state.rung == BOTTOM:
            return
        reading = Reading(self.now, self.now - self._start, _ACTOR)
        self._dwell = book(
            self._dwell,
            reading,
            step=step_of(self.state),
            runs=runs,
            restart=restart,
            gap_cap=timedelta.max if self.policy.gap_cap else timedelta(0),
            jump_limit=self.policy.jump_limit,
        )

    def _opened(self, settings: Settings) -> PromotionState:
        payload = {
            "author": _ACTOR, "context": "", "dependencies": [], "environment": settings.flags.environment,
            "flag_key": _ACTOR, "ladder": settings.ladder.ladder().as_data(), "subject": f"operation {self._operation}",
            "target": "ga",
        }  # fmt: skip
        return apply(None, self._event(EventType.PROMOTION_OPENED, payload))

    def _book(self, kind: EventType, payload: Mapping[str, object]) -> None:
        self.state = apply(self.state, self._event(kind, payload))

    def _event(self, kind: EventType, payload: Mapping[str, object]) -> Event:
        self._seq += 1
        return Event(self._seq, KEY, kind, payload, _ACTOR, self.now, SCHEMA_VERSION, "", "")


def _meter(settings: Settings, metrics: MetricScript | None) -> Meter | None:
    """Imported only where metrics are rehearsed: it needs much that nothing else here does."""
    if metrics is None:
        return None
    from prr_pipeline.control.rehearsal.meter import Meter

    return Meter(metrics.laid_over(settings))
