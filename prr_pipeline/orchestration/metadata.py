"""What the Dagster pages show of a promotion: numbers to plot, the gate table, the next step, the picture."""

from __future__ import annotations

from collections.abc import Sequence

import dagster as dg

from prr_pipeline.canonical import instant_text
from prr_pipeline.control.explain import Explanation
from prr_pipeline.control.history import Story, story_of
from prr_pipeline.control.ways_out import way_out
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.readiness.model import LineResult
from prr_pipeline.reports.exposure_plot import exposure_markdown
from prr_pipeline.reports.exposure_thumbnail import exposure_thumbnail
from prr_pipeline.reports.overlay_words import justification_words
from prr_pipeline.reports.text import plain
from prr_pipeline.rollout.gates import GateReading

Metadata = dict[str, dg.MetadataValue]

_GATE_COLUMNS = ("gate", "state", "why", "until")
_SHUT_COLUMNS = ("gate", "state", "why", "what opens it")
_LINE_COLUMNS = ("number", "outcome", "finding")
"""Few, and one long word in a row: the page cuts off a table that is wider than itself, and breaks no id or path."""


def table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> dg.TableMetadataValue:
    """A table of texts."""
    records = [dg.TableRecord(dict(zip(columns, (plain(cell) for cell in row), strict=True))) for row in rows]
    schema = dg.TableSchema(columns=[dg.TableColumn(name, "string") for name in columns])
    return dg.MetadataValue.table(records=records, schema=schema)


def gate_table(gates: Sequence[GateReading]) -> dg.TableMetadataValue:
    """The gates with their states and reasons."""
    rows = [(g.name, str(g.state), g.why, instant_text(g.until) if g.until else "") for g in gates]
    return table(_GATE_COLUMNS, rows)


def shut_table(one: Explanation) -> dg.TableMetadataValue | dg.TextMetadataValue:
    """The gates that are closed or unknown, and what opens each."""
    rows = [(g.name, str(g.state), g.why, way_out(one.state, g)) for g in one.gates if not g.is_open]
    return table(_SHUT_COLUMNS, rows) if rows else dg.MetadataValue.text("nothing: every gate is open")


def line_table(results: Sequence[LineResult], numbers: dict[str, str]) -> dg.TableMetadataValue:
    """The lines of a section by number, with outcome; then id, reason, first place, and what people added to it."""
    rows = []
    for result in results:
        place = result.finding.locations[0] if result.finding.locations else None
        where = f"{place.path}:{place.line}" if place and place.line else (place.path if place else "")
        overlay = justification_words(result) or ("attested" if result.attestations else "")
        finding = " | ".join(words for words in (result.finding.message, where, overlay) if words)
        rows.append((numbers.get(result.line_id, ""), str(result.outcome), f"{result.line_id}: {finding}"))
    return table(_LINE_COLUMNS, rows)


def promotion_metadata(work: Workplace, explanation: Explanation) -> Metadata:
    """Everything that a stage of a promotion shows, whatever the stage."""
    state = explanation.state
    story = story_of(work, state.key)
    return {
        "exposure_pct": dg.MetadataValue.float(state.exposure.exposure_bp / 100),
        "rung": dg.MetadataValue.text(state.exposure.name),
        "attempt": dg.MetadataValue.int(state.attempt),
        "since": dg.MetadataValue.text(instant_text(state.rung_since or state.opened_at)),
        "status": dg.MetadataValue.text(plain(explanation.status)),
        "line": dg.MetadataValue.text(plain(_line(story))),
        "next_step": dg.MetadataValue.text(plain(explanation.headline)),
        "earliest": dg.MetadataValue.text(
            instant_text(explanation.earliest) if explanation.earliest else "when a person or news allows it"
        ),
        "picture": dg.MetadataValue.md(exposure_thumbnail(story)),
        "in_the_way": shut_table(explanation),
        "gates": gate_table(explanation.gates),
        "large_picture": dg.MetadataValue.md(exposure_markdown(story, explanation)),
        "as_of": as_of(work, state.key),
        "page": dg.MetadataValue.text(plain(f"prr show {state.key} --output page.html")),
        "ledger_sequence": dg.MetadataValue.int(state.last_seq),
        "time_factor": dg.MetadataValue.text(f"{work.clock.factor} x" if work.clock.factor != 1 else "real time"),
    }


def as_of(work: Workplace, key: str) -> dg.TextMetadataValue:
    """When this was told, and how to ask where it stands now."""
    return dg.MetadataValue.text(plain(f"{instant_text(work.now())}; where it stands now: prr show {key}"))


def _line(story: Story) -> str:
    """The orders that stop the line for it now, or that it runs."""
    stops = [mark.text for mark in story.marks if mark.kind == "stop" and mark.until is None]
    return "; ".join(stops) or "runs"
