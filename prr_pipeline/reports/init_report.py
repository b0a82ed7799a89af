"""What `prr init` saw, wrote and forecasts: for a person, and as one document."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from prr_pipeline.control.forecast import Forecast
from prr_pipeline.control.init_files import Filed
from prr_pipeline.control.initialising import Looked
from prr_pipeline.readiness.catalogue import Catalogue
from prr_pipeline.reports.screen import cell, table

_ORDER = ("met", "justified", "not_applicable", "unmet", "unknown", "pending")
_CHANGES_SHOWN = 20
_NUMBERS = 4


def init_data(looked: Looked, filed: Sequence[Filed], forecast: Forecast) -> dict[str, Any]:
    """The document of `prr init --format json`."""
    lines = looked.catalogue.by_id
    return {
        "faults": list(forecast.faults),
        "files": [one.as_data() for one in filed],
        "lines": [
            {"line": name, "number": lines[name].number, "outcomes": dict(sorted(found.items()))}
            for name, found in forecast.lines.items()
        ],
        "next_steps": [one.as_data() for one in forecast.steps],
        "notes": list(looked.notes),
        "outcomes": {name: forecast.outcomes[name] for name in _ORDER if forecast.outcomes[name]},
        "profile": looked.base.name,
        "repository": str(looked.repository),
        "seen": [one.as_data() for one in looked.survey.seen],
        "subjects": {kind: {"judged": judged, "all": found} for kind, (judged, found) in forecast.subjects.items()},
        "tools": [one.as_data() for one in looked.survey.tools],
    }


def init_screen(looked: Looked, filed: Sequence[Filed], forecast: Forecast) -> RenderableType:
    """What was seen and written, then how the lines stand and what to do next."""
    return Group(
        *_seen(looked),
        *_files(filed),
        *_standing(forecast, looked.catalogue),
        *_steps(forecast, looked.catalogue),
        *(cell(note, "yellow") for note in (*looked.notes, *forecast.faults)),
    )


def _seen(looked: Looked) -> Iterator[RenderableType]:
    yield cell(_base_words(looked), "")
    tools = table("what", "seen", title="Tools")
    for kind, found in groupby(looked.survey.tools, key=lambda one: one.kind):
        tools.add_row(cell(kind, ""), cell(", ".join(f"{one.name} ({one.where})" for one in found), ""))
    if tools.row_count:
        yield tools
    rows = table("key", "value", "seen", title="Conventions")
    for one in looked.survey.seen:
        rows.add_row(*(cell(text, "") for text in (one.key, one.value, one.where)))
    if rows.row_count:
        yield rows


def _files(filed: Sequence[Filed]) -> Iterator[RenderableType]:
    rows = table("file", "state", title="Files")
    for one in filed:
        rows.add_row(cell(one.name, ""), cell(one.state, ""))
    yield rows
    for one in filed:
        if one.would_change:
            yield cell(f"{one.name} is yours and was left alone. The draft differs:", "bold")
            yield from (Padding(cell(line, ""), (0, 0, 0, 2)) for line in one.would_change[:_CHANGES_SHOWN])
            if len(one.would_change) > _CHANGES_SHOWN:
                yield cell(f"  ... and {len(one.would_change) - _CHANGES_SHOWN} lines more (--format json has all)", "")


def _standing(forecast: Forecast, catalogue: Catalogue) -> Iterator[RenderableType]:
    if not forecast.lines:
        yield cell(
            f"No subject can be listed yet, so none of the {len(catalogue.lines)} lines is judged: declare "
            "paths.openapi, or another key that lists subjects, in .prr/profile.yaml.",
            "",
        )
        return
    judged = ", ".join(
        f"{found} {kind}" + (f" (the first {judged} judged)" if judged < found else "")
        for kind, (judged, found) in forecast.subjects.items()
    )
    counts = ", ".join(f"{forecast.outcomes[name]} {name}" for name in _ORDER if forecast.outcomes[name])
    yield Text()
    yield cell(f"Subjects: {judged}.", "")
    yield cell(f"Their counted lines today: {counts}.", "bold")
    rows = table("number", "line", "today", title="Lines")
    for name, found in sorted(forecast.lines.items(), key=lambda item: _rank(catalogue, item[0])):
        today = ", ".join(f"{found[word]} {word}" for word in _ORDER if found[word])
        rows.add_row(cell(catalogue.by_id[name].number, ""), cell(name, ""), cell(today, ""))
    yield rows


def _rank(catalogue: Catalogue, name: str) -> int:
    return list(catalogue.by_id).index(name)


def _steps(forecast: Forecast, catalogue: Catalogue) -> Iterator[RenderableType]:
    if not forecast.steps:
        return
    rows = table("how", "settles", "of lines", "what", title="The easiest next steps")
    for one in forecast.steps:
        numbers = [catalogue.by_id[name].number for name in one.lines]
        shown = ", ".join(numbers[:_NUMBERS]) + (", ..." if len(numbers) > _NUMBERS else "")
        rows.add_row(*(cell(text, "") for text in (one.how, one.settles, shown, one.what)))
    yield rows


def _base_words(looked: Looked) -> str:
    name = looked.base.name
    if name == "plain":
        return f"{looked.repository}: no profile that ships fits, so the base is plain, which names no place at all."
    return f"{looked.repository}: conventions are those of the profile {name}, and what was seen beside them."
