"""Check evaluations reported outside a run: on the last run's row, as often as needed."""

from __future__ import annotations

import dagster as dg
import pytest

from prr_pipeline.orchestration.check_rows import publish, publish_beside

PARTITIONS = dg.DynamicPartitionsDefinition(name="promotions")
CHECK = "exposure_matches_flag"


@dg.asset(partitions_def=PARTITIONS, check_specs=[dg.AssetCheckSpec(CHECK, asset="rung", partitions_def=PARTITIONS)])
def rung():  # type: ignore[no-untyped-def]
    """A rung that was reached."""
    return dg.MaterializeResult(check_results=[dg.AssetCheckResult(passed=True, check_name=CHECK)])


def evaluation(passed: bool, partition: str) -> dg.AssetCheckEvaluation:
    return dg.AssetCheckEvaluation(
        asset_key=dg.AssetKey("rung"), check_name=CHECK, passed=passed, partition=partition, metadata={}
    )


def latest(instance: dg.DagsterInstance, partition: str) -> list[str]:
    from dagster._core.event_api import PartitionKeyFilter

    records = instance.event_log_storage.get_asset_check_execution_history(
        dg.AssetCheckKey(dg.AssetKey("rung"), CHECK), limit=10, partition_filter=PartitionKeyFilter(key=partition)
    )
    return [record.status.value for record in records]


def test_a_check_can_fail_pass_and_fail_again_outside_runs() -> None:
    """Two lowerings of one promotion both show, which runless events cannot do."""
    with dg.instance_for_test() as instance:
        instance.add_dynamic_partitions("promotions", ["a:ga", "b:ga"])
        for key in ("a:ga", "b:ga"):
            dg.materialize([rung], instance=instance, partition_key=key)
        for passed, shown in ((False, "FAILED"), (True, "SUCCEEDED"), (False, "FAILED"), (False, "FAILED")):
            assert publish(instance, [evaluation(passed, "a:ga")]) == []
            assert latest(instance, "a:ga") == [shown]
        assert latest(instance, "b:ga") == ["SUCCEEDED"]


def test_other_events_are_handed_back_for_the_tick() -> None:
    """Materializations go into the tick's own result."""
    with dg.instance_for_test() as instance:
        instance.add_dynamic_partitions("promotions", ["a:ga"])
        event = dg.AssetMaterialization("rung", partition="a:ga")
        assert publish(instance, [event, evaluation(False, "a:ga")]) == [event]


def test_a_check_that_no_run_evaluated_is_left_alone() -> None:
    """A rung that was never reached has nothing to fail."""
    with dg.instance_for_test() as instance:
        instance.add_dynamic_partitions("promotions", ["a:ga"])
        publish(instance, [evaluation(False, "a:ga")])
        assert latest(instance, "a:ga") == []


def test_a_fault_of_the_pages_never_fails_the_tick(caplog: pytest.LogCaptureFixture) -> None:
    """The lowering has happened; a broken report is logged, not raised."""
    with dg.instance_for_test() as instance:
        instance.add_dynamic_partitions("promotions", ["a:ga"])
        dg.materialize([rung], instance=instance, partition_key="a:ga")
    assert publish(instance, [evaluation(False, "a:ga")]) == []


def shown(instance: dg.DagsterInstance) -> tuple[str, object]:
    """Whose run the page of the partition names, and what it tells."""
    records = instance.fetch_materializations(dg.AssetRecordsFilter(dg.AssetKey("rung"), asset_partitions=["a:ga"]), 1)
    event = records.records[0].event_log_entry
    told = event.asset_materialization
    assert told is not None
    return event.run_id, told.metadata["told"].value


def test_what_is_told_anew_keeps_the_check_of_the_page() -> None:
    """It stands in the run that evaluated the check, whose result would else count as older than the page."""
    with dg.instance_for_test() as instance:
        instance.add_dynamic_partitions("promotions", ["a:ga"])
        run = dg.materialize([rung], instance=instance, partition_key="a:ga").run_id
        for told in ("once", "twice"):
            event = dg.AssetMaterialization("rung", partition="a:ga", metadata={"told": told})
            assert publish_beside(instance, [event], CHECK) == []
            assert shown(instance) == (run, told)
        assert latest(instance, "a:ga") == ["SUCCEEDED"]


def test_what_no_run_evaluated_is_handed_back_for_the_tick() -> None:
    """There is no check whose result could be lost."""
    with dg.instance_for_test() as instance:
        instance.add_dynamic_partitions("promotions", ["a:ga"])
        event = dg.AssetMaterialization("rung", partition="a:ga", metadata={"told": "once"})
        assert publish_beside(instance, [event], CHECK) == [event]
