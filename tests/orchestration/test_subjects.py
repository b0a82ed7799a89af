"""Subjects on the pages: partitions in step with the tracked ref, runs for what changed, and what they show."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from datetime import timedelta

import dagster as dg
import pytest

from prr_pipeline.clock import LapsedClock
from prr_pipeline.control.asked import asked_lines
from prr_pipeline.control.checking import Checked
from prr_pipeline.control.deploy_gate import DeployVerdict
from prr_pipeline.control.subject_listing import list_at_head, subject_key, subject_of_key
from prr_pipeline.errors import PrrError
from prr_pipeline.ledger.events import EventType
from prr_pipeline.orchestration.subject_pages import report_deploy
from prr_pipeline.orchestration.subject_runs import RUNS_AT_ONCE
from prr_pipeline.readiness.model import Finding, LineResult, Outcome, Reason, Report
from prr_pipeline.subjects import Subject
from sensors.subjects import subjects
from tests.control.scene import SPEC
from tests.orchestration.stage import Stage, asked, checks, metadata, sentence

SET = "subjects_operation"
GRANT = "operation:createGrant"
OVERLAY = ".prr/profile.yaml"


def words(result: dg.SensorResult) -> str:
    reason = result.skip_reason
    return reason.skip_message or "" if isinstance(reason, dg.SkipReason) else ""


def carry_out_partitions(stage: Stage, result: dg.SensorResult) -> None:
    """What the daemon does with a tick's partition requests."""
    for one in result.dynamic_partitions_requests or []:
        if isinstance(one, dg.AddDynamicPartitionsRequest):
            stage.instance.add_dynamic_partitions(one.partitions_def_name, list(one.partition_keys))
        else:
            for key in one.partition_keys:
                stage.instance.delete_dynamic_partition(one.partitions_def_name, key)


def judge(stage: Stage, requests: Sequence[dg.RunRequest] | None) -> list[str]:
    """Run what was asked for; the partitions whose run succeeded."""
    done = []
    for one in requests or []:
        [asset] = one.asset_selection or []
        name = asset.to_user_string()
        partitions = name.replace("readiness_", "subjects_")
        if stage.run(name, one.partition_key, tags=one.tags, partitions=partitions).success:
            done.append(one.partition_key or "")
    return done


def settle(stage: Stage) -> list[str]:
    """Tick and run until nothing is asked for; the partitions that were judged, in order."""
    found: list[str] = []
    for _ in range(30):
        result = stage.tick(subjects)
        carry_out_partitions(stage, result)
        if not result.run_requests and not result.dynamic_partitions_requests:
            return found
        found += judge(stage, result.run_requests)
    raise AssertionError("the sensor never came to rest")


@pytest.fixture
def few(bare: Stage) -> Stage:
    """Two operations, so that a test need not judge twelve, and every commit is judged without waiting for CI."""
    text = (bare.scene.deployment.monorepo / SPEC).read_text()
    lines = text.split("\n")
    start = next(n for n, line in enumerate(lines) if line.startswith("paths:"))
    end = next(n for n, line in enumerate(lines[start + 1 :], start + 1) if line and not line[0].isspace())
    kept = _paths(lines[start + 1 : end], {"/grants"})
    bare.scene.edit(SPEC, lambda _: "\n".join([*lines[: start + 1], *kept, *lines[end:]]))
    bare.scene.edit(OVERLAY, lambda _: "artefacts: {required: []}\n")
    bare.scene.commit("Fewer operations")
    return bare


def _paths(lines: list[str], wanted: set[str]) -> list[str]:
    kept, keep = [], False
    for line in lines:
        if line.startswith("  /"):
            keep = line.strip().rstrip(":") in wanted
        if keep:
            kept.append(line)
    return kept


def test_every_subject_gets_a_partition_and_a_run(few: Stage) -> None:
    """First the partition, then a few runs at a time, and at rest a tick says so."""
    first = few.tick(subjects)
    [added] = first.dynamic_partitions_requests or []
    assert (added.partitions_def_name, sorted(added.partition_keys)) == (SET, [GRANT, "operation:listGrants"])
    assert (list(first.run_requests or []), words(first)) == ([], "2 partitions added, 0 removed")
    carry_out_partitions(few, first)
    requests = asked(few.tick(subjects).run_requests)
    assert len(requests) == RUNS_AT_ONCE
    assert {(key, *assets) for _, key, assets in requests} == {
        (GRANT, "readiness_operation"), ("operation:listGrants", "readiness_operation"),
    }  # fmt: skip
    assert asked(few.tick(subjects).run_requests) == requests
    assert sorted(settle(few)) == [GRANT, "operation:listGrants"]
    assert words(few.tick(subjects)) == "nothing changed for any subject"


