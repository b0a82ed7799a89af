"""Render the PRR document: the machine renews its own parts, what people wrote survives byte for byte."""

from __future__ import annotations

import json
from collections.abc import Sequence
from enum import StrEnum

from prr_pipeline.errors import Unreadable
from prr_pipeline.readiness.model import Report
from prr_pipeline.review.document_lines import LineText, counts, item
from prr_pipeline.review.document_merge import merge
from prr_pipeline.review.document_parts import Part, join, machine_part, split
from prr_pipeline.review.document_reading import front_matter_value
from prr_pipeline.review.markup import code, escape
from prr_pipeline.subjects import Subject, SubjectKind, Target, encode_id

TARGET_NAMES = {Target.BETA: "Beta", Target.GA: "GA"}


class DocumentState(StrEnum):
    """How the filed document stands against what would be rendered now."""

    FILED = "filed"
    DIFFERS = "differs"
    MISSING = "missing"


def document_state(existing: bytes | None, rendered: bytes) -> DocumentState:
    """``rendered`` is `render` of ``existing``: equal bytes mean that nothing of the machine's is out of date."""
    if existing is None:
        return DocumentState.MISSING
    return DocumentState.FILED if existing == rendered else DocumentState.DIFFERS


def render(existing: bytes | None, target: Target, report: Report, lines: Sequence[LineText]) -> bytes:
    """The document with this target's section renewed. Rendering twice changes nothing.

    ``lines`` are the checklist's, in its order. No time and no commit stands in it, so that filing it makes nothing
    out of date. Raises `Unreadable` for broken markers or a document of another subject.
    """
    source = existing if existing else _new_document(report.subject)
    parts = split(source)
    _require_subject(parts, report.subject)
    newline = b"\r\n" if b"\r\n" in source.partition(b"\n")[0] + b"\n" else b"\n"
    front = _front_parts(parts, target, report, newline)
    section = _section_parts(target, report, lines, newline)
    return join(merge(parts, front, section, target, newline))


def _new_document(subject: Subject) -> bytes:
    title = f"# Production-readiness review: {escape(str(subject))}"
    return f"---\nreviewers: []\n---\n\n{title}\n\n".encode()


def _require_subject(parts: Sequence[Part], subject: Subject) -> None:
    """Both what the machine wrote before and what people wrote must be about this subject."""
    for text in (join(parts), _of_people(parts)):
        for name, wanted in _identity(subject).items():
            found = front_matter_value(text, name)
            if found is not None and found != wanted:
                raise Unreadable(
                    f"The PRR document is about {name} {found!r}, not {wanted!r}; file it under its own name, or mend "
                    "its front matter."
                )


def _of_people(parts: Sequence[Part]) -> bytes:
    return join(part for part in parts if part.name is None)


def _identity(subject: Subject) -> dict[str, str]:
    named = {"operation_id": subject.name} if subject.kind is SubjectKind.OPERATION else {}
    return {**named, "subject": str(subject)}


def _front_parts(parts: Sequence[Part], target: Target, report: Report, newline: bytes) -> list[Part]:
    """Front matter: who it is about (unless people wrote that), and the digest of each target's report."""
    identity = [
        f"{name}: {json.dumps(value, ensure_ascii=False)}"
        for name, value in _identity(report.subject).items()
        if front_matter_value(_of_people(parts), name) is None
    ]
    digests = [f'report_digest_{target}: "{report.digest}"']
    return [
        machine_part("front/subject", identity, newline, front_matter=True),
        machine_part(f"front/{target}", digests, newline, front_matter=True),
    ]


def _section_parts(target: Target, report: Report, lines: Sequence[LineText], newline: bytes) -> list[Part]:
    results = {result.line_id: result for result in report.results}
    summary = [
        f"## {TARGET_NAMES[target]}",
        "",
        f"{counts(results)}. Profile {code(report.profile)}, report {code(report.digest)}.",
        "Boxes are the pipeline's: ticking one by hand changes nothing. Write below an item what belongs to it.",
    ]
    parts = [machine_part(f"{target}/summary", summary, newline)]
    for section in dict.fromkeys(text.section for text in lines):
        parts.append(machine_part(f"{target}/section/{encode_id(section)}", [f"### {escape(section)}"], newline))
        for text in (text for text in lines if text.section == section):
            name = f"{target}/line/{encode_id(text.line_id)}"
            parts.append(machine_part(name, item(text, results.get(text.line_id)), newline))
    return [*parts, machine_part(f"{target}/end", [], newline)]
