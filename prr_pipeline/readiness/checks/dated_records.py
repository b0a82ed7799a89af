"""Documents that must be dated after something was over, such as the review of a month's feedback."""

from __future__ import annotations

from datetime import date, datetime

from msgspec import field

from prr_pipeline.canonical import digest, instant_text
from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.findings import met, unknown, unmet
from prr_pipeline.readiness.model import Finding, Location, Reason
from prr_pipeline.readiness.parameters import Parameters
from prr_pipeline.readiness.registry import check
from prr_pipeline.readiness.sources import Sources
from prr_pipeline.repository.documents import Document
from prr_pipeline.subjects import Subject


class DatedRecordExists(Parameters):
    """``line`` fell due so many ``days`` after full exposure, unless it has a date of its own.

    ``date_fields``: keys of the front matter that may hold the date; ``required`` false: a signed statement is enough.
    """

    line: str
    days: int
    file: str | None = None
    date_fields: list[str] = field(default_factory=list)
    min_words: int = 0
    required: bool = True


@check("dated_record_exists", DatedRecordExists)
def dated_record_exists(sources: Sources, facts: Facts, subject: Subject, parameters: DatedRecordExists) -> Finding:
    """The document is dated at or after the day on which the line fell due, and is no stub."""
    after = facts.after_ga
    if after is None:
        message = "Nobody knows since when everybody has it; judge with the deployment's settings."
        return unknown(Reason.NO_EVIDENCE, message, digest([str(subject)]))
    due = after.falls_due(parameters.line, parameters.days)
    path = sources.fill(parameters.file, subject) if parameters.file is not None else None
    if path is None or not sources.exists(path):
        judged = digest([str(subject), instant_text(after.full_at)])
        where = f" at {path}" if path is not None else ""
        if parameters.required:
            return unmet(f"There is no document{where}; write it.", judged, [Location(path)] if path else [])
        return met(f"There is no document{where}; the signed statement stands for it.", judged, ())
    judged = digest([str(subject), instant_text(after.full_at), sources.snapshot.blob_id(path)])
    fault = _fault(sources.document(path), due, parameters)
    if fault is not None:
        return unmet(f"{path} {fault}.", judged, [Location(path)])
    return met(f"{path} is dated after the month was over.", judged, [Location(path)], due=instant_text(due))


def _fault(document: Document, due: datetime, parameters: DatedRecordExists) -> str | None:
    fields = " or ".join(parameters.date_fields)
    written = next((v for name in parameters.date_fields if (v := document.front_matter.get(name)) is not None), None)
    dated = day_of(written)
    if dated is None:
        return f"has no date (2026-01-31) under {fields} in its front matter; date it"
    if dated < due.date():
        return f"is dated {dated}, before it was due on {due.date()}; write down what came after that, and date it anew"
    if document.words < parameters.min_words:
        return f"is a stub ({document.words} of at least {parameters.min_words} words); write what was found"
    return None


def day_of(value: object) -> date | None:
    """The day in a text such as ``2026-01-31``, alone or at the start of an instant; None for anything else."""
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError:
        return None
