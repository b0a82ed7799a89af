"""Flags in memory: for rehearsals, replays and tests. Gone with the process."""

from __future__ import annotations

import threading
from collections.abc import Collection, Mapping
from datetime import timedelta
from pathlib import Path

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import StaleVersion
from prr_pipeline.exposure import OFF, Exposure
from prr_pipeline.flags.backend import (
    Capabilities,
    ExposureRecord,
    check_options,
    check_write,
    intent_reused,
    lowered,
    not_ours,
)


@dataclass(frozen=True, slots=True)
class _Held:
    record: ExposureRecord
    intent_id: str | None = None


_ABSENT = _Held(ExposureRecord(OFF, 0))


class MemoryFlags:
    """A thread-safe back end of one process."""

    name = "memory"
    capabilities = Capabilities(
        compare_and_set=True,
        granularity_bp=1,
        propagation_bound=timedelta(0),
        reads_see_last_write=True,
        demo_safe=True,
    )

    def __init__(self) -> None:
        self._flags: dict[str, _Held] = {}
        self._revision = 0
        self._lock = threading.Lock()

    def read(self, keys: Collection[str]) -> dict[str, ExposureRecord]:
        """A record for each key."""
        with self._lock:
            return {key: self._held(key).record for key in keys}

    def write(self, key: str, exposure: Exposure, *, expected_version: int, intent_id: str) -> ExposureRecord:
        """Compare and set, as `FlagBackend.write`."""
        check_write(key, intent_id)
        with self._lock:
            held = self._held(key)
            if held.intent_id == intent_id:
                if held.record.exposure != exposure:
                    raise intent_reused(key, intent_id, str(held.record.exposure), exposure)
                return held.record
            if held.record.version != expected_version:
                raise StaleVersion(f"The flag {key!r}", expected_version, held.record.version)
            if held.record.exposure is None:
                raise not_ours(key, held.record.fault)
            return self._put(key, exposure, intent_id)

    def lower_all(self, targets: Mapping[str, Exposure], *, intent_id: str) -> dict[str, ExposureRecord]:
        """Lower many, as `FlagBackend.lower_all`."""
        with self._lock:
            return {
                key: self._put(key, lowered(self._held(key).record.exposure, target), intent_id)
                for key, target in targets.items()
            }

    def edit_by_hand(self, key: str, exposure: Exposure | None, fault: str = "edited by hand") -> None:
        """What somebody does past this pipeline: another exposure, or (None) a definition that is not ours."""
        with self._lock:
            self._revision += 1
            record = ExposureRecord(exposure, self._revision, fault if exposure is None else None)
            self._flags[key] = _Held(record)

    def _held(self, key: str) -> _Held:
        return self._flags.get(key, _ABSENT)

    def _put(self, key: str, exposure: Exposure, intent_id: str) -> ExposureRecord:
        self._revision += 1
        record = ExposureRecord(exposure, self._revision)
        self._flags[key] = _Held(record, intent_id)
        return record


def from_options(options: Mapping[str, object], root: Path) -> MemoryFlags:
    """The back end as the settings ask for it; it takes no options."""
    check_options(MemoryFlags.name, options, ())
    return MemoryFlags()
