"""Does every flag show what the ledger holds? Differences are resolved downward, and people are told."""

import dagster as dg

from prr_pipeline.control.drift import sweep
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.orchestration.check_rows import publish
from prr_pipeline.orchestration.reports import check_events
from prr_pipeline.orchestration.ticks import REPORTS_PER_TICK


@dg.sensor(
    asset_selection="*",
    minimum_interval_seconds=30,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Compares every flag with the ledger, ended promotions too. Lowers, never raises.",
)
def drift(context: dg.SensorEvaluationContext, work: dg.ResourceParam[Workplace]) -> dg.SensorResult:
    """One sweep; the result is the check `exposure_matches_flag` of each promotion that changed."""
    found = sweep(work)
    reports = check_events(found.changed[:REPORTS_PER_TICK], found.shown)
    return dg.SensorResult(skip_reason=dg.SkipReason(found.words), asset_events=publish(context.instance, reports))
