"""One asset per rung of the ladders in force: materializing it raises the flag by one rung, behind all gates."""

from collections.abc import Iterator
from itertools import pairwise

import dagster as dg

from prr_pipeline.control.raising import climb
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.orchestration.faults import plain_failures
from prr_pipeline.orchestration.ladders import loaded_rungs
from prr_pipeline.orchestration.partitions import PROMOTIONS
from prr_pipeline.orchestration.reports import EXPOSURE_CHECK, report_climb


def rung_asset(rung: str, asset_name: str, below: str) -> dg.AssetsDefinition:
    """The asset of one rung, downstream of the one below."""

    @dg.asset(
        name=asset_name,
        partitions_def=PROMOTIONS,
        group_name="ladder",
        deps=[below],
        check_specs=[dg.AssetCheckSpec(EXPOSURE_CHECK, asset=asset_name, partitions_def=PROMOTIONS)],
        description=f"Exposure {rung}. Fails with the gate table while a gate is closed; skips no gate.",
    )
    def exposure(
        context: dg.AssetExecutionContext, work: dg.ResourceParam[Workplace]
    ) -> Iterator[dg.AssetCheckResult | dg.MaterializeResult[None]]:
        with plain_failures():
            result = climb(work, context.partition_key, rung, f"run:{context.run_id}")
            yield from report_climb(work, result, rung)

    return exposure


_RUNGS = loaded_rungs()
_BELOW = ["council_signoff", *(low.asset_name for low, _ in pairwise(_RUNGS))]
rungs = [rung_asset(rung.name, rung.asset_name, below) for rung, below in zip(_RUNGS, _BELOW, strict=True)]
