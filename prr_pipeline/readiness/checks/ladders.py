"""Whether the rollout ladder is the one that the checklist asks for, and the one that the monorepo documents."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from prr_pipeline.canonical import digest
from prr_pipeline.errors import PrrError
from prr_pipeline.exposure import Exposure
from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.findings import mapping, met, unknown, unmet
from prr_pipeline.readiness.model import Finding, Location, Reason
from prr_pipeline.readiness.parameters import Parameters
from prr_pipeline.readiness.registry import check
from prr_pipeline.readiness.sources import Sources
from prr_pipeline.repository.markup import load
from prr_pipeline.rollout.ladder import Ladder
from prr_pipeline.subjects import Subject

Steps = list[tuple[str, int]]
"""Exposure and dwell in seconds, from the bottom."""
_UNITS = {"dwell_seconds": 1, "dwell_hours": 3600, "dwell_days": 86_400}


class LadderIs(Parameters):
    """``steps``: exposures from the bottom; ``documented_at``: a path template of the monorepo's own note of it."""

    steps: list[str]
    min_span_days: int
    documented_at: str | None = None


@check("ladder_is", LadderIs)
def ladder_is(sources: Sources, facts: Facts, subject: Subject, parameters: LadderIs) -> Finding:
    """The ladder in force has the wanted steps and span; one documented in the monorepo equals it."""
    if facts.ladder is None:
        message = "No ladder is known without settings; name a prr.toml with --settings."
        return unknown(Reason.NOT_DECLARED, message, sources.subject_digest(subject))
    ladder = Ladder.from_data(facts.ladder)
    steps: Steps = [(rung.name, int(rung.dwell.total_seconds())) for rung in ladder.rungs]
    path, documented = _documented(sources, facts, subject, parameters.documented_at)
    judged = digest([facts.ladder, documented])
    faults = _faults(ladder, parameters)
    places = [Location(path)] if path and documented is not None else []
    if documented is not None and [*documented[:-1], (documented[-1][0], steps[-1][1])] != steps:
        faults.append(
            f"{path} documents {_text(documented)}, but {facts.ladder_source or 'the settings'} have {_text(steps)}"
        )
    values = {
        "steps": [name for name, _ in steps],
        "span_days": ladder.span.days,
        "source": facts.ladder_source or "settings",
    }
    if faults:
        return unmet("; ".join(faults) + ". Make them agree in prr.toml and in the monorepo.", judged, places, **values)
    return met(f"The ladder of the {facts.ladder_source or 'settings'} is {_text(steps)}.", judged, places, **values)


def _faults(ladder: Ladder, parameters: LadderIs) -> list[str]:
    wanted = [Exposure.parse(step).name for step in parameters.steps]
    faults = []
    if list(ladder.names) != wanted:
        faults.append(f"The ladder climbs {' → '.join(ladder.names)} instead of {' → '.join(wanted)}")
    if ladder.span < timedelta(days=parameters.min_span_days):
        faults.append(f"The ladder takes {ladder.span.days} days, less than {parameters.min_span_days}")
    return faults


def _documented(
    sources: Sources, facts: Facts, subject: Subject, template: str | None
) -> tuple[str | None, Steps | None]:
    """The ladder in the monorepo, unless there is none or it is of another target."""
    path = sources.fill(template, subject) if template else None
    if path is None or not sources.exists(path):
        return path, None
    data = mapping(load(sources.blob(path)))
    target = data.get("target")
    if target is not None and facts.target is not None and str(target).lower() != facts.target:
        return path, None
    rows = data.get("ladder") or data.get("rungs")
    if not isinstance(rows, list) or not rows:
        raise PrrError(f"{path} holds no list `ladder` of steps such as {{exposure: 1%, dwell_days: 7}}.")
    return path, [_step(path, mapping(row)) for row in rows]


def _step(path: str, row: Mapping[str, Any]) -> tuple[str, int]:
    dwell = [int(row[unit]) * factor for unit, factor in _UNITS.items() if isinstance(row.get(unit), int)]
    if "exposure" not in row or len(dwell) > 1:
        raise PrrError(f"{path} has a step that is not like {{exposure: 1%, dwell_days: 7}}.")
    return Exposure.parse(str(row["exposure"])).name, dwell[0] if dwell else 0


def _text(steps: Steps) -> str:
    parts = [f"{name} ({seconds // 86_400} d)" if seconds >= 86_400 else name for name, seconds in steps]
    return " → ".join(parts)
