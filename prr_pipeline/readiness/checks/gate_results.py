"""Checks of CI that must be green at the judged code."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated

from msgspec import Meta

from prr_pipeline.canonical import digest
from prr_pipeline.readiness.artefacts import AHEAD, current_artefact, read_artefact
from prr_pipeline.readiness.facts import ArtefactFact, Facts
from prr_pipeline.readiness.findings import listed, met, unknown, unmet
from prr_pipeline.readiness.model import Finding, Location, Reason
from prr_pipeline.readiness.parameters import Parameters
from prr_pipeline.readiness.registry import check
from prr_pipeline.readiness.sources import Sources
from prr_pipeline.repository.gate_results import FAILED, Conclusion, GateResult, read_gate_results
from prr_pipeline.subjects import Subject


class ChecksAreGreen(Parameters):
    """``required``: names of checks. ``min_count``: least number of green checks in all. ``source``: the file that
    the check runs, which must be there."""

    artefact: str
    required: Annotated[list[str], Meta(min_length=1)]
    min_count: Annotated[int, Meta(ge=0)] = 0
    source: str | None = None


@check("checks_are_green", ChecksAreGreen, version=2)
def checks_are_green(sources: Sources, facts: Facts, subject: Subject, parameters: ChecksAreGreen) -> Finding:
    """Each required check of CI succeeded at the judged code, in its last attempt."""
    judged = digest([sources.subject_digest(subject), sorted(parameters.required)])
    places = [Location(parameters.source)] if parameters.source else []
    if parameters.source is not None and not sources.exists(parameters.source):
        message = f"{parameters.source} does not exist, so {listed(parameters.required)} has nothing to run; write it."
        return unmet(message, judged, places)
    fact = current_artefact(facts, parameters.artefact)
    results = read_artefact(sources, fact, read_gate_results)
    latest = {name: results.latest(name) for name in parameters.required}
    green = {check.name for check in results.checks if _is_green(results.latest(check.name))}
    values = {"green": len(green), "ended": {n: str(each.conclusion) if each else None for n, each in latest.items()}}
    places += [Location(fact.blob.path, 0, each.url or name) for name, each in latest.items() if each is not None]
    failed = [name for name, each in latest.items() if each is not None and each.conclusion in FAILED]
    if failed:
        message = f"{listed(failed)} failed ({fact.source}); mend what it names and push."
        return unmet(message, judged, places, **values)
    unseen = [f"{name} ({why})" for name, each in latest.items() if (why := _unseen(each, fact, facts)) is not None]
    if unseen:
        reason = Reason.STALE if _of_other_commit(list(latest.values()), fact) else Reason.NO_EVIDENCE
        message = f"Not green in {fact.source}: {listed(unseen)}; let it run to its end at this commit."
        return unknown(reason, message, judged, places, **values)
    if len(green) < parameters.min_count:
        message = f"{len(green)} checks are green ({fact.source}), {parameters.min_count} are needed."
        return unmet(message, judged, places, **values)
    return met(f"{listed(parameters.required)} succeeded ({fact.source}).", judged, places, **values)


def _is_green(result: GateResult | None) -> bool:
    return result is not None and result.conclusion is Conclusion.SUCCESS


def _unseen(result: GateResult | None, fact: ArtefactFact, facts: Facts) -> str | None:
    """Why a check has not shown anything; None for one that succeeded at the artefact's commit."""
    if result is None:
        return "did not run"
    if result.commit is not None and result.commit != fact.commit:
        return f"ran at {result.commit[:12]}"
    ended = result.completed_at
    if ended is not None and not facts.has_passed(ended - AHEAD - timedelta.resolution):
        return f"ended at {ended:%Y-%m-%d %H:%M} UTC, which lies ahead"
    return None if result.conclusion is Conclusion.SUCCESS else f"ended as {result.conclusion}"


def _of_other_commit(results: Sequence[GateResult | None], fact: ArtefactFact) -> bool:
    return any(each is not None and each.commit not in (None, fact.commit) for each in results)
