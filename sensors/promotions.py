"""Which promotions are new? Each opened one gets its partition, its checklist and its document."""

import dagster as dg

from prr_pipeline.control.workplace import Workplace
from prr_pipeline.orchestration.partitions import PROMOTIONS
from prr_pipeline.orchestration.requests import known_partitions, request
from prr_pipeline.orchestration.ticks import OPENED_PER_TICK, cursor_of, lacking_partitions, opened_after, skip


@dg.sensor(
    target=["checklist", "prr_document", "council_signoff"],
    minimum_interval_seconds=5,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="A promotion opened in the ledger gets a partition and a first judgement; a deleted one is put back.",
)
def promotions(context: dg.SensorEvaluationContext, work: dg.ResourceParam[Workplace]) -> dg.SensorResult:
    """Add the partitions that open promotions lack, and ask for the review of those opened since the cursor."""
    opened = opened_after(work, cursor_of(context, work), OPENED_PER_TICK)
    known = known_partitions(context.instance)
    lacking = lacking_partitions(work, known, OPENED_PER_TICK)
    if not opened and not lacking:
        return skip(context, "no promotion was opened since the last look")
    keys = [event.stream for event in opened]
    missing = dict.fromkeys([*(key for key in keys if key not in known), *lacking])
    words = dg.SkipReason(f"partitions put back that somebody deleted: {', '.join(lacking)}")
    return dg.SensorResult(
        dynamic_partitions_requests=[PROMOTIONS.build_add_request(list(missing))],
        run_requests=[request(k, ["checklist", "prr_document"], f"checklist/{k}/opened") for k in keys],
        skip_reason=None if keys else words,
        cursor=str(opened[-1].seq) if opened else context.cursor,
    )
