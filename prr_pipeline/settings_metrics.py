"""The section of ``prr.toml`` about metrics: where they are read, what the arms are called, what counts as proof."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from prr_pipeline.errors import PrrError
from prr_pipeline.settings_values import Duration

if TYPE_CHECKING:
    from prr_pipeline.rollout.canary_policy import CanaryPolicy

_SHORTEST, _LONGEST = timedelta(seconds=10), timedelta(hours=1)


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class CanarySettings(_Section):
    """What of the canary's parameters this deployment sets: see `prr_pipeline.rollout.canary_policy.CanaryPolicy`."""

    false_rollback_ppm: int | None = None
    errors_budget_ppm: int | None = None
    slow_budget_ppm: int | None = None
    hard_failure_ppm: int | None = None
    hard_proof_ppm: int | None = None
    lean_ppm: int | None = None
    first_rung_parts: int | None = None
    again_ppm: int | None = None
    ratios: tuple[int, ...] | None = None
    ratio_parts: tuple[int, ...] | None = None
    bucket_cap_millinats: int | None = None
    window_cap_millinats: int | None = None
    trusted_bad: int | None = None
    most_share_factor: int | None = None
    reserve_ppm: int | None = None
    start_ppm: int | None = None
    restart_every: Duration | None = None
    restart_horizon: Duration | None = None
    bunch_window: Duration | None = None
    extension_limit: Duration | None = None
    max_age: Duration | None = None

    @model_validator(mode="after")
    def _is_sound(self) -> Self:
        if self.model_fields_set:
            try:
                self.policy()
            except PrrError as fault:
                raise ValueError(str(fault)) from None
        return self

    def policy(self) -> CanaryPolicy:
        """The canary's parameters; what is not set is as it ships."""
        from prr_pipeline.rollout.canary_policy import CanaryPolicy

        return CanaryPolicy(**self.model_dump(exclude_none=True))


class VariantSettings(_Section):
    """The values of the variant label, by what the flag serves."""

    on: str = Field(default="on", min_length=1)
    off: str = Field(default="off", min_length=1)
    shadow: str = Field(default="shadow", min_length=1)

    @model_validator(mode="after")
    def _differ(self) -> Self:
        if len({self.on, self.off, self.shadow}) < 3:
            raise ValueError("two of on, off and shadow have one label, so nobody could tell them apart")
        return self


class SyntheticSettings(_Section):
    """Requests of a load generator to the new version: the variant that marks them, without which none count.

    ``most_ppm`` is the largest part of a rung's sample that they may fill, in parts per million.
    """

    variant: str | None = Field(default=None, min_length=1)
    most_ppm: int = Field(default=900_000, ge=1, le=1_000_000)


class MetricSettings(_Section):
    """The metric source, without which no metric is read, and which metrics are judged; ``step`` is a bucket's length.

    ``catch_up`` is how far back is read after an outage; ``tick_budget`` what a tick of the guard spends on questions,
    in real time. ``services`` are the service labels of bounded contexts that are not called by their slug.
    """

    source: str | None = None
    judged: tuple[Literal["errors", "slow"], ...] = ("errors", "slow")
    step: Duration = timedelta(minutes=1)
    catch_up: Duration = timedelta(hours=6)
    tick_budget: Duration = timedelta(seconds=5)
    variants: VariantSettings = VariantSettings()
    services: dict[str, str] = Field(default_factory=dict)
    options: dict[str, Any] = Field(default_factory=dict)
    canary: CanarySettings = CanarySettings()
    synthetic: SyntheticSettings = SyntheticSettings()

    @field_validator("step")
    @classmethod
    def _is_a_bucket(cls, value: timedelta) -> timedelta:
        if not _SHORTEST <= value <= _LONGEST:
            raise ValueError(f"{value} is no length of a bucket; give 10s to 1h")
        return value

    @field_validator("judged")
    @classmethod
    def _each_once(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if not value or len(set(value)) < len(value):
            raise ValueError(f"{list(value)} is no choice of metrics; list errors, slow or both, each once")
        return value

    @model_validator(mode="after")
    def _tells_users_apart(self) -> Self:
        names = self.variants
        if self.synthetic.variant in (names.on, names.off, names.shadow):
            raise ValueError(
                f"{self.synthetic.variant!r} marks users' requests; give synthetic ones a variant of their own"
            )
        return self

    @model_validator(mode="after")
    def _reaches_back(self) -> Self:
        if self.catch_up < self.step:
            raise ValueError(f"a catch_up of {self.catch_up} is shorter than one step of {self.step}")
        return self
