"""The composition root: every adapter of one deployment, wired from its settings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

from prr_pipeline.clock import Clock, FileClock, LapsedClock, SystemClock
from prr_pipeline.control.schedules import load_freezes, load_rota, load_window
from prr_pipeline.errors import PrrError, Refused
from prr_pipeline.readiness.profile import (
    OVERLAY_PATH,
    Profile,
    lay_over,
    load_profile,
    profile_in,
)
from prr_pipeline.repository.snapshot import Blob, Snapshot
from prr_pipeline.settings import Settings, load_settings
from prr_pipeline.settings_file import find_settings

if TYPE_CHECKING:
    from prr_pipeline.calendars.freeze import FreezeCalendar
    from prr_pipeline.calendars.rota import Rota
    from prr_pipeline.calendars.window import AdvanceWindow
    from prr_pipeline.flags.backend import FlagBackend
    from prr_pipeline.ledger.store import Ledger
    from prr_pipeline.notify.port import Notifier
    from prr_pipeline.review.roster import Roster
    from prr_pipeline.rollout.canary_policy import CanaryPolicy
    from prr_pipeline.rollout.policy import Policy
    from prr_pipeline.rollout.state import PromotionState
    from prr_pipeline.signals.alerts.source import AlertSource
    from prr_pipeline.signals.feedback.source import FeedbackSource
    from prr_pipeline.signals.metrics.source import MetricSource


@dataclass(frozen=True)
class Workplace:
    """Everything that control needs. Parts are opened on first use, so a rollback needs only ``flags``."""

    settings: Settings

    @cached_property
    def clock(self) -> Clock:
        """Policy time."""
        return make_clock(self.settings)

    @cached_property
    def ledger(self) -> Ledger:
        """The record. Raises `Unavailable` when it cannot be opened."""
        from prr_pipeline.ledger.head import HeadFile
        from prr_pipeline.ledger.store import Ledger

        s = self.settings
        head = HeadFile(s.path(s.ledger.head), s.path(s.ledger.head_key))
        return Ledger.open(ledger_url(s), clock=self.clock, head=head)

    @cached_property
    def flags(self) -> FlagBackend:
        """What users get."""
        from prr_pipeline.flags.backend import flag_backend

        return flag_backend(self.settings.flags.backend, self.settings.flags.options, self.settings.root)

    @cached_property
    def alerts(self) -> Sequence[AlertSource]:
        """What production says."""
        from prr_pipeline.signals.alerts.source import alert_source

        s = self.settings.alerts
        return (alert_source(s.source, s.options, self.settings.root),)

    @cached_property
    def metrics(self) -> MetricSource | None:
        """How each variant fares; None where no source is set. Raises `PrrError` for options that are wrong."""
        from prr_pipeline.signals.metrics.source import metric_source

        s = self.settings.metrics
        return metric_source(s.source, s.options, self.settings.root) if s.source is not None else None

    @cached_property
    def feedback(self) -> Sequence[FeedbackSource]:
        """What people say; none where no source is set. Raises `PrrError` for options that are wrong."""
        from prr_pipeline.signals.feedback.source import feedback_source

        s, github = self.settings.feedback, self.settings.platforms.github
        return tuple(feedback_source(name, s.options_of(name, github), self.settings.root) for name in s.sources)

    @cached_property
    def canary(self) -> CanaryPolicy:
        """What the metrics must prove."""
        return self.settings.metrics.canary.policy()

    @cached_property
    def notifiers(self) -> Sequence[Notifier]:
        """Where notices go."""
        from prr_pipeline.notify.port import notifier

        s = self.settings
        options: dict[str, dict[str, object]] = {"file": {"path": str(s.path(s.notify.file))}}
        return tuple(notifier(name, options.get(name, {}), s.root) for name in s.notify.adapters)

    @cached_property
    def policy(self) -> Policy:
        return self.settings.decision_policy

    @property
    def freezes(self) -> FreezeCalendar:
        """The freeze calendars, read anew each time: a freeze may be declared at any moment."""
        return load_freezes(self.settings)

    @property
    def window(self) -> AdvanceWindow | None:
        return load_window(self.settings)

    @property
    def rota(self) -> Rota | None:
        """The on-call rota, or None when none is set."""
        return load_rota(self.settings)

    def profile_at(self, snapshot: Snapshot) -> Profile:
        """The profile with the snapshot's own conventions laid over it. Raises `PrrError` for a fault in them."""
        name = self.settings.repository.profile
        if name.endswith((".yaml", ".yml")):
            return profile_in(snapshot, name)
        return _profile(name, snapshot.read(OVERLAY_PATH) if snapshot.exists(OVERLAY_PATH) else None)

    @property
    def roster(self) -> Roster:
        """The roster, checked against its pinned digest at every use."""
        council = self.settings.council
        if council is None:
            raise Refused("These settings have no [council]; name the roster and pin its digest there.")
        folder = self.settings.path(council.roster)
        return load_roster(folder).require_digest(council.digest)

    @property
    def repository(self) -> Path:
        return self.settings.path(self.settings.repository.path)

    def now(self) -> datetime:
        """Policy time now."""
        return self.clock.now()

    def real_now(self) -> datetime:
        """Real time, for the age of readings and for time-outs."""
        return datetime.now(UTC)

    def state(self, key: str) -> PromotionState:
        """The promotion of that key. Raises `PrrError` listing what is open when the ledger has no record of it."""
        state = self.ledger.state(key) if _is_text(key) else None
        if state is None:
            known = ", ".join(sorted(self.ledger.states(open_only=True))) or "none"
            meant = next((f" Its key is {one}." for one in self.ledger.states() if unquote(one) == key), "")
            raise PrrError(f"The ledger has no promotion {key!r}.{meant} Open ones: {known}. Open one with `prr open`.")
        return state


