"""Manual rollback: materialize it for a promotion with a reason, and the flag is off within seconds."""

import dagster as dg

from prr_pipeline.control.workplace import Workplace
from prr_pipeline.orchestration.faults import plain_failures
from prr_pipeline.orchestration.partitions import PROMOTIONS
from prr_pipeline.orchestration.rollbacks import ManyConfig, RollbackConfig, roll_back_many, roll_back_one


@dg.asset(
    partitions_def=PROMOTIONS,
    group_name="control",
    description="Lowers the flag to off, dependants with it. Needs a reason, and no gate, sign-off or ledger.",
)
def rollback(
    context: dg.AssetExecutionContext, config: RollbackConfig, work: dg.ResourceParam[Workplace]
) -> dg.MaterializeResult[None]:
    """Roll one promotion back."""
    with plain_failures():
        return roll_back_one(work, context.partition_key, config, context.run_id)


@dg.op(description="Lowers the flags of many promotions with one write.")
def roll_back_promotions(context: dg.OpExecutionContext, config: ManyConfig, work: dg.ResourceParam[Workplace]) -> None:
    """Roll back the named promotions, or all that may be above off."""
    with plain_failures():
        roll_back_many(work, config, context.run_id, context.log)


@dg.job(description="Roll back many promotions at once: name the keys, or set everything to true.")
def rollback_many() -> None:
    """One op, one flag write."""
    roll_back_promotions()
