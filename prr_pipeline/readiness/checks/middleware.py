"""The canonical middleware pipeline: every declared step, in the declared order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Literal

from prr_pipeline.canonical import digest
from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.findings import listed, met, unknown, unmet
from prr_pipeline.readiness.model import Finding, Location, Reason
from prr_pipeline.readiness.parameters import Parameters
from prr_pipeline.readiness.registry import check
from prr_pipeline.readiness.routes import Route, pipeline_of, route_of
from prr_pipeline.readiness.sources import Sources
from prr_pipeline.readiness.step_origins import Origins, origins_of
from prr_pipeline.repository.typescript.pipelines import Pipeline, Step
from prr_pipeline.subjects import Subject


class MiddlewareOrderIs(Parameters):
    """``order``: the steps, outermost first. ``names``: step to its name in code. ``only_for``: step to the methods
    that need it (a step without an entry is needed by all). ``others``: whether other steps may stand between.
    ``defined_under``: globs of the files, and names of the packages, that steps and composers come from; any but the
    route's own file if it is not declared."""

    order: list[str]
    names: dict[str, str]
    composers: list[str]
    only_for: dict[str, list[str]] | None = None
    others: Literal["allow", "refuse"] = "allow"
    defined_under: list[str] | None = None


@check("middleware_order_is", MiddlewareOrderIs)
def middleware_order_is(sources: Sources, _facts: Facts, subject: Subject, parameters: MiddlewareOrderIs) -> Finding:
    """Every step of the canonical pipeline stands around the operation's handler, in the canonical order.

    A function of that name which the route file defines itself, or which comes from elsewhere, is no such step.
    """
    route = route_of(sources, subject)
    nameless = [step for step in parameters.order if step not in parameters.names]
    if nameless:
        message = (
            f"middleware.names_in_code does not say what {listed(nameless)} is called in code; add it to the profile."
        )
        return unknown(Reason.NOT_DECLARED, message, digest([route.path]))
    pipeline = pipeline_of(sources, route, frozenset(parameters.names.values()), frozenset(parameters.composers))
    steps = {name: step for step, name in parameters.names.items()}
    seen = [(steps.get(step.name), step) for step in pipeline.steps]
    judged = digest([route.path, route.method, [[name, step.name] for name, step in seen]])
    places = [Location(step.path, step.line, step.name) for _, step in seen] or [route.location]
    faults, origins = _faults(route, seen, parameters), _origins(sources, route, pipeline, parameters)
    if pipeline.lost:
        return _unresolved(route, pipeline, faults, judged)
    faults += origins.foreign
    if faults:
        return unmet(f"{route.method} {route.url} in {route.path}: {'; '.join(faults)}.", judged, places)
    if origins.lost:
        message = f"Where {listed(origins.lost)} comes from cannot be told; import it by name from where it is defined."
        return unknown(Reason.NOT_RESOLVABLE, message, judged, places)
    names = ", ".join(name for name, _ in seen if name)
    return met(f"{route.method} {route.url} composes {names} (seen in the code, not run).", judged, places)


def _origins(sources: Sources, route: Route, pipeline: Pipeline, parameters: MiddlewareOrderIs) -> Origins:
    names = parameters.names.values()
    return origins_of(sources, route, pipeline.steps, names, parameters.composers, parameters.defined_under)


def _faults(route: Route, seen: Sequence[tuple[str | None, Step]], parameters: MiddlewareOrderIs) -> list[str]:
    present = [name for name, _ in seen if name is not None]
    only_for = parameters.only_for or {}
    needed = [step for step in parameters.order if route.method in only_for.get(step, [route.method])]
    faults = []
    missing = [step for step in needed if step not in present]
    if missing:
        calls = listed([f"{step} ({parameters.names[step]})" for step in missing])
        faults.append(f"{calls} {'is' if len(missing) == 1 else 'are'} missing")
    twice = sorted({name for name in present if present.count(name) > 1})
    if twice:
        faults.append(f"{listed(twice)} stands more than once")
    faults += _disorder(present, parameters.order)
    strangers = [step.name for name, step in seen if name is None]
    if strangers and parameters.others == "refuse":
        faults.append(f"{listed(strangers)} is no step of the canonical pipeline")
    return faults


def _disorder(present: Sequence[str], order: Sequence[str]) -> list[str]:
    """The first step that stands before one that it must follow."""
    rank: Mapping[str, int] = {step: at for at, step in enumerate(order)}
    known = [name for name in present if name in rank]
    for earlier, later in pairwise(known):
        if rank[earlier] > rank[later]:
            return [f"{earlier} stands before {later}; the order is {', '.join(order)}"]
    return []


def _unresolved(route: Route, pipeline: Pipeline, faults: Sequence[str], judged: str) -> Finding:
    lost = pipeline.lost[0]
    seen = f" What was seen: {'; '.join(faults)}." if faults else ""
    message = (
        f"The pipeline of {route.method} {route.url} cannot be followed at {lost.path}:{lost.line} ({lost.why}); "
        f"compose it from plain names.{seen}"
    )
    places = [Location(each.path, each.line) for each in pipeline.lost]
    return unknown(Reason.NOT_RESOLVABLE, message, judged, places)