def _is_text(key: str) -> bool:
    """Whether it can be asked for at all: bytes of a command line that are no text arrive as half characters."""
    try:
        key.encode()
    except UnicodeEncodeError:
        return False
    return True


def load_roster(folder: Path) -> Roster:
    """The roster in a folder: ``allowed_signers`` and ``people.yaml``."""
    try:
        return _parsed((folder / "allowed_signers").read_bytes(), (folder / "people.yaml").read_bytes())
    except OSError as fault:
        raise PrrError(
            f"The roster {folder} cannot be read ({fault.strerror}): it holds allowed_signers and people.yaml."
        ) from None


@lru_cache(maxsize=8)
def _profile(name: str, overlay: Blob | None) -> Profile:
    """Read once per overlay: every promotion of every tick asks. (A profile in a file of its own is not kept.)"""
    profile = load_profile(name)
    return lay_over(profile, overlay) if overlay is not None else profile


@lru_cache(maxsize=4)
def _parsed(signers: bytes, people: bytes) -> Roster:
    """Parsed once per content: every promotion of every tick asks, and finds the same bytes."""
    from prr_pipeline.review.roster import Roster

    return Roster.parse(signers, people)


def make_clock(settings: Settings) -> Clock:
    """The clock that the settings name."""
    path = settings.path(settings.clock.path) if settings.clock.path else Path()
    if settings.clock.kind == "file":
        return FileClock(path)
    return LapsedClock(path) if settings.clock.kind == "lapsed" else SystemClock()


def ledger_url(settings: Settings) -> str:
    """The ledger's database URL; a relative SQLite path counts from the settings file."""
    url = settings.ledger.url
    prefix = "sqlite:///"
    if url.startswith(prefix) and not url.startswith(prefix + "/"):
        return prefix + str(settings.path(url.removeprefix(prefix)))
    return url


def connect(settings_file: Path | None = None) -> Workplace:
    """The workplace of the nearest settings. Raises `PrrError` when there are none."""
    path = find_settings(settings_file)
    if path is None:
        raise PrrError(
            "No prr.toml here or in any folder above; give --settings, or draft one: `prr init` (docs/deployment.md)."
        )
    return Workplace(load_settings(path))
