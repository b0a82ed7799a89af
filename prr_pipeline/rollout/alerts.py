"""What alerts say about one subject: clear, firing or unknown. Pure: readings in, answer out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Literal

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.rollout.known_names import KnownNames, folded, slug
from prr_pipeline.subjects import Subject, SubjectKind

FUTURE_TOLERANCE = timedelta(seconds=5)
"""How far ahead of our clock another machine's may run before its reading counts as wrong."""

OPERATION_LABELS = ("operation_id", "operation")
SERVICE_LABELS = ("service", "context")

AlertValue = Literal["clear", "firing", "unknown"]


class Severity(StrEnum):
    """How bad an alert is: critical rolls back, warning and other hold, info is recorded."""

    CRITICAL = "critical"
    WARNING = "warning"
    OTHER = "other"
    INFO = "info"

    @property
    def rank(self) -> int:
        """0 for the worst, rising."""
        return list(Severity).index(self)


_BY_LABEL = {
    "critical": Severity.CRITICAL,
    "page": Severity.CRITICAL,
    "warning": Severity.WARNING,
    "info": Severity.INFO,
    "none": Severity.INFO,
}


def severity_of(label: str | None) -> Severity:
    """The severity that a label names, in any case. Absent, empty and unheard-of words are `Severity.OTHER`."""
    return _BY_LABEL.get((label or "").strip().casefold(), Severity.OTHER)


