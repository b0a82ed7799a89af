"""A job that keeps failing is heard: the failure is logged, and an alarm fires on repeated ones."""

from __future__ import annotations

from collections.abc import Mapping

from prr_pipeline.canonical import digest
from prr_pipeline.readiness.alarm_facts import METRIC, acts, number_at, texts_at
from prr_pipeline.readiness.emitted_metrics import is_emitted
from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.failure_branches import on_failure
from prr_pipeline.readiness.findings import listed, met, unknown, unmet
from prr_pipeline.readiness.infra import alarms_of, service_construct
from prr_pipeline.readiness.model import Finding, Location, Reason
from prr_pipeline.readiness.parameters import Parameters
from prr_pipeline.readiness.registry import check
from prr_pipeline.readiness.sources import Sources
from prr_pipeline.readiness.spoken import pieces, speaks_of
from prr_pipeline.repository.typescript.code import Found
from prr_pipeline.repository.typescript.expressions import Function
from prr_pipeline.repository.typescript.modules import CallSite, Module
from prr_pipeline.subjects import Subject

_THRESHOLD = ("threshold",)
_NAMESPACE = ("namespace",)
_PERIODS = ("datapointsToAlarm", "evaluationPeriods")


class FailuresAreLogged(Parameters):
    """``file``: what runs the jobs. ``calls``: what logs a failure, such as ``logger.error``."""

    file: str
    calls: list[str]


class FailuresAreAlarmed(Parameters):
    """``words``: what names an alarm of all jobs; one that holds the job's id is its own.

    ``repeated``: at which failure, in a row or in one period, an alarm must have fired.
    """

    file: str
    calls: list[str]
    key: str
    words: list[str]
    repeated: int


@check("failures_are_logged", FailuresAreLogged)
def failures_are_logged(sources: Sources, _facts: Facts, subject: Subject, parameters: FailuresAreLogged) -> Finding:
    """A branch of what runs the job logs the failure, itself or in a function that it calls."""
    path = sources.fill(parameters.file, subject)
    if not sources.exists(path):
        message = f"{path} does not exist, so nothing logs a failure of {subject.name}; write it."
        return unmet(message, digest([path]), [Location(path)])
    module = sources.code().module(path)
    branches = [site for site in module.calls if on_failure(sources, module, site)]
    logging = [
        site for site in branches if site.callee in parameters.calls or _calls_one(sources, module, site, parameters)
    ]
    judged = digest([path, sorted({site.callee for site in logging})])
    if logging:
        message = f"{path} logs a failure with {logging[0].callee} (seen in the code, not on every path)."
        return met(message, judged, [Location(path, site.line, site.callee) for site in logging])
    message = f"No failure branch of {path} logs ({' or '.join(parameters.calls)}); log there what failed."
    return unmet(message, judged, [Location(path)])


@check("failures_are_alarmed", FailuresAreAlarmed, version=2)
def failures_are_alarmed(sources: Sources, _facts: Facts, subject: Subject, parameters: FailuresAreAlarmed) -> Finding:
    """An alarm of the job, or of all jobs, fires at the latest at the declared number of failures."""
    path = sources.fill(parameters.file, subject)
    if not sources.exists(path):
        message = f"{path} does not exist, so nothing alarms on {subject.name}; declare an alarm there."
        return unmet(message, digest([path]), [Location(path)])
    construct = service_construct(sources, path, parameters.calls)
    found = [each for each in alarms_of(sources, construct, parameters.key) if _concerns(*each, subject, parameters)]
    off = [name for name, each in found if acts(sources, each) is False]
    found = [(name, each) for name, each in found if name not in off]
    limits = {name: _failures(definition) for name, definition in found}
    judged = digest([path, subject.name, [[name, limits[name]] for name in sorted(limits)]])
    places = [Location(each.path, each.expression.line, name) for name, each in found] or [construct.location]
    if not found:
        silent = f" that acts (the actions of {listed(off)} are off)" if off else ""
        message = f"{path} declares no alarm on failures of {subject.name} or of all jobs{silent}; add one to "
        message += f"{parameters.key}."
        return unmet(message, judged, places)
    early = [name for name, limit in limits.items() if limit is not None and limit <= parameters.repeated]
    emitted = {name: _is_emitted(sources, definition, path) for name, definition in found if name in early}
    counted = [name for name in early if emitted[name]]
    if early and not counted:
        return _uncounted(subject, path, emitted, judged, places)
    early = counted
    if early:
        message = f"{path} alarms on failures of {subject.name} after {limits[early[0]]} ({early[0]})."
        return met(message, judged, places, failures=limits[early[0]])
    if None in limits.values():
        message = f"{path} does not show at how many failures {listed(list(limits))} fires; write its threshold."
        return unknown(Reason.NOT_RESOLVABLE, message, judged, places)
    late = [f"{name} fires at {limit} failures" for name, limit in limits.items()]
    return unmet(f"{path}: {listed(late)}, and {parameters.repeated} are repeated ones; lower it.", judged, places)


def _is_emitted(sources: Sources, definition: Found, path: str) -> bool | None:
    """Whether the alarm's metric is counted; what names none, or one of a provider, is."""
    metrics = texts_at(definition, METRIC)
    if not metrics or any(each.startswith("AWS/") for each in texts_at(definition, _NAMESPACE)):
        return True
    told = [is_emitted(sources, each, path) for each in metrics]
    return True if True in told else None if None in told else False


def _uncounted(
    subject: Subject, path: str, emitted: Mapping[str, bool | None], judged: str, places: list[Location]
) -> Finding:
    """What is said of alarms whose metric is not seen to be counted."""
    if None in emitted.values():
        name = next(name for name, told in emitted.items() if told is None)
        message = f"Whether anything counts the metric of {name} in {path} cannot be told; count it by its plain name."
        return unknown(Reason.NOT_RESOLVABLE, message, judged, places)
    message = (
        f"No code counts the metric of {listed(list(emitted))} in {path}, so it never fires for {subject.name}; count "
        "each failure under that name."
    )
    return unmet(message, judged, places)


def _calls_one(sources: Sources, module: Module, site: CallSite, parameters: FailuresAreLogged) -> bool:
    found = sources.code().follow(module.path, site.call.callee, site.start)
    if not isinstance(found, Found) or not isinstance(found.expression, Function):
        return False
    inner = sources.code().module(found.path).calls_in(found.expression)
    return any(each.callee in parameters.calls for each in inner)


def _concerns(name: str, definition: Found, subject: Subject, parameters: FailuresAreAlarmed) -> bool:
    own = pieces(subject.name)
    texts = (name, *texts_at(definition, METRIC))
    return any(speaks_of(text, parameters.words) for text in texts) or any(_holds(pieces(text), own) for text in texts)


def _holds(text: list[str], own: list[str]) -> bool:
    return bool(own) and any(text[at : at + len(own)] == own for at in range(len(text)))


def _failures(definition: Found) -> int | None:
    """How many failures it takes: the threshold of one period, as often as periods must pass it."""
    threshold, periods = number_at(definition, _THRESHOLD), number_at(definition, _PERIODS)
    return threshold * (periods or 1) if threshold else None
