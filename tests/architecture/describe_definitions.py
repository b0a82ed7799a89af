"""Prints what the definitions hold as JSON. Run it as a program in a folder without settings."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping

import dagster as dg

from prr_pipeline.definitions import defs


def assets() -> dict[str, object]:
    """Each asset by key: its group, what it stands on, whether it is partitioned by promotion, its checks."""
    graph = defs.resolve_asset_graph()
    checks: dict[str, list[str]] = {}
    for key in graph.asset_check_keys:
        checks.setdefault(key.asset_key.to_user_string(), []).append(key.name)
    return {
        key.to_user_string(): {
            "group": graph.get(key).group_name,
            "after": sorted(parent.to_user_string() for parent in graph.get(key).parent_keys),
            "partitions": getattr(graph.get(key).partitions_def, "name", None),
            "checks": sorted(checks.get(key.to_user_string(), [])),
        }
        for key in sorted(graph.get_all_asset_keys())
    }


def sensors() -> dict[str, object]:
    """Each sensor by name: how often it looks, and whether it runs from the start."""
    return {
        one.name: {"every_s": one.minimum_interval_seconds, "status": one.default_status.value}
        for one in sorted(defs.sensors or (), key=lambda sensor: sensor.name)
    }


def schedules() -> dict[str, object]:
    """Each schedule by name: when it wakes, where that time is told, and whether it runs from the start."""
    return {
        one.name: {"cron": one.cron_schedule, "zone": one.execution_timezone, "status": one.default_status.value}
        for one in sorted(defs.schedules or (), key=lambda schedule: schedule.name)
        if isinstance(one, dg.ScheduleDefinition)
    }


def described() -> Mapping[str, object]:
    """Everything that the Dagster pages list."""
    return {
        "assets": assets(),
        "sensors": sensors(),
        "schedules": schedules(),
        "jobs": sorted(job.name for job in defs.jobs or ()),
        "resources": sorted(defs.resources or {}),
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(described(), indent=2) + "\n")
