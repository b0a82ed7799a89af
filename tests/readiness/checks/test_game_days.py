"""The next quarter's game day names the operation, or its drill comes back each quarter."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from prr_pipeline.readiness.catalogue import load_catalogue
from prr_pipeline.readiness.checks.game_days import quarter_after
from prr_pipeline.readiness.facts import AfterGa, Facts
from prr_pipeline.readiness.model import Finding, Outcome, Reason
from tests.readiness.fakes import NOW, profile, run

M38 = load_catalogue().line("M38")
PLAN = "apps/docs/content/docs/process/game-days/2026-q2.mdx"
DRILLS = "apps/api/lib/chaos-cadence.ts"
FULL = datetime(2026, 2, 20, tzinfo=UTC)


def drill(target: str, cadence: str) -> dict[str, str]:
    return {DRILLS: f'export const CHAOS_CADENCE = [{{ id: "a", target: "{target}", cadence: "{cadence}" }}];'}


def judged(files: dict[str, str], **keys: object) -> Finding:
    return run(M38.check, M38.parameters, files, Facts(now=NOW, after_ga=AfterGa(FULL)), using=profile(**keys))


@pytest.mark.parametrize(
    "text",
    [
        "| Scenario | Operations |\n|---|---|\n| The pool is empty | `createGrant`, `listOther` |\n",
        "- the pool is empty: createGrant\n",
        "## POST /grants while the database fails over\n\nSomething.\n",
    ],
    ids=["row", "item", "heading"],
)
def test_a_plan_that_names_the_operation_is_met(text: str) -> None:
    """Wherever a plan says what is practised."""
    finding = judged({PLAN: text})
    assert finding.outcome is Outcome.MET
    assert (finding.locations[0].path, finding.locations[0].line > 0) == (PLAN, True)


def test_a_drill_that_comes_back_each_quarter_is_met_without_a_plan() -> None:
    """By operation or by kind."""
    assert judged(drill("createGrant", "quarterly")).outcome is Outcome.MET
    assert judged(drill("cap-table", "monthly")).outcome is Outcome.MET


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({PLAN: "- createGrants\n", **drill("other", "weekly")}, "does not name createGrant"),
        (drill("createGrant", "yearly"), "not one of weekly, monthly, quarterly"),
        ({}, f"The plan {PLAN} does not exist"),
        ({PLAN.replace("q2", "q3"): "- createGrant\n", **drill("other", "weekly")}, f"{PLAN} does not exist"),
    ],
    ids=["other names", "yearly", "nothing", "another quarter"],
)
def test_neither_plan_nor_drill_is_unmet_and_says_both(files: dict[str, str], words: str) -> None:
    """Either would do; the message shows where."""
    finding = judged(files)
    assert finding.outcome is Outcome.UNMET
    assert words in finding.message
    assert {place.path for place in finding.locations} == {PLAN, DRILLS}


def test_a_list_of_drills_that_must_be_run_is_unknown() -> None:
    """The drill may stand in the spread."""
    finding = judged({DRILLS: "export const CHAOS_CADENCE = [...load()];"})
    assert (finding.outcome, finding.reason) == (Outcome.UNKNOWN, Reason.NOT_RESOLVABLE)


def test_nothing_declared_is_unknown_and_one_of_both_is_enough() -> None:
    """A line that needs a declaration nobody made."""
    finding = judged({}, paths__game_day_plan=None, paths__chaos_cadence=None)
    assert (finding.outcome, finding.reason) == (Outcome.UNKNOWN, Reason.NOT_DECLARED)
    assert judged({PLAN: "- createGrant\n"}, paths__chaos_cadence=None).outcome is Outcome.MET
    assert judged({PLAN: "- other\n"}, paths__chaos_cadence=None).outcome is Outcome.UNMET
    assert judged(drill("createGrant", "weekly"), paths__game_day_plan=None).outcome is Outcome.MET


def test_never_is_not_applicable_whatever_is_planned() -> None:
    """The engine asks a person why."""
    assert judged({PLAN: "- createGrant\n"}, after_ga__game_day="never").outcome is Outcome.NOT_APPLICABLE
    assert M38.exemption_attested


def test_before_full_exposure_nobody_can_say_which_quarter_is_next() -> None:
    """The quarter counts from the instant at which everybody has it."""
    finding = run(M38.check, M38.parameters, {PLAN: "- createGrant\n"})
    assert (finding.outcome, finding.reason) == (Outcome.UNKNOWN, Reason.NO_EVIDENCE)


@pytest.mark.parametrize(
    ("at", "expected"),
    [((2026, 1, 1), (2026, 2)), ((2026, 9, 30), (2026, 4)), ((2026, 10, 1), (2027, 1)), ((2026, 12, 31), (2027, 1))],
)
def test_the_quarter_after_the_last_one_is_of_the_next_year(
    at: tuple[int, int, int], expected: tuple[int, int]
) -> None:
    """Quarters begin in January, April, July and October."""
    assert quarter_after(datetime(*at, tzinfo=UTC)) == expected


def test_another_row_of_the_plan_leaves_the_digest_as_it_is() -> None:
    """The plan belongs to all; only the own place is bound."""
    one = judged({PLAN: "- createGrant\n"})
    assert judged({PLAN: "- listOther\n- createGrant\n"}).subject_digest == one.subject_digest
