"""Does code count what an alarm watches: is a metric of that name made and used?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from prr_pipeline.errors import PrrError
from prr_pipeline.readiness.failure_branches import on_success
from prr_pipeline.readiness.members import Placed, text_of
from prr_pipeline.readiness.named_calls import scanned
from prr_pipeline.readiness.sources import NotSeen, Sources
from prr_pipeline.repository.typescript.expressions import Expression, Name, Text, dotted
from prr_pipeline.repository.typescript.fragment_reader import read_fragments
from prr_pipeline.repository.typescript.modules import CallSite, Module

_PROVIDER = frozenset(
    (
        "Errors", "Throttles", "Invocations", "Duration", "DeadLetterErrors", "FailedInvocations",
        "InvocationsFailedToBeSentToDlq", "InvocationDroppedCount", "TargetErrorCount", "TargetErrorThrottledCount",
        "ApproximateNumberOfMessagesVisible", "ApproximateAgeOfOldestMessage", "RunningTaskCount",
        "ExecutionsFailed", "ExecutionsTimedOut",
    )
)  # fmt: skip
_MAKING = ("create", "make", "new", "counter", "histogram", "gauge", "meter", "metric")
_TELLING = frozenset(("info", "warn", "error", "debug", "trace", "log"))
_NAMING = frozenset(("metric", "metricName", "MetricName", "name", "Name"))
_FILTER = "MetricFilter"


def is_emitted(sources: Sources, metric: str, infra: str) -> bool | None:
    """Whether code of the folder of an infrastructure file, or what that imports, counts a metric.

    A provider's own metrics are counted by it. None where only running the code could tell.
    """
    if metric in _PROVIDER or _is_filtered(sources, sources.code().module(infra), metric):
        return True
    told: list[bool | None] = []
    modules = _modules(sources, infra)
    for module in modules:
        told += _told(sources, module, metric, modules)
    if True in told:
        return True
    # What a provider counts is in words with capitals, of which nobody knows all.
    is_own = metric == metric.lower()
    return None if None in told or not (told or is_own) or _makes_unknown(sources, modules) else False


def _modules(sources: Sources, infra: str) -> list[Module]:
    """The modules of the folder, and all that they need at run time."""
    folder = infra.rpartition("/")[0]
    try:
        own = [each for each in scanned(sources, f"{folder}/**").modules if each.path != infra]
    except NotSeen:
        return []
    needed = {path for each in own for path in sources.code().closure(each.path).files}
    found = {each.path: each for each in own}
    for path in sorted(needed - {infra} - set(found)):
        try:
            found[path] = sources.code().module(path)
        except PrrError:
            continue
    return list(found.values())


def _told(sources: Sources, module: Module, metric: str, modules: Sequence[Module]) -> Iterator[bool | None]:
    """For each place that names the metric whether it counts it."""
    for site in module.calls:
        if not any(_text(sources, module, each, site) == metric for each in site.call.arguments):
            continue
        last = site.callee.rpartition(".")[2]
        if site.call.new or last.lower().startswith(_MAKING) or last.lower().endswith(("counter", "metric")):
            yield _is_used(sources, module, site, modules)
        elif last not in _TELLING:
            yield not on_success(sources, module, site)
    for given in read_fragments(sources.blob(module.path)).given:
        if given.name == metric:
            yield True
        elif given.name in _NAMING and isinstance(given.value, Text) and given.value.value == metric:
            yield None


def _is_used(sources: Sources, module: Module, made: CallSite, modules: Sequence[Module]) -> bool | None:
    """Whether anything is called of what a call made, and not only where all is well."""
    if any(each.start == made.start and each.end > made.end for each in module.calls):
        return True
    names = {name for name, value in module.definitions.items() if value == made.call}
    names |= {name for name, bound in module.locals.items() if any(each.value == made.call for each in bound)}
    if not names:
        return None
    for other in modules:
        held = {name for name in names if other.path == module.path}
        if module.exports:
            held |= {own for each in other.imports for own, there in each.names.items() if there in names}
        for site in other.calls:
            called = site.callee.partition(".")[0] in held and "." in site.callee
            handed = any(isinstance(each, Name) and each.name in held for each in site.call.arguments)
            if (called or handed) and not on_success(sources, other, site):
                return True
    return False


def _makes_unknown(sources: Sources, modules: Sequence[Module]) -> bool:
    """Whether a metric is made of which the name cannot be told."""
    for module in modules:
        for site in module.calls:
            last, given = site.callee.rpartition(".")[2], site.call.arguments[:1]
            makes = last.startswith("create") and last.endswith(("Counter", "Histogram", "Gauge"))
            if makes and any(_text(sources, module, each, site) is None for each in given):
                return True
    return False


def _is_filtered(sources: Sources, infra: Module, metric: str) -> bool:
    """Whether a filter of logs counts it."""
    has_filter = any(_FILTER in dotted(each.call.callee) for each in infra.calls)
    texts = [each.value for each in read_fragments(sources.blob(infra.path)).texts]
    return has_filter and sum(isinstance(each, Text) and each.value == metric for each in texts) > 1


def _text(sources: Sources, module: Module, value: Expression, site: CallSite) -> str | None:
    return text_of(sources.code(), Placed(value, module.path, site.line, site.start))
