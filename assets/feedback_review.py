"""The one-month feedback review: pending until due, closed by a signed attestation."""

import dagster as dg

from prr_pipeline.control.after_ga import close_feedback
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.orchestration.faults import plain_failures
from prr_pipeline.orchestration.partitions import PROMOTIONS
from prr_pipeline.orchestration.stage_reports import report_feedback


@dg.asset(
    partitions_def=PROMOTIONS,
    group_name="after_ga",
    deps=["stability_watch"],
    description="The one-month feedback review: pending until due, closed by a signed attestation.",
)
def feedback_review(context: dg.AssetExecutionContext, work: dg.ResourceParam[Workplace]) -> dg.MaterializeResult[None]:
    """Close the review if it is due, signed and read whole; otherwise show what it waits for, and the report so far."""
    with plain_failures():
        return report_feedback(
            work, context.partition_key, close_feedback(work, context.partition_key, f"run:{context.run_id}")
        )
