"""Ask Dagster for runs: one per piece of work, never two at once, again only after a pause."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

import dagster as dg
from dagster._core.storage.dagster_run import IN_PROGRESS_RUN_STATUSES

from prr_pipeline.control.due import Due, next_try
from prr_pipeline.control.rejudge import Stale
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.orchestration.ladders import has_asset
from prr_pipeline.orchestration.partitions import PROMOTIONS

BASE_TAG = "prr/base"
PROMOTION_TAG = "prr/promotion"
LOST_AFTER = timedelta(seconds=60)
"""A run under way for longer may have lost its worker together with its code server, which nobody tells Dagster of
until `max_runtime_seconds`. It blocks no other run: should it live, compare-and-set keeps the two apart."""

WAITS = "a run is under way or its pause has not passed"
UNFINISHED = [*IN_PROGRESS_RUN_STATUSES, dg.DagsterRunStatus.QUEUED, dg.DagsterRunStatus.NOT_STARTED]


def run_requests(instance: dg.DagsterInstance, dues: Sequence[Due], now: datetime | None = None) -> list[dg.RunRequest]:
    """A request for each due piece of work whose last run is over and whose pause has passed.

    Requests of one promotion are never made while any run of it is unfinished, whoever started that run, nor of a
    rung that has no asset yet or of a promotion without a partition: Dagster would fail the whole tick for it.
    """
    wanted = [_Wanted(due.key, (due.asset,), due.base) for due in dues if has_asset(due.asset)]
    return _requests(instance, wanted, now)


def why_none(instance: dg.DagsterInstance, dues: Sequence[Due]) -> str:
    """Why nothing of what is due is asked for, in words."""
    lacking = [f"{due.asset} of {due.key}" for due in dues if not has_asset(due.asset)]
    if lacking:
        return f"{', '.join(lacking)}: no such asset is loaded yet; reload the code location"
    homeless = sorted({due.key for due in dues} - known_partitions(instance)) if dues else []
    if homeless:
        return f"{', '.join(homeless)}: no partition yet; the sensor `promotions` adds it"
    return WAITS if dues else "nothing is due"


def once_per_input(
    instance: dg.DagsterInstance, found: Sequence[Stale], assets: Sequence[str], now: datetime | None = None
) -> list[dg.RunRequest]:
    """A run per promotion and input, and another after a pause whenever it is found again, however the last run ended.

    That a run of the same input succeeded once settles nothing: a fault since then, or a ref that went back, leaves
    the promotion without an answer. None for one that has an unfinished run, or no partition yet.
    """
    wanted = [_Wanted(one.key, tuple(assets), f"{assets[0]}/{one.key}/{one.input_digest}") for one in found]
    return _requests(instance, wanted, now)


def known_partitions(instance: dg.DagsterInstance) -> set[str]:
    """Keys that Dagster has a partition for. Anybody may delete one in the UI; the ledger says what should be there."""
    return set(instance.get_dynamic_partitions(str(PROMOTIONS.name)))


def with_partition(instance: dg.DagsterInstance, keys: Sequence[str]) -> list[str]:
    """Those that a run can be asked for: one unknown partition fails the tick for all."""
    known = known_partitions(instance)
    return [key for key in keys if key in known]


@dataclass(frozen=True, slots=True)
class _Wanted:
    key: str
    assets: tuple[str, ...]
    base: str


def _requests(instance: dg.DagsterInstance, wanted: Sequence[_Wanted], now: datetime | None) -> list[dg.RunRequest]:
    if not wanted:
        return []
    busy, known, at = busy_promotions(instance), known_partitions(instance), now or datetime.now(UTC)
    requests = []
    for one in wanted:
        if one.key in busy or one.key not in known:
            continue
        number = next_try(*ended_runs(instance, one.base), at)
        if number is not None:
            requests.append(request(one.key, one.assets, one.base, number))
    return requests


def request(key: str, assets: Iterable[str], base: str, number: int = 0) -> dg.RunRequest:
    """One run over a promotion's partition. Dagster never launches a run key twice."""
    return dg.RunRequest(
        run_key=f"{base}/try{number}",
        partition_key=key,
        asset_selection=[dg.AssetKey(name) for name in assets],
        tags={BASE_TAG: base, PROMOTION_TAG: key},
    )


def busy_promotions(instance: dg.DagsterInstance) -> set[str]:
    """Promotions with a run that is queued or under way, and not lost."""
    records = instance.get_run_records(dg.RunsFilter(statuses=UNFINISHED))
    now = datetime.now(UTC)
    busy = set()
    for record in records:
        began = record.start_time or record.update_timestamp.timestamp()
        if is_lost(record.dagster_run.status, datetime.fromtimestamp(began, UTC), now):
            continue
        tags = record.dagster_run.tags
        busy.add(tags.get(PROMOTION_TAG) or tags.get("dagster/partition") or "")
    return busy - {""}


def is_lost(status: dg.DagsterRunStatus, began_at: datetime, now: datetime) -> bool:
    """Whether a run was launched so long ago that its worker may be gone. Waiting in the queue is no sign of that."""
    return status is not dg.DagsterRunStatus.QUEUED and now - began_at > LOST_AFTER


def ended_runs(instance: dg.DagsterInstance, base: str) -> tuple[int, datetime | None]:
    """How many runs of this base there were, and when the last one ended."""
    runs = dg.RunsFilter(tags={BASE_TAG: base})
    last = instance.get_run_records(runs, limit=1)
    if not last:
        return 0, None
    ended = last[0].end_time or last[0].update_timestamp.timestamp()
    return instance.get_runs_count(runs), datetime.fromtimestamp(ended, UTC)
