"""Report check evaluations outside a run, on the row of the run that evaluated the check last.

Dagster 1.13 keeps one row per asset, check, run and partition, and all runless evaluations share one empty run id: the
second runless evaluation of a partition breaks a unique index and fails the tick. So it goes to the last run's row.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence

import dagster as dg
from dagster._core.event_api import PartitionKeyFilter
from dagster._core.events import DagsterEvent, DagsterEventType
from dagster._core.instance.utils import RUNLESS_JOB_NAME
from dagster._core.storage.asset_check_execution_record import AssetCheckExecutionRecordStatus

_LOG = logging.getLogger(__name__)
_STATUS = {True: AssetCheckExecutionRecordStatus.SUCCEEDED, False: AssetCheckExecutionRecordStatus.FAILED}

AssetEvent = dg.AssetMaterialization | dg.AssetObservation | dg.AssetCheckEvaluation
RunlessEvent = dg.AssetMaterialization | dg.AssetObservation


def publish(instance: dg.DagsterInstance, events: Sequence[AssetEvent]) -> list[RunlessEvent]:
    """Write the check evaluations, and return the other events for the tick's result. Doing it twice changes nothing.

    A check that no run of the partition ever evaluated is left alone. A fault is logged and never fails the tick: the
    pages are a report, and what they report has happened already.
    """
    rest: list[RunlessEvent] = []
    for event in events:
        if isinstance(event, dg.AssetCheckEvaluation):
            try:
                _attach(instance, event)
            except Exception:
                _LOG.warning("check %s of %s was not reported", event.check_name, event.partition, exc_info=True)
        else:
            rest.append(event)
    return rest


def _attach(instance: dg.DagsterInstance, evaluation: dg.AssetCheckEvaluation) -> None:
    key = dg.AssetCheckKey(evaluation.asset_key, evaluation.check_name)
    partition = PartitionKeyFilter(key=evaluation.partition)
    records = instance.event_log_storage.get_asset_check_execution_history(key, limit=1, partition_filter=partition)
    if not records or not records[0].run_id or records[0].status is _STATUS[evaluation.passed]:
        return
    event = DagsterEvent(
        event_type_value=DagsterEventType.ASSET_CHECK_EVALUATION.value,
        event_specific_data=evaluation,
        job_name=RUNLESS_JOB_NAME,
    )
    instance.report_dagster_event(event, run_id=records[0].run_id)
