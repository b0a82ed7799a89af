"""Records that could not be judged wait and are looked at again; refused ones are not asked for in vain."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from prr_pipeline.control.acceptance import accept_records
from prr_pipeline.control.rejudge import promotions_with_new_records
from prr_pipeline.control.workplace import load_roster
from prr_pipeline.ledger.events import EventType
from tests.control.scene import Scene

KEY = "createGrant:beta"


@pytest.fixture
def signed_once_more(signed: Scene) -> Scene:
    """A sign-off more lies at the head, not taken in yet."""
    signed.reviewer.sign(KEY, ("ines",))
    signed.commit()
    return signed


def new(scene: Scene) -> list[str]:
    """Promotions that are asked for because of their records."""
    return [one.key for one in promotions_with_new_records(scene.work)]


def test_a_verifier_that_does_not_answer_refuses_nothing(
    signed_once_more: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A person is told, nothing is booked, and the same file counts once ssh-keygen is back."""
    scene = signed_once_more
    with monkeypatch.context() as without:
        without.setenv("PATH", "/nowhere")
        found = accept_records(scene.work, KEY, "run:test")
    assert (found.accepted, found.refused, len(found.waiting)) == ((), {}, 1)
    assert scene.events(EventType.RECORD_REFUSED) == []
    assert new(scene) == [KEY]
    assert scene.notices()[f"records-wait/{KEY}"] == f"Records of {KEY} wait"
    assert len(accept_records(scene.work, KEY, "run:test").accepted) == 1
    assert new(scene) == []
    assert f"records-wait/{KEY}" not in scene.notices()


def test_a_time_that_has_not_come_refuses_nothing(signed: Scene) -> None:
    """The signer's clock is ahead of ours."""
    signed.clock.advance(timedelta(minutes=10))
    signed.reviewer.sign(KEY, ("ines",))
    signed.commit()
    signed.clock.set(signed.clock.now() - timedelta(minutes=10))
    found = accept_records(signed.work, KEY, "run:test")
    assert ["more than 5 minutes ahead" in why for why in found.waiting.values()] == [True]
    assert signed.events(EventType.RECORD_REFUSED) == []
    assert new(signed) == [KEY]
    signed.clock.advance(timedelta(minutes=6))
    assert len(accept_records(signed.work, KEY, "run:test").accepted) == 1


def spoil(scene: Scene) -> None:
    """Change the last sign-off after it was signed."""
    [path] = [p for p in records(scene) if "-ines-" in p.name and p.suffix == ".json"]
    path.write_bytes(path.read_bytes().replace(b'"production"', b'"productiom"'))


def unsign(scene: Scene) -> None:
    """Take its signature away."""
    [path] = [p for p in records(scene) if "-ines-" in p.name and p.suffix == ".sig"]
    path.unlink()


def records(scene: Scene) -> list[Path]:
    """Sign-offs and their signatures in the working tree."""
    return sorted(scene.deployment.monorepo.glob("**/records/operation/createGrant/beta/signoffs/*"))


@pytest.mark.parametrize("damage", [spoil, unsign])
def test_a_refused_record_is_asked_for_again_only_at_another_head(
    signed_once_more: Scene, damage: Callable[[Scene], None]
) -> None:
    """Nothing but a commit can make it count."""
    scene = signed_once_more
    damage(scene)
    scene.commit()
    assert new(scene) == [KEY]
    assert len(accept_records(scene.work, KEY, "run:test").refused) == 1
    assert new(scene) == []
    scene.clock.advance(timedelta(days=2))
    assert new(scene) == []
    scene.edit("README.md", lambda text: text + "\nMore words.\n")
    scene.commit()
    assert new(scene) == [KEY]


def test_what_other_things_stood_in_the_way_of_is_asked_for_again(signed_once_more: Scene) -> None:
    """A roster that differs from its pin, put right without a commit."""
    scene = signed_once_more
    people = scene.deployment.folder / "roster" / "people.yaml"
    whole = people.read_text()
    people.write_text(whole.replace("Ines Duarte", "Ines D."))
    assert len(accept_records(scene.work, KEY, "run:test").refused) == 1
    assert new(scene) == [KEY]
    people.write_text(whole)
    assert len(accept_records(scene.work, KEY, "run:test").accepted) == 1


def test_a_key_that_is_not_in_force_is_asked_for_again_the_next_day(signed_once_more: Scene) -> None:
    """Whether it is revoked or starts tomorrow, the calendar alone may change the answer."""
    scene = signed_once_more
    folder = scene.deployment.folder / "roster"
    pinned = load_roster(folder).digest
    begins = f'ines valid-after="{scene.work.now() + timedelta(days=1):%Y%m%d%H%M%S}Z",'
    signers = folder / "allowed_signers"
    signers.write_text(signers.read_text().replace("ines ", begins))
    scene.replace_settings(pinned, load_roster(folder).digest)
    [why] = accept_records(scene.work, KEY, "run:test").refused.values()
    assert "not yet in force" in why
    assert new(scene) == []
    scene.clock.advance(timedelta(days=1))
    assert new(scene) == [KEY]
