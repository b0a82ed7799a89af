"""What the messages of an inbox say together: of firing and resolved stands what arrived last."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from prr_pipeline.rollout.alerts import Episode

Told = tuple[int, Episode]
"""When a message arrived, in nanoseconds since 1970, and one episode as it tells it."""


def merge(messages: Iterable[tuple[int, Iterable[Episode]]]) -> tuple[Episode, ...]:
    """One episode per key, sorted by start, from messages with their arrivals. The order of ``messages`` means nothing.

    A message says of a resolved alert when it ended, and of a firing one nothing about now. So the latest end counts,
    from its first arrival on, and whatever says "firing" then or later fires: what ended may fire again with the same
    start. A copy of an end that came before, and an end from before that, are old news whenever they arrive.
    """
    found: dict[tuple[str, datetime], list[Told]] = {}
    for arrival, episodes in messages:
        for episode in episodes:
            found.setdefault(episode.key, []).append((arrival, episode))
    return tuple(sorted((_standing(told) for told in found.values()), key=lambda e: (e.starts_at, e.fingerprint)))


def _standing(told: Sequence[Told]) -> Episode:
    """The one episode that messages of one key tell of; the worst of those that still count."""
    firing = [one for one in told if one[1].firing]
    ends = [(episode.ends_at, -arrival, episode) for arrival, episode in told if episode.ends_at is not None]
    if not ends:
        return min((episode for _, episode in firing), key=_worst_first)
    last_end, earliest, _ = max(ends, key=lambda one: one[:2])
    again = [episode for arrival, episode in firing if arrival >= -earliest]
    return min(again or [episode for end, _, episode in ends if end == last_end], key=_worst_first)


def _worst_first(episode: Episode) -> tuple[object, ...]:
    """Severity; the rest makes ties definite."""
    return (episode.severity.rank, episode.labels, episode.summary)
