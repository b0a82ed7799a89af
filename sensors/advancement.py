"""What is due? Rungs whose gates are open, intents to finish, and the stages after 100%."""

import dagster as dg

from prr_pipeline.control.due import due_list
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.orchestration.requests import run_requests, why_none
from prr_pipeline.orchestration.ticks import skip


@dg.sensor(
    asset_selection="*",
    minimum_interval_seconds=5,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Requests the run of what is due. The run decides anew; a request is no permission.",
)
def advancement(context: dg.SensorEvaluationContext, work: dg.ResourceParam[Workplace]) -> dg.SensorResult:
    """Ask for runs of everything due whose last run is over."""
    dues = due_list(work)
    requests = run_requests(context.instance, dues)
    if not requests:
        return skip(context, why_none(context.instance, dues))
    return dg.SensorResult(run_requests=requests)
