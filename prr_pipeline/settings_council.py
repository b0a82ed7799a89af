"""The section of ``prr.toml`` about agreement: who is who, and who must sign what."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from prr_pipeline.settings_values import Duration

NeedName = Literal["owning_context", "other_context", "on_call_lead", "council_member", "quorum"]


class CouncilSettings(BaseModel):
    """Who may agree. ``roster`` holds ``allowed_signers`` and ``people.yaml``; ``digest`` pins both.

    ``reclimb``: who must sign before it climbs again after a roll back, or once its re-climbs are used up.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    roster: Path
    digest: str
    quorum_total: int = Field(3, ge=1)
    quorum_per_context: int = Field(1, ge=0)
    quorum_contexts: Literal["touched", "all"] = "touched"
    reclimb: tuple[NeedName, ...] = Field(("owning_context", "on_call_lead"), min_length=1)
    roles_may_coincide: bool = False
    signoff_max_age: Duration = timedelta(days=7)
    signoff_expiry: Duration = timedelta(days=60)
    justification_max: Duration = timedelta(days=90)
