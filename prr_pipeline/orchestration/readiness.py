"""Readiness on the Dagster pages: one partition-aware check per section, with its lines as a table."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

import dagster as dg

from prr_pipeline.control.asked import asked_lines
from prr_pipeline.control.checklist import Judgement
from prr_pipeline.control.council import Session
from prr_pipeline.control.document import Rendered
from prr_pipeline.control.explain import explain
from prr_pipeline.control.shown import CHECKLIST, DOCUMENT, note_shown
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.orchestration.metadata import line_table, promotion_metadata, table
from prr_pipeline.orchestration.partitions import PROMOTIONS
from prr_pipeline.readiness.catalogue import Catalogue
from prr_pipeline.readiness.model import LineResult
from prr_pipeline.reports.text import fenced, plain
from prr_pipeline.subjects import SubjectKind

OTHER_SECTIONS = "other_sections"
"""The check of every section that has none: those of the full checklist and of own checklists.

It is always there, as an own checklist may change while a code location stays loaded.
"""


def section_slug(section: str) -> str:
    """The check of a section: ``Customer experience`` is ``customer_experience``."""
    return re.sub(r"[^a-z0-9]+", "_", section.lower()).strip("_")


def sections() -> tuple[str, ...]:
    """The sections of the endpoint checklist as it ships, in order: each has a check."""
    return tuple(dict.fromkeys(line.section for line in asked_lines(None).lines_for(SubjectKind.OPERATION)))


def section_checks(asset: str) -> list[dg.AssetCheckSpec]:
    """One partition-aware check per section, and one of all sections that the endpoint checklist does not have."""
    described = {section_slug(name): f"Section: {name}." for name in sections()}
    described[OTHER_SECTIONS] = "Every other section: of the full checklist, and of the deployment's own checklists."
    return [
        dg.AssetCheckSpec(name, asset=asset, partitions_def=PROMOTIONS, description=text)
        for name, text in described.items()
    ]


def report_judgement(
    work: Workplace, judgement: Judgement
) -> Iterator[dg.AssetCheckResult | dg.MaterializeResult[None]]:
    """The materialization of the checklist with a result for every section."""
    numbers = {line.id: line.number for line in judgement.catalogue.lines}
    told = {"promotion": judgement.state.key}
    checks = list(section_results(judgement.report.results, judgement.catalogue, sections(), told))
    standing = judgement.standing
    metadata = promotion_metadata(work, explain(work, judgement.state.key)) | {
        "readiness": dg.MetadataValue.text(f"{standing.gate}: {plain(standing.why)}"),
        "judged_commit": dg.MetadataValue.text(standing.commit),
        "report_digest": dg.MetadataValue.text(standing.report_digest or "none while a line is unknown"),
        "lines": line_table(judgement.report.results, numbers),
    }
    yield dg.MaterializeResult(metadata=metadata, check_results=checks)
    note_shown(work, judgement.state.key, CHECKLIST, standing)


def section_results(
    results: Sequence[LineResult], catalogue: Catalogue, known: Sequence[str], told: Mapping[str, str]
) -> Iterator[dg.AssetCheckResult]:
    """A result for each of the ``known`` sections and one for all others, with its lines as tables and what is told."""
    numbers = {line.id: line.number for line in catalogue.lines}
    for name, found in _by_check(results, catalogue, known).items():
        yield dg.AssetCheckResult(
            passed=all(result.passes for part in found.values() for result in part),
            check_name=name,
            severity=dg.AssetCheckSeverity.WARN,
            metadata={**{title: line_table(part, numbers) for title, part in found.items()}, **told},
        )


def _by_check(
    results: Sequence[LineResult], catalogue: Catalogue, known: Sequence[str]
) -> dict[str, dict[str, list[LineResult]]]:
    """The results of each check by the name of their table: ``lines``, with the section where a check has several."""
    section_of = {line.id: line.section for line in catalogue.lines}
    found: dict[str, dict[str, list[LineResult]]] = {section_slug(name): {"lines": []} for name in known}
    others: dict[str, list[LineResult]] = {}
    for result in results:
        section = section_of[result.line_id]
        if section in known:
            found[section_slug(section)]["lines"].append(result)
        else:
            others.setdefault(f"lines of {plain(section)}", []).append(result)
    return {**found, OTHER_SECTIONS: others}


def report_document(work: Workplace, rendered: Rendered) -> dg.MaterializeResult[None]:
    """Whether the document is filed, with its text."""
    metadata = promotion_metadata(work, explain(work, rendered.judgement.state.key)) | {
        "document": dg.MetadataValue.text(str(rendered.state)),
        "path": dg.MetadataValue.text(rendered.path),
        "rendered": dg.MetadataValue.md(fenced(rendered.data.decode("utf-8", "replace"), "markdown")),
    }
    note_shown(work, rendered.judgement.state.key, DOCUMENT, rendered.judgement.standing)
    return dg.MaterializeResult(metadata=metadata)


def report_council(work: Workplace, session: Session) -> dg.MaterializeResult[None]:
    """Who counted, who did not and why, and what is missing."""
    rows = [("counted", person, "") for verdict in session.agreement.verdicts[:1] for person in verdict.counted]
    rows += [("not counted", person, why) for verdict in session.agreement.verdicts[:1] for person, why in verdict.void]
    rows += [("missing", what, "") for verdict in session.agreement.verdicts[:1] for what in verdict.missing]
    refused, waiting = session.intake.refused.items(), session.intake.waiting.items()
    metadata = promotion_metadata(work, explain(work, session.judgement.state.key)) | {
        "signoff": dg.MetadataValue.text(f"{session.agreement.gate.state}: {plain(session.agreement.gate.why)}"),
        "people": table(("what", "who", "why"), rows),
        "new_records": dg.MetadataValue.int(len(session.intake.accepted)),
        "refused_records": table(("path", "why"), list(refused)),
        "waiting_records": table(("path", "why"), list(waiting)),
    }
    return dg.MaterializeResult(metadata=metadata)
