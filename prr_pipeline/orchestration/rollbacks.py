"""Rollbacks from the UI: their forms, and what they report."""

import dagster as dg
from dagster import DagsterLogManager
from pydantic import Field

from prr_pipeline.control.explain import explain
from prr_pipeline.control.lowering import Lowered
from prr_pipeline.control.orders import Order, may_have_traffic, roll_back
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.errors import PrrError, Unavailable
from prr_pipeline.orchestration.metadata import promotion_metadata, table


class RollbackConfig(dg.Config):
    """What the materialize dialog asks for. ``actor`` is a claim, kept as one."""

    reason: str = Field(description="Why? Required; kept in the ledger.")
    actor: str = Field(default="dagster-ui", description="Who asks? A claim: Dagster has no log-in.")


class ManyConfig(RollbackConfig):
    """A rollback of many."""

    keys: list[str] = Field(default_factory=list, description="Promotion keys, such as createGrant:ga.")
    everything: bool = Field(default=False, description="All open promotions; then no keys are given.")


def report_rollback(work: Workplace, lowered: list[Lowered], key: str) -> dg.MaterializeResult[None]:
    """Success only after a read-back; otherwise a failure that says so."""
    rows = [(one.key, str(one.to), str(one.shown), "yes" if one.confirmed else "no", one.unrecorded) for one in lowered]
    shown = table(("promotion", "to", "flag shows", "read back", "not recorded"), rows)
    if not all(one.confirmed for one in lowered):
        raise dg.Failure("The flag does not show off yet; the guard goes on trying.", metadata={"lowered": shown})
    return dg.MaterializeResult(metadata=promotion_metadata(work, explain(work, key)) | {"lowered": shown})


def roll_back_many(work: Workplace, config: ManyConfig, run_id: str, log: DagsterLogManager) -> None:
    """Roll back the named promotions or all open ones. Raises `PrrError` when the request names none or both."""
    if bool(config.keys) == config.everything:
        raise PrrError("Name promotion keys, or set everything to true; one of the two.")
    keys = config.keys or [k for k, s in work.ledger.states(open_only=True).items() if may_have_traffic(s)]
    lowered = roll_back(work, keys, Order(f"{config.actor} (run {run_id})", config.reason))
    for one in lowered:
        log.info("%s: flag %s shows %s", one.key, one.flag_key, one.shown)
    late = [one.key for one in lowered if not one.confirmed]
    if late:
        raise Unavailable(f"Not read back as off yet: {', '.join(late)}. The guard goes on trying.")
