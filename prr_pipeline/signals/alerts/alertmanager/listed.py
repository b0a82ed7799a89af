"""One alert of Alertmanager's list: what is listed fires, whatever else is odd about it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.rollout.alerts import FUTURE_TOLERANCE, Episode, severity_of
from prr_pipeline.signals.alerts.fields import Fault, fingerprint_in, instant, refuse, start_in, summary_of, texts

STATES = ("active", "suppressed", "unprocessed")


@dataclass(frozen=True, slots=True)
class Listed:
    """An alert that can be read. ``updated`` is its ``updatedAt`` as sent; ``doubts`` end a sentence."""

    episode: Episode
    updated: object = None
    doubts: tuple[str, ...] = ()

    @property
    def heard_at(self) -> datetime | None:
        """When Alertmanager last heard of it, None if that cannot be read: only of a Watchdog does it matter."""
        try:
            return instant(self.updated, "updatedAt")
        except Fault:
            return None

    def bears(self, labels: Mapping[str, str]) -> bool:
        """Whether it has all of these labels with these very values."""
        own = dict(self.episode.labels)
        return all(own.get(name) == value for name, value in labels.items())


def listed(alert: object, source: str, now: datetime) -> Listed:
    """Read one element of the list. Raises `Fault` for what has no fingerprint, start, labels or known state.

    Alertmanager lists only what has not ended, so ``ends_at`` is None: the ``endsAt`` of the API is when the alert
    lapses without news. One that was not processed yet is no less firing; only its silences are not known.
    """
    if not isinstance(alert, dict):
        refuse("is no object with each key once")
    fingerprint, starts_at = fingerprint_in(alert), start_in(alert)
    labels = _clean(texts(alert.get("labels"), "labels"))
    if not labels:
        refuse("has no labels")
    state = _state(alert)
    summary = summary_of(labels, _notes(alert))
    severity = severity_of(labels.get("severity"))
    pairs = tuple(sorted(labels.items()))
    episode = Episode(source, fingerprint, starts_at, None, severity, pairs, summary, state == "suppressed")
    return Listed(episode, alert.get("updatedAt"), _doubts(alert, starts_at, now))


def _state(alert: Mapping[str, object]) -> str:
    status = alert.get("status")
    state = status.get("state") if isinstance(status, dict) else None
    if not isinstance(state, str) or state not in STATES:
        refuse(f"has a state that is none of {', '.join(STATES)}")
    return state


def _doubts(alert: Mapping[str, object], starts_at: datetime, now: datetime) -> tuple[str, ...]:
    """Why the alert proves that something is wrong with the answer, though it can be read."""
    found = []
    if starts_at > now + FUTURE_TOLERANCE:
        found.append("starts in the future: a clock is wrong")
    try:
        lapses_at = instant(alert.get("endsAt"), "endsAt")
    except Fault as fault:
        found.append(str(fault))
    else:
        if lapses_at is not None and lapses_at < now - FUTURE_TOLERANCE:
            found.append("is listed as firing after its end: the answer is old or a clock is wrong")
    return tuple(found)


def _notes(alert: Mapping[str, object]) -> dict[str, str]:
    """The annotations. They tell people what is wrong, and nothing hangs on them: unreadable ones are left out."""
    try:
        return _clean(texts(alert.get("annotations"), "annotations"))
    except Fault:
        return {}


def _clean(found: Mapping[str, str]) -> dict[str, str]:
    """The same without halves of characters, which break every later sink."""
    return {_whole(name): _whole(text) for name, text in found.items()}


def _whole(text: str) -> str:
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")
