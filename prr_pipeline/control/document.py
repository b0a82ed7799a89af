"""The PRR document: rendered from a judgement, compared with what is filed, written into a working tree on request."""

from __future__ import annotations

from pathlib import Path

from prr_pipeline.canonical import digest_bytes
from prr_pipeline.control.checklist import Judgement, judge_promotion
from prr_pipeline.control.monorepo import prr_document_path
from prr_pipeline.control.workplace import Workplace
from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.errors import Refused
from prr_pipeline.ledger.events import Draft, EventType
from prr_pipeline.readiness.catalogue import Catalogue
from prr_pipeline.readiness.model import Report
from prr_pipeline.review.document import DocumentState, document_state, render
from prr_pipeline.review.document_lines import LineText
from prr_pipeline.subjects import Target


@dataclass(frozen=True, slots=True)
class Rendered:
    """The document as it would be now, and how the filed one stands against it."""

    judgement: Judgement
    path: str
    data: bytes
    state: DocumentState


def compare_document(work: Workplace, key: str, actor: str) -> Rendered:
    """Judge, render, compare at the tracked ref, and book the rendering when it is new."""
    rendered = render_document(judge_promotion(work, key, actor))
    digest = digest_bytes(rendered.data)
    if rendered.judgement.state.document_digest != digest:
        payload = {"document_digest": digest, "path": rendered.path, "state": str(rendered.state)}
        work.ledger.append([Draft(key, EventType.DOCUMENT_RENDERED, payload, actor)])
    return rendered


def render_document(judgement: Judgement) -> Rendered:
    """The document of a judgement, from the one filed at the head."""
    subject, target = judgement.state.subject, judgement.state.target
    path = prr_document_path(judgement.profile, subject)
    existing = judgement.head.read(path).data if judgement.head.exists(path) else None
    data = render(existing, target, judgement.report, line_texts(judgement.catalogue, judgement.report))
    return Rendered(judgement, path, data, document_state(existing, data))


def write_document(tree: Path, path: str, target: Target, report: Report, catalogue: Catalogue) -> Path:
    """Render into a working tree, keeping what people wrote there; returns the file.

    Raises `Refused` when a link leads out of the tree.
    """
    file = (tree / path).resolve()
    if not file.is_relative_to(tree.resolve()):
        raise Refused(f"The document {path} would lie outside {tree}; a link in its path leads away.")
    existing = file.read_bytes() if file.exists() else None
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(render(existing, target, report, line_texts(catalogue, report)))
    return file


def line_texts(catalogue: Catalogue, report: Report) -> list[LineText]:
    """The wording of the report's lines, in checklist order."""
    judged = {result.line_id for result in report.results}
    return [LineText(line.id, line.number, line.section, line.line) for line in catalogue.lines if line.id in judged]
