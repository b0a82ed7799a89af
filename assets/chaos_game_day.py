"""The entry in the next quarter's chaos game day."""

import dagster as dg

from prr_pipeline.control.after_ga import plan_game_day
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.orchestration.faults import plain_failures
from prr_pipeline.orchestration.partitions import PROMOTIONS
from prr_pipeline.orchestration.stage_reports import report_game_day


@dg.asset(
    partitions_def=PROMOTIONS,
    group_name="after_ga",
    deps=["stability_watch"],
    description="The entry in the next quarter's chaos game day.",
)
def chaos_game_day(context: dg.AssetExecutionContext, work: dg.ResourceParam[Workplace]) -> dg.MaterializeResult[None]:
    """Enter the subject in the next quarter's plan."""
    with plain_failures():
        return report_game_day(
            work, context.partition_key, plan_game_day(work, context.partition_key, f"run:{context.run_id}")
        )
