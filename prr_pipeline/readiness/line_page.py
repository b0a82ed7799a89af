"""One page per line: what it asks, why, what is read, what each outcome looks like, and how to mend it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from prr_pipeline.readiness.catalogue import Catalogue, Line
from prr_pipeline.readiness.overlays import SPEAKERS
from prr_pipeline.readiness.registry import check_named

EXAMPLES = "examples.json"
"""Beside the pages: findings of the sample and of small edits of it, by line id and outcome."""
Examples = Mapping[str, Mapping[str, Mapping[str, str]]]
_OUTCOMES = ("met", "unmet", "unknown", "not_applicable", "pending")
_MEANS = {
    "met": "everything was seen, and it holds",
    "unmet": "something was seen that does not hold; it blocks the promotion unless it is justified for a time",
    "unknown": "it could not be seen; it never passes, and no justification covers it",
    "not_applicable": "the line's condition was looked at and is false",
    "pending": "it falls due after GA and does not block the promotion",
}


def line_pages(catalogue: Catalogue, examples: Examples) -> dict[str, str]:
    """File name -> text of the page of every line."""
    return {f"{line.id}.md": "\n".join(_page(line, examples.get(line.id, {}))) + "\n" for line in catalogue.lines}


def read_examples(path: Path) -> Examples:
    """The recorded examples; none where there is no file."""
    if not path.exists():
        return {}
    found: Examples = json.loads(path.read_text("utf-8"))
    return found


def asked_of(line: Line) -> str:
    """Of what subjects a line is asked, and under which condition."""
    each = f", each {line.applies_to.each}" if line.applies_to.each else ""
    condition = f", if {line.applies_to.condition}" if line.applies_to.condition else ""
    return f"{str(line.applies_to.kind).replace('_', ' ')}{each}{condition}"


def judged_by(line: Line) -> str:
    """Which checks judge a line, and whether a person does."""
    if line.check is None:
        return "judged by a person"
    parts = [part["check"] for part in line.parameters.get("checks", ())]
    named = f"`{line.check}` (" + ", ".join(f"`{part}`" for part in parts) + ")" if parts else f"`{line.check}`"
    return f"judged by {named}" + (" and a person" if line.has_person_part else "")


def _page(line: Line, examples: Mapping[str, Mapping[str, str]]) -> Iterator[str]:
    yield f"# {line.number} `{line.id}`\n"
    yield f"> {line.line}\n"
    yield f"Section {line.section}; asked of {asked_of(line)}; kind {line.kind}. [All lines](../checklist.md)\n"
    yield f"## Why\n\n{line.why}\n"
    yield f"## What is read\n\n{line.evidence}\n"
    yield from _judgement(line)
    yield from _outcomes(line, examples)
    yield f"## How to mend it\n\n{line.if_unmet}"
    if line.statement:
        by = f" by {SPEAKERS[line.attested_by]}" if line.attested_by else ""
        yield f"\nThe person's part is signed{by} with `prr attest`: “{line.statement}”"


def _judgement(line: Line) -> Iterator[str]:
    yield "## How it is judged\n"
    if line.check is None:
        yield "By a person: unknown until somebody signs an attestation, and then shown as attested, not checked.\n"
        return
    checks = line.parameters.get("checks", [{"check": line.check, "parameters": line.parameters}])
    for part in checks:
        check = check_named(part["check"])
        yield f"`{check.name}` (version {check.version}): {check.summary}\n"
        rows = [f"| `{name}` | {_value(value)} |" for name, value in sorted(part.get("parameters", {}).items())]
        if rows:
            yield "\n".join(["| Parameter | Value |", "|---|---|", *rows]) + "\n"


def _value(value: Any) -> str:
    if isinstance(value, Mapping) and "profile" in value:
        return f"`{value['profile']}` of the profile" + (", if declared" if value.get("optional") else "")
    return f"`{json.dumps(value, ensure_ascii=False)}`".replace("|", "\\|")


def _outcomes(line: Line, examples: Mapping[str, Mapping[str, str]]) -> Iterator[str]:
    yield "## What the outcomes look like\n"
    for outcome in _OUTCOMES:
        example = examples.get(outcome)
        if example is None and outcome == "pending" and line.stage != "after_ga":
            continue
        yield f"- **{outcome.replace('_', ' ')}**: {_MEANS[outcome]}."
        if example is not None:
            yield f"  For example, {example['when']}: “{example['message']}”"
    yield ""
