"""Reported test cases: by topic, in a folder, in each mode, at each version."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from prr_pipeline.readiness.catalogue import load_catalogue
from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.model import Finding, Outcome, Reason
from prr_pipeline.subjects import Subject, SubjectKind
from tests.readiness.fakes import CREATE, SPEC, profile, run, spec
from tests.readiness.filed import absent, filed, having, junit

M14, M16, M17, M18 = (load_catalogue().line(number) for number in ("M14", "M16", "M17", "M18"))
TOPICS = ("auth", "scope", "idempotency", "dry-run", "audit", "event")
ROUTES = "apps/api/__tests__/grants.test.ts"
WALLS = "apps/api/__tests__/tenant-isolation/equity.test.ts"
SOURCE = "\n".join(f'it("createGrant {topic}: works", () => {{}});' for topic in TOPICS)
FILES = {ROUTES: SOURCE, WALLS: 'describe("walls", () => {\n  it("createGrant refuses mallory", () => {});\n});'}
ALL = tuple(f"POST /grants > createGrant {topic}: works" for topic in TOPICS)
FROZEN = "apps/docs/api-reference/versions/2026-05-01.yaml"


def judged(line: Any, report: Any, files: Mapping[str, str] = FILES, subject: Subject = CREATE, **keys: Any) -> Finding:
    facts = report if isinstance(report, Facts) else having(junit=report)
    return run(line.check, line.parameters, files, facts, subject, profile(**keys))


def named(report: str, operation: str) -> Finding:
    """M16 of another operation, whose id stands in the spec."""
    document = spec(operationId=operation)
    return judged(M16, report, {**FILES, SPEC: document}, Subject(SubjectKind.OPERATION, operation))


def test_a_passed_case_per_topic_is_met_with_its_lines() -> None:
    """Locations lead to the cases in the sources."""
    finding = judged(M14, junit(*ALL))
    assert finding.outcome is Outcome.MET, finding.message
    assert [(place.path, place.line) for place in finding.locations] == [(ROUTES, n) for n in range(1, 7)]


@pytest.mark.parametrize("without", TOPICS)
def test_each_topic_needs_its_own_case(without: str) -> None:
    """Five of six are not enough; the message names the sixth."""
    finding = judged(M14, junit(*(title for title in ALL if f" {without}:" not in title)))
    assert finding.outcome is Outcome.UNMET
    assert f"for {without} (no case)" in finding.message
    assert finding.locations[0].path == ROUTES


@pytest.mark.parametrize(
    ("inside", "word"),
    [
        ("<failure/>", "failed"),
        ("<skipped/>", "skipped"),
        ("<error/>", "failed"),
        ("<failure/><rerunFailure/>", "failed"),
    ],
)
def test_a_case_that_failed_or_did_not_run_proves_nothing(inside: str, word: str) -> None:
    """The place leads to it."""
    finding = judged(M14, junit(*ALL[:5], (ALL[5], ROUTES, inside)))
    assert finding.outcome is Outcome.UNMET
    assert f"event ({word}: 'POST /grants > createGrant event: works')" in finding.message
    assert (finding.locations[0].path, finding.locations[0].line) == (ROUTES, 6)


def test_a_failure_counts_though_another_case_of_the_topic_passed() -> None:
    """Reports of several runs are one report; a failure in any of them is one."""
    finding = judged(M14, junit(*ALL, (ALL[0], ROUTES, "<failure/>")))
    assert finding.outcome is Outcome.UNMET


def test_a_skipped_case_beside_a_passed_one_does_no_harm() -> None:
    """The topic was shown."""
    assert judged(M14, junit(*ALL, (ALL[0] + " again", ROUTES, "<skipped/>"))).outcome is Outcome.MET


def test_a_flaky_case_has_passed_and_is_named() -> None:
    """The reader decides what it is worth."""
    finding = judged(M14, junit(*ALL[:5], (ALL[5], ROUTES, "<flakyFailure/>")))
    assert finding.outcome is Outcome.MET
    assert "Flaky: POST /grants > createGrant event: works." in finding.message
    assert finding.values["flaky"] == [ALL[5]]


@pytest.mark.parametrize(
    "title",
    ["createGrant dry run: works", "createGrant DRY_RUN", "createGrant > Dry-Run > works", "dryrun of createGrant"],
)
def test_a_topic_may_be_written_in_several_ways(title: str) -> None:
    """Hyphens, underscores, blanks and capitals are alike; the profile adds words."""
    others = [each for each in ALL if "dry-run" not in each]
    assert judged(M14, junit(*others, title)).outcome is Outcome.MET


@pytest.mark.parametrize(
    "title", ["createGrant author: works", "createGrant unauthorised", "createGrant preauth", "auth: works"]
)
def test_a_topic_inside_another_word_is_none(title: str) -> None:
    """Nor is a case that names no operation."""
    assert judged(M14, junit(*ALL[1:], title)).outcome is Outcome.UNMET


def test_a_word_of_the_operations_own_id_is_no_topic() -> None:
    """`audit.event` would else have every topic that its id holds."""
    name = "audit.event"
    titles = [f"{name} {topic}: works" for topic in TOPICS if topic not in ("audit", "event")]
    files = {**FILES, SPEC: spec(operationId=name)}
    finding = judged(M14, junit(*titles), files, Subject(SubjectKind.OPERATION, name))
    assert finding.outcome is Outcome.UNMET
    assert "audit (no case), event (no case)" in finding.message


def test_cases_elsewhere_are_no_route_tests() -> None:
    """A unit test of the service that names the operation shows nothing of the route."""
    unit = "packages/equity-service/__tests__/equity.test.ts"
    files = {**FILES, unit: SOURCE}
    finding = judged(M14, junit(*((title, unit) for title in ALL)), files)
    assert finding.outcome is Outcome.UNMET


def test_the_files_of_the_own_resource_come_first() -> None:
    """Another suite that mentions the audit trail is no test of it; without own files it is all that can be asked."""
    canary = "apps/api/__tests__/pii-canary.test.ts"
    title = "createGrant lets no canary into events or the audit chain"
    others = [each for each in ALL if "audit" not in each]
    files = {**FILES, canary: f'it("{title}", () => {{}});'}
    finding = judged(M14, junit(*others, (title, canary)), files)
    assert finding.outcome is Outcome.UNMET
    assert "audit (no case)" in finding.message
    shared = "apps/api/__tests__/shares.test.ts"
    elsewhere = junit(*((each, shared) for each in ALL))
    assert judged(M14, elsewhere, {shared: SOURCE}).outcome is Outcome.MET


@pytest.mark.parametrize("reported", [f"/builds/m/{ROUTES}", "__tests__/grants.test.ts", f"./{ROUTES}"])
def test_files_are_found_however_the_report_writes_them(reported: str) -> None:
    """Absolute, or relative to the package."""
    assert judged(M14, junit(*((title, reported) for title in ALL))).outcome is Outcome.MET


def test_a_report_that_names_no_file_is_unknown() -> None:
    """Whether it is a route test cannot be told."""
    finding = judged(M14, junit(*((title, "AllTests") for title in ALL)))
    assert (finding.outcome, finding.reason) == (Outcome.UNKNOWN, Reason.NO_EVIDENCE)
    assert "write each case's file" in finding.message


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        (having(), Reason.NO_EVIDENCE),
        (having(junit=absent()), Reason.NO_EVIDENCE),
        (having(junit=filed(junit(*ALL), current=False)), Reason.STALE),
        (having(junit="<testsuites/>"), Reason.UNREADABLE),
        (having(junit="{}"), Reason.UNREADABLE),
    ],
)
@pytest.mark.parametrize("line", [M14, M16, M17], ids=lambda line: line.number)
def test_what_cannot_be_seen_is_unknown(line: Any, facts: Facts, reason: Reason) -> None:
    """No report, another commit's, an empty and a broken one."""
    finding = judged(line, facts)
    assert (finding.outcome, finding.reason) == (Outcome.UNKNOWN, reason)


