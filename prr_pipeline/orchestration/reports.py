"""Report what control did as Dagster events: results of runs, and runless events for what happened outside them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import dagster as dg

from prr_pipeline.control.after_ga import Stage, StageState
from prr_pipeline.control.explain import explain
from prr_pipeline.control.history import story_of
from prr_pipeline.control.raising import Climb, ClimbResult
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.exposure import Exposure
from prr_pipeline.ledger.events import Event
from prr_pipeline.orchestration.check_rows import AssetEvent
from prr_pipeline.orchestration.metadata import Metadata, as_of, gate_table, promotion_metadata
from prr_pipeline.reports.exposure_thumbnail import exposure_thumbnail
from prr_pipeline.reports.text import plain
from prr_pipeline.rollout.state import PromotionState

EXPOSURE_CHECK = "exposure_matches_flag"


def report_climb(
    work: Workplace, climb: Climb, rung_name: str
) -> Iterator[dg.AssetCheckResult | dg.MaterializeResult[None]]:
    """The result of a rung's run. A rung that is not reached yields its check first, then fails with the gate table."""
    state = climb.state
    explanation = explain(work, state.key)
    reached = state.rung >= state.ladder.index_of(rung_name)
    metadata = promotion_metadata(work, explanation) | {"outcome": dg.MetadataValue.text(plain(climb.why))}
    matches = reached and explanation.flag == str(state.exposure)
    check = dg.AssetCheckResult(
        passed=matches, check_name=EXPOSURE_CHECK, metadata=flag_metadata(state, explanation.flag)
    )
    if reached and climb.result in (ClimbResult.RAISED, ClimbResult.NO_CHANGE):
        yield dg.MaterializeResult(metadata=metadata, check_results=[check])
        return
    yield check
    gates = climb.decision.gates if climb.decision else explanation.gates
    raise dg.Failure(description=climb.why, metadata=metadata | {"gates": gate_table(gates)}, allow_retries=False)


def report_stage(work: Workplace, key: str, stage: Stage) -> dg.MaterializeResult[None]:
    """The result of a stage after 100%: done or pending materializes, refused fails with the reason."""
    metadata = promotion_metadata(work, explain(work, key)) | {
        "stage": dg.MetadataValue.text(str(stage.state)),
        "why": dg.MetadataValue.text(plain(stage.why)),
    }
    if stage.state is StageState.REFUSED:
        raise dg.Failure(description=stage.why, metadata=metadata, allow_retries=False)
    return dg.MaterializeResult(metadata=metadata)


def lowering_events(work: Workplace, state: PromotionState, event: Event) -> list[AssetEvent]:
    """What a lowering changes on the pages: every rung above the new one shows what is left, and fails its check.

    Rungs that were climbed again since are left as they are: a late report says nothing of today. Gates and the next
    step follow with the sensor `standing`.
    """
    to = Exposure.parse(str(event.payload["to"]))
    start = Exposure.parse(str(event.payload["from"]))
    cause = plain(str(event.payload["cause"]))
    picture = dg.MetadataValue.md(exposure_thumbnail(story_of(work, state.key)))
    found: list[AssetEvent] = [_rollback_event(state, event, to, cause, picture)]
    for rung in state.ladder.rungs:
        if not to < rung.exposure <= start or rung.exposure <= state.exposure:
            continue
        metadata: Metadata = {
            "exposure_pct": dg.MetadataValue.float(state.exposure.exposure_bp / 100),
            "rung": dg.MetadataValue.text(state.exposure.name),
            "state": dg.MetadataValue.text("lowered"),
            "why": dg.MetadataValue.text(cause),
            "picture": picture,
            "as_of": as_of(work, state.key),
            "ledger_sequence": dg.MetadataValue.int(event.seq),
        }
        key = dg.AssetKey(rung.asset_name)
        found.append(dg.AssetMaterialization(key, partition=state.key, metadata=metadata))
        found.append(
            dg.AssetCheckEvaluation(
                asset_key=key,
                check_name=EXPOSURE_CHECK,
                passed=False,
                partition=state.key,
                metadata=flag_metadata(state, str(to)),
            )
        )
    return found


def check_events(states: Sequence[PromotionState], shown: dict[str, str]) -> list[AssetEvent]:
    """The check of each promotion's present rung: does the flag show what the ledger holds?"""
    return [
        dg.AssetCheckEvaluation(
            asset_key=dg.AssetKey(state.ladder.rungs[state.rung].asset_name),
            check_name=EXPOSURE_CHECK,
            passed=shown[state.key] == str(state.exposure),
            partition=state.key,
            metadata=flag_metadata(state, shown[state.key]),
        )
        for state in states
        if state.has_traffic and state.key in shown
    ]


def flag_metadata(state: PromotionState, shown: str) -> Metadata:
    """What the ledger holds beside what the flag shows."""
    return {
        "promotion": dg.MetadataValue.text(state.key),
        "ledger_holds": dg.MetadataValue.text(str(state.exposure)),
        "flag_shows": dg.MetadataValue.text(plain(shown)),
        "flag_key": dg.MetadataValue.text(plain(state.flag_key)),
    }


def _rollback_event(
    state: PromotionState, event: Event, to: Exposure, cause: str, picture: dg.MetadataValue
) -> dg.AssetMaterialization:
    metadata: Metadata = {
        "lowered_to": dg.MetadataValue.text(str(to)),
        "exposure_pct": dg.MetadataValue.float(to.exposure_bp / 100),
        "why": dg.MetadataValue.text(cause),
        "by": dg.MetadataValue.text(plain(event.actor)),
        "picture": picture,
        "ledger_sequence": dg.MetadataValue.int(event.seq),
    }
    return dg.AssetMaterialization(dg.AssetKey("rollback"), partition=state.key, metadata=metadata)
