"""The weekly council agenda: what waits for whom."""

import dagster as dg

from prr_pipeline.control.agenda import make_agenda
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.orchestration.agenda import agenda_metadata
from prr_pipeline.orchestration.faults import plain_failures


@dg.asset(group_name="control", description="Promotions that wait for people, who is called, and what else is due.")
def council_agenda(context: dg.AssetExecutionContext, work: dg.ResourceParam[Workplace]) -> dg.MaterializeResult[None]:
    """Write this week's agenda from the ledger."""
    with plain_failures():
        return dg.MaterializeResult(metadata=agenda_metadata(make_agenda(work, f"run:{context.run_id}")))
