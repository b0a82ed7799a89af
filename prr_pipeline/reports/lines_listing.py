"""The lines of the checklists as a document and as a screen: how each is judged, and how many are judged how."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, get_args

from rich.console import Group, RenderableType

from prr_pipeline.readiness.catalogue import Catalogue, Line
from prr_pipeline.readiness.lines import Kind
from prr_pipeline.readiness.registry import versions_of
from prr_pipeline.reports.line_pages import LinePages
from prr_pipeline.reports.screen import cell, table

WAYS = {"A": "automatic", "D": "declared", "X": "external", "P": "person"}
"""How a line is judged, by the first letter of its kind."""
KINDS: tuple[str, ...] = get_args(Kind)
"""What a line may need, as the checklist writes it, in its order."""
COUNTING = (
    "Each line is counted once: by the first letter of its kind (A, A+P, A+X and 'A or X' are automatic), and under "
    "person if no check judges it yet. kinds counts the same lines as they are written. and_a_person says how many of "
    "those with a check need a signed statement too."
)


def way_of(line: Line) -> str:
    """How a line is judged today: ``automatic``, ``declared``, ``external`` or ``person``."""
    return WAYS[line.kind[0]] if line.check is not None else WAYS["P"]


def lines_data(catalogue: Catalogue, pages: LinePages) -> dict[str, Any]:
    """Every line in order, each checklist with its counts, the counts of all, and how they were counted."""
    names = dict.fromkeys(line.checklist for line in catalogue.lines)
    checklists = {name: [line for line in catalogue.lines if line.checklist == name] for name in names}
    return {
        "lines": [_line(line, pages) for line in catalogue.lines],
        "checklists": [
            {"name": name, "counts": counts(lines), "kinds": kinds(lines)} for name, lines in checklists.items()
        ],
        "counts": counts(catalogue.lines),
        "kinds": kinds(catalogue.lines),
        "counting": COUNTING,
    }


def counts(lines: Sequence[Line]) -> dict[str, int]:
    """How many lines there are and how many are judged how, see `COUNTING`."""
    ways = Counter(way_of(line) for line in lines)
    both = sum(line.check is not None and line.has_person_part for line in lines)
    return {"lines": len(lines), **{way: ways[way] for way in WAYS.values()}, "and_a_person": both}


def kinds(lines: Sequence[Line]) -> dict[str, int]:
    """How many lines there are of each kind that occurs, in the order of `KINDS`."""
    found = Counter[str](line.kind for line in lines)
    return {kind: found[kind] for kind in KINDS if found[kind]}


def lines_screen(catalogue: Catalogue) -> RenderableType:
    """Every line of the checklists, and under them the counts of each checklist."""
    rows = table("no", "subject", "section", "kind", "check", "id", "line")
    for line in catalogue.lines:
        shown = (line.number, str(line.applies_to.kind), line.section, line.kind, line.check or "a person")
        rows.add_row(*(cell(text, "") for text in (*shown, line.id, line.line)))
    data = lines_data(catalogue, LinePages())
    sums = [cell(f"{one['name']}: {_words(one['counts'], one['kinds'])}", "bold") for one in data["checklists"]]
    if len(sums) > 1:
        sums.append(cell(f"in all: {_words(data['counts'], data['kinds'])}", "bold"))
    return Group(rows, *sums, cell(COUNTING, ""))


def _words(counted: dict[str, int], written: dict[str, int]) -> str:
    ways = ", ".join(f"{counted[way]} {way}" for way in WAYS.values())
    both = f"{counted['and_a_person']} of them with a check and a person"
    return (
        f"{counted['lines']} lines: {ways}; {both}; by kind: {', '.join(f'{n} {kind}' for kind, n in written.items())}"
    )


def _line(line: Line, pages: LinePages) -> dict[str, Any]:
    return {
        "id": line.id,
        "number": line.number,
        "checklist": line.checklist,
        "section": line.section,
        "line": line.line,
        "subject": str(line.applies_to.kind),
        "stage": line.stage,
        "kind": line.kind,
        "judged": way_of(line),
        "and_a_person": line.check is not None and line.has_person_part,
        "check": line.check,
        "checks": [
            {"name": row[0], "version": row[1], "plugin": row[2] if len(row) > 2 else None}
            for row in versions_of(line.check, line.parameters)
        ],
        "parameters": dict(line.parameters),
        "statement": line.to_attest if line.has_person_part else None,
        "attested_by": line.attested_by,
        "counts": line.counts,
        "justifiable": line.justifiable,
        "why": line.why,
        "evidence": line.evidence,
        "if_unmet": line.if_unmet,
        "page": pages.url(line) or pages.path(line),
    }
