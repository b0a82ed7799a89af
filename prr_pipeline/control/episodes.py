"""The history of alerts is ours: every episode opens and closes once in the ledger."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from prr_pipeline.canonical import digest, instant_text, parse_instant
from prr_pipeline.control.notices import notify
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.errors import Refused
from prr_pipeline.ledger.events import SYSTEM_STREAM, Draft, EventType
from prr_pipeline.rollout.alerts import AlertReading, Episode, Severity

_TABLE = "episode"
MOST_PER_TICK = 100
"""Of a storm of alerts the next ticks book the rest: the guard has more to do than books."""


def episode_id(episode: Episode) -> str:
    """Identity of an episode: fingerprint and start, cut to milliseconds."""
    return f"{episode.fingerprint}@{instant_text(episode.starts_at)}"


def ingest_episodes(work: Workplace, readings: Sequence[AlertReading], actor: str) -> int:
    """Book new and ended episodes, `MOST_PER_TICK` at most; returns how many changed. Seeing one again changes nothing.

    What fires again after its end is opened again: the source knows in which order it was told. An episode that the
    ledger refuses (too large, half a character) stops no other; it still counts as an alert.
    """
    known = work.ledger.counters.all(_TABLE)
    changed = 0
    for reading in readings:
        for episode in (*reading.episodes, *_gone(work, reading, known)):
            name = episode_id(episode)
            before = known.get(name, {}).get("state")
            if before == _state(episode):
                continue
            if changed == MOST_PER_TICK:
                return changed
            try:
                _write(work, name, episode, before != "firing", actor)
                changed += 1
            except Refused as fault:
                _refused(work, name, str(fault))
    return changed


def _gone(work: Workplace, reading: AlertReading, known: Mapping[str, Mapping[str, Any]]) -> Iterable[Episode]:
    """What was booked as firing by a source that forgets what ended, and stands no longer in its complete reading.

    When they ended is not known: by the instant of this reading.
    """
    if not (reading.complete and reading.lists_only_firing):
        return []
    seen = {episode_id(episode) for episode in reading.episodes}
    booked = {n for n, row in known.items() if row["state"] == "firing" and row.get("source") == reading.source}
    gone = booked - seen
    if not gone:
        return []
    events = work.ledger.events(stream=SYSTEM_STREAM, types=(EventType.EPISODE_OPENED,))
    opened = {name: episode_of(e.payload) for e in events if (name := str(e.payload["episode"])) in gone}
    return [replace(episode, ends_at=max(reading.read_at, episode.starts_at)) for episode in opened.values()]


def _refused(work: Workplace, name: str, why: str) -> None:
    readable = name.encode("ascii", "backslashreplace").decode()
    notify(work, "warn", "An alert could not be booked", f"{readable}: {why}", "", f"episode/{digest(readable)}")


def _write(work: Workplace, name: str, episode: Episode, is_new: bool, actor: str) -> None:
    body: dict[str, object] = {
        "ends_at": instant_text(episode.ends_at) if episode.ends_at else None,
        "episode": name,
        "labels": dict(episode.labels),
        "severity": str(episode.severity),
        "source": episode.source,
        "starts_at": instant_text(episode.starts_at),
        "summary": episode.summary,
    }
    drafts = [Draft(SYSTEM_STREAM, EventType.EPISODE_OPENED, body, actor)] if is_new else []
    if not episode.firing:
        drafts.append(Draft(SYSTEM_STREAM, EventType.EPISODE_CLOSED, body, actor))
    row = {"source": episode.source, "state": _state(episode)}
    # Together, or a process that dies in between books the episode twice.
    work.ledger.append(drafts, keep={_TABLE: {name: row}})


def _state(episode: Episode) -> str:
    return "firing" if episode.firing else "ended"


def episode_of(payload: Mapping[str, object]) -> Episode:
    """The episode in a ledger payload, as it stood when it was booked."""
    labels = payload["labels"]
    pairs = sorted((str(k), str(v)) for k, v in labels.items()) if isinstance(labels, Mapping) else []
    return Episode(
        source=str(payload["source"]),
        fingerprint=str(payload["episode"]).partition("@")[0],
        starts_at=parse_instant(str(payload["starts_at"])),
        ends_at=parse_instant(str(payload["ends_at"])) if payload["ends_at"] else None,
        severity=Severity(str(payload["severity"])),
        labels=tuple(pairs),
        summary=str(payload["summary"]),
    )
