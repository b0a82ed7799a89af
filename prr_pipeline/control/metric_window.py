"""The new version's buckets of the last three days, packed: what burn rates are worked out from."""

from __future__ import annotations

import base64
import logging
import struct
import zlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from prr_pipeline.errors import PrrError
from prr_pipeline.rollout.burn_rates import LOOK_BACK
from prr_pipeline.rollout.metrics import ArmBuckets, Bucket, MetricAnswer

_LOG = logging.getLogger(__name__)
TABLE = "metric_windows"
_ROW = struct.Struct("<qQQ")


def packed(buckets: tuple[Bucket, ...]) -> str:
    """Buckets as text that is short enough to be written once a minute."""
    rows = b"".join(_ROW.pack(int(one.start.timestamp()), one.bad, one.total) for one in buckets)
    return base64.b64encode(zlib.compress(rows, 1)).decode()


def unpacked(text: object) -> tuple[Bucket, ...]:
    """Read what `packed` writes; nothing for anything else, which makes burn rates unknown for a while."""
    try:
        rows = zlib.decompress(base64.b64decode(str(text), validate=True))
        return tuple(
            Bucket(datetime.fromtimestamp(start, UTC), bad, total) for start, bad, total in _ROW.iter_unpack(rows)
        )
    except (ValueError, OverflowError, OSError, PrrError, struct.error, zlib.error) as fault:
        _LOG.warning("a window of metrics cannot be read (%s: %s)", type(fault).__name__, fault)
        return ()


def widened(before: Mapping[str, Any], step: str, answer: MetricAnswer) -> tuple[dict[str, object], MetricAnswer]:
    """The window with what is new in the answer, as a row to keep and as one long answer; ``step`` names the stay.

    An answer that is unknown leaves the window as it is.
    """
    known = unpacked(before["buckets"]) if before.get("step") == step and "buckets" in before else ()
    if answer.arms is None:
        return {"buckets": packed(known), "step": step}, answer
    last = known[-1].start if known else None
    fresh = tuple(one for one in answer.arms.treatment if last is None or one.start > last)
    window = tuple(one for one in (*known, *fresh) if one.start >= answer.until - LOOK_BACK)
    if not window:
        return {"buckets": packed(known), "step": step}, answer
    long = MetricAnswer(
        answer.metric, window[0].start, answer.until, answer.step, ArmBuckets(window, None), answer.newest_at
    )
    return {"buckets": packed(window), "step": step}, long
