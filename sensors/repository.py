"""Did the monorepo change what was judged, or do the pages show an older judgement? Then it is judged again."""

import dagster as dg

from prr_pipeline.control.rejudge import promotions_to_judge
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.orchestration.requests import WAITS, once_per_input
from prr_pipeline.orchestration.ticks import skip


@dg.sensor(
    target=["checklist", "prr_document", "council_signoff"],
    minimum_interval_seconds=10,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="A commit or an artefact that touches what was judged, or pages out of date, ask for a judgement.",
)
def repository(context: dg.SensorEvaluationContext, work: dg.ResourceParam[Workplace]) -> dg.SensorResult:
    """Compare read-sets with the head of the tracked ref; nothing is judged in the tick."""
    found = promotions_to_judge(work)
    requests = once_per_input(context.instance, found, ["checklist", "prr_document"])
    if not requests:
        return skip(context, WAITS if found else "no commit touched what was judged")
    return dg.SensorResult(run_requests=requests)