def test_a_source_that_cannot_be_read_costs_the_line_number_only() -> None:
    """CI ran the case at this very code."""
    finding = judged(M14, junit(*ALL), {**FILES, ROUTES: "it("})
    assert finding.outcome is Outcome.MET
    assert {(place.path, place.line) for place in finding.locations} == {(ROUTES, 0)}


def test_another_passed_test_leaves_the_digest_as_it_is() -> None:
    """Signatures outlive new tests; a topic that gets lost voids a justification."""
    one = judged(M14, junit(*ALL))
    assert judged(M14, junit(*ALL, "createGrant auth: again")).subject_digest == one.subject_digest
    assert judged(M14, junit(*ALL[1:])).subject_digest != one.subject_digest


def test_a_red_team_case_in_the_suite_is_met() -> None:
    """The title of a suite does not name the operation; that of the case does."""
    finding = judged(M16, junit(("walls > createGrant refuses mallory", WALLS)))
    assert finding.outcome is Outcome.MET
    assert [(place.path, place.line) for place in finding.locations] == [(WALLS, 2)]


@pytest.mark.parametrize(
    "case",
    [
        ("walls > createGrant refuses mallory", ROUTES),
        ("walls > createGrants refuses mallory", WALLS),
        ("walls > recreateGrant refuses mallory", WALLS),
        ("walls > creategrant refuses mallory", WALLS),
        ("walls > listOther refuses mallory", WALLS),
        ("walls > createGrant refuses mallory", WALLS, "<skipped/>"),
    ],
)
def test_a_case_elsewhere_or_of_another_operation_is_unmet(case: tuple[str, ...]) -> None:
    """Ids are compared whole and to the letter."""
    assert judged(M16, junit(("x", WALLS), case)).outcome is Outcome.UNMET  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("operation", "title", "outcome"),
    [
        ("reports/annual.v2", "reports/annual.v2 refuses mallory", Outcome.MET),
        ("reports/annual.v2", "(reports/annual.v2): refuses mallory.", Outcome.MET),
        ("reports/annual.v2", "reports/annual.v20 refuses mallory", Outcome.UNMET),
        ("reports/annual.v2", "reports/annualXv2 refuses mallory", Outcome.UNMET),
        ("Other", "listOther refuses mallory", Outcome.UNMET),
        ("a.b(c)*", "a.b(c)* refuses mallory", Outcome.MET),
    ],
)
def test_odd_ids_mean_themselves(operation: str, title: str, outcome: Outcome) -> None:
    """Dots, slashes and brackets are no patterns."""
    assert named(junit((title, WALLS)), operation).outcome is outcome


