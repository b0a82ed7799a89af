"""The weekly council agenda: what waits for whom."""

import dagster as dg

from prr_pipeline.control.agenda import make_agenda
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.orchestration.faults import plain_failures
from prr_pipeline.reports.agenda_page import agenda_markdown


@dg.asset(group_name="control", description="Promotions that wait for the council, with what each lacks.")
def council_agenda(context: dg.AssetExecutionContext, work: dg.ResourceParam[Workplace]) -> dg.MaterializeResult[None]:
    """Write this week's agenda from the ledger."""
    with plain_failures():
        agenda = make_agenda(work, f"run:{context.run_id}")
    return dg.MaterializeResult(
        metadata={
            "agenda": dg.MetadataValue.md(agenda_markdown(agenda)),
            "promotions": dg.MetadataValue.int(len(agenda.items)),
        }
    )
