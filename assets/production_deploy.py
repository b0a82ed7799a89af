"""The gate on deploys: may a release go to production? The answer is booked in the ledger."""

from collections.abc import Iterator

import dagster as dg

from prr_pipeline.control.deploy_record import record_deploy
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.orchestration.faults import plain_failures
from prr_pipeline.orchestration.partitions import SUBJECTS
from prr_pipeline.orchestration.subject_pages import deploy_checks, report_deploy
from prr_pipeline.subjects import SubjectKind


@dg.asset(
    partitions_def=SUBJECTS[SubjectKind.DEPLOY],
    group_name="readiness",
    deps=["readiness_deploy"],
    check_specs=deploy_checks("production_deploy"),
    description="Judges a release tag anew and records whether it may go to production. Fails with its open lines.",
)
def production_deploy(
    context: dg.AssetExecutionContext, work: dg.ResourceParam[Workplace]
) -> Iterator[dg.AssetCheckResult | dg.MaterializeResult[None]]:
    """Ask the same gate as `prr gate deploy`, and book the answer."""
    with plain_failures():
        yield from report_deploy(record_deploy(work, context.partition_key, f"run:{context.run_id}"))
