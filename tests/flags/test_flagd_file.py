"""The flagd file keeps the contract, and survives what happens to files."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from prr_pipeline.errors import PrrError, StaleVersion, UnknownName
from prr_pipeline.exposure import FULL, OFF, SHADOW, Exposure
from prr_pipeline.flags import flagd_definition
from prr_pipeline.flags.backend import FlagBackend, FlagsUnavailable, FlagsUnreadable
from prr_pipeline.flags.durable_file import locked
from prr_pipeline.flags.flagd_definition import Stamp
from prr_pipeline.flags.flagd_file import FlagdFile, from_options
from tests.contracts.flag_backend import FlagBackendContract

ONE = Exposure.share(100)
TEN = Exposure.share(1_000)
HERE = Path(__file__).parent
FOREIGN = {
    "state": "DISABLED",
    "variants": {"a": 0.1, "b": -2.5e-7, "c": 12345678901234567890},
    "defaultVariant": "b",
    "targeting": {"if": [{"==": [{"var": "tier"}, "gölden"]}, "a", None]},
}


class TestFlagdFile(FlagBackendContract):
    """The contract on `FlagdFile`."""

    def make(self, folder: Path) -> FlagBackend:
        """A file that is not there yet."""
        return FlagdFile(folder / "flags.json")

    def edit_by_hand(self, backend: FlagBackend, key: str, exposure: Exposure | None) -> None:
        """Change the split in the text, as an editor would, and leave our notes in place."""
        assert isinstance(backend, FlagdFile)
        text = backend.path.read_text() if backend.path.exists() else '{"flags": {}}'
        document = json.loads(text)
        made = flagd_definition.build(exposure or ONE, Stamp(1, "", "", ""))
        if exposure is None:
            made["targeting"] = {"fractional": [["on", 0.5], ["off", 0.5]]}
        document["flags"].setdefault(key, made)["targeting"] = made["targeting"]
        backend.path.write_text(json.dumps(document))


@pytest.fixture
def flags(tmp_path: Path) -> FlagdFile:
    """A file with checkout at 1% and payout at 10%."""
    made = FlagdFile(tmp_path / "flags.json", lock_wait=timedelta(seconds=0.2))
    made.write("checkout", ONE, expected_version=0, intent_id="i1")
    made.write("payout", TEN, expected_version=0, intent_id="i2")
    return made


def _exposures(flags: FlagdFile, *keys: str) -> list[Exposure | None]:
    return [record.exposure for record in flags.read(keys).values()]


def _rewrite(flags: FlagdFile, **changes: object) -> None:
    document = json.loads(flags.path.read_text())
    document["flags"].update(changes)
    flags.path.write_text(json.dumps(document))


def test_the_definition_is_dated_by_the_clock_that_was_given(tmp_path: Path) -> None:
    """Policy time goes into the note, never into the file's time."""
    past = datetime(2020, 1, 2, tzinfo=UTC)
    made = FlagdFile(tmp_path / "flags.json", now=lambda: past)
    made.write("checkout", SHADOW, expected_version=0, intent_id="i1")
    note = json.loads(made.path.read_text())["flags"]["checkout"]["metadata"]
    assert note["written_at"] == "2020-01-02T00:00:00.000000Z"
    assert abs(made.path.stat().st_mtime - time.time()) < 60


def test_a_fleet_is_lowered_by_one_replacement_of_the_file(flags: FlagdFile) -> None:
    """However many keys: the revision moves by one, and all of them are of that version."""
    flags.write("first", FULL, expected_version=0, intent_id="i")
    before = json.loads(flags.path.read_text())["metadata"]["revision"]
    records = flags.lower_all(dict.fromkeys([f"operation-{n}" for n in range(1_000)], OFF), intent_id="l")
    after = json.loads(flags.path.read_text())["metadata"]["revision"]
    assert {record.version for record in records.values()} == {after} == {before + 1}


def test_the_revision_grows_with_every_write(flags: FlagdFile) -> None:
    """Readers export it, so that a person sees who runs which."""
    before = json.loads(flags.path.read_text())["metadata"]["revision"]
    flags.lower_all({"checkout": OFF}, intent_id="l1")
    assert json.loads(flags.path.read_text())["metadata"]["revision"] > before


def test_foreign_flags_and_members_keep_their_values(flags: FlagdFile) -> None:
    """Our writes leave other people's definitions and file metadata as they are."""
    document = json.loads(flags.path.read_text())
    document["flags"]["theirs"] = FOREIGN
    document["metadata"]["owner"] = "edge team"
    document["$evaluators"] = {"gold": {"==": [1, 1]}}
    flags.path.write_text(json.dumps(document))
    before = flags.read(["checkout"])["checkout"]
    flags.write("checkout", TEN, expected_version=before.version, intent_id="i3")
    flags.lower_all({"payout": OFF}, intent_id="l1")
    after = json.loads(flags.path.read_text())
    assert json.dumps(after["flags"]["theirs"]) == json.dumps(FOREIGN)
    assert after["metadata"]["owner"] == "edge team"
    assert after["$evaluators"] == document["$evaluators"]


