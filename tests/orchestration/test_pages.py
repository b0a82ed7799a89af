"""The pages of checklist and document show the judgement in force, whoever made it."""

from __future__ import annotations

import pytest

from prr_pipeline.control.rejudge import promotions_to_judge
from prr_pipeline.control.standing import read_standing
from prr_pipeline.errors import PrrError
from sensors.repository import repository
from tests.control.scene import COUNCIL, SPEC
from tests.orchestration.stage import Stage, asked, checks, metadata

PAGES = ["checklist", "prr_document"]


def refresh(stage: Stage) -> dict[str, dict[str, object]]:
    """What the two pages show after the runs that the sensor asks for; nothing is asked for then."""
    [request] = stage.tick(repository).run_requests or []
    assert [key.to_user_string() for key in request.asset_selection or []] == PAGES
    runs = {asset: stage.run(asset, request.partition_key, tags=request.tags) for asset in PAGES}
    assert all(run.success for run in runs.values())
    assert promotions_to_judge(stage.scene.work) == []
    shown = {asset: metadata(run, asset) for asset, run in runs.items()}
    return {**shown, "checks": dict(checks(runs["checklist"]))}


def test_attestations_a_filed_document_and_signatures_reach_the_pages(bare: Stage) -> None:
    """Only council runs judged, as after the sensor `signoffs`; each time the pages are asked for, and once."""
    scene = bare.scene
    key = scene.open(needs=[])
    bare.instance.add_dynamic_partitions("promotions", [key])
    first = refresh(bare)
    assert not all(first["checks"].values())
    assert first["prr_document"]["document"] == "missing"
    scene.prepare(key)
    scene.commit("File the document", "mara")
    scene.reviewer.sign(key, COUNCIL)
    scene.commit("Sign", "mara")
    assert bare.run("council_signoff", key).success
    last = refresh(bare)
    assert all(last["checks"].values())
    assert str(last["checklist"]["readiness"]).startswith("open: all ")
    assert last["prr_document"]["document"] == "filed"


def test_pages_that_show_the_judgement_in_force_ask_for_nothing(stage: Stage) -> None:
    """Judging the same again, and a commit that touches nothing read, change no page."""
    refresh(stage)
    stage.scene.judge("createGrant:beta")
    stage.scene.convene("createGrant:beta")
    stage.scene.edit("README.md", lambda text: text + "\nMore words.\n")
    stage.scene.commit()
    stage.scene.run_ci()
    assert asked(stage.tick(repository).run_requests) == []


def test_a_judgement_that_failed_elsewhere_reaches_the_page_once(stage: Stage) -> None:
    """A person's terminal met the broken specification first; the page's own run then fails with the sentence."""
    key = "createGrant:beta"
    refresh(stage)
    stage.scene.edit(SPEC, lambda text: text.replace("operationId: createGrant\n", "operationId: makeGrant\n"))
    stage.scene.commit()
    with pytest.raises(PrrError):
        stage.scene.judge(key)
    standing = read_standing(stage.scene.work, key)
    assert standing is not None
    assert standing.failed
    [request] = stage.tick(repository).run_requests or []
    assert not stage.run("checklist", key, tags=request.tags).success
    assert promotions_to_judge(stage.scene.work) == []
