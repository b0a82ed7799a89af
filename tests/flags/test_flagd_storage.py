"""The flagd file's storage: who may replace what, and in which order."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from prr_pipeline.errors import Unavailable
from prr_pipeline.exposure import OFF, Exposure
from prr_pipeline.flags.backend import FlagsReadOnly, FlagsUnreadable
from prr_pipeline.flags.durable_file import Replaced, locked
from prr_pipeline.flags.flagd_document import EMPTY
from prr_pipeline.flags.flagd_storage import FlagdStorage


def _data(exposure: Exposure, revision: int) -> bytes:
    return EMPTY.with_exposures(
        {"checkout": exposure}, revision=revision, intent_id=f"i{revision}", written_at="then"
    ).render()


@pytest.fixture
def storage(tmp_path: Path) -> FlagdStorage:
    """A published file at 10%."""
    made = FlagdStorage(tmp_path / "flags.json", timedelta(seconds=0.05))
    made.publish(_data(Exposure.share(1_000), 1), None, lowering=False)
    return made


def test_a_file_changed_since_it_was_seen_keeps_its_copy_too(storage: FlagdStorage) -> None:
    """A lowering worked out from an older file must not leave its stale rest in the copy."""
    _, seen = storage.load()
    storage.publish(_data(OFF, 2), seen, lowering=True)
    with pytest.raises(Replaced):
        storage.publish(_data(Exposure.share(100), 2), seen, lowering=True)
    assert storage.last_good.read_bytes() == storage.path.read_bytes() == _data(OFF, 2)


def test_a_raise_needs_the_lock_and_a_lowering_does_not(storage: FlagdStorage) -> None:
    """Both try for the same time."""
    with locked(storage.lock, timedelta(0)):
        with pytest.raises(Unavailable, match="locked by another process"), storage.locked():
            pass
        with storage.locked_if_possible():
            assert storage.load()[0].revision == 1


def test_a_lowering_goes_on_if_no_lock_file_can_be_made(storage: FlagdStorage) -> None:
    """Here a folder lies in its place."""
    storage.lock.unlink(missing_ok=True)
    storage.lock.mkdir()
    (storage.lock / "in the way").touch()
    with storage.locked_if_possible():
        assert storage.load()[0].revision == 1


def test_recovery_takes_the_copy_and_gives_nothing_up(storage: FlagdStorage) -> None:
    """The identity is the damaged file's, so that only that one is replaced."""
    storage.path.write_text("{")
    with pytest.raises(FlagsUnreadable):
        storage.load()
    document, seen, given_up = storage.load_or_recover()
    assert document.record("checkout").exposure == Exposure.share(1_000)
    assert given_up is None
    storage.publish(_data(OFF, 2), seen, lowering=True)
    assert storage.load()[0].record("checkout").exposure == OFF


def test_faults_of_the_system_become_sentences(storage: FlagdStorage) -> None:
    """Ours pass as they are; a refused permission is told apart from a failure."""
    with pytest.raises(FlagsReadOnly, match="permission denied"), storage.sentences("nothing was changed"):
        raise PermissionError(13, "no")
    with (
        pytest.raises(Unavailable, match=r"input/output error.*nothing was changed"),
        storage.sentences("nothing was changed"),
    ):
        raise OSError(5, "no")
    with pytest.raises(FlagsUnreadable, match="ours"), storage.sentences("nothing was changed"):
        raise FlagsUnreadable("ours")
