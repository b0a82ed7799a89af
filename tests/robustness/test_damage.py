"""Whatever is done to whichever file, every operation gets all its lines, and no check fails inside."""

from __future__ import annotations

from functools import reduce

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from prr_pipeline.readiness.judge import INTERNAL_FAULT
from prr_pipeline.readiness.model import Finding, Outcome, Reason
from tests.robustness.edits import HOW, Edit, files
from tests.robustness.judging import Repository, faults, whole
from tests.robustness.regressions import REGRESSIONS, Regression

EDITS = st.lists(st.builds(Edit, st.sampled_from(files()), st.sampled_from(HOW), st.integers(0, 2**32)), max_size=3)


@settings(max_examples=30, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
@given(EDITS)
def test_damage_of_any_file_crashes_nothing(edits: list[Edit]) -> None:
    """Each report is whole, each outcome one of the five, each form can be written, what is refused is one sentence."""
    assert faults(reduce(lambda state, edit: edit.applied(state), edits, whole())) == []


@pytest.mark.parametrize("edit", REGRESSIONS, ids=lambda edit: edit.id)
def test_what_once_failed_inside_a_check_is_judged(edit: Regression) -> None:
    """Each was found by damage of that kind."""
    assert faults(edit.applied(whole())) == []


@pytest.mark.parametrize("how", HOW)
def test_each_kind_of_damage_does_some(how: str) -> None:
    """On a file of each form; else the property above would prove nothing."""
    for path in ("apps/docs/api-reference/openapi.yaml", "apps/api/app/v1/grants/route.ts", ".prr/profile.yaml"):
        assert any(Edit(path, how, seed).applied(whole()) != whole() for seed in range(8))


def test_a_fault_inside_a_check_would_be_found() -> None:
    """The engine turns it into unknown; the property looks at its sentence."""
    assert INTERNAL_FAULT in Finding(Outcome.UNKNOWN, f"It {INTERNAL_FAULT}.", "", reason=Reason.UNREADABLE).message
    bare = Repository({}, dict(whole().artefacts))
    assert faults(bare) == []
