"""Settings of one deployment: ``prr.toml``, found upward, read strictly, all faults reported at once."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import time, timedelta
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from prr_pipeline.errors import PrrError
from prr_pipeline.exposure import Exposure, Rest
from prr_pipeline.rollout.ladder import DEFAULT_LADDER, Ladder, Rung
from prr_pipeline.rollout.policy import Policy
from prr_pipeline.settings_council import CouncilSettings as CouncilSettings
from prr_pipeline.settings_faults import contradictions, in_words
from prr_pipeline.settings_feedback import FeedbackSettings
from prr_pipeline.settings_file import SettingsError
from prr_pipeline.settings_metrics import MetricSettings
from prr_pipeline.settings_platforms import PlatformSettings
from prr_pipeline.settings_policy import PolicySettings
from prr_pipeline.settings_values import Duration, TimeOfDay, WeekDays, YamlFile, ZoneName


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


class RepositorySettings(_Section):
    """The monorepo under review. ``artefacts`` is the folder of CI artefacts, outside git.

    ``judge_subjects``: whether Dagster judges subjects by itself, promotion or none; each can be materialized anyway.
    """

    path: Path
    ref: str = "HEAD"
    profile: str
    artefacts: Path = Path(".prr/artefacts")
    tools: Path | None = None
    judge_subjects: bool = True


class ChecklistSettings(_Section):
    """The deployment's own checklists, beside those that ship: YAML files of the same form, each named once."""

    own: tuple[YamlFile, ...] = ()

    @field_validator("own")
    @classmethod
    def _each_once(cls, value: tuple[Path, ...]) -> tuple[Path, ...]:
        twins = sorted({str(path) for path in value if value.count(path) > 1})
        if twins:
            raise ValueError(f"{', '.join(twins)} stands there more than once")
        return value


class LedgerSettings(_Section):
    """The record. ``head`` is the signed head's file, best kept where the database is not."""

    url: str = "sqlite:///.prr/ledger.sqlite"
    head: Path = Path(".prr/ledger-head.json")
    head_key: Path = Path(".prr/keys/ledger-head.pem")


class FlagSettings(_Section):
    """The flag back end and its own options."""

    backend: str = "flagd_file"
    environment: str = "production"
    options: dict[str, Any] = Field(default_factory=dict)


class AlertSettings(_Section):
    """The alert source, its options, and how old a reading may be (real time).

    ``review_label``: the label of tickets on GitHub by which alerts are reviewed too; None: signed reviews alone.
    """

    source: str = "inbox"
    max_age: Duration = timedelta(seconds=30)
    review_label: str | None = Field(default=None, min_length=1)
    options: dict[str, Any] = Field(default_factory=lambda: {"folder": ".prr/inbox", "heartbeat_limit_seconds": 300})

    @model_validator(mode="before")
    @classmethod
    def _defaults_are_of_the_inbox(cls, value: Any) -> Any:
        others = isinstance(value, dict) and value.get("source", "inbox") != "inbox"
        return {"options": {}, **value} if others else value


class RungSettings(_Section):
    """One rung of the ladder."""

    exposure: str
    dwell: Duration
    approval_required: bool = False


class LadderSettings(_Section):
    """The ladder for promotions opened from now on; running ones keep their own."""

    rest: Rest = Rest.OFF
    rungs: tuple[RungSettings, ...] = ()

    @field_validator("rungs")
    @classmethod
    def _is_no_empty_list(cls, value: tuple[RungSettings, ...]) -> tuple[RungSettings, ...]:
        if not value:
            raise ValueError(
                "[] is no ladder; list 1 or more rungs that end at 100%, or leave it out for those that ship"
            )
        return value

    def ladder(self) -> Ladder:
        """The ladder, or the four-week default when no rungs are given."""
        if not self.rungs:
            return Ladder(
                tuple(Rung(_with_rest(r.exposure, self.rest), r.dwell) for r in DEFAULT_LADDER.rungs),
                self.rest,
            )
        rungs = (
            Rung(_with_rest(Exposure.parse(r.exposure), self.rest), r.dwell, r.approval_required) for r in self.rungs
        )
        return Ladder(tuple(rungs), self.rest)


