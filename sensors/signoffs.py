"""Were records signed? New ones at the tracked ref are verified and judged in a run."""

import dagster as dg

from prr_pipeline.control.rejudge import promotions_with_new_records
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.orchestration.requests import WAITS, once_per_input
from prr_pipeline.orchestration.ticks import skip


@dg.sensor(
    target=["council_signoff"],
    minimum_interval_seconds=5,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="New sign-offs, attestations or justifications at the tracked ref ask for council_signoff.",
)
def signoffs(context: dg.SensorEvaluationContext, work: dg.ResourceParam[Workplace]) -> dg.SensorResult:
    """Look for record files that are not decided; no signature is checked in the tick."""
    found = promotions_with_new_records(work)
    requests = once_per_input(context.instance, found, ["council_signoff"])
    if not requests:
        return skip(context, WAITS if found else "no new record at the tracked ref")
    return dg.SensorResult(run_requests=requests)
