"""The workplace as a Dagster resource: opened once per process, found from the settings."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import dagster as dg

from prr_pipeline.control.workplace import Workplace, connect
from prr_pipeline.settings_file import find_settings


@lru_cache(maxsize=4)
def workplace_at(settings_file: Path) -> Workplace:
    """The workplace of a settings file, kept for the life of the process."""
    return connect(settings_file)


@dg.resource(description="Ledger, flags, alerts, council and repository of this deployment.")
def workplace_resource(_: dg.InitResourceContext) -> Workplace:
    """The workplace of the nearest settings; raises a sentence when there are none."""
    path = find_settings()
    return workplace_at(path) if path is not None else connect()
