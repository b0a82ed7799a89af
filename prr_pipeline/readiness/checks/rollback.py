"""A deploy can be taken back: for each service that changes, a drill of late or real steps in its runbook."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Annotated

from msgspec import Meta, field

from prr_pipeline.canonical import digest
from prr_pipeline.readiness.checks.dated_records import day_of
from prr_pipeline.readiness.deploys import deploy_of, deployed_services
from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.findings import listed, met, not_applicable, unmet
from prr_pipeline.readiness.model import Finding, Location
from prr_pipeline.readiness.parameters import Parameters
from prr_pipeline.readiness.registry import check
from prr_pipeline.readiness.sources import Sources
from prr_pipeline.repository.documents import Section
from prr_pipeline.subjects import Subject


class RollbackIsPrepared(Parameters):
    """``drill``: the record of a service's drill, dated under one of ``date_fields``, at most ``max_age_days`` old.

    ``runbook``: where a section with one of ``headings`` must name a real step, with one of ``words``. ``ignored``:
    changes that deploy nothing.
    """

    drill: str
    date_fields: Annotated[list[str], Meta(min_length=1)]
    max_age_days: Annotated[int, Meta(ge=1)]
    runbook: str
    headings: Annotated[list[str], Meta(min_length=1)]
    words: Annotated[list[str], Meta(min_length=1)]
    ignored: list[str] = field(default_factory=list)


@check("rollback_is_prepared", RollbackIsPrepared)
def rollback_is_prepared(sources: Sources, facts: Facts, subject: Subject, parameters: RollbackIsPrepared) -> Finding:
    """For each service that changes with the deploy its rollback was drilled of late, or its runbook tells real steps.

    What is judged leaves the name of the deploy out: who attests a rollback attests these steps.
    """
    services = deployed_services(sources, deploy_of(facts, subject), parameters.ignored)
    if not services:
        return not_applicable(f"No service changes with {subject.name}.", digest(["no service"]))
    faults: list[str] = []
    seen: list[str] = []
    rows: list[object] = []
    places: list[Location] = []
    for service in services:
        drill, runbook = (each.replace("{service}", service) for each in (parameters.drill, parameters.runbook))
        drilled = _drill_fault(sources, facts, drill, parameters)
        written = _runbook_fault(sources, runbook, parameters)
        good = [path for path, fault in ((drill, drilled), (runbook, written)) if fault is None]
        rows.append([service, [[path, sources.snapshot.blob_id(path)] for path in good]])
        places += [Location(path) for path in good or (drill, runbook)]
        seen += good[:1]
        if not good:
            faults.append(f"{service}: {drilled}, and {written}")
    judged = digest(rows)
    if faults:
        return unmet(f"{listed(faults)}; drill the rollback and record it, or write down its steps.", judged, places)
    return met(f"The rollback is told by {listed(seen)}.", judged, places)


def _drill_fault(sources: Sources, facts: Facts, path: str, parameters: RollbackIsPrepared) -> str | None:
    if not sources.exists(path):
        return f"no drill is recorded at {path}"
    matter = sources.document(path).front_matter
    dated = day_of(next((matter[name] for name in parameters.date_fields if matter.get(name) is not None), None))
    if dated is None:
        return f"{path} bears no date under {' or '.join(parameters.date_fields)}"
    today = facts.today
    if dated > today:
        return f"the drill of {path} lies ahead ({dated})"
    if today - dated > timedelta(days=parameters.max_age_days):
        return f"the drill of {path} is older than {parameters.max_age_days} days ({dated})"
    return None


def _runbook_fault(sources: Sources, path: str, parameters: RollbackIsPrepared) -> str | None:
    if not sources.exists(path):
        return f"there is no runbook at {path}"
    headings = [heading.casefold() for heading in parameters.headings]
    own = [one for one in sources.document(path).sections if any(h in one.heading.casefold() for h in headings)]
    if not own:
        return f"{path} has no section on {' or '.join(parameters.headings)}"
    if not any(_names_a_step(one, parameters.words) for one in own):
        return f"its section in {path} names no real step ({', '.join(parameters.words)})"
    return None


def _names_a_step(section: Section, words: list[str]) -> bool:
    text = " ".join(re.split(r"[\s_-]+", section.body.casefold()))
    return any(" ".join(re.split(r"[\s_-]+", word.casefold())) in text for word in words)