class WindowSettings(_Section):
    """When rungs may be climbed: weekdays (0 is Monday) and times of day in a named zone."""

    days: WeekDays = (0, 1, 2, 3)
    start: TimeOfDay = "09:00"
    end: TimeOfDay = "16:00"
    zone: ZoneName = "UTC"

    @model_validator(mode="after")
    def _lasts(self) -> Self:
        start, end = time.fromisoformat(self.start), time.fromisoformat(self.end)
        if start == end != time(0):
            raise ValueError(f"it starts and ends at {self.start}; for all day write 00:00 to 00:00")
        return self


class CalendarSettings(_Section):
    """Freeze calendars and the on-call rota, as ICS files; ``window`` false means at any time.

    ``owner_zones`` are bounded contexts whose freezes and window go by a zone of their own.
    """

    zone: ZoneName = "UTC"
    freeze: tuple[Path, ...] = ()
    rota: Path | None = None
    window: WindowSettings | Literal[False] = WindowSettings()
    owner_zones: dict[str, ZoneName] = Field(default_factory=dict)


class NotifySettings(_Section):
    """Where notices go, by adapter name."""

    adapters: tuple[str, ...] = ("log", "file")
    file: Path = Path(".prr/notices.jsonl")


class ClockSettings(_Section):
    """Where time comes from. ``lapsed`` is for demos and refused with any flag back end but file and memory."""

    kind: Literal["system", "file", "lapsed"] = "system"
    path: Path | None = None


class Settings(_Section):
    """One deployment. ``root`` is the folder of the file; relative paths count from it."""

    root: Path
    repository: RepositorySettings
    checklist: ChecklistSettings = ChecklistSettings()
    ledger: LedgerSettings = LedgerSettings()
    flags: FlagSettings = FlagSettings()
    alerts: AlertSettings = AlertSettings()
    metrics: MetricSettings = MetricSettings()
    feedback: FeedbackSettings = FeedbackSettings()
    council: CouncilSettings | None = None
    ladder: LadderSettings = LadderSettings()
    policy: PolicySettings = PolicySettings()
    calendars: CalendarSettings = CalendarSettings()
    notify: NotifySettings = NotifySettings()
    clock: ClockSettings = ClockSettings()
    platforms: PlatformSettings = PlatformSettings()

    @field_validator("ladder")
    @classmethod
    def _ladder_is_sound(cls, value: LadderSettings) -> LadderSettings:
        try:
            value.ladder()
        except PrrError as fault:
            raise ValueError(str(fault)) from None
        return value

    @field_validator("policy")
    @classmethod
    def _gates_are_known(cls, value: PolicySettings) -> PolicySettings:
        Policy(required=frozenset(value.required_gates))
        return value

    def path(self, path: Path | str) -> Path:
        """An absolute path; a relative one counts from the settings file's folder."""
        return (self.root / Path(path).expanduser()).resolve() if not Path(path).is_absolute() else Path(path)

    @property
    def decision_policy(self) -> Policy:
        """The policy that decisions are made with."""
        return self.policy.policy(self.alerts.max_age)


def load_settings(path: Path, left_out: Mapping[str, object] | None = None) -> Settings:
    """Read and check a settings file; ``left_out`` stands for sections that it does not have.

    Raises `SettingsError` with every fault, one line each.
    """
    try:
        data = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as fault:
        raise SettingsError(f"The settings file {path} cannot be read: {fault}.") from None
    try:
        settings = Settings.model_validate({**(left_out or {}), **data, "root": path.resolve().parent})
    except ValidationError as fault:
        raise _faulty(path, in_words(fault, Settings)) from None
    clock, council = settings.clock, settings.council
    max_age = council.signoff_max_age if council else None
    faults = list(contradictions(clock.kind, clock.path, settings.flags.backend, max_age, settings.metrics.source))
    if "root" in data:
        faults.append("  root: not a setting; relative paths always count from the file's folder")
    if faults:
        raise _faulty(path, faults)
    return settings


def _faulty(path: Path, lines: list[str]) -> SettingsError:
    return SettingsError(f"The settings file {path} has {len(lines)} fault(s):\n" + "\n".join(lines))


def _with_rest(exposure: Exposure, rest: Rest) -> Exposure:
    return Exposure.share(exposure.level, rest) if exposure.is_share else exposure
