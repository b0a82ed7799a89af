"""Whether the PRR document of a promotion is filed, is about it, and has no task left open."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import field

from prr_pipeline.canonical import digest
from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.findings import listed, met, shown, unknown, unmet
from prr_pipeline.readiness.model import Finding, Location, Outcome, Reason
from prr_pipeline.readiness.parameters import Parameters
from prr_pipeline.readiness.registry import check
from prr_pipeline.readiness.sources import Sources
from prr_pipeline.repository.snapshot import Blob
from prr_pipeline.review.document_reading import front_matter_value, has_section, line_ids, open_tasks
from prr_pipeline.subjects import Subject, SubjectKind, Target

_OWNER = "promotion_approved_by_owning_context"


class MarkdownTasksAreClosed(Parameters):
    """``lines``: the ids that must stand in the target's section."""

    file: str
    lines: list[str] = field(default_factory=list)


@check("markdown_tasks_are_closed", MarkdownTasksAreClosed)
def markdown_tasks_are_closed(
    sources: Sources, facts: Facts, subject: Subject, parameters: MarkdownTasksAreClosed
) -> Finding:
    """The document exists, names the subject and its reviewers, and every task of the target's section is closed."""
    path = sources.fill(parameters.file, subject)
    judged = digest([path, sources.snapshot.blob_id(path)])
    if facts.target is None:
        message = "No target is named, so no section of the document can be judged; name one with --target."
        return unknown(Reason.NOT_DECLARED, message, judged, [Location(path)])
    if not sources.exists(path):
        return unmet(f"{path} is not filed; write it with `prr document` and commit it.", judged, [Location(path)])
    blob = sources.blob(path)
    faults = list(_faults(sources, facts, subject, blob, facts.target, parameters))
    if faults:
        return unmet(f"{path}: {listed(faults)}.", judged, [Location(path)], open=len(faults))
    approved = (facts.approvals or {}).get(_OWNER)
    if not _names_reviewers(sources, blob) and approved is not None and approved[0] is Outcome.UNKNOWN:
        message = f"{path} names no reviewers, and who has signed cannot be told: {approved[1]}"
        return unknown(Reason.SOURCE_SILENT, message, judged, [Location(path)])
    return met(f"{path} is filed and every task in it is closed.", judged, [Location(path)])


def _faults(
    sources: Sources, facts: Facts, subject: Subject, blob: Blob, target: Target, parameters: MarkdownTasksAreClosed
) -> Iterator[str]:
    field, wanted = (
        ("operation_id", subject.name) if subject.kind is SubjectKind.OPERATION else ("subject", str(subject))
    )
    found = front_matter_value(blob.data, field)
    if found != wanted:
        yield f"its front matter has the {field} {found!r} instead of {wanted!r}"
    if not _reviewers_named(sources, facts, blob):
        yield "its front matter names no reviewers, and nobody of the owning context has signed"
    if not has_section(blob.data, target):
        yield f"it has no section for {target}; run `prr document` for that target"
        return
    absent = sorted(set(parameters.lines) - set(line_ids(blob.data, target)))
    if absent:
        yield f"the section for {target} lacks {len(absent)} lines ({listed(absent)}); run `prr document` again"
    for task in open_tasks(blob.data, target):
        yield f"open: {task.line_id or shown(task.text)}"


def _reviewers_named(sources: Sources, facts: Facts, blob: Blob) -> bool:
    """Whether reviewers are named or signed, or at least nobody can say that none did."""
    approved = (facts.approvals or {}).get(_OWNER)
    return _names_reviewers(sources, blob) or (approved is not None and approved[0] in (Outcome.MET, Outcome.UNKNOWN))


def _names_reviewers(sources: Sources, blob: Blob) -> bool:
    return bool(sources.document(blob.path).front_matter.get("reviewers"))
