"""The sections of ``prr.toml`` about decisions: their limits, and the gates that this deployment requires."""

from __future__ import annotations

from datetime import timedelta

from pydantic import BaseModel, ConfigDict, Field, field_validator

from prr_pipeline.errors import PrrError
from prr_pipeline.exposure import Exposure
from prr_pipeline.rollout.caps import Caps
from prr_pipeline.rollout.policy import Policy
from prr_pipeline.rollout.reclimb import Reclimbs
from prr_pipeline.settings_values import Duration


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class BlastRadiusSettings(_Section):
    """How much may move at once, see `prr_pipeline.rollout.caps.Caps`."""

    raises_per_tick: int = Field(default=5, ge=1)
    tick: Duration = Field(default=timedelta(minutes=10), gt=timedelta(0))
    wide_per_service: int = Field(default=5, ge=1)
    wide_from: str = "10%"

    @field_validator("wide_from")
    @classmethod
    def _is_a_share(cls, value: str) -> str:
        try:
            share = Exposure.parse(value).is_share
        except PrrError as fault:
            raise ValueError(str(fault)) from None
        if not share:
            raise ValueError(f"{value!r} is no share of the users; write one like 10%")
        return value

    def caps(self) -> Caps:
        """The caps as the gate reads them."""
        return Caps(self.raises_per_tick, self.tick, self.wide_per_service, Exposure.parse(self.wide_from))


class ReclimbSettings(_Section):
    """What follows on a guardrail's step down, see `prr_pipeline.rollout.reclimb.Reclimbs`."""

    cool_down: Duration = timedelta(days=1)
    per_attempt: int = Field(default=2, ge=0)
    per_rung: int = Field(default=1, ge=0)

    def reclimbs(self) -> Reclimbs:
        """As the decision reads them."""
        return Reclimbs(self.cool_down, self.per_attempt, self.per_rung)


class PolicySettings(_Section):
    """Limits of the decision, see `prr_pipeline.rollout.policy.Policy`."""

    gap_cap: Duration = timedelta(minutes=10)
    jump_limit: Duration = timedelta(hours=1)
    unknown_notice_after: Duration = timedelta(minutes=15)
    watch: Duration = timedelta(days=7)
    feedback_after: Duration = timedelta(days=30)
    checkpoint_every: Duration = timedelta(hours=1)
    required_gates: tuple[str, ...] = ()
    blast_radius: BlastRadiusSettings = BlastRadiusSettings()
    drill_max_age: Duration = timedelta(days=30)
    reclimbs: ReclimbSettings = ReclimbSettings()

    @field_validator("jump_limit", "drill_max_age")
    @classmethod
    def _lasts(cls, value: timedelta) -> timedelta:
        if not value:
            raise ValueError("nothing can ever be within 0 s; give 1s to 3650d")
        return value

    def policy(self, alert_max_age: timedelta) -> Policy:
        """The policy that decisions are made with."""
        return Policy(
            gap_cap=self.gap_cap,
            jump_limit=self.jump_limit,
            unknown_notice_after=self.unknown_notice_after,
            alert_max_age=alert_max_age,
            watch=self.watch,
            feedback_after=self.feedback_after,
            required=frozenset(self.required_gates),
            caps=self.blast_radius.caps(),
            drill_max_age=self.drill_max_age,
            reclimbs=self.reclimbs.reclimbs(),
        )
