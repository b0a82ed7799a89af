"""Keep the partitions of subjects in step with the tracked ref, and ask for runs: few at a time, after all others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import dagster as dg

from prr_pipeline.control.due import next_try
from prr_pipeline.control.subject_listing import Listing
from prr_pipeline.control.subject_refresh import StaleSubject
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.orchestration.partitions import SUBJECTS, subjects_known
from prr_pipeline.orchestration.requests import BASE_TAG, UNFINISHED, ended_runs, is_lost
from prr_pipeline.subjects import SubjectKind

SUBJECT_TAG = "prr/subject"
PARTITIONS_PER_TICK = 500
"""Partitions added or removed per tick, of about 12 ms each."""
RUNS_AT_ONCE = 2
"""Runs for subjects that are queued or under way at most: promotions come first."""
_BEHIND = {"dagster/priority": "-10"}
PartitionRequests = list[dg.AddDynamicPartitionsRequest | dg.DeleteDynamicPartitionsRequest]


@dataclass(frozen=True, slots=True)
class Steps:
    """What brings the partitions into step. ``known``: those that are there already and stay, of all kinds."""

    requests: PartitionRequests
    added: int
    removed: int
    known: frozenset[str]


def readiness_asset(kind: SubjectKind) -> str:
    """The name of the asset that shows the readiness of subjects of a kind."""
    return f"readiness_{kind}"


READINESS_ASSETS = [readiness_asset(kind) for kind in SubjectKind]


def partition_steps(instance: dg.DagsterInstance, listing: Listing) -> Steps:
    """Partitions to add and to remove, a bounded number. A kind whose list cannot be read stays as it is."""
    requests: PartitionRequests = []
    known: set[str] = set()
    added = removed = 0
    for kind, subjects in listing.by_kind.items():
        there = subjects_known(instance, kind)
        known |= there & set(subjects)
        new = [key for key in subjects if key not in there][: PARTITIONS_PER_TICK - added]
        gone = sorted(there - set(subjects))[: PARTITIONS_PER_TICK - removed]
        requests += [SUBJECTS[kind].build_add_request(new)] if new else []
        requests += [SUBJECTS[kind].build_delete_request(gone)] if gone else []
        added, removed = added + len(new), removed + len(gone)
    return Steps(requests, added, removed, frozenset(known))


def runs_left(instance: dg.DagsterInstance, *, lapsed: bool, now: datetime | None = None) -> int:
    """How many more runs for subjects may be asked for now; none while time is ``lapsed``."""
    return 0 if lapsed else max(0, RUNS_AT_ONCE - len(_under_way(instance, now)))


def subject_requests(
    instance: dg.DagsterInstance, found: Sequence[StaleSubject], now: datetime | None = None
) -> list[dg.RunRequest]:
    """A run per subject and input; after one that failed another, when its pause has passed."""
    busy, at = _under_way(instance, now), now or datetime.now(UTC)
    requests = []
    for one in found:
        base = f"{readiness_asset(one.kind)}/{one.key}/{one.input_digest}"
        number = None if one.key in busy else next_try(*ended_runs(instance, base), at)
        if number is not None:
            requests.append(subject_request(one, base, number))
    return requests


def subject_request(one: StaleSubject, base: str, number: int = 0) -> dg.RunRequest:
    """One run over a subject's partition, behind all others in the queue."""
    return dg.RunRequest(
        run_key=f"{base}/try{number}",
        partition_key=one.key,
        asset_selection=[dg.AssetKey(readiness_asset(one.kind))],
        tags={BASE_TAG: base, SUBJECT_TAG: one.key, **_BEHIND},
    )


def words_of(steps: Steps, faults: Mapping[SubjectKind, str], *, free: int, waiting: int) -> str:
    """What a tick found, in words. ``free``: runs that could be asked for; ``waiting``: subjects that must wait."""
    parts = [f"{steps.added} partitions added, {steps.removed} removed"] if steps.requests else []
    parts += [f"subjects of the kind {kind} cannot be listed: {why}" for kind, why in faults.items()]
    parts += [f"{waiting} subjects wait for a pause to pass"] if waiting else []
    nothing = (
        "nothing changed for any subject" if free else "no run is asked for now: some are under way, or time is lapsed"
    )
    return "; ".join(parts) or nothing


def _under_way(instance: dg.DagsterInstance, now: datetime | None) -> set[str]:
    at = now or datetime.now(UTC)
    found = set()
    for record in instance.get_run_records(dg.RunsFilter(statuses=UNFINISHED)):
        began = datetime.fromtimestamp(record.start_time or record.update_timestamp.timestamp(), UTC)
        key = record.dagster_run.tags.get(SUBJECT_TAG)
        if key is not None and not is_lost(record.dagster_run.status, began, at):
            found.add(key)
    return found
