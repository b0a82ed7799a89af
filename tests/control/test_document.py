"""The PRR document: rendered from a judgement, compared at the tracked ref, written without losing a word."""

from __future__ import annotations

from pathlib import Path

import pytest

from prr_pipeline.control.checklist import judge_promotion
from prr_pipeline.control.document import compare_document, render_document, write_document
from prr_pipeline.errors import Refused
from prr_pipeline.ledger.events import EventType
from prr_pipeline.subjects import Target
from tests.control.scene import Scene

KEY = "createGrant:beta"
PATH = "apps/api/__gates__/prod-readiness/createGrant.md"


def test_it_is_missing_then_filed_then_different(empty: Scene) -> None:
    """Whatever stands at the head of the tracked ref, uncommitted files aside."""
    key = empty.open(needs=[])
    assert compare_document(empty.work, key, "run:test").state == "missing"
    empty.reviewer.file_document(key)
    assert compare_document(empty.work, key, "run:test").state == "missing"
    empty.commit()
    assert compare_document(empty.work, key, "run:test").state == "filed"
    empty.reviewer.attest_open_lines(key, "noor")
    empty.commit()
    empty.convene(key)
    assert compare_document(empty.work, key, "run:test").state == "differs"


def test_rendering_is_booked_when_it_is_new(signed: Scene) -> None:
    """By its digest, which the state then names."""
    compare_document(signed.work, KEY, "run:test")
    compare_document(signed.work, KEY, "run:test")
    [event] = signed.events(EventType.DOCUMENT_RENDERED)
    assert signed.state(KEY).document_digest == event.payload["document_digest"]
    assert event.payload["path"] == PATH


def test_rendering_twice_gives_the_same_bytes(signed: Scene) -> None:
    """No time and no commit stands in it, so filing it makes nothing out of date."""
    first = render_document(judge_promotion(signed.work, KEY, "run:test"))
    signed.edit("README.md", lambda text: text + "\nMore.\n")
    signed.commit()
    signed.run_ci()
    assert render_document(judge_promotion(signed.work, KEY, "run:test")).data == first.data


def test_what_people_wrote_survives(signed: Scene) -> None:
    """Byte for byte, below the machine's parts."""
    signed.edit(PATH, lambda text: text + "\nOur own words, with trailing blanks   \n\n\n")
    signed.reviewer.file_document(KEY)
    text = (signed.deployment.monorepo / PATH).read_text()
    assert text.endswith("\nOur own words, with trailing blanks   \n\n\n")


def test_both_targets_have_a_section_in_one_file(signed: Scene, tmp_path: Path) -> None:
    """GA's is added beside Beta's."""
    judgement = judge_promotion(signed.work, KEY, "run:test")
    file = write_document(tmp_path, PATH, Target.BETA, judgement.report, judgement.catalogue)
    beta = file.read_text()
    write_document(tmp_path, PATH, Target.GA, judgement.report, judgement.catalogue)
    both = file.read_text()
    assert len(both) > len(beta)
    assert "beta/" in both
    assert "ga/" in both


def test_a_link_out_of_the_tree_is_refused(signed: Scene, tmp_path: Path) -> None:
    """A folder of the path is a link that somebody committed."""
    tree, outside = tmp_path / "tree", tmp_path / "outside"
    tree.mkdir()
    outside.mkdir()
    (tree / "apps").symlink_to(outside)
    judgement = judge_promotion(signed.work, KEY, "run:test")
    with pytest.raises(Refused, match="a link in its path leads away"):
        write_document(tree, PATH, Target.BETA, judgement.report, judgement.catalogue)
    assert list(outside.iterdir()) == []