def test_an_id_inside_a_longer_one_is_that_other_operation() -> None:
    """`grants` does not stand in `grants/list`."""
    document = spec(operationId="grants").replace("listOther", "grants/list")
    files = {**FILES, SPEC: document}
    subject = Subject(SubjectKind.OPERATION, "grants")
    assert judged(M16, junit(("grants/list refuses mallory", WALLS)), files, subject).outcome is Outcome.UNMET
    both = junit(("grants and grants/list refuse mallory", WALLS))
    assert judged(M16, both, files, subject).outcome is Outcome.MET


def test_a_file_named_after_the_operation_names_it() -> None:
    """`createGrant.test.ts`, with the id as file names write it."""
    path = "apps/api/__tests__/tenant-isolation/createGrant.test.ts"
    finding = judged(M16, junit(("refuses mallory", path)), {path: 'it("refuses mallory", () => {});'})
    assert finding.outcome is Outcome.MET
    other = "apps/api/__tests__/tenant-isolation/createGrants.test.ts"
    assert judged(M16, junit(("refuses mallory", other)), {other: ""}).outcome is Outcome.UNMET


def modes(*titles: str | tuple[str, str, str]) -> Finding:
    source = 'it.each(MODES)("createGrant answers alike in %s mode", () => {});'
    return judged(M17, junit(*titles, "createGrant auth: works"), {ROUTES: source})


def alike(*names: str) -> list[str]:
    return [f"parity > createGrant answers alike in {name} mode" for name in names]


def test_a_case_per_mode_under_one_title_is_met() -> None:
    """The three stand in one line of the source."""
    finding = modes(*alike("live", "sandbox", "test"))
    assert finding.outcome is Outcome.MET, finding.message
    assert [(place.path, place.line) for place in finding.locations][:1] == [(ROUTES, 1)]


@pytest.mark.parametrize(
    ("titles", "lacking"),
    [
        (alike("live", "sandbox"), "test mode (no case)"),
        (alike(), "live mode (no case), sandbox mode (no case), test mode (no case)"),
        ([*alike("live", "sandbox"), "createGrant differs in test mode"], "test mode (no case)"),
        ([*alike("live", "sandbox"), "test > createGrant answers alike"], "test mode (no case)"),
        ([*alike("live", "live", "lively"), *alike("sandboxed")], "sandbox mode (no case)"),
        ([*alike("live", "sandbox"), ("parity > createGrant answers alike in test mode", ROUTES, "<failure/>")],
         "test mode (failed"),
        ([*alike("live", "sandbox"), ("parity > createGrant answers alike in test mode", ROUTES, "<skipped/>")],
         "test mode (skipped"),
    ],
)  # fmt: skip
def test_a_mode_without_its_like_is_unmet(titles: list[Any], lacking: str) -> None:
    """Other titles in a mode are no parity."""
    finding = modes(*titles)
    assert finding.outcome is Outcome.UNMET
    assert lacking in finding.message


