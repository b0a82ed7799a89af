"""What a rehearsed promotion meets: scripted alerts, the policy's calendars, and everything else taken as given."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from prr_pipeline.control.owner_calendar import freeze_gate, window_gate
from prr_pipeline.control.rehearsal.alert_script import ScriptedAlert
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.rollout.alerts import AlertAnswer, AlertReading, Severity, answer_for
from prr_pipeline.rollout.dwell import Dwell
from prr_pipeline.rollout.facts import Facts, FlagFact
from prr_pipeline.rollout.gates import GateReading, closed, opened
from prr_pipeline.rollout.known_names import KnownNames
from prr_pipeline.rollout.policy import Policy
from prr_pipeline.rollout.state import LatchKind, PromotionState
from prr_pipeline.settings import Settings

if TYPE_CHECKING:
    from prr_pipeline.control.rehearsal.meter import Meter

_NOBODY = KnownNames()
"""No names are known, so no alert proves to be about somebody else: each counts."""
_GIVEN = {
    "blast_radius": "nothing else is rehearsed",
    "rollback_drill": "taken as drilled",
    "burn_rate": "taken as within the budget",
    "canary": "taken as no worse",
}


@dataclass(slots=True)
class _Moved:
    """The policy's settings at the moved clock's instant."""

    settings: Settings
    at: datetime

    def now(self) -> datetime:
        return self.at


class Surroundings:
    """Facts at any instant, asked for in order of time."""

    def __init__(
        self,
        settings: Settings,
        policy: Policy,
        start: datetime,
        alerts: tuple[ScriptedAlert, ...],
        meter: Meter | None = None,
        zone: str | None = None,
    ) -> None:
        self._zone = zone
        self._meter = meter
        self._moved = _Moved(settings, start)
        self._policy = policy
        self._alerts = alerts
        self._changes = sorted({at for one in alerts for at in (one.since, one.until) if at is not None})
        self._window: GateReading | None = None
        self._on: tuple[ScriptedAlert, ...] = ()
        self._answer: AlertAnswer | None = None
        self._next = 0
        self._optional = {name: opened(name, words) for name, words in _GIVEN.items() if name in policy.required}

    def facts(self, state: PromotionState, flag_version: int, dwell: Dwell | None, now: datetime) -> Facts:
        """Everything that a decision looks at."""
        self._moved.at = now
        metered = self._meter.read(state, now) if self._meter is not None else None
        return Facts(
            flag=FlagFact(True, state.exposure, flag_version),
            record=opened("record", "taken as exported"),
            readiness=opened("readiness", "taken as ready"),
            signoff=_signoff(state),
            signoff_void=False,
            alerts=self._alert_answer(state, now),
            dependency_alerts={},
            dependencies=(),
            halt=opened("halt", "the line runs"),
            freeze=freeze_gate(self._moved, self._zone),
            window=self._window_gate(now),
            dwell=dwell,
            optional={**self._optional, **metered.gates} if metered is not None else self._optional,
            regressions=metered.regressions if metered is not None else (),
            hard_failures=metered.hard_failures if metered is not None else (),
        )

    def next_change(self, now: datetime) -> datetime | None:
        """When an alert or a silence next begins or ends."""
        return next((at for at in self._changes[self._next :] if at > now), None)

    def grave_since(self, since: datetime, until: datetime) -> Iterator[ScriptedAlert]:
        """Alerts above severity info that began in ``[since, until]``."""
        for one in self._alerts:
            if not one.silent and since <= one.since <= until and one.episode.severity is not Severity.INFO:
                yield one

    def _alert_answer(self, state: PromotionState, now: datetime) -> AlertAnswer:
        """Folded as production folds a reading. Between two changes of the script every reading says the same."""
        moved = False
        while self._next < len(self._changes) and self._changes[self._next] <= now:
            self._next, moved = self._next + 1, True
        if moved or self._answer is None:
            self._on = tuple(one for one in self._alerts if one.fires(now))
            silent = [one.silent for one in self._on if one.silent]
            episodes = tuple(one.episode for one in self._on if not one.silent)
            reading = AlertReading("script", now, not silent, "; ".join(silent), episodes)
            self._answer = answer_for(
                (reading,), state.subject, state.context, _NOBODY, now=now, max_age=self._policy.alert_max_age
            )
        return self._answer

    def _window_gate(self, now: datetime) -> GateReading:
        """A closed one that says until when is not asked again before: looking ahead takes its time."""
        known = self._window
        if known is None or known.is_open or known.until is None or now >= known.until:
            self._window = window_gate(self._moved, self._zone)
        return self._window or window_gate(self._moved, self._zone)


def _signoff(state: PromotionState) -> GateReading:
    """People signed before the start; a roll back spends that, until they sign anew and resume."""
    if state.latch is not None and state.latch.kind is LatchKind.ROLLED_BACK:
        return closed("signoff", f"the roll back spent the sign-offs; attempt {state.attempt + 1} must be signed")
    return opened("signoff", "taken as signed")
