"""A job's place in the registry: an entry with a schedule that runs, and a target."""

from __future__ import annotations

from datetime import UTC, datetime

from prr_pipeline.canonical import digest
from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.findings import listed, met, unknown, unmet
from prr_pipeline.readiness.job_crons import Registered, left_out
from prr_pipeline.readiness.job_entries import job_entry, job_ids, position_of
from prr_pipeline.readiness.members import Placed, text_of
from prr_pipeline.readiness.model import Finding, Location, Reason
from prr_pipeline.readiness.parameters import Parameters
from prr_pipeline.readiness.registry import check
from prr_pipeline.readiness.schedules import last_year, schedule_fault
from prr_pipeline.readiness.sources import NotSeen, Sources
from prr_pipeline.repository.typescript.code import Found
from prr_pipeline.repository.typescript.expressions import Record, Text
from prr_pipeline.subjects import Subject


class JobIsRegistered(Parameters):
    """``file`` exports ``name``, a list or object of jobs; the rest are the fields of each."""

    file: str
    name: str
    id_field: str
    schedule_field: str
    target_field: str


@check("job_is_registered", JobIsRegistered)
def job_is_registered(sources: Sources, facts: Facts, subject: Subject, parameters: JobIsRegistered) -> Finding:
    """The registry has an entry of the job, whose schedule is one that runs, and whose target is named."""
    path, name = parameters.file, parameters.name
    if not sources.exists(path):
        message = f"{path} does not exist; write it with an entry for {subject.name}."
        return unmet(message, digest([path, subject.name]), [Location(path)])
    try:
        entry = job_entry(sources, subject, path, name, parameters.id_field)
    except NotSeen:
        return _absent(sources, subject, parameters)
    here = Location(entry.path, entry.expression.line, subject.name)
    schedule = _text(sources, entry, parameters.schedule_field)
    target = _given(entry, parameters.target_field)
    judged = digest([path, subject.name, schedule, target])
    faults = [] if target else [f"{parameters.target_field} is missing"]
    if not _given(entry, parameters.schedule_field):
        faults.append(f"{parameters.schedule_field} is missing")
    elif schedule is not None and (why := schedule_fault(schedule)) is not None:
        faults.append(f"{parameters.schedule_field} {schedule!r} never runs: {why}")
    elif schedule is not None and _is_over(facts, schedule):
        faults.append(f"{parameters.schedule_field} {schedule!r} runs no more: its last year has passed")
    if job_ids(sources, path, name, parameters.id_field).count(subject.name) > 1:
        faults.append(f"{parameters.id_field} is that of another entry too")
    if faults:
        return unmet(f"{name} in {path}: of {subject.name}, {listed(faults)}.", judged, [here])
    if schedule is None:
        message = f"The {parameters.schedule_field} of {subject.name} is told only by running it; write it as a text."
        return unknown(Reason.NOT_RESOLVABLE, message, judged, [here])
    return _left_out(sources, subject, parameters, judged) or met(
        f"{name} in {path} has {subject.name}, {schedule}.", judged, [here]
    )


def _left_out(sources: Sources, subject: Subject, parameters: JobIsRegistered, judged: str) -> Finding | None:
    """What is said where the infrastructure goes through the registry and leaves the job out, or may do so."""
    infra = sources.profile.value("paths.job_infra")
    registry = sources.code().exported(parameters.file, parameters.name)
    if infra is None or not sources.exists(infra) or not isinstance(registry, Found):
        return None
    position = position_of(sources, subject, parameters.file, parameters.name, parameters.id_field)
    found = left_out(sources, infra, Registered(subject.name, registry, position))
    if found is None:
        return None
    where, way_out = f"{infra}:{found.place.line}", f"go through all of {parameters.name}"
    if found.sure:
        return unmet(f"{where} schedules the jobs without {subject.name}; {way_out}.", judged, [found.place])
    message = f"Whether {where} leaves {subject.name} out as it schedules the jobs cannot be told; {way_out}."
    return unknown(Reason.NOT_RESOLVABLE, message, judged, [found.place])


def _is_over(facts: Facts, schedule: str) -> bool:
    last = last_year(schedule)
    return last is not None and facts.has_passed(datetime(last + 1, 1, 1, tzinfo=UTC))


def _absent(sources: Sources, subject: Subject, parameters: JobIsRegistered) -> Finding:
    path, name = parameters.file, parameters.name
    literal = sources.literal(path, name)
    judged, place = digest([path, subject.name, None]), Location(path, literal.line, name)
    if literal.gaps:
        hidden = f"line {literal.gaps[0].line} is told only by running it"
        message = f"{name} shows no plain entry of {subject.name}, and {hidden}; write it out."
        return unknown(Reason.NOT_RESOLVABLE, message, judged, [place])
    return unmet(f"{name} in {path} has no entry for {subject.name}; add one.", judged, [place])


def _given(entry: Found, field: str) -> bool:
    """Whether the entry holds something there."""
    value = entry.expression.get(field) if isinstance(entry.expression, Record) else None
    return value is not None and not (isinstance(value, Text) and value.value is not None and not value.value.strip())


def _text(sources: Sources, entry: Found, field: str) -> str | None:
    value = entry.expression.get(field) if isinstance(entry.expression, Record) else None
    return text_of(sources.code(), Placed(value, entry.path, value.line, entry.at)) if value is not None else None
