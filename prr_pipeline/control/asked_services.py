"""Whether each configured service answers, by the smallest question that it has."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TypeVar

from prr_pipeline.control.platform_clients import PlatformClients
from prr_pipeline.errors import Refused
from prr_pipeline.platforms.health_probe import SERVICE
from prr_pipeline.platforms.http.pace import Pace
from prr_pipeline.platforms.pagerduty.services import any_service
from prr_pipeline.settings import Settings

C = TypeVar("C")
Look = Callable[[], str]
_NOBODY = "service.invalid"
"""A name that exists nowhere, by the standard: that it is unknown is the answer of whoever answers."""


def looks(
    settings: Settings, environment: Mapping[str, str] | None = None, pace: Pace | None = None
) -> list[tuple[str, Look]]:
    """The section and a look for each configured service. A look raises `SourceSilent` without an answer."""
    clients = PlatformClients(settings, environment, pace, in_one_attempt=True)
    named = settings.platforms
    return [(f"platforms.{name}", partial(look, clients)) for name, look in _LOOKS.items() if getattr(named, name)]


def _github(clients: PlatformClients) -> str:
    return f"the repository {_made(clients.github()).name().value} is read."


def _pagerduty(clients: PlatformClients) -> str:
    found = any_service(_made(clients.pagerduty())).value
    return "services are read." if found else "it answers, and the account has no services."


def _cloudwatch(clients: PlatformClients) -> str:
    found = _made(clients.cloudwatch()).any_alarm().value
    return "alarms are read." if found else "it answers, and the region has no alarms."


def _sentry(clients: PlatformClients) -> str:
    return f"the organisation {_made(clients.sentry()).name().value} is read."


def _cloudflare(clients: PlatformClients) -> str:
    return f"the zone {_made(clients.cloudflare()).name().value} is read."


def _npm_registry(clients: PlatformClients) -> str:
    _made(clients.npm_registry()).version(_NOBODY, "0.0.0")
    return "it answers."


def _health_probe(clients: PlatformClients) -> str:
    """Addresses that need a service's name are not asked: none is known here."""
    probe = _made(clients.health_probe())
    told = [f"{stage} has an address per service" for stage in probe.stages if SERVICE in probe.address(stage)]
    for stage in probe.stages:
        if SERVICE not in probe.address(stage):
            told.append(f"{stage} answers {probe.probe(stage, 'any').value.status}")
    return f"{', '.join(told)}."


def _resolver(clients: PlatformClients) -> str:
    _made(clients.resolver()).records(_NOBODY)
    return "name servers answer."


def _made(client: C | None) -> C:
    if client is None:
        raise Refused("A service without a section is not asked; add its section to prr.toml.")
    return client


_LOOKS: dict[str, Callable[[PlatformClients], str]] = {
    "github": _github,
    "pagerduty": _pagerduty,
    "cloudwatch": _cloudwatch,
    "sentry": _sentry,
    "cloudflare": _cloudflare,
    "npm_registry": _npm_registry,
    "health_probe": _health_probe,
    "resolver": _resolver,
}
