"""Rollbacks from the UI: their forms, and what they report."""

from collections.abc import Sequence

import dagster as dg
from dagster import DagsterLogManager
from pydantic import Field

from prr_pipeline.control.emergency import EVERYTHING, Halted, Scope, Wanted, roll_back_anyhow
from prr_pipeline.control.explain import explain
from prr_pipeline.control.orders import Order
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.errors import PrrError, Unavailable
from prr_pipeline.orchestration.metadata import Metadata, promotion_metadata, table
from prr_pipeline.reports.text import plain


class RollbackConfig(dg.Config):
    """What the materialize dialog asks for. ``actor`` is a claim, kept as one."""

    reason: str = Field(description="Why? Required; kept in the ledger.")
    actor: str = Field(default="dagster-ui", description="Who asks? A claim: Dagster has no log-in.")


class ManyConfig(RollbackConfig):
    """A rollback of many."""

    keys: list[str] = Field(default_factory=list, description="Promotion keys, such as createGrant:ga.")
    everything: bool = Field(
        default=False,
        description="All open promotions above off, in the ledger or at the flag; then no keys are given.",
    )
    scope: str = Field(
        default="",
        description="Those in a scope: team:Equity, service:identity, depends-on:createGrant; then no keys are given.",
    )


def roll_back_one(work: Workplace, key: str, config: RollbackConfig, run_id: str) -> dg.MaterializeResult[None]:
    """Roll one promotion back, its dependants with it, with or without the ledger.

    Success only after a read-back; otherwise a failure that says so.
    """
    halted = roll_back_anyhow(work, Wanted((key,)), _order(config, run_id))
    rows = [(one.key, one.flag_key, one.shown, "yes" if one.confirmed else "no", one.unrecorded) for one in halted]
    shown = table(("promotion", "flag", "flag shows", "read back", "not recorded"), rows)
    if not all(one.confirmed for one in halted):
        raise dg.Failure("The flag does not show off yet; the guard goes on trying.", metadata={"lowered": shown})
    return dg.MaterializeResult(metadata=_standing(work, key) | {"lowered": shown})


def roll_back_many(work: Workplace, config: ManyConfig, run_id: str, log: DagsterLogManager) -> None:
    """Roll back the named promotions or all that may be above off, with or without the ledger.

    Raises `PrrError` when the request names none or both.
    """
    order = _order(config, run_id)
    if bool(config.keys) + config.everything + bool(config.scope) != 1:
        raise PrrError("Name promotion keys, or set everything to true; one of the two, or a scope instead.")
    halted = roll_back_anyhow(work, _wanted(config), order)
    for one in halted:
        log.info("%s: flag %s shows %s%s", one.key, one.flag_key, one.shown, " already" if one.spared else "")
        if one.unrecorded:
            log.warning("Not recorded for %s: %s", one.key or one.flag_key, one.unrecorded)
    if late := _late(halted):
        raise Unavailable(f"Not read back as off yet: {', '.join(late)}. The guard goes on trying.")


def _wanted(config: ManyConfig) -> Wanted:
    if config.keys:
        return Wanted(tuple(config.keys))
    return Wanted(scope=Scope.parse(config.scope) if config.scope else EVERYTHING)


def _late(halted: Sequence[Halted]) -> list[str]:
    return [one.key or one.flag_key for one in halted if not one.confirmed]


def _order(config: RollbackConfig, run_id: str) -> Order:
    return Order(f"{config.actor} (run {run_id})" if config.actor.strip() else "", config.reason)


def _standing(work: Workplace, key: str) -> Metadata:
    """Where the promotion stands now. The flag was read back as off, whether the ledger can tell more or not."""
    try:
        return promotion_metadata(work, explain(work, key))
    except Exception as fault:
        why = plain(f"The ledger does not tell where it stands: {fault}")
        return {"exposure_pct": dg.MetadataValue.float(0.0), "status": dg.MetadataValue.text(why)}
