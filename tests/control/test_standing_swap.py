"""An older view of a promotion never replaces a newer judgement."""

from __future__ import annotations

from prr_pipeline.control.standing import keep, move_on, read_kept, read_standing
from tests.control.scene import SPEC, Scene

KEY = "createGrant:beta"


def test_a_look_that_began_before_a_judgement_does_not_undo_it(signed: Scene) -> None:
    """The repository sensor read the standing, a run judged anew, and the sensor's note comes too late."""
    before = read_kept(signed.work, KEY)
    assert before is not None
    signed.edit(SPEC, lambda text: text.replace("title:", "title: The", 1))
    signed.commit()
    signed.judge(KEY)
    after = read_standing(signed.work, KEY)
    assert not move_on(signed.work, KEY, before, "0" * 40, before.standing.commit)
    assert read_standing(signed.work, KEY) == after


def test_a_judgement_that_began_before_another_is_not_kept(signed: Scene) -> None:
    """Its maker is told, and judges again."""
    before = read_kept(signed.work, KEY)
    assert before is not None
    assert before.code is not None
    assert before.head is not None
    signed.edit(SPEC, lambda text: text.replace("title:", "title: The", 1))
    signed.commit()
    signed.judge(KEY)
    after = read_standing(signed.work, KEY)
    assert before.artefacts is not None
    assert not keep(signed.work, KEY, before, before.standing, before.code, before.head, before.artefacts, "")
    assert read_standing(signed.work, KEY) == after
