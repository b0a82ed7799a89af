"""Which subjects does the tracked ref hold, and what changed for them? Partitions in step, runs for what changed."""

import dagster as dg

from prr_pipeline.control.subject_listing import list_at_head
from prr_pipeline.control.subject_refresh import changed_subjects, is_lapsed
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.orchestration.subject_runs import (
    READINESS_ASSETS,
    partition_steps,
    runs_left,
    subject_requests,
    words_of,
)


@dg.sensor(
    asset_selection=READINESS_ASSETS,
    minimum_interval_seconds=30,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="A subject at the tracked ref has a partition, one that is gone loses it; what changed is judged anew.",
)
def subjects(context: dg.SensorEvaluationContext, work: dg.ResourceParam[Workplace]) -> dg.SensorResult:
    """Bring the partitions into step, and ask for a few runs; nothing is judged in the tick."""
    listing = list_at_head(work)
    steps = partition_steps(context.instance, listing)
    left = runs_left(context.instance, lapsed=is_lapsed(work))
    stale = changed_subjects(work, listing, steps.known, left) if left else []
    requests = subject_requests(context.instance, stale)
    words = words_of(steps, listing.faults, free=left, waiting=len(stale) - len(requests))
    return dg.SensorResult(
        dynamic_partitions_requests=steps.requests,
        run_requests=requests,
        skip_reason=None if requests else dg.SkipReason(words),
        cursor=context.cursor,
    )
