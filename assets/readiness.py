"""One asset per subject kind: how ready each subject at the tracked ref is, with one check per section."""

from collections.abc import Iterator

import dagster as dg

from prr_pipeline.control.subject_readiness import judge_subject
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.orchestration.faults import plain_failures
from prr_pipeline.orchestration.partitions import SUBJECTS
from prr_pipeline.orchestration.subject_pages import report_subject, subject_checks
from prr_pipeline.orchestration.subject_runs import readiness_asset
from prr_pipeline.subjects import SubjectKind


def readiness_of(kind: SubjectKind) -> dg.AssetsDefinition:
    """The asset of one kind, partitioned by its subjects. It shows, and permits nothing: promotions judge anew."""
    name = readiness_asset(kind)

    @dg.asset(
        name=name,
        partitions_def=SUBJECTS[kind],
        group_name="readiness",
        check_specs=subject_checks(kind, name),
        description=f"Every line that is asked of a {kind}, judged at the tracked ref, promotion or none.",
    )
    def readiness(
        context: dg.AssetExecutionContext, work: dg.ResourceParam[Workplace]
    ) -> Iterator[dg.MaterializeResult[None]]:
        with plain_failures():
            yield report_subject(judge_subject(work, context.partition_key, kind))

    return readiness


kinds = [readiness_of(kind) for kind in SubjectKind]
