"""The alarms of a service: the families that are asked for, in code or as they stand in the account."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from prr_pipeline.canonical import digest
from prr_pipeline.readiness.alarm_facts import METRIC, STATISTIC, acts, texts_at
from prr_pipeline.readiness.alarm_limits import senseless_alarms
from prr_pipeline.readiness.answers import answered
from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.findings import listed, met, unknown, unmet
from prr_pipeline.readiness.infra import alarms_of, service_construct
from prr_pipeline.readiness.model import Finding, Location, Reason
from prr_pipeline.readiness.parameters import Parameters
from prr_pipeline.readiness.registry import check
from prr_pipeline.readiness.remote_facts import Alarm, AlarmsOf
from prr_pipeline.readiness.sources import NotSeen, Sources
from prr_pipeline.readiness.spoken import speaks_of
from prr_pipeline.repository.typescript.code import Found
from prr_pipeline.subjects import Subject


class AlarmsAreDeclared(Parameters):
    """``families``: what must be alarmed, to the words that name it. ``statistics``: family to its statistic.

    ``thresholds``: family to the highest one that still warns; ``periods``: how many in a row, at most.
    """

    file: str
    calls: list[str]
    key: str
    families: dict[str, list[str]]
    statistics: dict[str, str]
    thresholds: dict[str, int] | None = None
    periods: int | None = None


class AlarmsStand(AlarmsAreDeclared):
    """``stages``: where each family must be alarmed. The rest as for alarms that are declared."""

    stages: list[str]


@check("alarms_are_declared", AlarmsAreDeclared, version=2)
def alarms_are_declared(sources: Sources, _facts: Facts, subject: Subject, parameters: AlarmsAreDeclared) -> Finding:
    """The service's construct is given an alarm of each family, with the statistic that is asked for.

    An alarm at a threshold that nothing ever reaches is none.
    """
    path = sources.fill(parameters.file, subject)
    if not sources.exists(path):
        message = f"{path} does not exist, so it declares no alarm; declare {listed(list(parameters.families))} there."
        return unmet(message, digest([path]), [Location(path)])
    construct = service_construct(sources, path, parameters.calls)
    alarms = alarms_of(sources, construct, parameters.key)
    acting = {name: acts(sources, each) for name, each in alarms}
    loud = [(name, each) for name, each in alarms if acting[name] is not False]
    families = {name: _of_family(loud, words) for name, words in parameters.families.items()}
    said = {
        name: _statistics(families[name], wanted)
        for name, wanted in parameters.statistics.items()
        if families.get(name)
    }
    judged = digest([path, [[name, [each for each, _ in found]] for name, found in families.items()], _plain(said)])
    places = [Location(each.path, each.expression.line, name) for name, each in alarms] or [construct.location]
    faults = [_lacking(alarms, name, words) for name, words in parameters.families.items() if not families[name]]
    faults += [
        f"the alarm for {name} looks at {listed(each)}, not at {parameters.statistics[name]}"
        for name, each in said.items()
        if each and parameters.statistics[name] not in each
    ]
    if faults:
        return unmet(f"{path} declares {listed(faults)}; add it to {parameters.key}.", judged, places)
    if (senseless := _senseless(sources, path, parameters)) is not None:
        return senseless
    unsaid = [f"{parameters.statistics[name]} for {name}" for name, each in said.items() if not each]
    unsaid += [f"that an alarm for {name} acts" for name, found in families.items() if not _is_loud(found, acting)]
    if unsaid:
        message = f"{path} does not say {listed(unsaid)}; write it into the alarm."
        return unknown(Reason.NOT_RESOLVABLE, message, judged, places)
    return met(f"{path} declares alarms for {listed(list(families))}.", judged, places)


@check("alarms_stand", AlarmsStand, version=2)
def alarms_stand(sources: Sources, facts: Facts, subject: Subject, parameters: AlarmsStand) -> Finding:
    """The account has an alarm of each family for the service in each stage, and none is declared that never fires."""
    path = sources.fill(parameters.file, subject)
    if sources.exists(path) and (senseless := _senseless(sources, path, parameters)) is not None:
        return senseless
    faults: list[str] = []
    rows: list[object] = []
    source = ""
    for stage in parameters.stages:
        answer = answered(facts, AlarmsOf(subject.name, stage))
        source = answer.source
        missing = [name for name in parameters.families if not _stands(answer.value, name, parameters)]
        rows.append([stage, list[object](missing)])
        faults += [f"{name} in {stage}" for name in missing]
    judged = digest([subject.name, rows])
    if faults:
        return unmet(f"By {source} nothing alarms on {listed(faults)}; create the alarm.", judged)
    where = f"{listed(list(parameters.families))} in {listed(parameters.stages)}"
    return met(f"By {source} there are alarms for {where}.", judged)


def _senseless(sources: Sources, path: str, parameters: AlarmsAreDeclared) -> Finding | None:
    """What the file declares so that it never fires; None where nothing is seen to be so."""
    try:
        alarms = alarms_of(sources, service_construct(sources, path, parameters.calls), parameters.key)
    except NotSeen:
        return None
    limits = parameters.thresholds or {}
    found = list(senseless_alarms(alarms, parameters.families, limits, parameters.periods))
    if not found:
        return None
    places = [Location(each.path, each.expression.line) for _, each in found]
    faults = [why for why, _ in found]
    return unmet(f"{path}: {listed(faults)}; lower it, or set telemetry.thresholds.", digest([path, *faults]), places)


def _of_family(alarms: Sequence[tuple[str, Found]], words: Sequence[str]) -> list[tuple[str, Found]]:
    return [
        (name, found)
        for name, found in alarms
        if any(speaks_of(text, words) for text in (name, *texts_at(found, METRIC)))
    ]


def _lacking(alarms: Sequence[tuple[str, Found]], family: str, words: Sequence[str]) -> str:
    silent = [name for name, _ in _of_family(alarms, words)]
    return f"no alarm for {family}" + (f" that acts (the actions of {listed(silent)} are off)" if silent else "")


def _is_loud(found: Sequence[tuple[str, Found]], acting: Mapping[str, bool | None]) -> bool:
    return any(acting[name] for name, _ in found)


def _statistics(alarms: Sequence[tuple[str, Found]], wanted: str) -> list[str]:
    """The statistics of a family's alarms: the wanted one alone if any has it; empty if one of them tells of none."""
    told = [_statistic(name, definition, wanted) for name, definition in alarms]
    found = {text for texts in told for text in texts}
    if wanted in found:
        return [wanted]
    return sorted(found) if all(told) else []


def _statistic(name: str, definition: Found, wanted: str) -> list[str]:
    """What is written into an alarm counts before its name."""
    written = texts_at(definition, STATISTIC)
    if written:
        return [wanted if text.casefold() == wanted.casefold() else text for text in written]
    return [wanted] if speaks_of(name, [wanted]) else []


def _stands(alarms: Sequence[Alarm], family: str, parameters: AlarmsStand) -> bool:
    words, wanted = parameters.families[family], parameters.statistics.get(family)
    return any(
        (speaks_of(alarm.name, words) or speaks_of(alarm.metric, words))
        and (wanted is None or alarm.statistic.casefold() == wanted.casefold())
        for alarm in alarms
    )


def _plain(said: Mapping[str, list[str]]) -> list[object]:
    return [[name, list[object](found)] for name, found in sorted(said.items())]
