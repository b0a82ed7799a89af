"""The Dagster definitions: every asset and sensor module of this project, and the resources they ask for."""

from __future__ import annotations

from pathlib import Path

import dagster as dg

import assets
import prr_pipeline
import sensors
from prr_pipeline.errors import PrrError
from prr_pipeline.orchestration.resources import workplace_resource


def check_origin() -> None:
    """Raise when ``assets`` or ``sensors`` come from another distribution: they would shadow ours without a word."""
    home = Path(prr_pipeline.__file__).resolve().parent.parent
    for module in (assets, sensors):
        found = Path(str(module.__file__)).resolve().parent.parent
        if found != home:
            raise PrrError(
                f"The package {module.__name__!r} comes from {found}, not from {home}; remove the other one."
            )


check_origin()

defs = dg.Definitions.merge(
    dg.load_definitions_from_package_module(assets),
    dg.load_definitions_from_package_module(sensors),
    dg.Definitions(resources={"work": workplace_resource}, executor=dg.in_process_executor),
)
