"""Cost budgets: declared, held by the load script, and kept by a recent run."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from prr_pipeline.readiness.catalogue import load_catalogue
from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.model import Finding, Outcome, Reason
from prr_pipeline.subjects import Subject, SubjectKind
from tests.readiness.fakes import CREATE, SPEC, run, spec
from tests.readiness.filed import absent, filed, having

M20 = load_catalogue().line("M20")
SCRIPT = "apps/api/load/cost.k6.js"
METRIC = "matter_cost_micro_usd"
TABLE = "const BUDGET = { createGrant: 900, other: 5 };\n"
MADE = (
    TABLE
    + "export const options = { thresholds: Object.fromEntries(Object.entries(BUDGET).map(([operation, budget]) => "
    + f"[`{METRIC}{{operation:${{operation}}}}`, [`avg<=${{budget}}`]])) }};"
)


def options(thresholds: str, head: str = "") -> str:
    return f"{head}export const options = {{ thresholds: {thresholds} }};"


def summary(
    avg: Any = 810.25, crossed: bool = False, bound: str = "avg<=900", of: str = "createGrant"
) -> dict[str, Any]:
    row = {"avg": avg, "p(95)": 1000, "thresholds": {bound: crossed}}
    return {"metrics": {METRIC: {"avg": 1}, f"{METRIC}{{operation:{of}}}": row}}


def judged(
    report: Any = None, script: str | None = MADE, budget: Any = ("micro_usd_per_call", 900), subject: Subject = CREATE
) -> Finding:
    facts = report if isinstance(report, Facts) else having(load_test=report or summary())
    declared = dict([budget]) if isinstance(budget, tuple) else budget
    files = {SPEC: spec(x_cost_budget=declared, operationId=subject.name)}
    if script is not None:
        files[SCRIPT] = script
    return run(M20.check, M20.parameters, files, facts, subject)


def test_a_recent_run_within_the_budget_is_met() -> None:
    """The budget stands in the spec, in the script and in the run's own threshold."""
    finding = judged()
    assert finding.outcome is Outcome.MET, finding.message
    assert (finding.values["measured"], finding.values["budget"]) == ("810.25", "900")
    assert (finding.locations[0].path, finding.locations[0].line) == (SCRIPT, 1)


def test_a_budget_that_is_a_plain_number_will_do() -> None:
    """The extension may hold the number itself."""
    assert judged(budget=900).outcome is Outcome.MET


def test_the_other_form_of_the_summary_will_do() -> None:
    """`handleSummary` writes the numbers below `values`."""
    row = {"values": {"avg": 810}, "thresholds": {"avg<=900": {"ok": True}}}
    assert judged({"metrics": {f"{METRIC}{{operation:createGrant}}": row}}).outcome is Outcome.MET


SCRIPTS = {
    "written out": options(f"{{ '{METRIC}{{operation:createGrant}}': ['avg<=900'] }}"),
    "with options": options(
        f"{{ '{METRIC}{{operation:createGrant}}': [{{ threshold: 'avg<900', abortOnFail: true }}] }}"
    ),
    "table and template": options(f"{{ {METRIC}: [`avg<=${{BUDGET[__ENV.OPERATION]}}`] }}", TABLE),
    "made from the table": MADE,
    "constant by name": f"{TABLE}const held = {{ {METRIC}: [`avg<=${{BUDGET[x]}}`] }};\nexport const options = "
    "{ thresholds: held };",
    "numbers with underscores": MADE.replace("createGrant: 900", "createGrant: 0_900"),
    "the table that is named counts": f"const RATES = {{ createGrant: 20 }};\n{MADE}",
}


@pytest.mark.parametrize("script", SCRIPTS.values(), ids=SCRIPTS)
def test_a_threshold_is_found_however_the_script_writes_it(script: str) -> None:
    """Nothing is run to find out."""
    finding = judged(script=script)
    assert finding.outcome is Outcome.MET, finding.message


