"""Report outside a run, on the row of the run that evaluated the check last: evaluations, and what a page tells.

Dagster 1.13 keeps one row per asset, check, run and partition, and all runless evaluations share one empty run id: the
second runless evaluation of a partition breaks a unique index and fails the tick. So it goes to the last run's row.
A runless materialization would make its page show the check as not evaluated since; one of the same run does not.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence

import dagster as dg
from dagster._core.event_api import PartitionKeyFilter
from dagster._core.events import DagsterEvent, DagsterEventType, StepMaterializationData
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


def publish_beside(
    instance: dg.DagsterInstance, told: Sequence[dg.AssetMaterialization], check: str
) -> list[dg.AssetMaterialization]:
    """Write each materialization into the run that evaluated its partition's check last, and return the others."""
    rest: list[dg.AssetMaterialization] = []
    for one in told:
        try:
            run_id = _last_run(instance, one.asset_key, check, one.partition)
            if run_id is None:
                rest.append(one)
                continue
            data = StepMaterializationData(one)
            _report(instance, DagsterEventType.ASSET_MATERIALIZATION, data, run_id)
        except Exception:
            _LOG.warning("%s of %s was not told", one.asset_key, one.partition, exc_info=True)
    return rest


def _last_run(instance: dg.DagsterInstance, asset: dg.AssetKey, check: str, partition: str | None) -> str | None:
    """The run that evaluated the check last; none while another one is about to."""
    of_partition = PartitionKeyFilter(key=partition)
    records = instance.event_log_storage.get_asset_check_execution_history(
        dg.AssetCheckKey(asset, check), limit=1, partition_filter=of_partition
    )
    done = bool(records) and records[0].status in _STATUS.values()
    return records[0].run_id or None if done else None


def _report(
    instance: dg.DagsterInstance,
    kind: DagsterEventType,
    data: dg.AssetCheckEvaluation | StepMaterializationData,
    run_id: str,
) -> None:
    event = DagsterEvent(event_type_value=kind.value, event_specific_data=data, job_name=RUNLESS_JOB_NAME)
    instance.report_dagster_event(event, run_id=run_id)


def _attach(instance: dg.DagsterInstance, evaluation: dg.AssetCheckEvaluation) -> None:
    key = dg.AssetCheckKey(evaluation.asset_key, evaluation.check_name)
    partition = PartitionKeyFilter(key=evaluation.partition)
    records = instance.event_log_storage.get_asset_check_execution_history(key, limit=1, partition_filter=partition)
    if not records or not records[0].run_id or records[0].status is _STATUS[evaluation.passed]:
        return
    _report(instance, DagsterEventType.ASSET_CHECK_EVALUATION, evaluation, records[0].run_id)
