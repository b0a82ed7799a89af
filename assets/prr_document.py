"""The PRR document of a promotion: rendered from the last judgement, compared with what is filed."""

import dagster as dg

from prr_pipeline.control.document import compare_document
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.orchestration.faults import plain_failures
from prr_pipeline.orchestration.partitions import PROMOTIONS
from prr_pipeline.orchestration.readiness import report_document


@dg.asset(
    partitions_def=PROMOTIONS,
    group_name="review",
    deps=["checklist"],
    description="The PRR document: filed, differs or missing at the tracked ref. Never written from here.",
)
def prr_document(context: dg.AssetExecutionContext, work: dg.ResourceParam[Workplace]) -> dg.MaterializeResult[None]:
    """Render the document and say whether the filed one agrees."""
    with plain_failures():
        return report_document(work, compare_document(work, context.partition_key, f"run:{context.run_id}"))
