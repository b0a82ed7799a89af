"""What every flag back end must do. A back end's test subclasses `FlagBackendContract`."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from prr_pipeline.errors import Refused, StaleVersion
from prr_pipeline.exposure import FULL, OFF, SHADOW, Exposure, Rest
from prr_pipeline.flags.backend import ExposureRecord, FlagBackend

ONE = Exposure.share(100)
TEN = Exposure.share(1_000)
HALF = Exposure.share(5_000)
EVERY_SHAPE = [
    OFF,
    SHADOW,
    Exposure.share(1),
    ONE,
    Exposure.share(1, Rest.SHADOW),
    Exposure.share(9_999, Rest.SHADOW),
    FULL,
]


class FlagBackendContract:
    """Subclasses provide `backend` (empty, for one test) and `edit_by_hand`."""

    def make(self, folder: Path) -> FlagBackend:
        """A back end without flags that keeps its state, if any, in ``folder``."""
        raise AssertionError(f"{type(self).__name__} must make its back end, {folder} is its folder")

    def edit_by_hand(self, backend: FlagBackend, key: str, exposure: Exposure | None) -> None:
        """Change the flag past the port; None puts a definition there that is not ours."""
        raise AssertionError(f"{type(self).__name__} must edit {key} to {exposure} in {backend}")

    @pytest.fixture
    def backend(self, tmp_path: Path) -> FlagBackend:
        """The back end under test."""
        return self.make(tmp_path)

    def raised(self, backend: FlagBackend, key: str, exposure: Exposure, intent_id: str) -> ExposureRecord:
        """Write with the version of now."""
        return backend.write(key, exposure, expected_version=backend.read([key])[key].version, intent_id=intent_id)

    def test_a_flag_that_does_not_exist_is_off_at_version_zero(self, backend: FlagBackend) -> None:
        """Absent is not an error: readers serve off for it."""
        assert backend.read(["never-made"]) == {"never-made": ExposureRecord(OFF, 0)}

    @pytest.mark.parametrize("exposure", EVERY_SHAPE, ids=str)
    def test_what_was_written_is_read_back(self, backend: FlagBackend, exposure: Exposure) -> None:
        """Every kind of exposure survives, the rest included."""
        record = backend.write("checkout", exposure, expected_version=0, intent_id="i1")
        assert record.exposure == exposure
        assert record.version > 0
        assert backend.read(["checkout"]) == {"checkout": record}

    def test_a_write_with_an_old_version_loses(self, backend: FlagBackend) -> None:
        """Compare-and-set: the loser changes nothing and learns the current version."""
        first = backend.write("checkout", SHADOW, expected_version=0, intent_id="i1")
        with pytest.raises(StaleVersion) as lost:
            backend.write("checkout", ONE, expected_version=0, intent_id="i2")
        assert lost.value.current == first.version
        assert backend.read(["checkout"])["checkout"] == first

    def test_a_repeated_intent_is_done_once(self, backend: FlagBackend) -> None:
        """A retry after a lost answer succeeds, whatever version it names, and changes nothing."""
        first = backend.write("checkout", SHADOW, expected_version=0, intent_id="i1")
        assert backend.write("checkout", SHADOW, expected_version=0, intent_id="i1") == first
        assert backend.write("checkout", SHADOW, expected_version=first.version, intent_id="i1") == first

    def test_an_intent_cannot_come_back_with_another_exposure(self, backend: FlagBackend) -> None:
        """One intent id means one exposure."""
        first = backend.write("checkout", SHADOW, expected_version=0, intent_id="i1")
        with pytest.raises(Refused, match="i1"):
            backend.write("checkout", ONE, expected_version=first.version, intent_id="i1")
        assert backend.read(["checkout"])["checkout"] == first

    def test_a_late_repeat_of_an_older_intent_loses(self, backend: FlagBackend) -> None:
        """Delivered again after another write, an old request cannot bring its exposure back."""
        self.raised(backend, "checkout", TEN, "i1")
        now = self.raised(backend, "checkout", SHADOW, "i2")
        with pytest.raises(StaleVersion):
            backend.write("checkout", TEN, expected_version=0, intent_id="i1")
        assert backend.read(["checkout"])["checkout"] == now

    @pytest.mark.parametrize("key", ["", "a\nb", "x" * 301], ids=["empty", "control", "long"])
    def test_a_key_that_nobody_could_read_is_refused(self, backend: FlagBackend, key: str) -> None:
        """Raising takes printable keys of bounded length only."""
        with pytest.raises(Refused):
            backend.write(key, SHADOW, expected_version=0, intent_id="i1")

    def test_a_write_without_an_intent_is_refused(self, backend: FlagBackend) -> None:
        """Without an intent id a retry could not be told from a second raise."""
        with pytest.raises(Refused):
            backend.write("checkout", SHADOW, expected_version=0, intent_id="")

    def test_writing_one_key_leaves_the_others_alone(self, backend: FlagBackend) -> None:
        """Two promotions do not disturb each other, version included."""
        other = backend.write("payout", TEN, expected_version=0, intent_id="i1")
        self.raised(backend, "checkout", ONE, "i2")
        backend.lower_all({"checkout": OFF}, intent_id="l1")
        assert backend.read(["payout"])["payout"] == other

    def test_many_keys_are_lowered_in_one_call(self, backend: FlagBackend) -> None:
        """Each key goes to its own target, and the answer is what a read shows."""
        for number, key in enumerate(["a", "b", "c"]):
            self.raised(backend, key, HALF, f"i{number}")
        records = backend.lower_all({"a": OFF, "b": SHADOW, "c": ONE}, intent_id="l1")
        assert {key: record.exposure for key, record in records.items()} == {"a": OFF, "b": SHADOW, "c": ONE}
        assert backend.read(["a", "b", "c"]) == records

    def test_a_fleet_is_lowered_in_one_call(self, backend: FlagBackend) -> None:
        """A thousand keys at once: every one is off, its version moved, and every raise in flight loses."""
        keys = [f"operation-{number}" for number in range(1_000)]
        before = self.raised(backend, keys[0], HALF, "i1")
        records = backend.lower_all(dict.fromkeys(keys, OFF), intent_id="l1")
        assert {record.exposure for record in records.values()} == {OFF}
        assert records[keys[0]].version > before.version
        assert backend.read(keys) == records
        with pytest.raises(StaleVersion):
            backend.write(keys[-1], SHADOW, expected_version=0, intent_id="i2")

    def test_lowering_nothing_is_nothing(self, backend: FlagBackend) -> None:
        """An empty lowering answers with no records."""
        assert backend.lower_all({}, intent_id="l1") == {}

    @pytest.mark.parametrize("target", [OFF, SHADOW, ONE], ids=str)
    def test_lowering_moves_the_version_even_if_already_low(self, backend: FlagBackend, target: Exposure) -> None:
        """A lowering that finds the flag low still voids every raise in flight."""
        before = self.raised(backend, "checkout", OFF, "i1")
        after = backend.lower_all({"checkout": target}, intent_id="l1")["checkout"]
        assert after.exposure == OFF
        assert after.version > before.version

    @pytest.mark.parametrize("target", [TEN, HALF, FULL, Exposure.share(100, Rest.SHADOW)], ids=str)
    def test_lowering_never_raises(self, backend: FlagBackend, target: Exposure) -> None:
        """A target above what is there, or with more for the rest, leaves the exposure as it is."""
        self.raised(backend, "checkout", ONE, "i1")
        assert backend.lower_all({"checkout": target}, intent_id="l1")["checkout"].exposure == ONE

    def test_lowering_an_unknown_key_creates_it_as_off(self, backend: FlagBackend) -> None:
        """A raise of a new flag that is still under way loses as well."""
        record = backend.lower_all({"new": HALF}, intent_id="l1")["new"]
        assert record.exposure == OFF
        with pytest.raises(StaleVersion):
            backend.write("new", SHADOW, expected_version=0, intent_id="i1")

    def test_a_raise_in_flight_loses_after_a_lowering(self, backend: FlagBackend) -> None:
        """The raise read its version before the lowering; its write comes too late."""
        seen = self.raised(backend, "checkout", ONE, "i1")
        backend.lower_all({"checkout": OFF}, intent_id="l1")
        with pytest.raises(StaleVersion):
            backend.write("checkout", TEN, expected_version=seen.version, intent_id="i2")
        assert backend.read(["checkout"])["checkout"].exposure == OFF

    def test_versions_only_grow(self, backend: FlagBackend) -> None:
        """Over writes, lowerings and other keys' changes a version never comes twice."""
        seen = [0]
        for number in range(6):
            seen.append(self.raised(backend, "checkout", EVERY_SHAPE[number], f"i{number}").version)
            self.raised(backend, "payout", ONE, f"p{number}")
            seen.append(backend.lower_all({"checkout": OFF}, intent_id=f"l{number}")["checkout"].version)
        assert seen == sorted(set(seen))

    def test_an_edit_by_hand_is_seen_and_voids_a_raise_in_flight(self, backend: FlagBackend) -> None:
        """What a person does past the pipeline counts as a change of the flag."""
        seen = self.raised(backend, "checkout", TEN, "i1")
        self.edit_by_hand(backend, "checkout", SHADOW)
        assert backend.read(["checkout"])["checkout"].exposure == SHADOW
        with pytest.raises(StaleVersion):
            backend.write("checkout", HALF, expected_version=seen.version, intent_id="i2")

    def test_a_repeated_intent_does_not_undo_an_edit_by_hand(self, backend: FlagBackend) -> None:
        """The intent's write no longer stands, so its retry is a lost compare-and-set, not a success."""
        self.raised(backend, "checkout", TEN, "i1")
        self.edit_by_hand(backend, "checkout", OFF)
        with pytest.raises(StaleVersion):
            backend.write("checkout", TEN, expected_version=0, intent_id="i1")
        assert backend.read(["checkout"])["checkout"].exposure == OFF

    def test_a_definition_that_is_not_ours_is_drift(self, backend: FlagBackend) -> None:
        """It has no exposure, but a version and a sentence; it is not raised over."""
        self.raised(backend, "checkout", ONE, "i1")
        self.edit_by_hand(backend, "checkout", None)
        record = backend.read(["checkout"])["checkout"]
        assert record.exposure is None
        assert record.version > 0
        assert record.fault
        with pytest.raises(Refused):
            backend.write("checkout", TEN, expected_version=record.version, intent_id="i2")

    def test_a_definition_that_is_not_ours_is_lowered_to_off(self, backend: FlagBackend) -> None:
        """Nobody knows what it serves, so any target means off."""
        self.edit_by_hand(backend, "checkout", None)
        before = backend.read(["checkout"])["checkout"].version
        record = backend.lower_all({"checkout": HALF}, intent_id="l1")["checkout"]
        assert record.exposure == OFF
        assert record.version > before

    def test_one_of_many_threads_wins_each_version(self, backend: FlagBackend) -> None:
        """Racing raises from the same version: one wins, all others are stale."""
        for turn in range(5):
            version = backend.read(["checkout"])["checkout"].version
            assert sum(_race(backend, version, turn)) == 1

    def test_a_lowering_ends_a_storm_of_raises(self, backend: FlagBackend) -> None:
        """Raises that read before the lowering all lose; afterwards the flag is off."""
        version = self.raised(backend, "checkout", ONE, "i0").version
        lowering = threading.Thread(target=backend.lower_all, args=({"checkout": OFF},), kwargs={"intent_id": "l1"})
        lowering.start()
        wins = sum(_race(backend, version, 0))
        lowering.join()
        assert wins <= 1
        assert backend.lower_all({"checkout": OFF}, intent_id="l2")["checkout"].exposure == OFF
        assert sum(_race(backend, version, 1)) == 0

    def test_its_capabilities_hold(self, backend: FlagBackend) -> None:
        """A back end that passes these tests must declare what they show."""
        assert backend.capabilities.compare_and_set
        assert backend.capabilities.reads_see_last_write
        assert backend.capabilities.granularity_bp == 1
        assert backend.name


def _race(backend: FlagBackend, version: int, turn: int) -> list[bool]:
    """Four threads raise from the same version; True for each that won."""
    wins: list[bool] = []
    start = threading.Barrier(4)

    def raise_it(number: int) -> None:
        start.wait()
        try:
            backend.write("checkout", TEN, expected_version=version, intent_id=f"race-{turn}-{number}")
        except StaleVersion:
            wins.append(False)
        else:
            wins.append(True)

    threads = [threading.Thread(target=raise_it, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(wins) == 4
    return wins
