"""Which promotions are new? Each opened one gets its partition, its checklist and its document."""

import dagster as dg

from prr_pipeline.control.workplace import Workplace
from prr_pipeline.orchestration.partitions import PROMOTIONS
from prr_pipeline.orchestration.requests import request
from prr_pipeline.orchestration.ticks import cursor_of, opened_after, skip


@dg.sensor(
    target=["checklist", "prr_document", "council_signoff"],
    minimum_interval_seconds=5,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="A promotion opened in the ledger gets a partition and a first judgement.",
)
def promotions(context: dg.SensorEvaluationContext, work: dg.ResourceParam[Workplace]) -> dg.SensorResult:
    """Add partitions for promotions opened since the cursor, and ask for their review."""
    opened = opened_after(work, cursor_of(context, work), 100)
    if not opened:
        return skip(context, "no promotion was opened since the last look")
    known = set(context.instance.get_dynamic_partitions("promotions"))
    keys = [event.stream for event in opened]
    return dg.SensorResult(
        dynamic_partitions_requests=[PROMOTIONS.build_add_request([k for k in keys if k not in known])],
        run_requests=[request(k, ["checklist", "prr_document"], f"checklist/{k}/opened") for k in keys],
        cursor=str(opened[-1].seq),
    )