def test_artillery_will_do() -> None:
    """The script holds `ensure`, the report has the operation in the metric's name."""
    script = f"config:\n  ensure:\n    thresholds:\n      - {METRIC}.createGrant.mean: 900\n"
    report = {"aggregate": {"summaries": {f"{METRIC}.createGrant": {"mean": 810}}}}
    files = {SPEC: spec(x_cost_budget={"micro_usd_per_call": 900}), "apps/api/load/cost.yml": script}
    assert run(M20.check, M20.parameters, files, having(load_test=report)).outcome is Outcome.MET
    high = {**files, "apps/api/load/cost.yml": script.replace("900", "901")}
    assert run(M20.check, M20.parameters, high, having(load_test=report)).outcome is Outcome.UNMET


TWO_TABLES = options(
    f"{{ {METRIC}: [`avg<=${{A[x]}}`] }}", "const A = { createGrant: 9 };\nconst B = { createGrant: 8 };\n"
)
NO_BOUND = {
    "no script": None,
    "no thresholds": f"{TABLE}export const options = {{ vus: 1 }};",
    "another metric": options("{ http_req_duration: [`avg<=${BUDGET[x]}`] }", TABLE),
    "another statistic": options(f"{{ {METRIC}: [`max<=${{BUDGET[x]}}`] }}", TABLE),
    "a lower bound": options(f"{{ '{METRIC}{{operation:createGrant}}': ['avg>=1'] }}"),
    "another operation": options(f"{{ '{METRIC}{{operation:other}}': ['avg<=900'] }}"),
    "an operation that the table lacks": MADE.replace("createGrant", "createGrants"),
    "options that are not exported": MADE.replace("export const options", "const options"),
    "a comment": f"// {METRIC} avg<=900\nexport const options = {{}};",
}


@pytest.mark.parametrize("script", NO_BOUND.values(), ids=NO_BOUND)
def test_a_budget_that_no_script_enforces_is_unmet(script: str | None) -> None:
    """Numbers that a reader compares are enforced by nobody."""
    finding = judged(script=script)
    assert finding.outcome is Outcome.UNMET, finding.message
    assert "add avg<=900" in finding.message


def test_a_script_that_allows_more_than_the_spec_is_unmet() -> None:
    """With the line of the number."""
    finding = judged(script=MADE.replace("createGrant: 900", "createGrant: 1200"))
    assert finding.outcome is Outcome.UNMET
    assert f"{SCRIPT}:1 lets createGrant cost 1200, and the specification 900" in finding.message


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("export const options = {", Reason.NOT_RESOLVABLE),
        (TWO_TABLES, Reason.NOT_RESOLVABLE),
        (MADE.replace("createGrant: 900", "createGrant: Number(__ENV.LIMIT)"), Reason.NOT_RESOLVABLE),
        (MADE.replace("createGrant: 900", "...BUDGETS_OF_EQUITY"), Reason.NOT_RESOLVABLE),
        (options(f"{{ '{METRIC}{{operation:createGrant}}': [`avg<=${{__ENV.LIMIT}}`] }}"), Reason.NOT_RESOLVABLE),
    ],
)  # fmt: skip
def test_a_threshold_that_cannot_be_told_is_unknown(script: str, reason: Reason) -> None:
    """A broken script, two tables that differ, and numbers that only running the script tells."""
    finding = judged(script=script)
    assert (finding.outcome, finding.reason) == (Outcome.UNKNOWN, reason)


@pytest.mark.parametrize(
    ("report", "message"),
    [
        (summary(avg=900.5), "avg is 900.5, above the budget of 900"),
        (summary(avg=810, crossed=True), "the threshold avg<=900 was crossed"),
        (summary(bound="avg<=1000"), "held avg to no threshold of 900 or less"),
        (summary(bound="p(95)<=900"), "held avg to no threshold"),
        ({"metrics": {f"{METRIC}{{operation:createGrant}}": {"avg": 1}}}, "held avg to no threshold"),
    ],
)
def test_a_run_over_the_budget_is_unmet(report: Any, message: str) -> None:
    """So is a run that did not hold itself to it: its script was another."""
    finding = judged(report)
    assert finding.outcome is Outcome.UNMET
    assert message in finding.message


