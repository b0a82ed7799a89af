"""Where alerts go by their severity: the rules of event orchestrations."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, TypeAdapter

from prr_pipeline.deferred_dataclass import dataclass
from prr_pipeline.platforms.answer import Answer
from prr_pipeline.platforms.http.paths import segment
from prr_pipeline.platforms.http.reading import Sent
from prr_pipeline.platforms.pagerduty.account import PagerDuty

Severity = Literal["info", "warning", "error", "critical"]


@dataclass(frozen=True, slots=True)
class RoutingRule:
    """One rule. It holds if any of its conditions does, or always if it has none.

    ``conditions`` are expressions of PagerDuty's language, such as ``event.severity matches 'critical'``. The rest
    is what the rule does: set a severity, suppress, page another policy, go on in another set.
    """

    set: str
    label: str
    conditions: tuple[str, ...]
    is_disabled: bool
    severity: Severity | None
    is_suppressed: bool
    escalation_policy: str | None
    route_to: str | None


@dataclass(frozen=True, slots=True)
class Routing:
    """The rules in the order in which they are tried, and the last resort of their sets as one without a condition."""

    rules: tuple[RoutingRule, ...]
    is_active: bool


class _Actions(Sent):
    severity: Severity | None = None
    suppress: bool = False
    escalation_policy: str | None = None
    route_to: str | None = None


class _Condition(Sent):
    expression: str


class _Rule(Sent):
    label: str | None = None
    conditions: list[_Condition]
    actions: _Actions
    disabled: bool = False


class _Set(Sent):
    id: str
    rules: list[_Rule]


class _CatchAll(Sent):
    actions: _Actions


class _Path(Sent):
    sets: list[_Set] = Field(min_length=1)
    catch_all: _CatchAll


class _Orchestration(Sent):
    orchestration_path: _Path


class _Active(Sent):
    active: bool


def routing_of_service(account: PagerDuty, service: str) -> Answer[Routing | None]:
    """The orchestration of a service, None if there is no such service. Raises `SourceSilent`."""
    path = f"/event_orchestrations/services/{segment(service)}"
    found = account.reader.one_or_none(path, TypeAdapter(_Orchestration))
    if found.value is None:
        return found.turned(lambda _: None)
    active = account.reader.one(f"{path}/active", TypeAdapter(_Active))
    rules = _rules(found.value.orchestration_path)
    return found.joined(lambda _: Routing(rules, active.value.active), active)


def routing_of_orchestration(account: PagerDuty, orchestration: str) -> Answer[Routing | None]:
    """A global orchestration, None if there is no such one. It is always active. Raises `SourceSilent`."""
    path = f"/event_orchestrations/{segment(orchestration)}/global"
    found = account.reader.one_or_none(path, TypeAdapter(_Orchestration))
    return found.turned(lambda one: Routing(_rules(one.orchestration_path), True) if one else None)


def _rules(path: _Path) -> tuple[RoutingRule, ...]:
    named = [_record(one.id, rule) for one in path.sets for rule in one.rules]
    return (*named, _record("catch_all", _Rule(conditions=[], actions=path.catch_all.actions)))


def _record(name: str, rule: _Rule) -> RoutingRule:
    does, conditions = rule.actions, tuple(one.expression for one in rule.conditions)
    return RoutingRule(
        name, rule.label or "", conditions, rule.disabled, does.severity, does.suppress, does.escalation_policy,
        does.route_to,
    )  # fmt: skip
