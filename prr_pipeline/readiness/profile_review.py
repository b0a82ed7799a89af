"""The keys of a profile about what is reviewed of an operation: code, tests, running it, customers, the way to GA."""

from __future__ import annotations

from typing import Literal

from prr_pipeline.readiness.profile_section import Section


class MiddlewareKeys(Section):
    """The canonical pipeline and what its steps are called in code."""

    order: list[str] | None = None
    other_steps_between: Literal["allow", "refuse"] | None = None
    defined_under: list[str] | None = None
    """Globs of the files, and names of the packages, that the steps and their composers come from."""
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
    pure_logic_forbidden_globals: list[str] | None = None
    """Globals that reach the outside, such as ``fetch``; pure logic speaks of none."""
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