def test_each_part_of_the_operation_must_be_within_the_budget() -> None:
    """Where the run tells modes apart and nothing else, the worst of them counts."""
    rows = {f"{METRIC}{{operation:createGrant,mode:{mode}}}": {"avg": avg, "thresholds": {"avg<=900": False}}
            for mode, avg in (("live", 800), ("test", 950))}  # fmt: skip
    assert judged({"metrics": rows}).outcome is Outcome.UNMET


@pytest.mark.parametrize(
    ("facts", "reason", "message"),
    [
        (having(), Reason.NO_EVIDENCE, "Nobody looked"),
        (having(load_test=absent()), Reason.NO_EVIDENCE, "file it"),
        (having(load_test="{"), Reason.UNREADABLE, "cannot be read"),
        (having(load_test=summary(of="createGrants")), Reason.NO_EVIDENCE, "measured no"),
        (having(load_test=summary(of="other")), Reason.NO_EVIDENCE, "measured no"),
        (having(load_test={"metrics": {METRIC: {"avg": 1}}}), Reason.NO_EVIDENCE, "measured no"),
        (having(load_test=summary(avg=0)), Reason.NO_EVIDENCE, "measured no avg"),
        (having(load_test=summary(avg=None)), Reason.NO_EVIDENCE, "measured no avg"),
        (
            having(load_test=filed(summary(), age=timedelta(days=60, seconds=1))),
            Reason.STALE,
            "60 days old, more than 60",
        ),
        (having(load_test=filed(summary(), age=timedelta(days=-2))), Reason.UNREADABLE, "lies ahead"),
    ],
)
def test_what_cannot_be_seen_is_unknown(facts: Facts, reason: Reason, message: str) -> None:
    """No run, a broken or an old one, one from tomorrow, one of other operations, and k6's zeros for "never called"."""
    finding = judged(facts)
    assert (finding.outcome, finding.reason) == (Outcome.UNKNOWN, reason), finding.message
    assert message in finding.message


def test_a_load_test_of_other_code_counts_while_it_is_young() -> None:
    """Load tests run less often than builds; their age is the limit."""
    facts = having(load_test=filed(summary(), current=False, age=timedelta(days=59)))
    assert judged(facts).outcome is Outcome.MET


@pytest.mark.parametrize(
    ("budget", "outcome"),
    [(None, Outcome.UNMET), ({"per_month": 5}, Outcome.UNKNOWN), (("micro_usd_per_call", 0), Outcome.UNKNOWN),
     (("micro_usd_per_call", "900"), Outcome.UNKNOWN), (True, Outcome.UNKNOWN)],
)  # fmt: skip
def test_a_budget_that_is_not_declared_as_a_number(budget: Any, outcome: Outcome) -> None:
    """None at all is unmet; one that says something else is not declared."""
    finding = judged(budget=budget)
    assert finding.outcome is outcome
    assert finding.locations[0].path == SPEC


def test_an_odd_id_is_a_tag_like_any_other() -> None:
    """Slashes and dots stand in the tag as they are."""
    subject = Subject(SubjectKind.OPERATION, "reports/annual.v2")
    script = MADE.replace("createGrant:", '"reports/annual.v2":')
    assert judged(summary(of=subject.name), script, subject=subject).outcome is Outcome.MET


def test_a_new_run_leaves_the_digest_as_it_is() -> None:
    """What was measured moves with every run; the budget and the script's bound are the subject's own."""
    assert judged(summary(avg=700)).subject_digest == judged(summary(avg=800)).subject_digest
    lower = judged(script=MADE.replace("createGrant: 900", "createGrant: 850"))
    assert lower.subject_digest != judged().subject_digest
