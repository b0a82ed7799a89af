"""A number that a load test measured, against the one that the specification declares."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from msgspec import Meta

from prr_pipeline.canonical import digest
from prr_pipeline.readiness.artefacts import read_artefact, young_artefact
from prr_pipeline.readiness.facts import ArtefactFact, Facts
from prr_pipeline.readiness.findings import listed, met, unknown, unmet
from prr_pipeline.readiness.load_scripts import Asked, Bound, bounds_in, number_of
from prr_pipeline.readiness.model import Finding, Location, Reason
from prr_pipeline.readiness.parameters import Parameters
from prr_pipeline.readiness.registry import check
from prr_pipeline.readiness.sources import NotSeen, Sources
from prr_pipeline.repository.load_test import LoadTest, Metric, read_load_test, upper_bound
from prr_pipeline.repository.openapi import MISSING
from prr_pipeline.subjects import Subject


class NumberIsWithin(Parameters):
    """``extension`` (its ``field``, where it is a mapping) declares the most that ``statistic`` of ``metric`` may be,
    of what the load test tags with the subject's name under ``tag``. ``scripts``: glob of the load scripts."""

    artefact: str
    max_age_days: Annotated[int, Meta(ge=1)]
    prefix: str
    extension: str
    field: str | None = None
    metric: str
    statistic: str
    tag: str
    scripts: str


@check("number_is_within", NumberIsWithin)
def number_is_within(sources: Sources, facts: Facts, subject: Subject, parameters: NumberIsWithin) -> Finding:
    """The operation declares a budget, a load script holds its test to it, and a recent run stayed within it."""
    operation = sources.operation(subject)
    name = parameters.extension if parameters.extension.startswith("x-") else parameters.prefix + parameters.extension
    here = Location(operation.spec.path, operation.line, subject.name)
    own = sources.subject_digest(subject)
    declared: Any = operation.extension(name)
    budget = number_of(declared, parameters.field)
    if declared is MISSING or declared is None:
        return unmet(f"{subject.name} declares no {name}; write one.", own, [here])
    if budget is None:
        message = f"{name} of {subject.name} holds no positive number{_under(parameters.field)}; write one."
        return unknown(Reason.NOT_DECLARED, message, own, [here])
    asked = Asked(parameters.metric, parameters.statistic, parameters.tag, subject.name)
    bound = _bound(sources, parameters, asked, budget, own)
    if isinstance(bound, Finding):
        return bound
    judged = digest([own, _text(bound.value or 0)])
    fact = young_artefact(facts, parameters.artefact, parameters.max_age_days)
    return _measured(fact, read_artefact(sources, fact, read_load_test), asked, budget, judged, [bound.place, here])


def _bound(sources: Sources, parameters: NumberIsWithin, asked: Asked, budget: float, own: str) -> Bound | Finding:
    """The script's bound, or the finding where it holds none, or a higher one."""
    bounds, lost = bounds_in(sources, parameters.scripts, asked)
    places = [bound.place for bound in bounds]
    high = [bound for bound in bounds if bound.value is not None and bound.value > budget]
    if high:
        at = high[0].place
        message = (
            f"{at.path}:{at.line} lets {asked.value} cost {_text(high[0].value or 0)}, and the specification "
            f"{_text(budget)}; make them equal."
        )
        return unmet(message, digest([own, "above"]), places)
    known = [bound for bound in bounds if bound.value is not None]
    if known:
        return known[0]
    if bounds or lost:
        where = f"{places[0].path}:{places[0].line} leaves it to running code" if places else lost[0].rstrip(".")
        message = f"The threshold of {asked.value} in {parameters.scripts} cannot be told: {where}; write it out."
        raise NotSeen(Reason.NOT_RESOLVABLE, message, places)
    message = (
        f"No load script of {parameters.scripts} holds {asked.statistic} of {asked.tagged} to a threshold; add "
        f"{asked.statistic}<={_text(budget)}."
    )
    return unmet(message, digest([own, "none"]), [Location(path) for path in sources.paths(parameters.scripts)])


def _measured(
    fact: ArtefactFact, result: LoadTest, asked: Asked, budget: float, judged: str, places: Sequence[Location]
) -> Finding:
    rows = _rows(result, asked)
    if not rows:
        message = f"The load test of {fact.source} measured no {asked.tagged}; run it for {asked.value}."
        return unknown(Reason.NO_EVIDENCE, message, judged, places)
    faults = [fault for row in rows for fault in _faults(result.tool, row, asked, budget)]
    if faults:
        return unmet(f"{asked.value} under load ({fact.source}): {listed(faults)}.", judged, places)
    numbers = [row.values.get(asked.statistic) for row in rows]
    # k6 writes zeros for a metric that nothing was added to.
    if any(number is None or number <= 0 for number in numbers):
        message = f"The load test of {fact.source} measured no {asked.statistic} of {asked.tagged}; run it again."
        return unknown(Reason.NO_EVIDENCE, message, judged, places)
    highest = max(number for number in numbers if number is not None)
    values = {"measured": _text(highest), "budget": _text(budget)}
    message = f"{asked.value} took {_text(highest)} of {_text(budget)} under load ({fact.source})."
    return met(message, judged, places, **values)


def _faults(tool: str, row: Metric, asked: Asked, budget: float) -> list[str]:
    number = row.values.get(asked.statistic)
    found = []
    if number is not None and number > budget:
        found.append(f"{asked.statistic} is {_text(number)}, above the budget of {_text(budget)}")
    found += [f"the threshold {each.expression} was crossed" for each in row.thresholds if not each.kept]
    bounds = [upper_bound(each.expression, asked.statistic) for each in row.thresholds]
    if tool == "k6" and not any(bound is not None and bound <= budget for bound in bounds):
        found.append(f"the run held {asked.statistic} to no threshold of {_text(budget)} or less")
    return found


def _rows(result: LoadTest, asked: Asked) -> list[Metric]:
    """The metric of the subject alone if there is one, else every part of it; Artillery has it in the name."""
    tagged = [m for m in result.metrics if m.name == asked.metric and m.tags.get(asked.tag) == asked.value]
    alone = [metric for metric in tagged if len(metric.tags) == 1]
    return alone or tagged or [m for m in result.metrics if m.name == f"{asked.metric}.{asked.value}"]


def _under(field: str | None) -> str:
    return f" under {field}" if field else ""


def _text(number: float) -> str:
    return f"{number:.10g}"