def test_the_file_time_grows_even_if_the_clock_went_back(flags: FlagdFile) -> None:
    """A file dated an hour ahead is what a clock set back looks like; readers load only newer files."""
    ahead = time.time_ns() + 3_600_000_000_000
    os.utime(flags.path, ns=(ahead, ahead))
    times = [flags.path.stat().st_mtime]
    for number in range(3):
        flags.lower_all({"checkout": OFF}, intent_id=f"l{number}")
        times.append(flags.path.stat().st_mtime)
    assert times == sorted(set(times))


def test_the_file_is_dated_again_after_the_read_back(flags: FlagdFile) -> None:
    """A reader that took the time of the rename with the old content looks once more; the copy shows that time."""
    copy = flags.path.with_name("flags.json.last-good")
    assert flags.path.stat().st_mtime > copy.stat().st_mtime
    flags.lower_all({"checkout": OFF}, intent_id="l1")
    assert flags.path.stat().st_mtime > copy.stat().st_mtime


def test_a_file_that_vanished_is_not_an_empty_one(flags: FlagdFile) -> None:
    """Readers go on serving what they had loaded, so nothing may be read as off."""
    flags.path.unlink()
    with pytest.raises(FlagsUnreadable, match=r"gone.*roll back"):
        flags.read(["checkout"])
    with pytest.raises(FlagsUnreadable):
        flags.write("checkout", TEN, expected_version=0, intent_id="i3")


def test_a_vanished_file_is_rebuilt_newer_by_a_lowering(flags: FlagdFile) -> None:
    """Versions and the file's time go on from the copy, so readers load it and old raises lose."""
    seen, stamp = flags.read(["checkout"])["checkout"].version, flags.path.stat().st_mtime
    flags.path.unlink()
    assert flags.lower_all({"checkout": OFF}, intent_id="l1")["checkout"].version > seen
    assert flags.path.stat().st_mtime > stamp
    assert _exposures(flags, "checkout", "payout") == [OFF, TEN]


def test_versions_do_not_come_back_with_an_old_backup(flags: FlagdFile) -> None:
    """A restored older file is floored by the last-good copy's revision."""
    old = flags.path.read_bytes()
    newest = flags.lower_all({"checkout": OFF}, intent_id="l1")["checkout"].version
    flags.path.write_bytes(old)
    assert flags.lower_all({"checkout": OFF}, intent_id="l2")["checkout"].version > newest


