"""The target maturity, recorded once 100% is settled and quiet."""

import dagster as dg

from prr_pipeline.control.after_ga import record_maturity
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.orchestration.faults import plain_failures
from prr_pipeline.orchestration.partitions import PROMOTIONS
from prr_pipeline.orchestration.stage_reports import report_maturity


@dg.asset(
    partitions_def=PROMOTIONS,
    group_name="after_ga",
    deps=["exposure_100pct"],
    description="The target maturity, recorded once 100% is settled and quiet.",
)
def maturity(context: dg.AssetExecutionContext, work: dg.ResourceParam[Workplace]) -> dg.MaterializeResult[None]:
    """Record Beta or GA in the ledger."""
    with plain_failures():
        return report_maturity(
            work, context.partition_key, record_maturity(work, context.partition_key, f"run:{context.run_id}")
        )
