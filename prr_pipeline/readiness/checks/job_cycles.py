"""Whether a job ran once, in this version, before it goes to production."""

from __future__ import annotations

from datetime import timedelta

from prr_pipeline.canonical import digest
from prr_pipeline.readiness.artefacts import AHEAD, current_artefact, read_artefact
from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.findings import met, unknown, unmet
from prr_pipeline.readiness.model import Finding, Reason
from prr_pipeline.readiness.parameters import Parameters
from prr_pipeline.readiness.registry import check
from prr_pipeline.readiness.sources import Sources
from prr_pipeline.repository.job_runs import read_job_runs
from prr_pipeline.subjects import Subject


class JobRan(Parameters):
    """``artefact``: CI's record of runs. ``stage``: where it must have run, at most ``max_age_days`` ago."""

    artefact: str
    stage: str
    max_age_days: int


@check("job_ran", JobRan, version=2)
def job_ran(sources: Sources, facts: Facts, subject: Subject, parameters: JobRan) -> Finding:
    """The last run of the job in the stage, of the judged code, passed."""
    fact = current_artefact(facts, parameters.artefact)
    runs = [
        each
        for each in read_artefact(sources, fact, read_job_runs)
        if (each.job, each.stage) == (subject.name, parameters.stage)
    ]
    own = sorted((each for each in runs if each.commit == fact.commit), key=lambda each: each.finished_at)
    judged = digest([subject.name, parameters.stage, [[each.commit, each.passed] for each in own]])
    where = f"in {parameters.stage} ({fact.source})"
    if not own:
        other = f" at {fact.commit[:12]}, only at {runs[-1].commit[:12]}" if runs else ""
        return unmet(f"{subject.name} did not run {where}{other}; let it run once and record the run.", judged)
    last = own[-1]
    at = f"{last.finished_at:%Y-%m-%d %H:%M} UTC"
    if not last.passed:
        return unmet(f"{subject.name} failed at {at} {where}; mend it and let it run again.", judged)
    if not facts.has_passed(last.finished_at - AHEAD - timedelta.resolution):
        message = f"{subject.name} is said to have run at {at} {where}, which lies ahead; record when it ran."
        return unknown(Reason.UNREADABLE, message, judged)
    if facts.has_passed(last.finished_at + timedelta(days=parameters.max_age_days)):
        message = (
            f"{subject.name} last ran at {at} {where}, more than {parameters.max_age_days} days ago; run it again."
        )
        return unknown(Reason.STALE, message, judged)
    return met(f"{subject.name} ran at {at} {where}.", judged)
