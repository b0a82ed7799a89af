"""Were records signed? New ones at the tracked ref are verified and judged in a run."""

import dagster as dg

from prr_pipeline.control.rejudge import promotions_with_new_records
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.orchestration.requests import busy_promotions, request
from prr_pipeline.orchestration.ticks import skip


@dg.sensor(
    target=["council_signoff"],
    minimum_interval_seconds=5,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="New sign-offs, attestations or justifications at the tracked ref ask for council_signoff.",
)
def signoffs(context: dg.SensorEvaluationContext, work: dg.ResourceParam[Workplace]) -> dg.SensorResult:
    """Look for record files that the ledger has not seen; no signature is checked in the tick."""
    busy = busy_promotions(context.instance)
    fresh = [one for one in promotions_with_new_records(work) if one.key not in busy]
    if not fresh:
        return skip(context, "no new record at the tracked ref")
    return dg.SensorResult(
        run_requests=[
            request(one.key, ["council_signoff"], f"council_signoff/{one.key}/{one.input_digest}") for one in fresh
        ]
    )
