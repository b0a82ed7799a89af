"""The registry of checks: discovery, names, parameters, composites."""

from __future__ import annotations

import pytest

from prr_pipeline.errors import PrrError, UnknownName
from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.findings import met
from prr_pipeline.readiness.model import Finding, Outcome
from prr_pipeline.readiness.parameters import NoParameters
from prr_pipeline.readiness.registry import check, check_named, checks, validate_names
from prr_pipeline.readiness.sources import Sources
from prr_pipeline.subjects import Subject
from tests.readiness.fakes import run

CLEAN = {"check": "properties_have", "parameters": {"prefix": "x-matter-", "extension": "explainer", "exempt": ["id"]}}
BAD = {"check": "properties_have", "parameters": {"prefix": "x-matter-", "extension": "nowhere"}}
BLIND = {"check": "approved_by", "parameters": {"line": "council_quorum_signed"}}


def test_every_check_has_a_version_a_sentence_and_parameters() -> None:
    """A check's docstring is what `prr lines` and the docs show."""
    for found in checks().values():
        assert found.version >= 1
        assert found.summary.endswith(".")
        assert found.parameters.__struct_config__.forbid_unknown_fields


def test_an_unknown_check_lists_the_valid_ones_composites_included() -> None:
    """No silent default."""
    with pytest.raises(UnknownName, match=r"all_of.*operation_has"):
        check_named("operation_hass")


def test_two_checks_cannot_share_a_name() -> None:
    """The second one would judge lines that meant the first."""

    def impostor(_sources: Sources, _facts: Facts, _subject: Subject, _parameters: NoParameters) -> Finding:
        return met("Fine.", "sha256:0")

    for name in ("operation_has", "all_of"):
        with pytest.raises(PrrError, match="Two checks have the name"):
            check(name, NoParameters)(impostor)


@pytest.mark.parametrize(
    ("parts", "all_of", "any_of"),
    [
        ([CLEAN, CLEAN], Outcome.MET, Outcome.MET),
        ([CLEAN, BAD], Outcome.UNMET, Outcome.MET),
        ([CLEAN, BLIND], Outcome.UNKNOWN, Outcome.MET),
        ([BAD, BLIND], Outcome.UNMET, Outcome.UNKNOWN),
        ([BAD, BAD], Outcome.UNMET, Outcome.UNMET),
    ],
)
def test_parts_are_joined_by_the_rules_of_outcomes(parts: list[object], all_of: Outcome, any_of: Outcome) -> None:
    """All: any unmet is unmet, else any unknown is unknown. Any: any met is met, else any unknown is unknown."""
    assert run("all_of", {"checks": parts}, {}).outcome is all_of
    assert run("any_of", {"checks": parts}, {}).outcome is any_of


def test_a_joined_finding_carries_the_reason_of_what_decided_it() -> None:
    """Reason is set exactly when the outcome is unknown."""
    assert run("all_of", {"checks": [CLEAN, BLIND]}, {}).reason is not None
    assert run("all_of", {"checks": [BAD, BLIND]}, {}).reason is None


@pytest.mark.parametrize("parameters", [{}, {"checks": []}, {"checks": [{"chek": 1}]}, {"checks": [CLEAN], "more": 1}])
def test_a_composite_of_another_form_is_refused(parameters: dict[str, object]) -> None:
    """It takes a list of checks and nothing else."""
    with pytest.raises(PrrError, match="checks"):
        validate_names("all_of", parameters)


def test_a_part_of_a_composite_is_validated_like_a_check() -> None:
    """A wrong name inside is found when the checklist is loaded."""
    with pytest.raises(UnknownName, match="nothing_like_it"):
        validate_names("any_of", {"checks": [{"check": "nothing_like_it"}]})
