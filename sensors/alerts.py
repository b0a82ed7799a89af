"""Is anything wrong with what users get? Ingest alerts, latch and lower in the tick, report what changed."""

import dagster as dg

from prr_pipeline.control.guard import guard
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.orchestration.check_rows import publish
from prr_pipeline.orchestration.reports import lowering_events
from prr_pipeline.orchestration.ticks import REPORTS_PER_TICK, cursor_of, lowerings_after

MINIMUM_INTERVAL_S = 1


@dg.sensor(
    asset_selection="*",
    minimum_interval_seconds=MINIMUM_INTERVAL_S,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Reads alerts, lowers flags within the tick, books dwell. It can only ever lower.",
)
def alerts(context: dg.SensorEvaluationContext, work: dg.ResourceParam[Workplace]) -> dg.SensorResult:
    """One guard tick; lowerings booked since the cursor become runless events, a bounded number per tick."""
    words = guard(work)
    events = lowerings_after(work, cursor_of(context, work), REPORTS_PER_TICK)
    reports = [report for event, state in events for report in lowering_events(work, state, event)]
    cursor = str(events[-1][0].seq) if events else context.cursor
    shown = publish(context.instance, reports)
    return dg.SensorResult(skip_reason=dg.SkipReason(words), cursor=cursor, asset_events=shown)
