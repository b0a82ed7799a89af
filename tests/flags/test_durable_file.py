"""A file is replaced as a whole, never becomes older, and has its spare."""

from __future__ import annotations

import errno
import os
import stat
import time
from datetime import timedelta
from pathlib import Path

import pytest

from prr_pipeline.flags import durable_file as durable


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A published file."""
    made = tmp_path / "f.json"
    durable.publish(made, b"one", time.time_ns())
    return made


def test_other_users_can_read_what_is_published(path: Path) -> None:
    """Readers run as other users than the controller."""
    assert stat.S_IMODE(path.stat().st_mode) == 0o644


def test_a_newer_time_is_newer_for_readers_that_compare_seconds(path: Path) -> None:
    """A step of a millisecond survives the conversion to a floating-point number."""
    ahead = time.time_ns() + 10**12
    os.utime(path, ns=(ahead, ahead))
    before = path.stat().st_mtime
    durable.publish(path, b"two", durable.newer_than(path))
    assert path.stat().st_mtime > before
    assert path.stat().st_mtime_ns == ahead + durable.STEP_NS


def test_redating_makes_the_same_file_newer(path: Path) -> None:
    """By a step that readers see; the content is untouched."""
    before = path.stat()
    durable.redate(path)
    assert path.stat().st_mtime_ns == before.st_mtime_ns + durable.STEP_NS
    assert path.stat().st_ino == before.st_ino
    assert path.read_bytes() == b"one"


def test_a_file_that_another_replaced_is_left_alone(path: Path) -> None:
    """What was read is no longer there, so what was worked out from it is not written."""
    seen = durable.identity(path)
    durable.publish(path, b"theirs", durable.newer_than(path))
    with pytest.raises(durable.Replaced):
        durable.publish(path, b"ours", durable.newer_than(path), over=seen)
    assert path.read_bytes() == b"theirs"
    assert [left.name for left in path.parent.iterdir()] == ["f.json"]


def test_a_file_that_appeared_is_left_alone(path: Path) -> None:
    """None means: there was no file when we looked."""
    with pytest.raises(durable.Replaced):
        durable.publish(path, b"ours", durable.newer_than(path), over=None)


def test_what_killed_writers_left_is_swept_after_a_while(path: Path) -> None:
    """A young leftover may belong to a living writer and stays; other files are not touched."""
    young, old, other = (path.with_name(name) for name in (".f.json-young", ".f.json-old", ".g.json-old"))
    for left in (young, old, other):
        left.write_text("half")
    for left in (old, other):
        os.utime(left, (time.time() - 120, time.time() - 120))
    durable.publish(path, b"two", durable.newer_than(path))
    assert (young.exists(), old.exists(), other.exists()) == (True, False, True)


def test_a_spare_becomes_the_file(path: Path) -> None:
    """It is overwritten, shortened and renamed; nothing new is asked of the disk."""
    spare = path.with_name("spare")
    durable.ensure_spare(spare, 100)
    inode = spare.stat().st_ino
    durable.publish_from_spare(path, spare, b"rescued", durable.newer_than(path))
    assert path.read_bytes() == b"rescued"
    assert path.stat().st_ino == inode
    assert not spare.exists()


def test_a_spare_grows_with_the_need_and_not_else(path: Path) -> None:
    """One that is large enough is kept as it is."""
    spare = path.with_name("spare")
    durable.ensure_spare(spare, 100)
    first = spare.stat()
    durable.ensure_spare(spare, 200)
    assert spare.stat().st_ino == first.st_ino
    durable.ensure_spare(spare, first.st_size + 1)
    assert spare.stat().st_size > first.st_size


@pytest.mark.parametrize("size", [None, 3], ids=["missing", "too small"])
def test_a_spare_that_cannot_serve_is_said_to_be_no_room(path: Path, size: int | None) -> None:
    """The file stays as it was."""
    spare = path.with_name("spare")
    if size:
        spare.write_bytes(b" " * size)
    with pytest.raises(OSError) as fault:
        durable.publish_from_spare(path, spare, b"rescued", durable.newer_than(path))
    assert fault.value.errno == errno.ENOSPC
    assert path.read_bytes() == b"one"


def test_the_lock_is_for_one(path: Path) -> None:
    """A second holder is told so after its wait, and gets it once the first let go."""
    lock = path.with_name("lock")
    with durable.locked(lock, timedelta(0)) as first, durable.locked(lock, timedelta(seconds=0.02)) as second:
        assert (first, second) == (True, False)
    with durable.locked(lock, timedelta(0)) as third:
        assert third


def test_only_a_regular_file_is_read(tmp_path: Path) -> None:
    """Neither a folder nor a pipe."""
    os.mkfifo(tmp_path / "pipe")
    for name in ("pipe", "."):
        with pytest.raises(OSError):
            durable.read_bytes(tmp_path / name, 10)


def test_reading_stops_after_the_limit(path: Path) -> None:
    """One byte more shows that there was more."""
    assert durable.read_bytes(path, 2)[0] == b"one"
    assert durable.read_bytes(path, 1)[0] == b"on"
