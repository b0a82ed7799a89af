"""The host that a service's infrastructure gives it: is it the service's own, and one for each stage?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from prr_pipeline.readiness.members import Placed, text_of
from prr_pipeline.readiness.sources import Sources
from prr_pipeline.repository.typescript.code import Found
from prr_pipeline.repository.typescript.expressions import Call, Expression, Record, Text, dotted


class HostDoubt(NamedTuple):
    """What is wrong with a host, or not ``certain``: what could not be told of it."""

    why: str
    line: int
    certain: bool


def host_doubt(
    sources: Sources, service: str, option: Found, host_call: str | None, hosts: Mapping[str, str], key: str = ""
) -> HostDoubt | None:
    """What is wrong with the value of an option, if that is a host; None of any other, and of a sound one.

    ``host_call`` makes hosts of a service and a stage; ``hosts``: stage to the host of ``{service}`` there. What stands
    under a ``key`` that speaks of a host is one.
    """
    value, code = option.expression, sources.code()
    known = {host.replace("{service}", service) for host in hosts.values()}
    is_host = isinstance(value, Text) and bool(value.value) and ("." in (value.value or "") or "host" in key.casefold())
    if isinstance(value, Text) and is_host and known and value.value not in known:
        return HostDoubt(f"{value.value} is no host of {service}", value.line, certain=True)
    if host_call is None or not isinstance(value, Call) or dotted(value.callee).rpartition(".")[2] != host_call:
        return None
    given = dict(_given(sources, option, value))
    names, stages = given.get("service"), given.get("stage")
    named = text_of(code, Placed(names, option.path, value.line, option.at)) if names is not None else None
    if named is not None and named != service:
        return HostDoubt(f"{host_call} is given {named} instead of {service}", value.line, certain=True)
    if stages is None or named is None:
        missing = "the stage" if stages is None else "the service"
        return HostDoubt(f"{host_call} is not seen to be given {missing}", value.line, certain=False)
    stage = text_of(code, Placed(stages, option.path, value.line, option.at))
    if stage is not None:
        return HostDoubt(f"{host_call} is given {stage} for every stage", value.line, certain=True)
    return None


def _given(sources: Sources, option: Found, call: Call) -> Iterator[tuple[str, Expression]]:
    """What a host is made of: ``{ service, stage }``, or both in that order."""
    for name, argument in zip(("service", "stage"), call.arguments, strict=False):
        found = sources.code().follow(option.path, argument, option.at)
        inner = found.expression if isinstance(found, Found) else argument
        if not isinstance(inner, Record):
            yield name, argument
            continue
        yield from ((entry.key, entry.value) for entry in inner.entries if entry.key is not None)
        return
