"""Readiness on the Dagster pages: one partition-aware check per section, with its lines as a table."""

from __future__ import annotations

import re
from collections.abc import Iterator

import dagster as dg

from prr_pipeline.control.checklist import Judgement, catalogue
from prr_pipeline.control.council import Session
from prr_pipeline.control.document import Rendered
from prr_pipeline.control.explain import explain
from prr_pipeline.control.shown import CHECKLIST, DOCUMENT, note_shown
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.orchestration.metadata import line_table, promotion_metadata, table
from prr_pipeline.orchestration.partitions import PROMOTIONS
from prr_pipeline.reports.text import plain
from prr_pipeline.subjects import SubjectKind


def section_slug(section: str) -> str:
    """The check of a section: ``Customer experience`` is ``customer_experience``."""
    return re.sub(r"[^a-z0-9]+", "_", section.lower()).strip("_")


def sections() -> tuple[str, ...]:
    """The sections of the endpoint checklist, in order."""
    return tuple(dict.fromkeys(line.section for line in catalogue().lines_for(SubjectKind.OPERATION)))


def section_checks(asset: str) -> list[dg.AssetCheckSpec]:
    """One partition-aware check per section."""
    return [
        dg.AssetCheckSpec(section_slug(name), asset=asset, partitions_def=PROMOTIONS, description=f"Section: {name}.")
        for name in sections()
    ]


def report_judgement(
    work: Workplace, judgement: Judgement
) -> Iterator[dg.AssetCheckResult | dg.MaterializeResult[None]]:
    """The materialization of the checklist with a result for every section."""
    numbers = {line.id: line.number for line in judgement.catalogue.lines}
    by_section = {line.id: line.section for line in judgement.catalogue.lines}
    checks = []
    for name in sections():
        results = [r for r in judgement.report.results if by_section[r.line_id] == name]
        checks.append(
            dg.AssetCheckResult(
                passed=all(r.passes for r in results),
                check_name=section_slug(name),
                severity=dg.AssetCheckSeverity.WARN,
                metadata={"lines": line_table(results, numbers), "promotion": judgement.state.key},
            )
        )
    standing = judgement.standing
    metadata = promotion_metadata(work, explain(work, judgement.state.key)) | {
        "readiness": dg.MetadataValue.text(f"{standing.gate}: {plain(standing.why)}"),
        "judged_commit": dg.MetadataValue.text(standing.commit),
        "report_digest": dg.MetadataValue.text(standing.report_digest or "none while a line is unknown"),
        "lines": line_table(judgement.report.results, numbers),
    }
    yield dg.MaterializeResult(metadata=metadata, check_results=checks)
    note_shown(work, judgement.state.key, CHECKLIST, standing)


def report_document(work: Workplace, rendered: Rendered) -> dg.MaterializeResult[None]:
    """Whether the document is filed, with its text."""
    metadata = promotion_metadata(work, explain(work, rendered.judgement.state.key)) | {
        "document": dg.MetadataValue.text(str(rendered.state)),
        "path": dg.MetadataValue.text(rendered.path),
        "rendered": dg.MetadataValue.md(_as_text(rendered.data)),
    }
    note_shown(work, rendered.judgement.state.key, DOCUMENT, rendered.judgement.standing)
    return dg.MaterializeResult(metadata=metadata)


def _as_text(document: bytes) -> str:
    """The document as a block of text: whoever wrote it, nothing in it becomes a link, an image or markup here."""
    text = document.decode("utf-8", "replace")
    fence = "`" * (max((len(run) for run in re.findall("`+", text)), default=0) + 3)
    return f"{fence}markdown\n{text}\n{fence}"


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
