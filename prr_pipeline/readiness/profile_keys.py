"""The keys a profile may hold, with their types. ``None`` means not declared: a check that needs it is unknown."""

from __future__ import annotations

import re
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any, Literal

from prr_pipeline.readiness.profile_places import (
    ArtefactKeys,
    ErrorKeys,
    MaturityKeys,
    PathKeys,
    SpecKeys,
    SubjectKeys,
)
from prr_pipeline.readiness.profile_platform import (
    AuditKeys,
    CallKeys,
    DatabaseKeys,
    EventKeys,
    JobKeys,
    ManifestKeys,
    RouteKeys,
    ScopeKeys,
    ServiceKeys,
    SuiteKeys,
    TenantKeys,
)
from prr_pipeline.readiness.profile_running import (
    ConventionKeys,
    DeployKeys,
    GeneratedKeys,
    InfraKeys,
    IntegrationKeys,
    SdkKeys,
    StageKeys,
    TelemetryKeys,
)
from prr_pipeline.readiness.profile_section import KeyFault, Section, keys_of, validated


class MiddlewareKeys(Section):
    """The canonical pipeline and what its steps are called in code."""

    order: list[str] | None = None
    other_steps_between: Literal["allow", "refuse"] | None = None
    names_in_code: dict[str, str] | None = None
    composers: list[str] | None = None
    """Functions that take steps in order, the first outermost, and the handler last."""
    only_for: dict[str, list[str]] | None = None
    """Step to the methods that need it; a step without an entry is needed by all."""


class ContextKeys(Section):
    """Bounded contexts."""

    names: list[str] | None = None
    same_as: dict[str, str] | None = None


class CodeKeys(Section):
    """Limits and names in code."""

    handler_max_lines: int | None = None
    handler_count_blank_and_comment_lines: bool | None = None
    service_deps_type: str | None = None
    service_deps_members: dict[str, list[str]] | None = None
    """What `service_deps_type` must hold: a label to words of which one stands in a member's name or type."""
    raw_sql_calls: list[str] | None = None
    raw_sql_statements_to: list[str] | None = None
    """Functions that run the SQL text which they are given."""
    pure_logic_forbidden_imports: list[str] | None = None
    pure_logic_but: list[str] | None = None
    """Globs of what lies in the folder of pure logic and is none, such as the request pipeline."""


class TestKeys(Section):
    """What tests must show."""

    __test__ = False

    coverage_min_percent: int | None = None
    coverage_metric: Literal["lines", "branches", "functions", "statements"] | None = None
    route_topics: list[str] | None = None
    topic_words: dict[str, list[str]] | None = None
    """Topic to further words that name it in a title."""
    invariant_marker: str | None = None
    property_calls: list[str] | None = None
    property_makers: list[str] | None = None
    """``package#name``: what asserts a property, and what makes one."""
    modes: list[str] | None = None
    versions: list[str] | None = None


class OperationsKeys(Section):
    """SLO board, runbooks, load tests and drills."""

    slo_board_key: str | None = None
    slo_board_equal: dict[str, str] | None = None
    """Column of the board to the key in the SLO extension that it must equal."""
    slo_board_filled: list[str] | None = None
    load_test_max_age_days: int | None = None
    load_metric: str | None = None
    load_statistic: str | None = None
    load_tag: str | None = None
    """What a load test calls the cost of a call, and the tag that names the operation."""
    cost_budget_field: str | None = None
    runbook_headings: list[str] | None = None
    runbook_action_headings: list[str] | None = None
    runbook_action_headings_min: int | None = None
    runbook_front_matter: list[str] | None = None
    runbook_min_words: int | None = None
    severities: list[str] | None = None
    runbook_registry_export: str | None = None
    runbook_registry_key_fields: list[str] | None = None
    runbook_registry_path_fields: list[str] | None = None
    chaos_export: str | None = None
    chaos_target_fields: list[str] | None = None
    chaos_cadences: dict[str, list[str]] | None = None
    game_day_cadences: dict[str, list[str]] | None = None
    """The field of a drill and those of its values that come back at least each quarter."""


class SecurityKeys(Section):
    """Threat model, control map and personal data."""

    threat_needs: list[str] | None = None
    pii_drift_checks: list[str] | None = None
    soc2_export: str | None = None
    soc2_control_cites: list[str] | None = None
    soc2_operation_fields: list[str] | None = None
    """Fields of a control that list the operations it is about; where one is there, it must list the subject."""
    soc2_path_triggers: dict[str, list[str]] | None = None
    """Control to globs of the code that belongs to it, and tags of operations as ``tag:<tag>``."""
    pii_fields_key: str | None = None
    pii_none_words: list[str] | None = None
    """Texts that mark no personal data, such as ``none``."""
    pii_canary_export: str | None = None
    pii_canary_operation_fields: list[str] | None = None
    pii_canary_field_fields: list[str] | None = None


