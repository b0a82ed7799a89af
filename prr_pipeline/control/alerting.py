"""Every alert that the ledger knows or that fires now, with the promotions it counts for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from prr_pipeline.control.alert_map import AlertMap, alert_map
from prr_pipeline.control.alert_sources import read_alerts
from prr_pipeline.control.episodes import episode_id, episode_of
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.ledger.events import SYSTEM_STREAM, EventType
from prr_pipeline.rollout.alerts import AlertReading, Episode
from prr_pipeline.rollout.state import PromotionState

_EPISODES = (EventType.EPISODE_OPENED, EventType.EPISODE_CLOSED)


@dataclass(frozen=True, slots=True)
class AlertLine:
    """One episode. ``state``: firing or ended; ``booked`` says whether the ledger holds it yet."""

    id: str
    episode: Episode
    booked: bool
    promotions: tuple[str, ...]

    @property
    def state(self) -> str:
        return "firing" if self.episode.firing else "ended"


@dataclass(frozen=True, slots=True)
class AlertsNow:
    """What each source says now, and all episodes: those that fire first, then the newest."""

    readings: tuple[AlertReading, ...]
    episodes: tuple[AlertLine, ...]


def alerts_now(work: Workplace, key: str | None = None, *, firing: bool = False) -> AlertsNow:
    """All episodes, or those that count for one promotion, or those that fire. Raises `PrrError` for an unknown key."""
    states = work.ledger.states()
    wanted = {key: work.state(key)} if key is not None else states
    readings = read_alerts(work)
    mapped = alert_map(work, states)
    booked = _booked(work)
    found = {**booked, **_firing(readings)}
    lines = [
        AlertLine(name, episode, name in booked, _concerned(episode, wanted.values(), mapped))
        for name, episode in found.items()
    ]
    if key is not None:
        lines = [line for line in lines if line.promotions]
    if firing:
        lines = [line for line in lines if line.episode.firing]
    lines.sort(key=lambda line: (line.episode.firing, line.episode.starts_at), reverse=True)
    return AlertsNow(readings, tuple(lines))


def _booked(work: Workplace) -> dict[str, Episode]:
    """Episodes of the ledger by id; a closing replaces the opening."""
    events = work.ledger.events(stream=SYSTEM_STREAM, types=_EPISODES)
    return {str(event.payload["episode"]): episode_of(event.payload) for event in events}


def _firing(readings: Sequence[AlertReading]) -> dict[str, Episode]:
    """What fires now, whatever the books say: it may have ended and fire again."""
    return {episode_id(episode): episode for reading in readings for episode in reading.episodes if episode.firing}


def _concerned(episode: Episode, states: Iterable[PromotionState], mapped: AlertMap) -> tuple[str, ...]:
    """Keys of the promotions that ran while it fired and that it counts for, by themselves or a dependency."""
    running = (state for state in states if _overlap(episode, state))
    return tuple(sorted(state.key for state in running if mapped.concerns(episode, state)))


def _overlap(episode: Episode, state: PromotionState) -> bool:
    over = episode.ends_at is not None and episode.ends_at < state.opened_at
    late = state.ended_at is not None and episode.starts_at > state.ended_at
    return not over and not late
