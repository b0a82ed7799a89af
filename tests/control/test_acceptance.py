"""Records from the tracked ref into the ledger: verified once, refused with a reason once, never counted twice."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from prr_pipeline.control.acceptance import accept_records, new_records
from prr_pipeline.control.monorepo import open_head
from prr_pipeline.demo.deployment import PRR_FOLDER
from prr_pipeline.errors import PrrError
from prr_pipeline.ledger.events import EventType
from prr_pipeline.signatures.ssh import generate_key, sign
from tests.control.scene import COUNCIL, Copy, Scene, copied

KEY = "createGrant:beta"
RECORDS = f"{PRR_FOLDER}/records/operation/createGrant/beta"
SIGNOFF = "prr-signoff-v1"


@pytest.fixture(scope="session")
def filed_scene(empty_scene: Scene, tmp_path_factory: pytest.TempPathFactory) -> Scene:
    """Everything but the council's sign-offs, which lie in the working tree, not committed yet."""
    scene = copied(empty_scene, tmp_path_factory.mktemp("filed") / "d")
    scene.prepare(scene.open(needs=[]))
    scene.reviewer.sign(KEY, COUNCIL)
    scene.work.ledger.close()
    return scene


@pytest.fixture
def filed(copy: Copy, filed_scene: Scene) -> Scene:
    """A copy of it."""
    return copy(filed_scene)


def signoffs(scene: Scene) -> list[Path]:
    """The sign-off files in the working tree."""
    return sorted((scene.deployment.monorepo / RECORDS / "signoffs").glob("*.json"))


def refused(scene: Scene) -> str:
    """The one reason with which one record is refused."""
    scene.commit()
    [why] = accept_records(scene.work, KEY, "run:test").refused.values()
    return why


def test_each_record_is_taken_in_once(filed: Scene) -> None:
    """By the person whose key signed it, with the whole statement; the second look finds nothing new."""
    filed.commit()
    first = accept_records(filed.work, KEY, "run:test")
    assert (len(first.accepted), first.refused) == (3, {})
    before = len(filed.events())
    second = accept_records(filed.work, KEY, "run:test")
    assert (second.accepted, second.refused) == ((), {})
    assert len(filed.events()) == before
    assert {s.person: s.on_call for s in filed.state(KEY).signoffs} == {"noor": False, "jonas": False, "felix": True}


def test_a_lost_table_takes_nothing_in_twice(filed: Scene) -> None:
    """The chain knows what was accepted: losing the mutable table renews no approval."""
    filed.commit()
    accept_records(filed.work, KEY, "run:test")
    for name in filed.work.ledger.counters.all("record"):
        filed.work.ledger.counters.delete("record", name)
    before = len(filed.events())
    filed.clock.advance(timedelta(hours=1))
    assert accept_records(filed.work, KEY, "run:test").accepted == ()
    assert len(filed.events()) == before
    assert new_records(filed.work, open_head(filed.work), filed.state(KEY)) == []


def test_a_copied_record_counts_once(filed: Scene) -> None:
    """Another file name is another place; the same bytes are the same record."""
    filed.commit()
    accept_records(filed.work, KEY, "run:test")
    one = signoffs(filed)[0]
    copy = one.with_name(one.name.replace(".json", "0.json"))
    shutil.copy(one, copy)
    shutil.copy(f"{one}.sig", f"{copy}.sig")
    filed.commit()
    assert accept_records(filed.work, KEY, "run:test").accepted == ()
    assert len(filed.state(KEY).signoffs) == 3
    assert new_records(filed.work, open_head(filed.work), filed.state(KEY)) == []


def test_a_changed_byte_is_refused(filed: Scene) -> None:
    """What was signed is what counts."""
    one = signoffs(filed)[0]
    one.write_bytes(one.read_bytes().replace(b'"production"', b'"productiom"'))
    assert "changed" in refused(filed)


def test_a_missing_signature_is_refused(filed: Scene) -> None:
    """A record without one is a claim."""
    Path(f"{signoffs(filed)[0]}.sig").unlink()
    assert ".sig" in refused(filed)


def test_a_key_that_nobody_holds_is_refused(filed: Scene, tmp_path: Path) -> None:
    """Whoever can push can write files, and no more."""
    one = signoffs(filed)[0]
    generate_key(tmp_path / "mallory", "mallory")
    Path(f"{one}.sig").write_bytes(sign(tmp_path / "mallory", one.read_bytes(), SIGNOFF))
    assert refused(filed)
    assert len(filed.state(KEY).signoffs) == 2


