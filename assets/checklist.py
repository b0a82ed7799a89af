"""The checklist of a promotion: every line judged at the tracked ref, one check per section."""

from collections.abc import Iterator

import dagster as dg

from prr_pipeline.control.checklist import judge_promotion
from prr_pipeline.control.shown import CHECKLIST, fault_shown
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.orchestration.faults import plain_failures
from prr_pipeline.orchestration.partitions import PROMOTIONS
from prr_pipeline.orchestration.readiness import report_judgement, section_checks


@dg.asset(
    partitions_def=PROMOTIONS,
    group_name="review",
    check_specs=section_checks("checklist"),
    description="Every line of the subject's checklist, judged from evidence at the tracked ref.",
)
def checklist(
    context: dg.AssetExecutionContext, work: dg.ResourceParam[Workplace]
) -> Iterator[dg.AssetCheckResult | dg.MaterializeResult[None]]:
    """Judge the promotion's subject and show the outcome per section."""
    key = context.partition_key
    with plain_failures(), fault_shown(work, key, CHECKLIST):
        judgement = judge_promotion(work, key, f"run:{context.run_id}")
        yield from report_judgement(work, judgement)
