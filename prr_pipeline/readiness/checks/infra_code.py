"""A service's infrastructure in code: every option set on its construct, and none that means nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from prr_pipeline.canonical import digest
from prr_pipeline.readiness.alarm_facts import silent_in
from prr_pipeline.readiness.declared_secrets import unused_secrets
from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.findings import listed, met, unknown, unmet
from prr_pipeline.readiness.infra import Construct, is_range_of_none, service_construct
from prr_pipeline.readiness.infra_hosts import HostDoubt, host_doubt
from prr_pipeline.readiness.model import Finding, Location, Reason
from prr_pipeline.readiness.parameters import Parameters
from prr_pipeline.readiness.registry import check
from prr_pipeline.readiness.sources import Sources
from prr_pipeline.repository.typescript.code import Found
from prr_pipeline.repository.typescript.expressions import Expression, List, Other, Record, Text
from prr_pipeline.subjects import Subject

_NOTHING = frozenset(("undefined", "null", "false"))


class ConstructHasOptions(Parameters):
    """``file``: where the service is declared by one of ``calls``. ``required``: the options that must be given.

    ``host_call`` makes the host of a service in a stage; ``hosts``: stage to the host of ``{service}`` there.
    ``secret_calls`` declare a secret, which must be given to something.
    """

    file: str
    calls: list[str]
    required: list[str]
    host_call: str | None = None
    hosts: dict[str, str] | None = None
    secret_calls: list[str] | None = None


@check("construct_has_options", ConstructHasOptions, version=3)
def construct_has_options(
    sources: Sources, _facts: Facts, subject: Subject, parameters: ConstructHasOptions
) -> Finding:
    """The construct gets each option, none empty, its own host, no alarm whose actions are off, and every secret."""
    path = sources.fill(parameters.file, subject)
    if not sources.exists(path):
        message = f"{path} does not exist; declare the service there with {parameters.calls[0]}."
        return unmet(message, digest([path]), [Location(path)])
    construct = service_construct(sources, path, parameters.calls)
    given = {key: found for key, found in construct.options.items() if key in parameters.required}
    hosts = _hosts(sources, subject, given, parameters)
    wrong = [
        *_wrong(sources, given),
        *_unused(sources, path, construct, parameters),
        *((key, f"{key}: {each.why}", at) for key, each, at in hosts if each.certain),
    ]
    missing = [key for key in parameters.required if key not in given]
    faults = [why for _, why, _ in wrong] + [f"{key} is not given" for key in missing if construct.complete]
    rows = sorted(re.sub(r" \(line \d+\)", "", each) for each in [*faults, *(each.why for _, each, _ in hosts)])
    judged = digest([path, sorted(given), rows, construct.complete])
    if faults:
        way_out = "correct it" if any(not _is_nothing(at.expression) for _, _, at in wrong) else "set what is missing"
        message = f"{path}: {listed(faults)}; {way_out} on the construct of line {construct.line}."
        places = [Location(at.path, at.expression.line, key) for key, _, at in wrong]
        return unmet(message, judged, places or [construct.location])
    if missing:
        rest = "and what else is given is told only by running it; write it out"
        message = f"{path} does not show {listed(missing)}, {rest}."
        return unknown(Reason.NOT_RESOLVABLE, message, judged, [construct.location])
    if hosts:
        key, doubt, at = hosts[0]
        message = f"{at.path}:{doubt.line} {key}: {doubt.why}; write both there."
        return unknown(Reason.NOT_RESOLVABLE, message, judged, [Location(at.path, doubt.line)])
    return met(f"{path} sets {listed(parameters.required)}.", judged, [construct.location])


def _wrong(sources: Sources, given: Mapping[str, Found]) -> Iterator[tuple[str, str, Found]]:
    """Options that are given nothing, and alarms that are off: the key, what is wrong, and where."""
    for key, found in given.items():
        if _is_nothing(found.expression):
            yield key, f"{key} is given nothing", found
        elif is_range_of_none(found.expression):
            yield key, f"{key} leaves room for no instance", found
        for each in silent_in(sources, found):
            yield key, f"{key} holds an alarm whose actions are off (line {each.expression.line})", each


def _unused(
    sources: Sources, path: str, construct: Construct, parameters: ConstructHasOptions
) -> Iterator[tuple[str, str, Found]]:
    """Secrets that the file declares and gives to nothing, where all that is given can be seen."""
    if not construct.complete or not parameters.secret_calls:
        return
    for each in unused_secrets(sources, path, parameters.secret_calls, construct):
        why = f"the secret {each.name} is given to nothing"
        yield each.name or "", why, Found(path, Text("", (), each.line), None)


def _hosts(
    sources: Sources, subject: Subject, given: Mapping[str, Found], parameters: ConstructHasOptions
) -> list[tuple[str, HostDoubt, Found]]:
    """Options that hold a host of which something is wrong, or cannot be told."""
    told = [
        (key, host_doubt(sources, subject.name, found, parameters.host_call, parameters.hosts or {}, key), found)
        for key, found in given.items()
    ]
    return [(key, doubt, found) for key, doubt, found in told if doubt is not None]


def _is_nothing(value: Expression) -> bool:
    if isinstance(value, Record):
        return not value.entries
    if isinstance(value, List):
        return not value.items
    return (isinstance(value, Other) and value.source.strip() in _NOTHING) or (
        isinstance(value, Text) and value.value == ""
    )
