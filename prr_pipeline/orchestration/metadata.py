"""What the Dagster pages show of a promotion: numbers to plot, the gate table, the next step, the picture."""

from __future__ import annotations

from collections.abc import Sequence

import dagster as dg

from prr_pipeline.canonical import instant_text
from prr_pipeline.control.explain import Explanation
from prr_pipeline.control.history import story_of
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.readiness.model import LineResult
from prr_pipeline.reports.exposure_plot import exposure_markdown
from prr_pipeline.reports.exposure_thumbnail import exposure_thumbnail
from prr_pipeline.reports.overlay_words import justification_words
from prr_pipeline.reports.text import plain
from prr_pipeline.rollout.gates import GateReading

Metadata = dict[str, dg.MetadataValue]

_GATE_COLUMNS = ("gate", "state", "why", "until")
_LINE_COLUMNS = ("number", "line", "outcome", "message", "place", "overlay")


def table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> dg.TableMetadataValue:
    """A table of texts."""
    records = [dg.TableRecord(dict(zip(columns, (plain(cell) for cell in row), strict=True))) for row in rows]
    schema = dg.TableSchema(columns=[dg.TableColumn(name, "string") for name in columns])
    return dg.MetadataValue.table(records=records, schema=schema)


def gate_table(gates: Sequence[GateReading]) -> dg.TableMetadataValue:
    """The gates with their states and reasons."""
    rows = [(g.name, str(g.state), g.why, instant_text(g.until) if g.until else "") for g in gates]
    return table(_GATE_COLUMNS, rows)


def line_table(results: Sequence[LineResult], numbers: dict[str, str]) -> dg.TableMetadataValue:
    """The lines of a section with outcome, reason and first place."""
    rows = []
    for result in results:
        place = result.finding.locations[0] if result.finding.locations else None
        where = f"{place.path}:{place.line}" if place and place.line else (place.path if place else "")
        overlay = justification_words(result) or ("attested" if result.attestations else "")
        rows.append(
            (
                numbers.get(result.line_id, ""),
                result.line_id,
                str(result.outcome),
                result.finding.message,
                where,
                overlay,
            )
        )
    return table(_LINE_COLUMNS, rows)


def promotion_metadata(work: Workplace, explanation: Explanation) -> Metadata:
    """Everything that a stage of a promotion shows, whatever the stage."""
    state = explanation.state
    story = story_of(work, state.key)
    return {
        "exposure_pct": dg.MetadataValue.float(state.exposure.exposure_bp / 100),
        "rung": dg.MetadataValue.text(state.exposure.name),
        "attempt": dg.MetadataValue.int(state.attempt),
        "status": dg.MetadataValue.text(plain(explanation.status)),
        "next_step": dg.MetadataValue.text(plain(explanation.next_step)),
        "earliest": dg.MetadataValue.text(
            instant_text(explanation.earliest) if explanation.earliest else "when a person or news allows it"
        ),
        "picture": dg.MetadataValue.md(exposure_thumbnail(story)),
        "gates": gate_table(explanation.gates),
        "large_picture": dg.MetadataValue.md(exposure_markdown(story)),
        "ledger_sequence": dg.MetadataValue.int(state.last_seq),
        "time_factor": dg.MetadataValue.text(f"{work.clock.factor} x" if work.clock.factor != 1 else "real time"),
    }
