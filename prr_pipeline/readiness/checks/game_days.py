"""Whether the next quarter's game day practises the subject: by its plan, or by the cadence of drills."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from msgspec import field

from prr_pipeline.canonical import digest
from prr_pipeline.readiness.checks.literals import LiteralHasEntry, literal_has_entry
from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.findings import met, not_applicable, unknown, unmet
from prr_pipeline.readiness.model import Finding, Location, Outcome, Reason
from prr_pipeline.readiness.naming import in_prose
from prr_pipeline.readiness.parameters import Parameters
from prr_pipeline.readiness.registry import check
from prr_pipeline.readiness.sources import NotDeclared, Sources
from prr_pipeline.repository.documents import Document
from prr_pipeline.subjects import Subject


class GameDayIncludes(Parameters):
    """``plan``: the document of one quarter, with ``{year}`` and ``{quarter}`` (1 to 4).

    ``drills`` and the next two: the literal of drills, as in `literal_has_entry`; ``cadences``: those of each quarter.
    """

    applies: Literal["next quarter", "never"]
    plan: str | None = None
    drills: str | None = None
    drills_name: str | None = None
    drills_fields: list[str] = field(default_factory=list)
    cadences: dict[str, list[str]] = field(default_factory=dict)


@check("game_day_includes", GameDayIncludes)
def game_day_includes(sources: Sources, facts: Facts, subject: Subject, parameters: GameDayIncludes) -> Finding:
    """The plan of the quarter after full exposure names the operation, or a drill for it comes back each quarter.

    Where game days do not apply by the profile, a person must say why.
    """
    if parameters.applies == "never":
        return not_applicable("The profile says that game days never apply.", digest([str(subject), "no game days"]))
    if facts.after_ga is None:
        message = "Nobody knows since when everybody has it; judge with the deployment's settings."
        return unknown(Reason.NO_EVIDENCE, message, digest([str(subject)]))
    if parameters.plan is None and parameters.drills is None:
        raise NotDeclared("Neither paths.game_day_plan nor paths.chaos_cadence is declared; set one in the profile.")
    planned = _planned(sources, subject, parameters.plan, facts.after_ga.full_at)
    if planned is not None and planned.outcome is Outcome.MET:
        return planned
    drilled = _drilled(sources, facts, subject, parameters)
    if planned is None or drilled is None:
        return planned or drilled or unknown(Reason.NOT_DECLARED, "No drills are declared.", digest([str(subject)]))
    if drilled.outcome is Outcome.MET:
        return drilled
    first = drilled if drilled.outcome is Outcome.UNKNOWN else planned
    message = f"{planned.message} {drilled.message}"
    return Finding(
        first.outcome,
        message,
        digest([planned.subject_digest, drilled.subject_digest]),
        (*planned.locations, *drilled.locations),
        first.reason,
    )


def quarter_after(at: datetime) -> tuple[int, int]:
    """Year and number of the quarter after the one that the instant lies in."""
    following = at.year * 4 + (at.month - 1) // 3 + 1
    return following // 4, following % 4 + 1


def plan_path(sources: Sources, subject: Subject, template: str, full_at: datetime) -> str:
    """Where the plan of that quarter lies. Raises `NotDeclared` for a word in the template that nobody declares."""
    year, quarter = quarter_after(full_at)
    return sources.fill(template.replace("{year}", str(year)).replace("{quarter}", str(quarter)), subject)


def _planned(sources: Sources, subject: Subject, template: str | None, full_at: datetime) -> Finding | None:
    if template is None:
        return None
    path = plan_path(sources, subject, template, full_at)
    if not sources.exists(path):
        message = f"The plan {path} does not exist; write it and name {subject.name} there."
        return unmet(message, digest([path]), [Location(path)])
    found = places(sources.document(path), sources, subject)
    judged = digest([path, [text for text, _ in found]])
    if not found:
        return unmet(f"The plan {path} does not name {subject.name}; add it.", judged, [Location(path)])
    return met(f"{path} names {subject.name}.", judged, [Location(path, line, text[:80]) for text, line in found])


def places(document: Document, sources: Sources, subject: Subject) -> list[tuple[str, int]]:
    """The rows and list items that name the operation; without any, the headings."""
    names = in_prose(sources.operation(subject))
    rows = [(" | ".join(row.cells), row.line) for table in document.tables for row in table.rows]
    items = [(item.text, item.line) for item in document.list_items]
    heads = [(section.heading, section.line) for section in document.sections]
    found = [place for place in (*rows, *items) if names.search(place[0])]
    return sorted(found or [place for place in heads if names.search(place[0])])


def _drilled(sources: Sources, facts: Facts, subject: Subject, parameters: GameDayIncludes) -> Finding | None:
    if parameters.drills is None or parameters.drills_name is None:
        return None
    asked = LiteralHasEntry(
        file=parameters.drills,
        name=parameters.drills_name,
        key_fields=parameters.drills_fields,
        one_of=parameters.cadences,
    )
    return literal_has_entry(sources, facts, subject, asked)
