"""The council's sign-off: signed records taken from the tracked ref, verified, and judged against what is there now."""

import dagster as dg

from prr_pipeline.control.council import convene
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.orchestration.faults import plain_failures
from prr_pipeline.orchestration.partitions import PROMOTIONS
from prr_pipeline.orchestration.readiness import report_council


@dg.asset(
    partitions_def=PROMOTIONS,
    group_name="review",
    deps=["prr_document"],
    description="Who signed, what counts, and who is missing. Nothing here can grant: only signatures do.",
)
def council_signoff(context: dg.AssetExecutionContext, work: dg.ResourceParam[Workplace]) -> dg.MaterializeResult[None]:
    """Take in new records, judge the checklist again with them, and show who agreed."""
    with plain_failures():
        return report_council(work, convene(work, context.partition_key, f"run:{context.run_id}"))