def test_a_commit_asks_for_those_alone_that_it_touches(few: Stage) -> None:
    """One that no subject reads asks for none, and costs no second look."""
    settle(few)
    few.scene.edit("README.md", lambda text: text + "\nMore.\n")
    few.scene.commit("Nothing of theirs")
    assert settle(few) == []
    few.scene.edit("apps/api/__gates__/slo-board.md", lambda text: text + "\nMore.\n")
    few.scene.commit("The board is read for both")
    assert sorted(settle(few)) == [GRANT, "operation:listGrants"]


def test_what_is_gone_loses_its_partition(few: Stage) -> None:
    """The ledger and the runs stay; a run of the partition typed in again says that there is no such thing."""
    settle(few)
    few.scene.edit(SPEC, lambda text: text.replace("operationId: listGrants", "operationId: listAllGrants"))
    few.scene.commit("Rename")
    result = few.tick(subjects)
    carry_out_partitions(few, result)
    assert few.instance.get_dynamic_partitions(SET) == [GRANT, "operation:listAllGrants"]
    said = sentence(few.run("readiness_operation", "operation:listGrants", partitions=SET))
    assert said.startswith("The tracked ref holds no operation listGrants; ")


def test_a_list_that_cannot_be_read_removes_nothing(few: Stage) -> None:
    """A damaged specification is no sign that every operation is gone."""
    settle(few)
    few.scene.edit(SPEC, lambda text: text + "\npaths: [\n")
    few.scene.commit("Break it")
    result = few.tick(subjects)
    assert list(result.dynamic_partitions_requests or []) == []
    assert "subjects of the kind operation cannot be listed" in words(result)


def test_a_day_later_everything_is_judged_again(few: Stage) -> None:
    """Without any commit: dates, records and services change what a line says."""
    settle(few)
    few.scene.clock.advance(timedelta(hours=23))
    assert settle(few) == []
    few.scene.clock.advance(timedelta(hours=1))
    assert sorted(settle(few)) == [GRANT, "operation:listGrants"]


def test_a_run_shows_its_lines_by_section(few: Stage) -> None:
    """Counts, the open lines, the commit, and a check per section that fails where a line of it is open."""
    few.instance.add_dynamic_partitions(SET, [GRANT])
    result = few.run("readiness_operation", GRANT, partitions=SET)
    assert result.success, sentence(result)
    shown = metadata(result, "readiness_operation")
    assert shown["judged_commit"] == few.scene.commit_id("HEAD")
    assert shown["readiness"] in ("ready", "not ready", "unknown")
    rows = shown["lines"].records
    outcomes = [row.data["outcome"] for row in rows]
    assert len(rows) == 38
    assert {
        name.removeprefix("lines_"): count
        for name, count in shown.items()
        if name.startswith("lines_") and name != "lines_passing_pct"
    } == {name: outcomes.count(name) for name in set(outcomes)}
    assert "prr check operation createGrant --format html" in shown["scorecard"]
    found = checks(result)
    assert set(found) == {
        "reviewers", "specification", "implementation", "testing", "operations", "security", "customer_experience",
        "sign_off", "after_ga", "other_sections",
    }  # fmt: skip
    assert found["reviewers"] is False
    assert found["other_sections"] is True


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("service:identity", "service:identity is no operation; materialize readiness_service for it."),
        ("createGrant", "'createGrant' is no key of a subject; write it like service:identity."),
        ("operation:nobody", "The tracked ref holds no operation nobody; "),
    ],
)
def test_a_made_up_partition_of_a_subject_fails_with_one_sentence(few: Stage, key: str, said: str) -> None:
    """Whatever is typed into the dialog."""
    assert sentence(few.run("readiness_operation", key, partitions=SET)).startswith(said)


def test_a_failed_judgement_is_not_tried_again_until_something_changes(few: Stage) -> None:
    """Its sentence stands on the page; trying again would say the same."""
    key = "operation:nobody"
    assert not few.run("readiness_operation", key, partitions=SET).success
    assert few.scene.work.ledger.counters.get("subject_judged", key)["failed"].startswith("The tracked ref holds no")  # type: ignore[index]


def test_keys_of_subjects_can_be_read_back() -> None:
    """Slashes, blanks and colons of a name are encoded."""
    for name in ("identity/POST /v1/grants", "a:b", ".x", "ä"):
        subject = Subject.parse(f"third_party_endpoint {name}")
        assert subject_of_key(subject_key(subject)) == subject
    with pytest.raises(PrrError, match="no key of a subject"):
        subject_of_key("service:")


def test_a_lapsed_clock_judges_no_subject(few: Stage) -> None:
    """A demonstration shows the partitions, and leaves its time to the promotions."""
    LapsedClock.start(few.scene.deployment.clock_file, few.scene.clock.now(), 10_080)
    few.scene.replace_settings('kind = "file"', 'kind = "lapsed"')
    result = few.tick(subjects)
    carry_out_partitions(few, result)
    assert list(few.tick(subjects).run_requests or []) == []


