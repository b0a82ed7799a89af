"""The sections about agreement and about step downs: what may be set, what it means, and what is refused."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from prr_pipeline.control.agreement import council_policy
from prr_pipeline.review.council import CouncilPolicy, Need
from prr_pipeline.rollout.reclimb import Reclimbs
from prr_pipeline.settings import Settings
from prr_pipeline.settings_council import CouncilSettings
from prr_pipeline.settings_policy import PolicySettings

ROSTER: dict[str, Any] = {"roster": "roster", "digest": "sha256:0"}


def test_who_signs_before_it_climbs_again_is_as_shipped_unless_it_is_set() -> None:
    """The owner and the on-call lead, in the settings as in the rules."""
    assert council_policy(CouncilSettings(**ROSTER)).reclimb == CouncilPolicy().reclimb
    chosen = council_policy(CouncilSettings(**ROSTER, reclimb=("council_member", "quorum")))
    assert chosen.reclimb == (Need.COUNCIL_MEMBER, Need.QUORUM)


@pytest.mark.parametrize("wrong", [(), ("everybody",)], ids=["nobody", "no need"])
def test_a_rule_that_asks_for_nobody_or_for_nobody_known_is_refused(wrong: tuple[str, ...]) -> None:
    """An empty one would grant everything; an unknown one lists the valid ones."""
    with pytest.raises(ValidationError) as fault:
        CouncilSettings(**ROSTER, reclimb=wrong)  # type: ignore[arg-type]
    assert "reclimb" in str(fault.value)
    assert wrong == () or "on_call_lead" in str(fault.value)


def test_what_follows_on_a_step_down_is_part_of_the_policy() -> None:
    """As shipped, and as set; each is a version of its own."""
    shipped, limit = PolicySettings(), timedelta(seconds=30)
    assert shipped.policy(limit).reclimbs == Reclimbs(timedelta(days=1), 2, 1)
    data = {"reclimbs": {"cool_down": "6h", "per_attempt": 5, "per_rung": 2}}
    chosen = PolicySettings.model_validate(data).policy(limit)
    assert chosen.reclimbs == Reclimbs(timedelta(hours=6), 5, 2)
    assert chosen.digest != shipped.policy(limit).digest


@pytest.mark.parametrize(
    "wrong", [{"per_attempt": -1}, {"per_rung": -1}, {"cool_down": "-1h"}, {"cool_down": "soon"}, {"times": 3}], ids=str
)
def test_what_is_no_rule_about_re_climbs_is_refused(wrong: dict[str, object]) -> None:
    """With the place of the fault."""
    with pytest.raises(ValidationError, match="reclimbs"):
        PolicySettings.model_validate({"reclimbs": wrong})


def test_synthetic_requests_have_a_variant_of_their_own_and_a_bound() -> None:
    """Nothing counts as synthetic unless it is named; users' variants cannot be."""

    def read(**synthetic: object) -> Settings:
        data = {"root": Path("/"), "repository": {"path": ".", "profile": "plain"}, "metrics": {"synthetic": synthetic}}
        return Settings.model_validate(data)

    assert read().metrics.synthetic.variant is None
    assert read(variant="robot").metrics.synthetic.most_ppm == 900_000
    for wrong in ({"variant": "on"}, {"variant": ""}, {"most_ppm": 0}, {"most_ppm": 1_000_001}):
        with pytest.raises(ValidationError):
            read(**wrong)