def cut_to_ms(at: datetime) -> datetime:
    """The instant cut to whole milliseconds: sources differ below that, and episode keys must not."""
    return at.replace(microsecond=at.microsecond // 1000 * 1000)


@dataclass(frozen=True, slots=True)
class Episode:
    """One alert from firing to resolved. ``labels`` are sorted pairs; ``ends_at`` is None while it fires.

    ``summary`` is text from outside: escape it at every sink. ``suppressed`` = silenced or inhibited at the source.
    """

    source: str
    fingerprint: str
    starts_at: datetime
    ends_at: datetime | None
    severity: Severity
    labels: tuple[tuple[str, str], ...]
    summary: str
    suppressed: bool = False

    @property
    def key(self) -> tuple[str, datetime]:
        """What makes it the same episode: the fingerprint and the start, cut to milliseconds."""
        return (self.fingerprint, cut_to_ms(self.starts_at))

    @property
    def firing(self) -> bool:
        """Whether it has not ended."""
        return self.ends_at is None

    def label(self, name: str) -> str:
        """The label's value, or an empty text: an empty label is the same as none."""
        return next((value for key, value in self.labels if key == name), "").strip()


@dataclass(frozen=True, slots=True)
class AlertReading:
    """One look at one source. ``complete`` False: unknown apart from what is seen firing; ``why`` is a sentence.

    ``read_at`` is aware and on the same clock as the ``now`` that `answer_for` gets: the real one.
    ``lists_only_firing``: the source forgets what ended, so what a complete reading no longer holds has ended by then.
    """

    source: str
    read_at: datetime
    complete: bool
    why: str
    episodes: tuple[Episode, ...] = ()
    lists_only_firing: bool = False


@dataclass(frozen=True, slots=True)
class AlertAnswer:
    """The three-valued answer for one subject. ``episodes`` are those firing that count for it, worst first.

    ``doubts``: what else could not be read where an alert fires, in words; ``why`` says it where none does.
    """

    value: AlertValue
    worst: Severity | None
    why: str
    episodes: tuple[Episode, ...] = ()
    doubts: str = ""


def answer_for(
    readings: Sequence[AlertReading],
    subject: Subject,
    context: str,
    known: KnownNames,
    *,
    now: datetime,
    max_age: timedelta,
) -> AlertAnswer:
    """Judge one reading per configured source. ``context`` is the subject's bounded context, empty if not known.

    One firing alert is enough for firing, however partial or old its reading; clear needs every reading complete
    and at most ``max_age`` old; everything else is unknown.
    """
    episodes = _relevant(readings, subject, context, known)
    worst = worst_of(episodes)
    grave = [e for e in episodes if e.severity is not Severity.INFO]
    loud = [e for e in grave if not e.suppressed]
    doubts = _doubts(readings, now, max_age)
    doubts += [f"{_title(e)} is silenced or inhibited." for e in grave if e.suppressed]
    if loud:
        return AlertAnswer("firing", worst_of(loud), _firing_sentence(loud), episodes, " ".join(doubts))
    if doubts:
        return AlertAnswer("unknown", worst, " ".join(doubts), episodes)
    noted = f"; {len(episodes)} of severity info noted" if episodes else ""
    return AlertAnswer("clear", worst, f"No alert fires{noted}.", episodes)


def worst_of(episodes: Iterable[Episode]) -> Severity | None:
    """The worst severity among them; None if there is none."""
    return min((e.severity for e in episodes), key=lambda severity: severity.rank, default=None)


def counts_for(episode: Episode, subject: Subject, context: str, known: KnownNames) -> bool:
    """Whether an alert is about the subject. It is left out only if its labels prove that it belongs elsewhere.

    An operation that is neither the subject's own nor ``known`` proves nothing, nor does such a service: the alert
    then counts by what else it names, and for everybody if that is nothing. A known operation is one of the service
    that stands beside it, and counts for that too.
    """
    operations, services = _named(episode.labels)
    if folded(subject.name) in operations:
        return True
    own = {slug(context)} if context.strip() else set()
    if subject.kind is SubjectKind.SERVICE:
        own.add(slug(subject.name))
    contexts = {known.services[name] for name in services if name in known.services}
    names_own = bool(own & (services | contexts))
    if not known.operations.isdisjoint(operations):
        return names_own and subject.kind is SubjectKind.SERVICE
    return not own or not contexts or names_own


@lru_cache(maxsize=4096)
def _named(labels: tuple[tuple[str, str], ...]) -> tuple[frozenset[str], frozenset[str]]:
    """The operations and services that an alert's labels name: asked of the same alert for each promotion."""
    found = {key: value.strip() for key, value in reversed(labels)}
    operations = (found.get(key, "") for key in OPERATION_LABELS)
    services = (found.get(key, "") for key in SERVICE_LABELS)
    return frozenset(folded(one) for one in operations if one), frozenset(slug(one) for one in services if one)


def _relevant(
    readings: Sequence[AlertReading], subject: Subject, context: str, known: KnownNames
) -> tuple[Episode, ...]:
    firing = (e for reading in readings for e in reading.episodes if e.firing)
    mine = [e for e in firing if counts_for(e, subject, context, known)]
    return tuple(sorted(mine, key=lambda e: (e.severity.rank, e.starts_at, e.fingerprint, e.source)))


def _doubts(readings: Sequence[AlertReading], now: datetime, max_age: timedelta) -> list[str]:
    if not readings:
        return ["No alert source was read."]
    return [doubt for reading in readings for doubt in _doubt(reading, now, max_age)]


def _doubt(reading: AlertReading, now: datetime, max_age: timedelta) -> list[str]:
    age = now - reading.read_at
    if not reading.complete:
        return [f"Source {reading.source}: {reading.why}"]
    if age > max_age:
        return [f"Source {reading.source} was read {_seconds(age)} s ago, more than {_seconds(max_age)} s."]
    if age < -FUTURE_TOLERANCE:
        return [f"Source {reading.source} was read {_seconds(-age)} s in the future: a clock is wrong."]
    return []


def _firing_sentence(loud: Sequence[Episode]) -> str:
    more = f", and {len(loud) - 1} more" if len(loud) > 1 else ""
    return f"{_title(loud[0])} fires since {loud[0].starts_at.isoformat(timespec='seconds')}{more}."


def _title(episode: Episode) -> str:
    name = episode.label("alertname") or episode.fingerprint
    return f"Alert {name!r} ({episode.severity})"


def _seconds(span: timedelta) -> int:
    return int(span.total_seconds())
