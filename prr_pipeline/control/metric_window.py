"""The new version's buckets of the last three days, packed: what burn rates are worked out from."""

from __future__ import annotations

import base64
import logging
import struct
import zlib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

from prr_pipeline.canonical import instant_text, parse_instant
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import PrrError
from prr_pipeline.rollout.burn_rates import LOOK_BACK
from prr_pipeline.rollout.metrics import ArmBuckets, Bucket, MetricAnswer

_LOG = logging.getLogger(__name__)
TABLE = "metric_windows"
_SECOND = timedelta(seconds=1)
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


@dataclass(frozen=True, slots=True)
class Window:
    """The row to keep, one long answer, and since when it holds buckets of their present length; None: all along."""

    row: Mapping[str, object]
    answer: MetricAnswer
    since: datetime | None


def widened(before: Mapping[str, Any], step: str, answer: MetricAnswer) -> Window:
    """The window with what is new in the answer; ``step`` names the stay.

    An answer that is unknown leaves the window as it is. Buckets of another length begin it anew, as a stay does.
    """
    same_stay = before.get("step") == step and "buckets" in before
    known = unpacked(before["buckets"]) if same_stay else ()
    if answer.arms is None:
        return Window(dict(before) if same_stay else _row((), step, answer.step, None), answer, None)
    since = _since(before) if same_stay else None
    if known and _length(before, known, answer) != answer.step:
        known, since = (), answer.arms.treatment[0].start
    last = known[-1].start if known else None
    fresh = tuple(one for one in answer.arms.treatment if last is None or one.start > last)
    earliest = max(answer.until - LOOK_BACK, since or answer.until - LOOK_BACK)
    window = tuple(one for one in (*known, *fresh) if one.start >= earliest)
    if not window:
        return Window(_row(known, step, answer.step, since), answer, since)
    long = MetricAnswer(
        answer.metric, window[0].start, answer.until, answer.step, ArmBuckets(window, None), answer.newest_at
    )
    return Window(_row(window, step, answer.step, since), long, since)


def _row(buckets: tuple[Bucket, ...], step: str, length: timedelta, since: datetime | None) -> dict[str, object]:
    begun = {"since": instant_text(since)} if since is not None else {}
    return {"buckets": packed(buckets), "length_s": length // _SECOND, "step": step, **begun}


def _length(before: Mapping[str, Any], known: tuple[Bucket, ...], answer: MetricAnswer) -> timedelta:
    """How long the kept buckets are. Rows of before do not say: there it is the least distance between two."""
    if isinstance(kept := before.get("length_s"), int):
        return timedelta(seconds=kept)
    apart = [later.start - one.start for one, later in pairwise(known)]
    return min(apart, default=answer.step)


def _since(before: Mapping[str, Any]) -> datetime | None:
    try:
        return parse_instant(before["since"]) if "since" in before else None
    except (PrrError, TypeError, AttributeError):
        return None
