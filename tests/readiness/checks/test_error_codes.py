"""Error codes: in the taxonomy, and each with a page that is no stub."""

from __future__ import annotations

import json
from typing import Any

import pytest

from prr_pipeline.readiness.catalogue import load_catalogue
from prr_pipeline.readiness.model import Outcome, Reason
from tests.readiness.fakes import COMPONENTS, SPEC, profile, run, spec

M5 = load_catalogue().line("M5")
PAGES = "apps/docs/content/docs/errors/"
PAGE = "---\ntitle: pool\n---\n" + "The option pool is used up. " * 10
GOOD = {f"{PAGES}pool_exhausted.mdx": PAGE}


def judged(files: dict[str, str], **keys: Any) -> Any:
    return run(M5.check, M5.parameters, files, using=profile(**keys))


def responses(**answers: Any) -> str:
    return spec(responses={status.removeprefix("s"): answer for status, answer in answers.items()})


def problem(**media: Any) -> dict[str, Any]:
    return {"content": {"application/problem+json": media}}


def test_a_documented_code_is_met() -> None:
    """The code is found through references and combinations."""
    finding = judged(GOOD)
    assert finding.outcome is Outcome.MET
    assert finding.values["codes"] == ["pool_exhausted"]


def test_a_code_without_page_is_unmet_with_the_path() -> None:
    """The way out is the path where the page belongs."""
    finding = judged({})
    assert finding.outcome is Outcome.UNMET
    assert f"{PAGES}pool_exhausted.mdx" in finding.message


def test_a_stub_page_is_unmet() -> None:
    """A page of a few words documents nothing."""
    assert "is a stub (2 of at least 40 words)" in judged({f"{PAGES}pool_exhausted.mdx": "coming soon"}).message


@pytest.mark.parametrize(
    ("answer", "codes"),
    [
        (problem(schema={"properties": {"code": {"const": "too_late"}}}), ["too_late"]),
        (problem(schema={"oneOf": [{"properties": {"code": {"enum": ["a_b", "c_d"]}}}]}), ["a_b", "c_d"]),
        (problem(example={"code": "from_example"}), ["from_example"]),
        (problem(examples={"one": {"value": {"code": "from_examples"}}}), ["from_examples"]),
    ],
)
def test_codes_are_found_in_schemas_and_examples(answer: dict[str, Any], codes: list[str]) -> None:
    """Wherever a spec usually declares its codes, they are read."""
    assert judged({SPEC: responses(s400=answer)}).values["codes"] == codes


def test_codes_of_a_success_do_not_count() -> None:
    """Only 4xx and 5xx answers carry error codes; none at all is unknown, never met."""
    finding = judged({SPEC: responses(s200=problem(example={"code": "fine"}))})
    assert (finding.outcome, finding.reason) == (Outcome.UNKNOWN, Reason.NO_EVIDENCE)


def test_a_code_against_the_pattern_is_unmet() -> None:
    """The taxonomy's form is the profile's pattern, matched by RE2."""
    finding = judged(
        {SPEC: responses(s400=problem(example={"code": "PoolExhausted"})), f"{PAGES}PoolExhausted.mdx": PAGE}
    )
    assert "does not follow the pattern" in finding.message


@pytest.mark.parametrize(
    ("policy", "outcome"), [("allow", Outcome.MET), ("refuse", Outcome.UNMET)], ids=["allowed", "refused"]
)
def test_a_code_without_family_is_judged_by_the_profile(policy: str, outcome: Outcome) -> None:
    """Families are a prefix; whether a code may have none is declared."""
    assert judged(GOOD, errors__families=["grant"], errors__code_without_family=policy).outcome is outcome
    assert judged(GOOD, errors__families=["pool"], errors__code_without_family="refuse").outcome is Outcome.MET


def test_pages_without_code_are_reported_and_do_not_fail_this_operation() -> None:
    """The other direction is shown; whose page it was cannot be this operation's fault."""
    finding = judged({**GOOD, f"{PAGES}forgotten.mdx": PAGE})
    assert finding.outcome is Outcome.MET
    assert finding.values["pages_without_code"] == ["forgotten"]


def test_pages_without_code_can_be_made_to_fail() -> None:
    """A stricter checklist of one's own may refuse them."""
    finding = run(M5.check, {**M5.parameters, "pages_without_code": "unmet"}, {**GOOD, f"{PAGES}forgotten.mdx": PAGE})
    assert "the page of forgotten belongs to no operation" in finding.message


def test_a_broken_pattern_is_unknown_with_the_way_out() -> None:
    """Where a checklist of one's own brings it; a profile with one is not loaded at all."""
    finding = run(M5.check, {**M5.parameters, "pattern": "(a"}, GOOD)
    assert (finding.outcome, finding.reason) == (Outcome.UNKNOWN, Reason.UNREADABLE)
    assert "'(a' is none that RE2 takes (missing ): (a); write it without" in finding.message


def test_a_schema_that_contains_itself_ends() -> None:
    """Circles in combinations are followed once."""
    loop = {"allOf": [{"$ref": "#/components/schemas/Loop"}], "properties": {"code": {"const": "x_y"}}}
    components = {**COMPONENTS, "schemas": {**COMPONENTS["schemas"], "Loop": loop}}
    document = json.loads(spec(components=components))
    document["paths"]["/grants"]["post"]["responses"] = {"400": problem(schema={"$ref": "#/components/schemas/Loop"})}
    assert judged({SPEC: json.dumps(document)}).values["codes"] == ["x_y"]


def test_the_digest_covers_the_pages_of_the_own_codes_only() -> None:
    """Another code's page voids nothing here; the own page's text does."""
    base = judged(GOOD).subject_digest
    assert judged({**GOOD, f"{PAGES}other.mdx": PAGE}).subject_digest == base
    assert judged({f"{PAGES}pool_exhausted.mdx": PAGE + "more"}).subject_digest != base
