"""The one-week stability watch: closes after seven quiet, watched days with every alert reviewed."""

import dagster as dg

from prr_pipeline.control.after_ga import close_watch
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.orchestration.faults import plain_failures
from prr_pipeline.orchestration.partitions import PROMOTIONS
from prr_pipeline.orchestration.reports import report_stage


@dg.asset(
    partitions_def=PROMOTIONS,
    group_name="after_ga",
    deps=["maturity"],
    description="The one-week stability watch: closes after seven quiet, watched days with every alert reviewed.",
)
def stability_watch(context: dg.AssetExecutionContext, work: dg.ResourceParam[Workplace]) -> dg.MaterializeResult[None]:
    """Close the watch if it is over; otherwise show what it waits for."""
    with plain_failures():
        return report_stage(
            work, context.partition_key, close_watch(work, context.partition_key, f"run:{context.run_id}")
        )
