"""The flags in memory keep the contract."""

from __future__ import annotations

from pathlib import Path

from prr_pipeline.exposure import Exposure
from prr_pipeline.flags.backend import FlagBackend
from prr_pipeline.flags.memory import MemoryFlags
from tests.contracts.flag_backend import FlagBackendContract


class TestMemoryFlags(FlagBackendContract):
    """The contract on `MemoryFlags`."""

    def make(self, folder: Path) -> FlagBackend:
        """It needs no folder."""
        return MemoryFlags()

    def edit_by_hand(self, backend: FlagBackend, key: str, exposure: Exposure | None) -> None:
        """The back end has a door for it."""
        assert isinstance(backend, MemoryFlags)
        backend.edit_by_hand(key, exposure)


def test_a_hand_edit_says_why_it_is_drift() -> None:
    """The sentence that the editor gives comes back with the record."""
    flags = MemoryFlags()
    flags.edit_by_hand("checkout", None, "somebody paused it")
    assert flags.read(["checkout"])["checkout"].fault == "somebody paused it"
