"""The history of alerts is ours: every episode opens and closes once in the ledger."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from prr_pipeline.canonical import digest, instant_text, parse_instant
from prr_pipeline.control.notices import notify
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.errors import Refused
from prr_pipeline.ledger.events import SYSTEM_STREAM, Draft, EventType
from prr_pipeline.rollout.alerts import AlertReading, Episode, Severity

_TABLE = "episode"


def episode_id(episode: Episode) -> str:
    """Identity of an episode: fingerprint and start, cut to milliseconds."""
    return f"{episode.fingerprint}@{instant_text(episode.starts_at)}"


def ingest_episodes(work: Workplace, readings: Sequence[AlertReading], actor: str) -> int:
    """Book new and ended episodes; returns how many changed. Seeing one again changes nothing.

    One that the ledger refuses (too large, half a character) stops no other; it still counts as an alert.
    """
    known = work.ledger.counters.all(_TABLE)
    changed = 0
    for reading in readings:
        for episode in reading.episodes:
            name = episode_id(episode)
            before = known.get(name)
            now = "firing" if episode.ends_at is None else "ended"
            if before is not None and (before["state"] == now or before["state"] == "ended"):
                continue
            try:
                _write(work, name, episode, now, before is None, actor)
                changed += 1
            except Refused as fault:
                _refused(work, name, str(fault))
    return changed


def _refused(work: Workplace, name: str, why: str) -> None:
    readable = name.encode("ascii", "backslashreplace").decode()
    notify(work, "warn", "An alert could not be booked", f"{readable}: {why}", "", f"episode/{digest(readable)}")


def _write(work: Workplace, name: str, episode: Episode, now: str, is_new: bool, actor: str) -> None:
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
    if now == "ended":
        drafts.append(Draft(SYSTEM_STREAM, EventType.EPISODE_CLOSED, body, actor))
    work.ledger.append(drafts)
    work.ledger.counters.put(_TABLE, name, {"state": now})


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
