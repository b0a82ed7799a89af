"""The last resort that everything else leans on: write flags low and read them back, with the back end alone."""

from __future__ import annotations

import random
import time
import uuid
from collections.abc import Mapping, Sequence

from prr_pipeline.control.workplace import Workplace
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import Unavailable
from prr_pipeline.exposure import Exposure
from prr_pipeline.flags.backend import ExposureRecord

_TRIES = 4
_PAUSE_S = 0.15


@dataclass(frozen=True, slots=True)
class ReadBack:
    """One flag after a lowering. ``low`` only if the back end took the write and a later read shows it."""

    shown: ExposureRecord | None
    low: bool


def lower_flags(work: Workplace, targets: Mapping[str, Exposure]) -> tuple[dict[str, ReadBack], str]:
    """Write and read back until every flag is at or below its target, with jitter; then the last fault in words.

    ``targets`` is by flag key. Never raises: whatever a back end throws, the next try comes.
    """
    ends: dict[str, ReadBack] = {}
    fault = ""
    for attempt in range(_TRIES):
        if attempt:
            time.sleep(_PAUSE_S * attempt * random.uniform(0.5, 1.5))  # noqa: S311 (jitter, not a secret)
        written, unwritten = _write(work, targets)
        shown, unread = _read(work, list(targets))
        ends = {key: _read_back(written.get(key), shown.get(key), to) for key, to in targets.items()}
        if all(end.low for end in ends.values()):
            return ends, ""
        fault = unwritten or unread or "the flags were written, but do not show it yet"
    return ends, fault


def flags_only(work: Workplace, flag_keys: Sequence[str], to: Exposure) -> tuple[dict[str, bool], str]:
    """Lower flags with no ledger at all: which of them now show ``to`` or less, and the last fault in words."""
    ends, fault = lower_flags(work, dict.fromkeys(flag_keys, to))
    return {key: end.low for key, end in ends.items()}, fault


def _read_back(written: ExposureRecord | None, shown: ExposureRecord | None, to: Exposure) -> ReadBack:
    """A read older than the write proves nothing, and neither does a low flag that the write did not reach."""
    if written is None or shown is None or shown.exposure is None or shown.version < written.version:
        return ReadBack(shown, False)
    return ReadBack(shown, shown.exposure <= to)


def _write(work: Workplace, targets: Mapping[str, Exposure]) -> tuple[Mapping[str, ExposureRecord], str]:
    """One write for all; apart when the back end refuses the batch, so that no key holds up another."""
    try:
        return work.flags.lower_all(targets, intent_id=f"lower-{uuid.uuid4()}"), ""
    except Exception as fault:
        if isinstance(fault, Unavailable) or len(targets) == 1:
            return {}, _words(fault)
    apart = [_write(work, {key: to}) for key, to in targets.items()]
    return _joined(apart)


def _read(work: Workplace, keys: Sequence[str]) -> tuple[Mapping[str, ExposureRecord], str]:
    try:
        return work.flags.read(keys), ""
    except Exception as fault:
        if isinstance(fault, Unavailable) or len(keys) == 1:
            return {}, _words(fault)
    return _joined([_read(work, [key]) for key in keys])


def _joined(parts: Sequence[tuple[Mapping[str, ExposureRecord], str]]) -> tuple[dict[str, ExposureRecord], str]:
    records = {key: record for found, _ in parts for key, record in found.items()}
    return records, "; ".join(fault for _, fault in parts if fault)


def _words(fault: Exception) -> str:
    return str(fault) or type(fault).__name__
