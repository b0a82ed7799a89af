"""Which of CI's artefacts a judgement gets: those of the judged code, else the newest, and why one is not there."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from prr_pipeline.control.artefact_facts import artefact_names, gather_artefacts
from prr_pipeline.control.checklist import judge_promotion
from prr_pipeline.demo.deployment import PRR_FOLDER, copy_artefacts
from prr_pipeline.readiness.facts import ArtefactAbsent, ArtefactFact
from prr_pipeline.readiness.model import Reason
from prr_pipeline.readiness.profile import load_profile
from prr_pipeline.repository.snapshot import open_commit, open_working_tree
from tests.control.scene import ORIGIN, Scene

PROFILE = load_profile("matter")


def gathered(scene: Scene, ref: str = "HEAD") -> dict[str, ArtefactFact | ArtefactAbsent]:
    """What a judgement of that commit gets."""
    snapshot = open_commit(scene.deployment.monorepo, ref)
    return dict(gather_artefacts(scene.work, scene.deployment.monorepo, snapshot, PROFILE))


def fact(scene: Scene, name: str, ref: str = "HEAD") -> ArtefactFact:
    found = gathered(scene, ref)[name]
    assert isinstance(found, ArtefactFact), found
    return found


def absent(scene: Scene, name: str) -> ArtefactAbsent:
    found = gathered(scene)[name]
    assert isinstance(found, ArtefactAbsent)
    return found


def change(scene: Scene, path: str = "README.md") -> str:
    scene.edit(path, lambda text: text + "\nMore words.\n")
    return scene.commit()


def test_every_artefact_that_the_profile_names_is_looked_for(empty: Scene) -> None:
    """Those that it requires among them."""
    assert artefact_names(PROFILE) == ("coverage", "gates", "junit", "load-test", "oasdiff")
    assert set(gathered(empty)) == set(artefact_names(PROFILE))


def test_the_commits_own_artefacts_are_current(empty: Scene) -> None:
    """With tool, version, time and commit of the envelope."""
    found = fact(empty, "junit")
    assert found.current
    assert (found.tool, found.created_at, found.commit) == ("vitest", ORIGIN, empty.commit_id("HEAD"))
    assert found.blob.data.startswith(b"<?xml")


def test_filing_under_the_prr_folder_makes_nothing_stale(empty: Scene) -> None:
    """The code digest leaves that folder out, so the older commit's report is of the judged code."""
    reported = empty.commit_id("HEAD")
    change(empty, f"{PRR_FOLDER}/createGrant.md")
    found = fact(empty, "coverage")
    assert (found.current, found.commit) == (True, reported)


def test_a_report_on_other_code_is_told_as_such(empty: Scene) -> None:
    """It is handed on all the same: a load test may be of the week before."""
    change(empty)
    assert not fact(empty, "coverage").current


def test_of_several_the_newest_of_the_judged_code_counts(empty: Scene) -> None:
    """An older commit is judged by its own report; the head by the newest that was made from its code."""
    old = empty.commit_id("HEAD")
    change(empty)
    copy_artefacts(empty.deployment, ORIGIN + timedelta(days=1))
    new = empty.commit_id("HEAD")
    assert (fact(empty, "junit").commit, fact(empty, "junit", old).commit) == (new, old)
    later = gather_artefacts(
        empty.work, empty.deployment.monorepo, open_commit(empty.deployment.monorepo, old), PROFILE, "HEAD"
    )["junit"]
    assert isinstance(later, ArtefactFact)
    assert (later.commit, later.current) == (old, True)


def test_a_later_run_at_the_same_code_counts(empty: Scene) -> None:
    """The weekly load test is filed for the head of that day."""
    change(empty, f"{PRR_FOLDER}/createGrant.md")
    copy_artefacts(empty.deployment, ORIGIN + timedelta(days=7), ["load-test"])
    assert fact(empty, "load-test").created_at == ORIGIN + timedelta(days=7)
    assert fact(empty, "coverage").created_at == ORIGIN


def test_a_working_tree_gets_the_reports_of_its_head(empty: Scene) -> None:
    """Current while it is clean, of other code as soon as a file differs."""

    def coverage() -> ArtefactFact | ArtefactAbsent:
        tree = open_working_tree(empty.deployment.monorepo)
        return gather_artefacts(empty.work, empty.deployment.monorepo, tree, PROFILE)["coverage"]

    clean = coverage()
    assert isinstance(clean, ArtefactFact)
    assert clean.current
    empty.edit("README.md", lambda text: text + "\nMore words.\n")
    edited = coverage()
    assert isinstance(edited, ArtefactFact)
    assert not edited.current


def test_an_artefact_that_nobody_filed_says_the_way_out(empty: Scene) -> None:
    """Where it belongs, and what its envelope is called."""
    folder = empty.deployment.folder / ".prr" / "artefacts" / empty.commit_id("HEAD")
    (folder / "gates.json").unlink()
    found = absent(empty, "gates")
    assert found.reason is Reason.NO_EVIDENCE
    assert "file it under artefacts/<commit>/ with its envelope gates.json" in found.message


@pytest.mark.parametrize("damage", ["file", "envelope", "gone"])
def test_a_broken_artefact_is_not_passed_over_for_an_older(empty: Scene, damage: str) -> None:
    """What CI said last cannot be read."""
    change(empty)
    copy_artefacts(empty.deployment, ORIGIN)
    folder = empty.deployment.folder / ".prr" / "artefacts" / empty.commit_id("HEAD")
    if damage == "file":
        (folder / "junit.xml").write_text("<testsuites/>")
    elif damage == "gone":
        (folder / "junit.xml").unlink()
    else:
        envelope = json.loads((folder / "junit.json").read_text())
        (folder / "junit.json").write_text(json.dumps({**envelope, "created_at": "yesterday"}))
    assert absent(empty, "junit").reason is Reason.UNREADABLE
    assert fact(empty, "coverage").current


def test_a_promotion_is_judged_with_them(empty: Scene) -> None:
    """The lines on coverage and tests are met, and bound to CI's report."""
    key = empty.open(needs=[])
    report = judge_promotion(empty.work, key, "run:test").report
    results = {r.line_id: r for r in report.results}
    for line_id in ("service_unit_coverage_is_at_least_90_pct", "cost_budget_is_declared_and_load_tested"):
        assert str(results[line_id].outcome) == "met", results[line_id].finding.message
