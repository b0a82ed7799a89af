"""Did the monorepo change what was judged? Only then is a promotion judged again."""

import dagster as dg

from prr_pipeline.control.rejudge import stale_promotions
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.orchestration.requests import once_per_input
from prr_pipeline.orchestration.ticks import skip


@dg.sensor(
    target=["checklist", "prr_document", "council_signoff"],
    minimum_interval_seconds=10,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="A commit or an artefact that touches what a judgement read asks for a new judgement.",
)
def repository(context: dg.SensorEvaluationContext, work: dg.ResourceParam[Workplace]) -> dg.SensorResult:
    """Compare read-sets with the head of the tracked ref; nothing is judged in the tick."""
    requests = once_per_input(context.instance, stale_promotions(work), ["checklist", "prr_document"])
    if not requests:
        return skip(context, "no commit touched what was judged")
    return dg.SensorResult(run_requests=requests)
