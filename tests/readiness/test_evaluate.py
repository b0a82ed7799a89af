"""Evaluation: every line judged, nothing crashes, equal inputs give equal reports."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from msgspec import structs

from prr_pipeline.errors import UnknownName
from prr_pipeline.readiness.catalogue import Catalogue, load_catalogue
from prr_pipeline.readiness.evaluate import discover_operations, evaluate, evaluate_all
from prr_pipeline.readiness.facts import AfterGa, AlertWatch, Facts
from prr_pipeline.readiness.model import Outcome, Reason, Report
from prr_pipeline.repository.openapi import UnknownOperation
from prr_pipeline.repository.recorder import Recorder
from prr_pipeline.subjects import Subject, SubjectKind, Target
from tests.readiness.fakes import CREATE, NOW, SPEC, FakeSnapshot, profile, spec

CATALOGUE = load_catalogue()
FACTS = Facts(now=NOW, target=Target.GA)
SNAPSHOT = FakeSnapshot({SPEC: spec()})


def judged(snapshot: FakeSnapshot = SNAPSHOT, facts: Facts = FACTS, subject: Subject = CREATE) -> Report:
    return evaluate(snapshot, subject, CATALOGUE, profile(), facts)


def outcome(report: Report, number: str) -> tuple[Outcome, Reason | None]:
    line_id = CATALOGUE.line(number).id
    finding = next(result.finding for result in report.results if result.line_id == line_id)
    return finding.outcome, finding.reason


def test_every_line_of_the_kind_is_in_the_report_in_checklist_order() -> None:
    """38 lines for GA, 35 for Beta, and the report names commit and profile."""
    report = judged()
    assert [result.line_id for result in report.results] == [line.id for line in CATALOGUE.lines[:38]]
    assert (report.commit, report.profile) == (SNAPSHOT.commit, "matter")
    assert len(judged(facts=replace(FACTS, target=Target.BETA)).results) == 35


def test_equal_inputs_give_equal_reports_and_time_is_no_part_of_the_digest() -> None:
    """What people sign depends on what was judged, not on when."""
    assert judged() == judged()
    assert judged(facts=replace(FACTS, now=NOW + timedelta(days=9))).digest == judged().digest


def test_an_unrelated_operation_leaves_the_report_digest_as_it_is() -> None:
    """Somebody else's edit of the spec voids nothing here."""
    edited = spec().replace('"operationId":"listOther"', '"operationId":"listOther","summary":"new"')
    assert judged(FakeSnapshot({SPEC: edited})).digest == judged().digest
    assert judged(FakeSnapshot({SPEC: spec(summary="new")})).digest != judged().digest


def test_approvals_and_targets_after_ga_are_no_part_of_the_digest() -> None:
    """Signing must not change what is signed."""
    told = replace(FACTS, approvals={"council_quorum_signed": (Outcome.MET, "All signed.")})
    assert outcome(judged(facts=told), "M34") == (Outcome.MET, None)
    assert judged(facts=told).digest == judged().digest


@pytest.mark.parametrize(
    "files", [{}, {SPEC: "{"}, {SPEC: b"\xff"}, {SPEC: "[]"}], ids=["missing", "broken", "binary", "list"]
)
def test_without_a_readable_spec_the_lines_are_unknown_and_nothing_crashes(files: dict[str, str]) -> None:
    """What cannot be seen is unknown, in one sentence each."""
    report = judged(FakeSnapshot(files))
    for number in ("M4", "M5", "M7", "M19", "M29"):
        assert outcome(report, number) == (Outcome.UNKNOWN, Reason.UNREADABLE)
    assert all(result.finding.message for result in report.results)
    assert Outcome.MET not in {result.outcome for result in report.results}


def test_an_unknown_operation_is_refused_with_the_nearest_ids() -> None:
    """A typing error is not a review of nothing."""
    with pytest.raises(UnknownOperation, match="createGrant"):
        judged(subject=Subject(SubjectKind.OPERATION, "createGrants"))


def test_an_operation_id_that_stands_twice_is_unknown() -> None:
    """Nobody can say which of the two is reviewed."""
    twice = spec().replace("listOther", "createGrant")
    assert outcome(judged(FakeSnapshot({SPEC: twice})), "M4") == (Outcome.UNKNOWN, Reason.UNREADABLE)


def test_a_check_that_fails_inside_makes_its_line_unknown() -> None:
    """A fault in one check is one unknown line, not a lost report."""
    line = CATALOGUE.line("M4")
    broken = structs.replace(line, id="broken", parameters={"prefix": 3, "extensions": {}})
    report = evaluate(SNAPSHOT, CREATE, Catalogue((broken, CATALOGUE.line("M29"))), profile(), FACTS)
    assert (report.results[0].outcome, report.results[0].finding.reason) == (Outcome.UNKNOWN, Reason.UNREADABLE)
    assert "cannot take its parameter prefix" in report.results[0].finding.message
    assert report.results[1].outcome is Outcome.MET


def test_an_undeclared_key_makes_its_line_unknown_and_names_the_key() -> None:
    """Null in a profile means not declared; the message says which key to set."""
    report = evaluate(SNAPSHOT, CREATE, CATALOGUE, profile(paths__slo_board=None), FACTS)
    found = next(r.finding for r in report.results if r.line_id == CATALOGUE.line("M19").id)
    assert (found.outcome, found.reason) == (Outcome.UNKNOWN, Reason.NOT_DECLARED)
    assert "paths.slo_board" in found.message


