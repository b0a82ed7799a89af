"""Services: whether one exists, and which escalation policy it leads to."""

from __future__ import annotations

from typing import Literal

from pydantic import TypeAdapter

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.platforms.answer import Answer
from prr_pipeline.platforms.http.paths import segment
from prr_pipeline.platforms.http.reading import Sent
from prr_pipeline.platforms.pagerduty.account import PagerDuty, Reference, SentPage

Urgency = Literal["high", "low", "severity_based"]


@dataclass(frozen=True, slots=True)
class OnCallService:
    """A service. ``urgency`` says what pages: ``severity_based`` follows an alert's severity; None if hours decide."""

    id: str
    name: str
    is_enabled: bool
    escalation_policy: str
    escalation_policy_name: str
    urgency: Urgency | None


class _UrgencyRule(Sent):
    type: str
    urgency: Urgency | None = None


class _Service(Sent):
    id: str
    name: str
    status: Literal["active", "warning", "critical", "maintenance", "disabled"]
    escalation_policy: Reference
    incident_urgency_rule: _UrgencyRule | None = None

    def record(self) -> OnCallService:
        rule, policy = self.incident_urgency_rule, self.escalation_policy
        urgency = rule.urgency if rule else None
        return OnCallService(self.id, self.name, self.status != "disabled", policy.id, policy.name, urgency)


class _One(Sent):
    service: _Service


class _Page(SentPage):
    services: list[_Service]


def service_with_id(account: PagerDuty, service: str) -> Answer[OnCallService | None]:
    """The service of that id, None if there is none. Raises `SourceSilent`."""
    found = account.reader.one_or_none(f"/services/{segment(service)}", TypeAdapter(_One))
    if found.value is not None and found.value.service.id != service:
        raise account.odd(found, "as it speaks of another service")
    return found.turned(lambda one: one.service.record() if one else None)


def services_named(account: PagerDuty, name: str) -> Answer[tuple[OnCallService, ...]]:
    """The services of exactly that name, by id; none is an answer. Raises `SourceSilent`."""
    found = account.listed("/services", TypeAdapter(_Page), {"query": name}, lambda page: page.services)
    same = (one.record() for one in found.value if one.name == name)
    return found.turned(lambda _: tuple(sorted(same, key=lambda one: one.id)))


def any_service(account: PagerDuty) -> Answer[str]:
    """The name of some service, or nothing: the smallest question, to see whether PagerDuty answers."""
    found = account.reader.one("/services", TypeAdapter(_Page), {"limit": 1})
    return found.turned(lambda page: page.services[0].name if page.services else "")