def test_a_signature_of_somebody_else_is_refused(filed: Scene) -> None:
    """Mara's key under Felix's name."""
    one = next(path for path in signoffs(filed) if "felix" in path.name)
    Path(f"{one}.sig").write_bytes(sign(filed.deployment.key("mara"), one.read_bytes(), SIGNOFF))
    assert "'mara'" in refused(filed)


def test_a_signature_for_another_purpose_is_refused(filed: Scene) -> None:
    """An attestation's signature signs off nothing."""
    one = signoffs(filed)[0]
    Path(f"{one}.sig").write_bytes(sign(filed.deployment.key("felix"), one.read_bytes(), "prr-attestation-v1"))
    assert refused(filed)


def test_a_sign_off_of_more_than_a_week_ago_is_refused(filed: Scene) -> None:
    """It says too little of this week's on-call lead."""
    filed.commit()
    filed.clock.advance(timedelta(days=7, seconds=1))
    found = accept_records(filed.work, KEY, "run:test")
    assert (found.accepted, len(found.refused)) == ((), 3)
    assert all("more than 7 days ago" in why for why in found.refused.values())


def test_the_settings_may_ask_for_fresher_ones(filed: Scene) -> None:
    """``signoff_max_age``; attestations are not meant."""
    filed.replace_settings('signoff_max_age = "7d"', 'signoff_max_age = "1d"')
    filed.commit()
    filed.clock.advance(timedelta(days=1, seconds=1))
    found = accept_records(filed.work, KEY, "run:test")
    assert all("at most 1 day" in why for why in found.refused.values())
    assert len(found.refused) == 3


def test_a_refused_one_stops_no_other_and_may_count_later(filed: Scene) -> None:
    """Felix's file is broken in one commit, and right in the next."""
    one = next(path for path in signoffs(filed) if "felix" in path.name)
    whole = one.read_bytes()
    one.write_bytes(b"{}")
    refused(filed)
    assert len(filed.state(KEY).signoffs) == 2
    assert len(filed.events(EventType.RECORD_REFUSED)) == 1
    one.write_bytes(whole)
    filed.commit()
    assert len(accept_records(filed.work, KEY, "run:test").accepted) == 1
    assert len(filed.state(KEY).signoffs) == 3


def test_records_of_another_promotion_are_not_looked_at(filed: Scene) -> None:
    """Each promotion has its folder; one that lies in the wrong one is refused there."""
    other = filed.open("issueShares", needs=[])
    one = signoffs(filed)[0]
    folder = filed.deployment.monorepo / f"{PRR_FOLDER}/records/operation/issueShares/beta/signoffs"
    folder.mkdir(parents=True)
    shutil.copy(one, folder / one.name)
    shutil.copy(f"{one}.sig", folder / f"{one.name}.sig")
    filed.commit()
    [why] = accept_records(filed.work, other, "run:test").refused.values()
    assert "is signed for createGrant:beta" in why
    assert filed.state(other).signoffs == ()


def test_the_lead_is_who_holds_the_shift_at_acceptance(filed: Scene) -> None:
    """The rota says who; without one nobody is the lead."""
    filed.commit()
    filed.replace_settings('rota = "rota.ics"\n', "")
    accept_records(filed.work, KEY, "run:test")
    assert not any(signoff.on_call for signoff in filed.state(KEY).signoffs)


def test_an_unreadable_rota_refuses_sign_offs_for_now(filed: Scene) -> None:
    """Who leads cannot be told; once it can, the same file counts."""
    filed.commit()
    rota = filed.deployment.folder / "rota.ics"
    whole = rota.read_bytes()
    rota.write_bytes(b"no calendar")
    found = accept_records(filed.work, KEY, "run:test")
    assert (found.accepted, len(found.refused)) == ((), 3)
    rota.write_bytes(whole)
    assert len(accept_records(filed.work, KEY, "run:test").accepted) == 3


@pytest.mark.parametrize("key", ["nothing:beta", "\ud800"])
def test_an_unknown_promotion_is_one_sentence(filed: Scene, key: str) -> None:
    """With what is open."""
    with pytest.raises(PrrError, match="Open ones: createGrant:beta"):
        accept_records(filed.work, key, "run:test")