def test_a_verdict_that_rests_on_an_assumed_value_says_so() -> None:
    """Which of the profile's values are our assumption is part of the values."""
    found = next(r.finding for r in judged().results if r.line_id == CATALOGUE.line("M29").id)
    assert found.values["assumed"] == ["spec.explainer_exempt_properties"]


def test_the_parameters_in_force_are_part_of_the_report() -> None:
    """A limit that the monorepo loosens changes what is signed, and large values stand as digests."""
    results = {result.line_id: result for result in judged().results}
    parameters = results[CATALOGUE.line("M4").id].parameters
    assert parameters["prefix"] == "x-matter-"
    assert str(parameters["schemas"]).startswith("sha256:")
    loosened = evaluate(SNAPSHOT, CREATE, CATALOGUE, profile(spec__explainer_exempt_properties=["id", "note"]), FACTS)
    assert loosened.digest != judged().digest


def _watched(full: datetime) -> AfterGa:
    """A quiet week after full exposure, closed in time."""
    return AfterGa(full, {}, AlertWatch(full + timedelta(days=7), ()))


def test_lines_after_ga_are_pending_until_they_fall_due() -> None:
    """Before full exposure there is no date; then 7 days, 30 days, and the end of the next quarter."""
    before = judged()
    assert [outcome(before, number)[0] for number in ("M36", "M37", "M38")] == [Outcome.PENDING] * 3
    full = datetime(2026, 2, 10, tzinfo=UTC)
    report = judged(facts=replace(FACTS, now=full + timedelta(days=8), after_ga=_watched(full)))
    due = {r.line_id: r.finding.due_at for r in report.results}
    assert outcome(report, "M36") == (Outcome.UNKNOWN, Reason.NOT_ATTESTED)
    assert outcome(report, "M37")[0] is Outcome.PENDING
    assert due[CATALOGUE.line("M37").id] == full + timedelta(days=30)
    assert due[CATALOGUE.line("M38").id] == datetime(2026, 7, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("full", "due"),
    [
        (datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 7, 1, tzinfo=UTC)),
        (datetime(2026, 9, 30, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)),
        (datetime(2026, 12, 31, tzinfo=UTC), datetime(2027, 4, 1, tzinfo=UTC)),
    ],
)
def test_the_game_day_is_due_when_the_next_quarter_ends(full: datetime, due: datetime) -> None:
    """Quarters are those of the calendar."""
    report = judged(facts=replace(FACTS, now=full, after_ga=AfterGa(full)))
    assert {r.finding.due_at for r in report.results if r.line_id == CATALOGUE.line("M38").id} == {due}


def test_a_due_date_that_is_handed_in_wins() -> None:
    """Gaps in alert data extend the watch; control says until when."""
    full, later = NOW - timedelta(days=8), NOW + timedelta(days=3)
    facts = replace(FACTS, after_ga=AfterGa(full, {CATALOGUE.line("M36").id: later}))
    assert outcome(judged(facts=facts), "M36")[0] is Outcome.PENDING


def test_many_operations_are_judged_with_one_reading_of_each_file() -> None:
    """The spec is read and parsed once for all."""
    snapshot = FakeSnapshot({SPEC: spec()})
    subjects = discover_operations(snapshot, profile())
    snapshot.reads.clear()
    reports = list(evaluate_all(snapshot, subjects, CATALOGUE, profile(), FACTS))
    assert [report.subject.name for report in reports] == ["createGrant", "listOther"]
    assert snapshot.reads[SPEC] == 1
    assert reports[0] == judged()


def test_a_section_limits_the_lines_and_an_unknown_one_lists_the_sections() -> None:
    """`Specification` is four lines, in any case."""
    reports = list(evaluate_all(SNAPSHOT, (CREATE,), CATALOGUE, profile(), FACTS, section="specification"))
    assert [CATALOGUE.line(r.line_id).number for r in reports[0].results] == ["M4", "M5", "M6", "M7"]
    with pytest.raises(UnknownName, match="Specification"):
        evaluate(SNAPSHOT, CREATE, CATALOGUE, profile(), FACTS, section="Specs")


def test_what_was_read_is_recorded_also_what_was_absent() -> None:
    """The read-set is the cache key, so a file that appears later must be in it."""
    recorder = Recorder(SNAPSHOT)
    evaluate(recorder, CREATE, CATALOGUE, profile(), FACTS)
    assert recorder.reads[SPEC] == SNAPSHOT.blob_id(SPEC)
    assert recorder.reads["apps/api/__gates__/slo-board.md"] == "absent"
    assert recorder.reads["apps/docs/content/docs/errors/pool_exhausted.mdx"] == "absent"


@pytest.mark.parametrize("kind", [kind for kind in SubjectKind if kind is not SubjectKind.OPERATION])
def test_of_the_other_kinds_nothing_is_met_where_nothing_is_declared(kind: SubjectKind) -> None:
    """A line without a check is unknown until somebody attests it; one with a check names the missing keys."""
    report = judged(subject=Subject(kind, "identity"))
    assert {r.outcome for r in report.results} == {Outcome.UNKNOWN}
    assert {r.finding.reason for r in report.results if r.check is None} <= {Reason.NOT_ATTESTED}
    assert report.exit_code == 2


def test_a_registry_entry_is_part_of_the_subject_digest() -> None:
    """What was attested of a service is void once its own file changes."""
    service = Subject(SubjectKind.SERVICE, "identity")
    using = profile(subject__registry={"service": "services/{name}/service.yaml"})

    def digest(text: str) -> str:
        snapshot = FakeSnapshot({"services/identity/service.yaml": text})
        return evaluate(snapshot, service, CATALOGUE, using, FACTS).results[0].finding.subject_digest

    assert digest("a: 1") == digest("a: 1") != digest("a: 2")