def test_a_mode_is_told_from_the_same_word_elsewhere() -> None:
    """`test` is a common word; an incomplete title beside a complete one is no fault."""
    assert modes(*alike("live", "sandbox", "test"), "createGrant test in sandbox mode").outcome is Outcome.MET


def versions(*titles: str | tuple[str, str, str], **files: str) -> Finding:
    given = {ROUTES: "", FROZEN: spec("2026-05-01"), **{name.replace("__", "/"): text for name, text in files.items()}}
    return judged(M18, junit("createGrant auth: works", *titles), given)


BOTH = ("createGrant answers a client of version 2026-06-10", "createGrant answers a client of version 2026-05-01")


def test_both_versions_tested_is_met() -> None:
    """The current one, and the frozen minor before it."""
    assert versions(*BOTH).outcome is Outcome.MET


@pytest.mark.parametrize(
    ("titles", "lacking"),
    [
        (BOTH[:1], "version 2026-05-01 (no case)"),
        (BOTH[1:], "version 2026-06-10 (no case)"),
        ((BOTH[0], (BOTH[1], ROUTES, "<failure/>")), "version 2026-05-01 (failed"),
        ((BOTH[0], (BOTH[1], ROUTES, "<skipped/>")), "version 2026-05-01 (skipped"),
        ((BOTH[0], "createGrant at 2026-05-011"), "version 2026-05-01 (no case)"),
        ((BOTH[0], "listOther at 2026-05-01"), "version 2026-05-01 (no case)"),
    ],
)
def test_a_version_that_is_not_green_is_unmet(titles: tuple[Any, ...], lacking: str) -> None:
    """Dates are compared whole."""
    finding = versions(*titles)
    assert finding.outcome is Outcome.UNMET
    assert lacking in finding.message


def test_a_suite_named_by_its_version_will_do() -> None:
    """A CI matrix writes one suite for each version."""
    rows = "".join(
        f'<testsuite name="version {version}"><testcase name="createGrant works" classname="{ROUTES}"/></testsuite>'
        for version in ("2026-06-10", "2026-05-01")
    )
    assert judged(M18, f"<testsuites>{rows}</testsuites>", {FROZEN: spec("2026-05-01")}).outcome is Outcome.MET


def test_an_operation_that_the_previous_minor_lacks_is_tested_at_the_current_one() -> None:
    """It cannot be called there."""
    frozen = spec("2026-05-01", operationId="formerGrant")
    assert judged(M18, junit(BOTH[0]), {FROZEN: frozen}).outcome is Outcome.MET
    assert judged(M18, junit(BOTH[1]), {FROZEN: frozen}).outcome is Outcome.UNMET


def test_without_a_list_of_versions_nobody_knows_the_previous_minor() -> None:
    """No frozen spec at all is no evidence that this is the first version; one of its own version is."""
    finding = judged(M18, junit(*BOTH), {})
    assert (finding.outcome, finding.reason) == (Outcome.UNKNOWN, Reason.NO_BASELINE)
    first = judged(M18, junit(BOTH[0]), {FROZEN.replace("05-01", "06-10"): spec()})
    assert first.outcome is Outcome.MET


@pytest.mark.parametrize(
    ("title", "outcome"),
    [("at 1.3.7", Outcome.MET), ("at v1.3", Outcome.MET), ("at 1.30", Outcome.UNMET), ("at 1.3.8", Outcome.UNMET),
     ("at 11.3", Outcome.UNMET)],
)  # fmt: skip
def test_releases_are_named_in_full_or_by_their_minor(title: str, outcome: Outcome) -> None:
    """`1.3` stands neither in `1.30` nor in another patch."""
    files = {SPEC: spec("1.4.0"), FROZEN.replace("2026-05-01", "1.3.7"): spec("1.3.7")}
    finding = judged(M18, junit("createGrant at 1.4.0", f"createGrant {title}"), files, spec__version_kind="semver")
    assert finding.outcome is outcome, finding.message
