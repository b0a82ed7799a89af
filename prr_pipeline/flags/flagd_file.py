"""The embedded flag back end: one flagd JSON file that OpenFeature SDKs read in process."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from prr_pipeline.canonical import instant_text
from prr_pipeline.errors import PrrError, Refused, StaleVersion
from prr_pipeline.exposure import Exposure
from prr_pipeline.flags import flagd_definition
from prr_pipeline.flags.backend import (
    Capabilities,
    ExposureRecord,
    FlagsUnavailable,
    check_options,
    check_write,
    intent_reused,
    lowered,
    not_ours,
)
from prr_pipeline.flags.durable_file import Replaced
from prr_pipeline.flags.flagd_document import MAX_BYTES, FlagdDocument
from prr_pipeline.flags.flagd_storage import FlagdStorage

_LOWER_ATTEMPTS = 5
_WRITE_BYTES = MAX_BYTES - 1024 * 1024
"""Raising stops before the limit of reading, so that a lowering always has room."""


def _real_now() -> datetime:
    return datetime.now(UTC)


class FlagdFile:
    """A flagd file with compare-and-set of our own.

    ``lock_wait`` limits the wait for other writers: a raise then fails, a lowering goes on without the lock.
    ``propagation_bound`` is a promise about the readers: their poll interval (500 ms unless set) and some slack.
    ``now`` only dates the definitions; file times and time limits are real.
    """

    name = "flagd_file"

    def __init__(
        self,
        path: Path,
        *,
        lock_wait: timedelta = timedelta(seconds=2),
        now: Callable[[], datetime] = _real_now,
        propagation_bound: timedelta = timedelta(seconds=1),
    ) -> None:
        self._storage = FlagdStorage(path, lock_wait)
        self._now = now
        self.path = self._storage.path
        self.capabilities = Capabilities(
            compare_and_set=True,
            granularity_bp=1,
            propagation_bound=propagation_bound,
            reads_see_last_write=True,
            demo_safe=True,
        )

    def read(self, keys: Collection[str]) -> dict[str, ExposureRecord]:
        """A record for each key. Raises `FlagsUnreadable` if readers would not load the file."""
        document, _ = self._storage.load()
        return {key: document.record(key) for key in keys}

    def write(self, key: str, exposure: Exposure, *, expected_version: int, intent_id: str) -> ExposureRecord:
        """Compare and set, as `FlagBackend.write`."""
        check_write(key, intent_id)
        with self._storage.sentences("nothing was changed"), self._storage.locked():
            self._write_locked(key, exposure, expected_version, intent_id)
            record = self.read([key])[key]
            self._storage.redate()
            return record

    def lower_all(self, targets: Mapping[str, Exposure], *, intent_id: str) -> dict[str, ExposureRecord]:
        """Lower many, as `FlagBackend.lower_all`. Recovers a damaged or vanished file from the last-good copy."""
        if not targets:
            return {}
        with self._storage.sentences("the exposure is as it was"), self._storage.locked_if_possible():
            for _ in range(_LOWER_ATTEMPTS):
                with suppress(Replaced):
                    written, given_up = self._lower_once(targets, intent_id)
                    records = self.read(targets)
                    self._storage.redate()
                    if not any(_overrun(written.record(key), records[key]) for key in targets):
                        return {key: _with_fault(record, given_up) for key, record in records.items()}
        raise FlagsUnavailable(
            f"Other writers replaced the flags file {self.path} {_LOWER_ATTEMPTS} times while it was being lowered; "
            "lower it again."
        )

    def _write_locked(self, key: str, exposure: Exposure, expected_version: int, intent_id: str) -> None:
        document, seen = self._storage.load()
        if _is_done(document, key, exposure, intent_id):
            return
        record = document.record(key)
        if record.version != expected_version:
            raise StaleVersion(f"The flag {key!r}", expected_version, record.version)
        if record.exposure is None:
            raise not_ours(key, record.fault)
        self._storage.check_writable()
        data = self._changed(document, {key: exposure}, intent_id).render()
        if len(data) > _WRITE_BYTES:
            raise Refused(
                f"The flags file {self.path} would have {len(data)} bytes, the limit is {_WRITE_BYTES}; "
                "remove the flags of promotions that ended."
            )
        try:
            self._storage.publish(data, seen, lowering=exposure < record.exposure)
        except Replaced:
            raise StaleVersion(f"The flag {key!r}", expected_version, self.read([key])[key].version) from None

    def _lower_once(self, targets: Mapping[str, Exposure], intent_id: str) -> tuple[FlagdDocument, str | None]:
        document, seen, given_up = self._storage.load_or_recover()
        exposures = {key: lowered(document.record(key).exposure, target) for key, target in targets.items()}
        changed = self._changed(document, exposures, intent_id)
        self._storage.publish(changed.render(), seen, lowering=True, may_use_spare=True)
        return changed, given_up

    def _changed(self, document: FlagdDocument, exposures: Mapping[str, Exposure], intent_id: str) -> FlagdDocument:
        copy = self._storage.copy()
        revision = document.next_revision(exposures, copy.revision if copy else 0)
        return document.with_exposures(
            exposures, revision=revision, intent_id=intent_id, written_at=instant_text(self._now())
        )


def _is_done(document: FlagdDocument, key: str, exposure: Exposure, intent_id: str) -> bool:
    """Whether this intent's write stands as it was made. Raises `Refused` if the intent wrote something else."""
    stamp = flagd_definition.stamp_of(document.flags.get(key))
    if stamp is None or stamp.intent_id != intent_id:
        return False
    if stamp.exposure != str(exposure):
        raise intent_reused(key, intent_id, stamp.exposure, exposure)
    return document.record(key) == ExposureRecord(exposure, stamp.version)


def _overrun(written: ExposureRecord, found: ExposureRecord) -> bool:
    """Whether a write that began before ours landed after it: our version or less, another content."""
    return found.version <= written.version and found != written


def _with_fault(record: ExposureRecord, given_up: str | None) -> ExposureRecord:
    return ExposureRecord(record.exposure, record.version, record.fault or given_up)


def from_options(options: Mapping[str, object], root: Path) -> FlagdFile:
    """The back end as the settings ask for it: ``path`` (default ``.prr/flags.json``), ``lock_wait_seconds`` and
    ``propagation_bound_seconds``. Raises `UnknownName` for another option, `PrrError` for a bad value."""
    check_options(FlagdFile.name, options, ("path", "lock_wait_seconds", "propagation_bound_seconds"))
    path = options.get("path", ".prr/flags.json")
    if not isinstance(path, str) or not path:
        raise PrrError(f"The option path of the flag back end flagd_file is {path!r}; give a file name.")
    return FlagdFile(
        root / path,
        lock_wait=_seconds(options, "lock_wait_seconds", 2),
        propagation_bound=_seconds(options, "propagation_bound_seconds", 1),
    )


def _seconds(options: Mapping[str, object], name: str, default: int) -> timedelta:
    value = options.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 3600:
        raise PrrError(f"The option {name} of the flag back end flagd_file is {value!r}; give 0..3600 seconds.")
    return timedelta(seconds=value)
