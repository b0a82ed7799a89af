"""Dagster around a scene, without any server: ticks and runs in this process, against an instance in memory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

import dagster as dg

from prr_pipeline.definitions import defs
from prr_pipeline.signals.alerts.inbox import beat
from tests.control.scene import Scene

QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


@lru_cache(maxsize=1)
def every_asset() -> tuple[dg.AssetsDefinition, ...]:
    """The assets of the code location."""
    return tuple(asset for asset in defs.assets or () if isinstance(asset, dg.AssetsDefinition))


@dataclass
class Stage:
    """A scene and the instance that Dagster keeps its own records in."""

    scene: Scene
    instance: dg.DagsterInstance

    def tick(self, sensor: dg.SensorDefinition, cursor: str | None = None) -> dg.SensorResult:
        """One tick of a sensor, with a living alert feed. Nothing of its result is carried out."""
        beat(self.scene.deployment.inbox)
        with dg.build_sensor_context(
            instance=self.instance, cursor=cursor, resources={"work": self.scene.work}
        ) as context:
            result = sensor(context)
        assert isinstance(result, dg.SensorResult)
        return result

    def scheduled(self, schedule: dg.ScheduleDefinition, at: datetime) -> tuple[list[dg.RunRequest], list[str]]:
        """One tick of a schedule: its requests, and its reasons to skip."""
        beat(self.scene.deployment.inbox)
        with dg.build_schedule_context(
            instance=self.instance, scheduled_execution_time=at, resources={"work": self.scene.work}
        ) as context:
            result = schedule(context)
        found: list[object] = list(result) if isinstance(result, Iterator) else [result]
        requests = [one for one in found if isinstance(one, dg.RunRequest)]
        return requests, [one.skip_message or "" for one in found if isinstance(one, dg.SkipReason)]

    def run(
        self,
        asset: str,
        key: str | None,
        config: Mapping[str, Any] | None = None,
        tags: Mapping[str, str] | None = None,
        partitions: str = "promotions",
    ) -> dg.ExecuteInProcessResult:
        """Materialize one asset as the UI would, with a living alert feed. A failure is in the result."""
        beat(self.scene.deployment.inbox)
        if key is not None and not self.instance.has_dynamic_partition(partitions, key):
            self.instance.add_dynamic_partitions(partitions, [key])
        return dg.materialize(
            list(every_asset()),
            selection=[asset],
            partition_key=key,
            resources={"work": self.scene.work},
            instance=self.instance,
            run_config={**QUIET, **({"ops": {asset: {"config": dict(config)}}} if config else {})},
            tags=tags,
            raise_on_error=False,
        )

    def carry_out(self, requests: Sequence[dg.RunRequest]) -> list[bool]:
        """Run what was asked for, asset by asset, with the tags of the request; whether each run succeeded."""
        done = []
        for request in requests:
            for asset in request.asset_selection or []:
                done.append(self.run(asset.to_user_string(), request.partition_key, tags=request.tags).success)
        return done


def sentence(result: dg.ExecuteInProcessResult) -> str:
    """The description of the failure that a person sees; empty without one."""
    for event in result.all_events:
        if event.is_step_failure:
            failure = event.step_failure_data.user_failure_data
            assert failure is not None, event.step_failure_data.error
            return failure.description or ""
    return ""


def metadata(result: dg.ExecuteInProcessResult, asset: str) -> dict[str, Any]:
    """The metadata of what a run materialized, as plain values."""
    [event] = [e for e in result.get_asset_materialization_events() if e.asset_key == dg.AssetKey(asset)]
    return {name: value.value for name, value in event.materialization.metadata.items()}


def checks(result: dg.ExecuteInProcessResult) -> dict[str, bool]:
    """Checks of a run: name to whether it passed."""
    return {one.check_name: one.passed for one in result.get_asset_check_evaluations()}


def asked(requests: Sequence[dg.RunRequest] | None) -> list[tuple[str, str, list[str]]]:
    """Run key, partition and assets of each request."""
    return [
        (one.run_key or "", one.partition_key or "", [key.to_user_string() for key in one.asset_selection or []])
        for one in requests or []
    ]


@contextmanager
def staged(scene: Scene, *, on_disk: bool = False) -> Iterator[Stage]:
    """A stage that ends with its instance. Schedules need one on disk; in memory is quicker."""
    with dg.instance_for_test() if on_disk else dg.DagsterInstance.ephemeral() as instance:
        yield Stage(scene, instance)
