"""Full and read-only disks: raising stops with a sentence, lowering goes on as long as it is possible at all."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from prr_pipeline.exposure import OFF, Exposure
from prr_pipeline.flags.backend import FlagsReadOnly, FlagsUnavailable
from prr_pipeline.flags.flagd_document import parse
from prr_pipeline.flags.flagd_file import FlagdFile

HALF = Exposure.share(5_000)


def _mount(*arguments: str) -> str | None:
    """What mount says against it, None if it did it."""
    done = subprocess.run(["mount", *arguments], capture_output=True, text=True, check=False)
    return None if done.returncode == 0 else done.stderr.strip()


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 128 kB of its own."""
    folder = tmp_path / "disk"
    folder.mkdir()
    refusal = _mount("-t", "tmpfs", "-o", "size=128k", "tmpfs", str(folder))
    if refusal is not None:
        pytest.skip(f"no small disk can be mounted here: {refusal}")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.fixture
def flags(disk: Path) -> FlagdFile:
    """Two flags at 50% on that disk."""
    made = FlagdFile(disk / "flags.json")
    for key in ("checkout", "payout"):
        made.write(key, HALF, expected_version=0, intent_id=f"i-{key}")
    return made


@pytest.fixture
def fill(disk: Path) -> Callable[[], None]:
    """Leave not one page free."""

    def fill_up() -> None:
        with suppress(OSError), open(disk / f"filler-{len(os.listdir(disk))}", "wb", buffering=0) as filler:
            while True:
                filler.write(b"x" * 4096)
        assert os.statvfs(disk).f_bavail == 0

    return fill_up


def test_a_raise_on_a_full_disk_changes_nothing(flags: FlagdFile, fill: Callable[[], None]) -> None:
    """It says so, and the file is as it was."""
    fill()
    before = flags.path.read_bytes()
    with pytest.raises(FlagsUnavailable, match=r"no space left.*nothing was changed"):
        flags.write("checkout", Exposure.share(10_000), expected_version=1, intent_id="i2")
    assert flags.path.read_bytes() == before


def test_lowering_works_on_a_full_disk_again_and_again(flags: FlagdFile, fill: Callable[[], None]) -> None:
    """Each time the disk is filled to the last page before."""
    seen = [0]
    for number, target in enumerate([Exposure.share(1_000), Exposure.share(100), OFF, OFF]):
        fill()
        stamp = flags.path.stat().st_mtime
        record = flags.lower_all({"checkout": target}, intent_id=f"l{number}")["checkout"]
        assert record.exposure == target
        assert flags.path.stat().st_mtime > stamp
        seen.append(record.version)
        if flags.path.with_name("flags.json.last-good").exists():
            assert _copied(flags, "checkout") == target
    assert seen == sorted(set(seen))
    assert flags.read(["payout"])["payout"].exposure == HALF


def test_the_spare_is_used_when_the_disk_gives_nothing(flags: FlagdFile, disk: Path, fill: Callable[[], None]) -> None:
    """Even with the copy gone before, so that dropping it frees no room: the spare becomes the file."""
    (disk / "flags.json.last-good").unlink()
    inode = (disk / "flags.json.spare").stat().st_ino
    fill()
    assert flags.lower_all({"checkout": OFF}, intent_id="l1")["checkout"].exposure == OFF
    assert flags.path.stat().st_ino == inode


def test_after_a_full_disk_copy_and_spare_come_back(flags: FlagdFile, disk: Path, fill: Callable[[], None]) -> None:
    """With room again, the next write makes both."""
    fill()
    flags.lower_all({"checkout": OFF}, intent_id="l1")
    for filler in disk.glob("filler-*"):
        filler.unlink()
    flags.lower_all({"checkout": OFF}, intent_id="l2")
    assert (disk / "flags.json.last-good").read_bytes() == flags.path.read_bytes()
    assert (disk / "flags.json.spare").stat().st_size >= flags.path.stat().st_size