DAMAGE = {
    "empty": b"",
    "cut off": b'{"flags": {"checkout": {"state": "ENA',
    "no flags": b"{}",
    "a list": b"[]",
    "flags null": b'{"flags": null}',
    "a member twice": b'{"flags": {"a": {}, "a": {}}}',
    "not a number": b'{"flags": {}, "metadata": {"revision": NaN}}',
    "infinite": b'{"flags": {}, "metadata": {"x": 1e999}}',
    "not UTF-8": b'{"flags": {"\xff": {}}}',
    "byte order mark": b'\xef\xbb\xbf{"flags": {}}',
    "a bomb": b'{"flags": ' + b"[" * 100_000,
    "a flag that flagd refuses": b'{"flags": {"theirs": {"state": "PAUSED", "variants": {"a": 1}}}}',
    "metadata that flagd refuses": b'{"flags": {}, "metadata": {"nested": {}}}',
    "larger than 20 MB": b" " * (20 * 1024 * 1024 + 1) + b'{"flags": {}}',
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_a_damaged_file_is_unreadable_but_can_be_lowered(flags: FlagdFile, damage: bytes) -> None:
    """Reading says where and what to do; lowering rebuilds from the copy and keeps the damaged file aside."""
    seen = flags.read(["checkout"])["checkout"].version
    flags.path.write_bytes(damage)
    with pytest.raises(FlagsUnreadable, match=r"flags\.json cannot be read: .*mend it by hand, or roll back"):
        flags.read(["checkout"])
    record = flags.lower_all({"checkout": OFF}, intent_id="l1")["checkout"]
    assert record.exposure == OFF
    assert record.fault is None
    assert record.version > seen
    assert _exposures(flags, "checkout", "payout") == [OFF, TEN]
    assert flags.path.with_name("flags.json.damaged").read_bytes() == damage


def test_with_the_copy_damaged_too_the_lost_flags_are_named(flags: FlagdFile) -> None:
    """The named keys are off; the sentence lists what could be made out of the rest."""
    flags.path.write_bytes(flags.path.read_bytes()[:-10])
    flags.path.with_name("flags.json.last-good").write_bytes(b"{")
    record = flags.lower_all({"checkout": TEN}, intent_id="l1")["checkout"]
    assert record.exposure == OFF
    assert record.fault is not None
    assert "payout" in record.fault
    assert _exposures(flags, "payout") == [OFF]
    assert flags.read(["checkout"])["checkout"].fault is None


def test_the_copy_never_holds_more_than_is_served(flags: FlagdFile) -> None:
    """After every write the copy equals the file, so a recovery raises nothing."""
    copy = flags.path.with_name("flags.json.last-good")
    flags.lower_all({"payout": SHADOW}, intent_id="l1")
    assert copy.read_bytes() == flags.path.read_bytes()
    version = flags.read(["payout"])["payout"].version
    flags.write("payout", ONE, expected_version=version, intent_id="i3")
    assert copy.read_bytes() == flags.path.read_bytes()


def test_a_raise_waits_for_the_lock_and_then_gives_up(flags: FlagdFile) -> None:
    """Nothing was changed, and the sentence says so."""
    version = flags.read(["checkout"])["checkout"].version
    with (
        locked(flags.path.with_name("flags.json.lock"), timedelta(0)),
        pytest.raises(FlagsUnavailable, match="nothing was changed"),
    ):
        flags.write("checkout", TEN, expected_version=version, intent_id="i3")
    assert _exposures(flags, "checkout") == [ONE]


def test_a_lowering_does_not_wait_for_the_lock_for_long(flags: FlagdFile) -> None:
    """A writer that hangs with the lock in its hand stops no lowering."""
    with locked(flags.path.with_name("flags.json.lock"), timedelta(0)):
        assert flags.lower_all({"checkout": OFF}, intent_id="l1")["checkout"].exposure == OFF


def test_a_raise_that_was_stopped_before_its_rename_loses_to_a_lowering(flags: FlagdFile) -> None:
    """The lowering went past the lock while the raise slept; the raise then finds another file and withdraws."""
    other = FlagdFile(flags.path, lock_wait=timedelta(0))

    def slow_clock() -> datetime:
        other.lower_all({"checkout": OFF}, intent_id="l1")
        return datetime.now(UTC)

    sleeper = FlagdFile(flags.path, now=slow_clock)
    version = flags.read(["checkout"])["checkout"].version
    with pytest.raises(StaleVersion):
        sleeper.write("checkout", TEN, expected_version=version, intent_id="i3")
    assert _exposures(flags, "checkout") == [OFF]


def test_a_link_to_the_file_is_followed(tmp_path: Path) -> None:
    """The file behind the link is replaced, in its own folder; the link stays."""
    real = tmp_path / "real" / "flags.json"
    real.parent.mkdir()
    link = tmp_path / "link.json"
    link.symlink_to(real)
    FlagdFile(link).write("checkout", SHADOW, expected_version=0, intent_id="i1")
    assert link.is_symlink()
    assert real.is_file()


def test_a_pipe_in_the_place_of_the_file_does_not_hang(tmp_path: Path) -> None:
    """Only a regular file is read; a lowering replaces anything else."""
    os.mkfifo(tmp_path / "flags.json")
    made = FlagdFile(tmp_path / "flags.json")
    with pytest.raises(FlagsUnreadable):
        made.read(["checkout"])
    assert made.lower_all({"checkout": OFF}, intent_id="l1")["checkout"].exposure == OFF


def test_no_two_processes_win_the_same_version() -> None:
    """Each of three processes counts its wins; together they make exactly the versions that exist."""
    program = [sys.executable, str(HERE / "race.py"), "3", "25"]
    done = subprocess.run(program, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    wins, versions = (int(number) for number in done.stdout.split())
    print(f"{wins} wins of 3 processes made {versions} versions")
    assert wins == versions == 75


def test_kill_9_while_publishing_never_leaves_an_unreadable_file() -> None:
    """Thirty writers killed at random moments: each time the file reads, and versions and file time never go back."""
    program = [sys.executable, str(HERE / "kill_loop.py"), "30"]
    done = subprocess.run(program, capture_output=True, text=True, timeout=60, check=False)
    print(done.stdout)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.startswith("0 unreadable of 30 kills")


def test_the_settings_name_the_file(tmp_path: Path) -> None:
    """A relative path counts from the settings' folder; there is a default."""
    assert from_options({"path": "state/f.json"}, tmp_path).path == tmp_path / "state" / "f.json"
    assert from_options({}, tmp_path).path == tmp_path / ".prr" / "flags.json"
    made = from_options({"propagation_bound_seconds": 5}, tmp_path)
    assert made.capabilities.propagation_bound == timedelta(seconds=5)


@pytest.mark.parametrize(
    "options",
    [{"path": ""}, {"path": 3}, {"lock_wait_seconds": -1}, {"lock_wait_seconds": "2"}, {"lock_wait_seconds": True}],
    ids=str,
)
def test_a_bad_option_is_an_error(options: dict[str, object], tmp_path: Path) -> None:
    """No silent default."""
    with pytest.raises(PrrError, match="option"):
        from_options(options, tmp_path)


def test_an_unknown_option_lists_the_valid_ones(tmp_path: Path) -> None:
    """A typing error in the settings is found at once."""
    with pytest.raises(UnknownName, match="lock_wait_seconds, path"):
        from_options({"pth": "x"}, tmp_path)


def test_a_lowering_makes_the_folder(tmp_path: Path) -> None:
    """The first lowering needs no preparation."""
    made = FlagdFile(tmp_path / "new" / "flags.json")
    assert made.read(["checkout"])["checkout"].version == 0
    assert made.lower_all({"checkout": FULL}, intent_id="l1")["checkout"].exposure == OFF
