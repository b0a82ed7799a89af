"""Where does each promotion stand? Its rung's page is told anew when something else is to be told."""

import dagster as dg

from prr_pipeline.control.workplace import Workplace
from prr_pipeline.orchestration.check_rows import publish_beside
from prr_pipeline.orchestration.reports import EXPOSURE_CHECK
from prr_pipeline.orchestration.standing import tell_standing


@dg.sensor(
    asset_selection="*",
    minimum_interval_seconds=10,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Tells gates, next step and exposure anew on the rung's page: after each change, and once a day.",
)
def standing(context: dg.SensorEvaluationContext, work: dg.ResourceParam[Workplace]) -> dg.SensorResult:
    """Materializations of the rungs at which promotions stand, in their last runs; a bounded number per tick."""
    told, cursor = tell_standing(work, context.cursor)
    rest = publish_beside(context.instance, told, EXPOSURE_CHECK)
    keys = ", ".join(dict.fromkeys(str(event.partition) for event in told))
    words = f"told anew: {keys}" if told else "nothing else is to be told"
    return dg.SensorResult(skip_reason=dg.SkipReason(words), cursor=cursor, asset_events=rest)
