"""What an operation replaces, and what is deprecated, has a plan with dates."""

from __future__ import annotations

import json
from typing import Any

import pytest

from prr_pipeline.readiness.catalogue import load_catalogue
from prr_pipeline.readiness.model import Finding, Outcome, Reason
from tests.readiness.fakes import SPEC, profile, run, spec

M32 = load_catalogue().line("M32")
RFC = "apps/docs/rfcs/2026-01-10-retire-old-grant.mdx"


def plan(name: str = "oldGrant", **fields: Any) -> str:
    matter = {"title": "Retire", "operation": name, "announced": '"2026-01-10"', "sunset": '"2028-02-01"', **fields}
    return "---\n" + "\n".join(f"{k}: {v}" for k, v in matter.items() if v is not None) + "\n---\n\n## Plan\n\nSoon.\n"


def specification(other: dict[str, Any] | None = None, **own: Any) -> str:
    """The spec with another operation `oldGrant`; ``own`` are keys of createGrant."""
    document = json.loads(spec(**own))
    if other is not None:
        document["paths"]["/old"] = {"post": {"operationId": "oldGrant", "responses": {}, **other}}
    return json.dumps(document)


def judged(text: str, *plans: str, **keys: Any) -> Finding:
    files = {RFC.replace(".mdx", f"-{i}.mdx"): each for i, each in enumerate(plans)}
    return run(M32.check, M32.parameters, {SPEC: text, **files}, using=profile(**keys))


REPLACES = {"x-matter-replaces": "oldGrant"}


@pytest.mark.parametrize(
    "text",
    [
        specification(),
        specification(deprecated=False),
        specification(**{"x-matter-replaces": None}),
        specification({"deprecated": True, "x-matter-replaced-by": "another"}),
    ],
    ids=["nothing", "false", "empty", "somebody else's"],
)
def test_an_operation_that_replaces_nothing_is_not_applicable_with_its_place(text: str) -> None:
    """What was looked for is named, so that the absence is proved."""
    finding = judged(text)
    assert finding.outcome is Outcome.NOT_APPLICABLE
    assert "x-matter-replaces" in finding.message
    assert finding.locations[0].path == SPEC


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (specification(**REPLACES), "oldGrant"),
        (specification(**{"x-matter-replaces": ["oldGrant"]}), "oldGrant"),
        (specification({"deprecated": True, "x-matter-replaced-by": "createGrant"}), "oldGrant"),
        (specification(deprecated=True), "createGrant"),
        (specification(**{"x-sunset": "2028-02-01"}), "createGrant"),
        (specification(**{"x-matter-replaced-by": "newGrant"}), "createGrant"),
    ],
    ids=["replaces", "list", "the other says so", "deprecated", "sunset", "replaced"],
)
def test_each_way_to_say_that_something_ends_asks_for_a_plan(text: str, name: str) -> None:
    """With the plan it is met, without it unmet."""
    assert judged(text, plan(name)).outcome is Outcome.MET
    without = judged(text, plan("unrelated"))
    assert without.outcome is Outcome.UNMET
    assert f"names {name} (" in without.message
    assert without.locations[0].line > 0


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"announced": None}, "no date under announced or announced_at"),
        ({"sunset": "later"}, "no date under sunset or sunset_at"),
        ({"sunset": '"2026-04-09"'}, "gives 89 days of notice; at least 90 are due"),
        ({"sunset": '"2028-01-09"'}, "less than 24 months after 2026-01-10"),
        ({"sunset": '"2025-01-09"'}, "gives -366 days of notice"),
    ],
)
def test_a_plan_without_enough_notice_is_unmet(fields: dict[str, str | None], words: str) -> None:
    """Both dates, the policy's days, and the policy's months."""
    finding = judged(specification(**REPLACES), plan(**fields))
    assert finding.outcome is Outcome.UNMET
    assert words in finding.message


def test_the_notice_is_counted_to_the_day() -> None:
    """Exactly enough is enough."""
    text = specification(**REPLACES)
    assert judged(text, plan(sunset='"2028-01-10"')).outcome is Outcome.MET
    keys = {"deprecation__announcement_to_sunset_months": 0}
    assert judged(text, plan(sunset='"2026-04-10"'), **keys).outcome is Outcome.MET


@pytest.mark.parametrize("extension", [{"x-sunset": "2028-03-01"}, {"x-matter-deprecation": {"sunset": "2028-03-01"}}])
def test_two_dates_of_one_end_are_unmet(extension: dict[str, Any]) -> None:
    """Clients read the header, people the plan."""
    finding = judged(specification({"deprecated": True, **extension}, **REPLACES), plan())
    assert "the specification ends oldGrant on 2028-03-01" in finding.message
    assert finding.outcome is Outcome.UNMET


def test_the_plan_that_the_specification_names_is_the_plan() -> None:
    """Another document that speaks of the operation does not stand in for it."""
    other = {"deprecated": True, "x-matter-deprecation": {"plan": "docs/plan.mdx", "sunset": "2028-02-01"}}
    text = specification(other, **REPLACES)
    files = {SPEC: text, "docs/plan.mdx": plan("whatever", sunset='"2026-02-01"'), RFC: plan()}
    finding = run(M32.check, M32.parameters, files)
    assert (finding.outcome, finding.locations[0].path) == (Outcome.UNMET, "docs/plan.mdx")


def test_a_plan_that_cannot_be_read_is_unknown_unless_another_speaks_of_it() -> None:
    """The broken one may be the plan."""
    text = specification(**REPLACES)
    broken = "---\noperation: oldGrant\n"
    assert (judged(text, broken).outcome, judged(text, broken).reason) == (Outcome.UNKNOWN, Reason.UNREADABLE)
    assert judged(text, broken, plan()).outcome is Outcome.MET


def test_an_unrelated_plan_leaves_the_digest_as_it_is() -> None:
    """Only the own plan is bound."""
    text = specification(**REPLACES)
    assert judged(text, plan()).subject_digest == judged(text, plan(), plan("another")).subject_digest
    assert judged(text, plan()).subject_digest != judged(text, plan(owner="Equity")).subject_digest