def test_settings_can_let_subjects_rest(few: Stage) -> None:
    """The partitions are there, and each can be materialized by hand."""
    few.scene.replace_settings("[repository]\n", "[repository]\njudge_subjects = false\n")
    result = few.tick(subjects)
    carry_out_partitions(few, result)
    assert list(few.tick(subjects).run_requests or []) == []


def test_what_is_new_since_ci_reported_last_is_judged_at_the_head(few: Stage) -> None:
    """The judged commit, whose artefacts are complete, does not hold it yet."""
    few.scene.edit(OVERLAY, lambda _: "artefacts: {required: [junit]}\n")
    few.scene.commit("Wait for CI")
    few.scene.run_ci()
    few.scene.edit(SPEC, lambda text: text.replace("operationId: listGrants", "operationId: listAllGrants"))
    head = few.scene.commit("Rename")
    old = few.run("readiness_operation", GRANT, partitions=SET)
    new = few.run("readiness_operation", "operation:listAllGrants", partitions=SET)
    assert metadata(old, "readiness_operation")["judged_commit"] != head
    assert metadata(new, "readiness_operation")["judged_commit"] == head


@pytest.fixture
def released(few: Stage) -> Stage:
    """A release tag, and a profile that says that such tags are releases."""
    few.scene.edit(OVERLAY, lambda text: text + 'deploy: {tags: ["v*"]}\n')
    few.scene.commit("Releases are tagged")
    subprocess.run(["git", "-C", str(few.scene.deployment.monorepo), "tag", "v1.0.0"], check=True)
    return few


def test_a_release_is_a_subject_and_its_gate_is_booked(released: Stage) -> None:
    """What may not go fails with its open lines, and the ledger holds the answer once."""
    assert set(list_at_head(released.scene.work).keys) >= {"deploy:v1.0.0", GRANT}
    result = released.run("production_deploy", "deploy:v1.0.0", partitions="subjects_deploy")
    assert checks(result) == {"may_go_to_production": False}
    assert "production: " in sentence(result)
    [event] = released.scene.events(EventType.DEPLOY_JUDGED)
    assert (event.stream, event.payload["commit"]) == ("subject/deploy/v1.0.0", released.scene.commit_id("v1.0.0"))
    assert event.payload["ruling"] in ("must_not_go", "unknown")
    assert event.payload["open"]
    released.run("production_deploy", "deploy:v1.0.0", partitions="subjects_deploy")
    assert len(released.scene.events(EventType.DEPLOY_JUDGED)) == 1
    shown = released.run("readiness_deploy", "deploy:v1.0.0", partitions="subjects_deploy")
    assert shown.success
    assert set(checks(shown)) == {"deploy", "other_sections"}


@pytest.mark.parametrize(("key", "said"), [("operation:createGrant", "is no deploy"), ("deploy:v9", "v9")])
def test_what_is_no_release_is_refused(released: Stage, key: str, said: str) -> None:
    """And nothing is booked."""
    assert said in sentence(released.run("production_deploy", key, partitions="subjects_deploy"))
    assert released.scene.events(EventType.DEPLOY_JUDGED) == []


@pytest.mark.parametrize(
    ("outcome", "ruling", "said"),
    [
        (Outcome.MET, "may_go", ""),
        (Outcome.UNMET, "must_not_go", "v1 must not go to production: human_approved_at_head."),
        (Outcome.UNKNOWN, "unknown", "v1 is not known to be fit for production: human_approved_at_head."),
    ],
    ids=str,
)
def test_the_gate_materializes_only_what_may_go(outcome: Outcome, ruling: str, said: str) -> None:
    """The check comes first, so that it stands there whatever follows."""
    reason = Reason.NO_EVIDENCE if outcome is Outcome.UNKNOWN else None
    finding = Finding(outcome, "As it is.", "sha256:0", reason=reason)
    result = LineResult("human_approved_at_head", finding, None, 0, {}, counted=True)
    report = Report(Subject.parse("deploy v1"), "1" * 40, "loop", (result,))
    shown = report_deploy(DeployVerdict("v1", "1" * 40, None, Checked(report, ()), asked_lines(None)))
    if ruling == "may_go":
        [made] = shown
        assert isinstance(made, dg.MaterializeResult)
        assert [one.passed for one in made.check_results or []] == [True]
        return
    check = next(shown)
    assert isinstance(check, dg.AssetCheckResult)
    assert not check.passed
    with pytest.raises(dg.Failure) as failure:
        next(shown)
    assert failure.value.description == said
    assert failure.value.metadata["ruling"].value == ruling