def test_a_read_only_disk_is_said_in_a_sentence(flags: FlagdFile, disk: Path) -> None:
    """Neither way works, both say why; reading goes on."""
    assert _mount("-o", "remount,ro", str(disk)) is None
    with pytest.raises(FlagsReadOnly, match=r"cannot be written \(read-only file system\), so nothing was changed"):
        flags.write("checkout", Exposure.share(10_000), expected_version=1, intent_id="i2")
    with pytest.raises(FlagsReadOnly, match="the exposure is as it was; make the file and its folder writable"):
        flags.lower_all({"checkout": OFF}, intent_id="l1")
    assert flags.read(["checkout"])["checkout"].exposure == HALF


@pytest.fixture
def pinned(flags: FlagdFile) -> Iterator[FlagdFile]:
    """The same file, mounted on its own: it can be read, but nothing can be renamed over it."""
    assert _mount("--bind", str(flags.path), str(flags.path)) is None
    yield flags
    subprocess.run(["umount", "--lazy", str(flags.path)], check=True)


def test_a_file_mounted_on_its_own_is_said_in_a_sentence(pinned: FlagdFile) -> None:
    """A container that mounts the file instead of its folder meets this."""
    with pytest.raises(FlagsUnavailable, match=r"busy\), so nothing was changed"):
        pinned.write("payout", Exposure.share(10_000), expected_version=2, intent_id="i2")


@pytest.mark.parametrize("target", [Exposure.share(100), Exposure.share(9_000)], ids=["lower", "raise"])
def test_a_write_that_fails_leaves_a_copy_that_cannot_raise(pinned: FlagdFile, target: Exposure) -> None:
    """The copy of a lowering is written before the file, the copy of a raise after it."""
    with pytest.raises(FlagsUnavailable):
        pinned.write("payout", target, expected_version=2, intent_id="i2")
    assert pinned.read(["payout"])["payout"].exposure == HALF
    assert _copied(pinned, "payout") == min(target, HALF)


def _copied(flags: FlagdFile, key: str) -> Exposure | None:
    """What the last-good copy holds."""
    return parse(flags.path.with_name("flags.json.last-good").read_bytes()).record(key).exposure


@pytest.fixture
def shared() -> Iterator[FlagdFile]:
    """A file with checkout at 50% in a folder that every user may enter."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o777)
        made = FlagdFile(folder / "flags.json")
        made.write("checkout", HALF, expected_version=0, intent_id="i1")
        yield made
        folder.chmod(0o700)


@contextmanager
def _as_somebody() -> Iterator[None]:
    """As a user whom file modes bind: root becomes nobody for a while."""
    user = os.geteuid()
    if user == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        if user == 0:
            os.seteuid(0)


def test_a_read_only_folder_is_said_in_a_sentence(shared: FlagdFile) -> None:
    """Nobody but its owner may rename there."""
    shared.path.chmod(0o666)
    shared.path.parent.chmod(0o555)
    with _as_somebody():
        with pytest.raises(FlagsReadOnly, match=r"\(permission denied\), so nothing was changed; make the file"):
            shared.write("checkout", OFF, expected_version=1, intent_id="i2")
        with pytest.raises(FlagsReadOnly, match=r"\(permission denied\), so the exposure is as it was"):
            shared.lower_all({"checkout": OFF}, intent_id="l1")
        assert shared.read(["checkout"])["checkout"].exposure == HALF


def test_a_read_only_file_is_not_raised_but_is_lowered(shared: FlagdFile) -> None:
    """Somebody took away the write permission to freeze it; a rename would go past that, so only a lowering does."""
    shared.path.chmod(0o444)
    with _as_somebody():
        with pytest.raises(FlagsReadOnly):
            shared.write("checkout", Exposure.share(10_000), expected_version=1, intent_id="i2")
        assert shared.lower_all({"checkout": OFF}, intent_id="l1")["checkout"].exposure == OFF


def test_a_first_write_on_a_full_disk_leaves_nothing(disk: Path, fill: Callable[[], None]) -> None:
    """Without a spare nothing can be written; the sentence says so and no half file is left."""
    fill()
    with pytest.raises(FlagsUnavailable, match="no space left"):
        FlagdFile(disk / "flags.json").lower_all({"checkout": OFF}, intent_id="l1")
    assert not (disk / "flags.json").exists()
