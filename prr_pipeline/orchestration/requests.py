"""Ask Dagster for runs: one per piece of work, never two at once, again only after a pause."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

import dagster as dg
from dagster._core.storage.dagster_run import IN_PROGRESS_RUN_STATUSES

from prr_pipeline.control.due import Due, next_try
from prr_pipeline.control.rejudge import Stale
from prr_pipeline.orchestration.ladders import has_asset
from prr_pipeline.orchestration.partitions import PROMOTIONS

BASE_TAG = "prr/base"
PROMOTION_TAG = "prr/promotion"
LOST_AFTER = timedelta(seconds=60)
"""A run under way for longer may have lost its worker together with its code server, which nobody tells Dagster of
until `max_runtime_seconds`. It blocks no other run: should it live, compare-and-set keeps the two apart."""

_UNFINISHED = [*IN_PROGRESS_RUN_STATUSES, dg.DagsterRunStatus.QUEUED, dg.DagsterRunStatus.NOT_STARTED]


def run_requests(instance: dg.DagsterInstance, dues: Sequence[Due]) -> list[dg.RunRequest]:
    """A request for each due piece of work whose last run is over and whose pause has passed.

    Requests of one promotion are never made while any run of it is unfinished, whoever started that run, nor of a
    rung that has no asset yet: Dagster would fail the whole tick for it.
    """
    dues = [due for due in dues if has_asset(due.asset)]
    if not dues:
        return []
    busy = busy_promotions(instance)
    now = datetime.now(UTC)
    found = []
    for due in dues:
        if due.key in busy:
            continue
        tries, last = _ended(instance, due.base)
        number = next_try(tries, last, now)
        if number is not None:
            found.append(request(due.key, [due.asset], due.base, number))
    return found


def why_none(dues: Sequence[Due]) -> str:
    """Why nothing of what is due is asked for, in words."""
    lacking = [f"{due.asset} of {due.key}" for due in dues if not has_asset(due.asset)]
    if lacking:
        return f"{', '.join(lacking)}: no such asset is loaded yet; reload the code location"
    return "a run is under way or its pause has not passed" if dues else "nothing is due"


def once_per_input(instance: dg.DagsterInstance, found: Sequence[Stale], assets: Sequence[str]) -> list[dg.RunRequest]:
    """A run per promotion and input: once, and again after a pause only while every run of it has failed.

    None for a promotion that has an unfinished run, or whose partition is not there yet.
    """
    if not found:
        return []
    busy, now = busy_promotions(instance), datetime.now(UTC)
    known = set(instance.get_dynamic_partitions(str(PROMOTIONS.name)))
    requests = []
    for one in found:
        base = f"{assets[0]}/{one.key}/{one.input_digest}"
        if one.key in busy or one.key not in known or instance.get_runs_count(_done(base)):
            continue
        number = next_try(*_ended(instance, base), now)
        if number is not None:
            requests.append(request(one.key, assets, base, number))
    return requests


def _done(base: str) -> dg.RunsFilter:
    return dg.RunsFilter(tags={BASE_TAG: base}, statuses=[dg.DagsterRunStatus.SUCCESS])


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
    records = instance.get_run_records(dg.RunsFilter(statuses=_UNFINISHED))
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


def _ended(instance: dg.DagsterInstance, base: str) -> tuple[int, datetime | None]:
    """How many runs of this base ended, and when the last one did."""
    records = instance.get_run_records(dg.RunsFilter(tags={BASE_TAG: base}))
    ends = [record.end_time or record.update_timestamp.timestamp() for record in records]
    return (len(ends), datetime.fromtimestamp(max(ends), UTC)) if ends else (0, None)