class CustomerKeys(Section):
    """Recipes, SDKs and languages."""

    supported_sdks: list[str] | None = None
    sdk_fences: dict[str, list[str]] | None = None
    recipe_headings: list[str] | None = None
    examples_per_sdk: int | None = None
    locales: list[str] | None = None
    message_key: str | None = None
    """Under what a catalog holds the message of a ``{code}``; dots lead into nested objects."""
    message_placeholders: Literal["icu", "mustache"] | None = None
    feedback_date_fields: list[str] | None = None
    feedback_min_words: int | None = None


class DeprecationKeys(Section):
    """Notice and sunset."""

    notice_days: int | None = None
    announcement_to_sunset_months: int | None = None
    replaces: list[str] | None = None
    """Extensions that name what an operation replaces; `replaced_by` those that name its successor."""
    replaced_by: list[str] | None = None
    sunset: list[str] | None = None
    """Extensions that hold the date on which an operation ends, or a mapping with it."""
    plan_fields: list[str] | None = None
    announced_fields: list[str] | None = None
    sunset_fields: list[str] | None = None
    """Keys of a plan's front matter, and of such a mapping."""


class CouncilKeys(Section):
    """Seeds for the deployment's settings; never read at a decision."""

    quorum_total: int | None = None
    quorum_per_context: int | None = None
    quorum_contexts: Literal["touched", "all"] | None = None
    forum_weekday: str | None = None
    forum_time: str | None = None


class LadderKeys(Section):
    """What the checklist demands of a ladder, and the seed of the deployment's own."""

    steps: list[str] | None = None
    total_days: int | None = None
    days_per_step: list[int] | None = None


class AfterGaKeys(Section):
    """When the lines after GA fall due."""

    stability_watch_days: int | None = None
    feedback_review_days: int | None = None
    game_day: Literal["next quarter", "never"] | None = None


SECTIONS: Mapping[str, type[Section]] = {
    "subject": SubjectKeys,
    "paths": PathKeys,
    "artefacts": ArtefactKeys,
    "spec": SpecKeys,
    "maturity": MaturityKeys,
    "errors": ErrorKeys,
    "middleware": MiddlewareKeys,
    "contexts": ContextKeys,
    "code": CodeKeys,
    "tests": TestKeys,
    "operations": OperationsKeys,
    "security": SecurityKeys,
    "customer": CustomerKeys,
    "deprecation": DeprecationKeys,
    "council": CouncilKeys,
    "ladder": LadderKeys,
    "after_ga": AfterGaKeys,
    "service": ServiceKeys,
    "manifest": ManifestKeys,
    "routes": RouteKeys,
    "scopes": ScopeKeys,
    "audit": AuditKeys,
    "tenant": TenantKeys,
    "database": DatabaseKeys,
    "calls": CallKeys,
    "events": EventKeys,
    "jobs": JobKeys,
    "suites": SuiteKeys,
    "telemetry": TelemetryKeys,
    "infra": InfraKeys,
    "stages": StageKeys,
    "sdk": SdkKeys,
    "integration": IntegrationKeys,
    "conventions": ConventionKeys,
    "deploy": DeployKeys,
    "generated": GeneratedKeys,
}
"""Everything a profile may declare, by section. A section's validator is built when a profile first has it: all of
them together take longer than a judgement."""
OWN = "own"
"""The section whose keys an organisation names itself, for checks of its own: any JSON kind without fractions."""
_OWN_NAME = re.compile(r"[a-z][a-z0-9_]*\Z")


@dataclass(frozen=True, slots=True)
class ProfileKeys:
    """What a profile declares: the sections that it holds, and its organisation's own keys."""

    sections: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    own: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> ProfileKeys:
        """The keys of a mapping of sections. Raises `KeyFault` for the first that cannot be."""
        sections: dict[str, Mapping[str, Any]] = {}
        own: Mapping[str, Any] = {}
        for name, given in values.items():
            if name == OWN:
                own = _own(given)
            elif name not in SECTIONS:
                raise KeyFault(name, "extra_forbidden", "is no section", given)
            else:
                sections[name] = validated(name, SECTIONS[name], given)
        return cls(sections, own)

    def value(self, section: str, key: str) -> Any:
        """What is declared; None for what is not."""
        return self.sections.get(section, {}).get(key)

    def section(self, name: str) -> dict[str, Any]:
        """Each key of one section, with None where it is not declared."""
        return {**dict.fromkeys(keys_of(SECTIONS[name])), **self.sections.get(name, {})}

    def plain(self) -> dict[str, dict[str, Any]]:
        """Every declared key by section, to be changed at will: what `of` takes."""
        declared = {name: deepcopy(dict(keys)) for name, keys in self.sections.items()}
        return {**declared, OWN: deepcopy(dict(self.own))} if self.own else declared


def _own(given: object) -> Mapping[str, Any]:
    if not isinstance(given, Mapping):
        raise KeyFault(OWN, "dict_type", "input should be a mapping", given)
    for name in given:
        if not isinstance(name, str) or not _OWN_NAME.match(name):
            raise KeyFault(f"{OWN}.{name}", "string_pattern_mismatch", "a name is a-z, 0-9 and _, a letter first", name)
    return dict(given)
