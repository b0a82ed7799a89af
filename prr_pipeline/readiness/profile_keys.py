"""The keys a profile may hold, with their types. ``None`` means not declared: a check that needs it is unknown."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

Level = Literal["operation", "property"]


class Section(BaseModel):
    """One group of keys; an unknown key is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class SubjectKeys(Section):
    """How subjects are told apart. ``kind_from``: an extension (``x-...``) or ``tags``, the first that is there."""

    kind_from: list[str] | None = None
    registry: dict[str, str] | None = None
    """Subject kind to the file that registers ``{name}``; its content is part of the subject digest."""


class PathKeys(Section):
    """Where evidence lies. ``{word}`` is filled from the subject; ``*`` and ``**`` are globs."""

    openapi: str | None = None
    openapi_previous: str | None = None
    mcp_catalog: str | None = None
    prr_document: str | None = None
    prr_records: str | None = None
    slo_board: str | None = None
    pure_logic: str | None = None
    runbook_registry: str | None = None
    chaos_cadence: str | None = None
    property_harness: str | None = None
    pii_drift_gate: str | None = None
    pii_canary: str | None = None
    soc2_controls: str | None = None
    error_page: str | None = None
    runbook: str | None = None
    cookbook: str | None = None
    threat_model: str | None = None
    deprecation_rfc: str | None = None
    council_decision: str | None = None
    route_handlers: str | None = None
    service_entry: str | None = None
    resource_tests: str | None = None
    tenant_isolation_tests: str | None = None
    architecture_tests: str | None = None
    raw_sql_allowed: str | None = None
    i18n_registry: str | None = None
    on_call_rota: str | None = None
    rollout: str | None = None
    context_map: str | None = None


class ArtefactKeys(Section):
    """Names of the CI artefacts under ``artefacts/<commit>/``; ``required`` makes a commit's set complete."""

    required: list[str] | None = None
    coverage: str | None = None
    junit: str | None = None
    oasdiff: str | None = None
    load_test: str | None = None


class SpecKeys(Section):
    """The OpenAPI document. A name in ``required_extensions`` that starts with ``x-`` is taken as it stands."""

    extension_prefix: str | None = None
    required_extensions: dict[str, list[Level]] | None = None
    extension_schemas: dict[str, dict[str, Any]] | None = None
    maturity_extension: str | None = None
    explainer_exempt_properties: list[str] | None = None
    mcp_exposed_key: str | None = None
    mcp_never_expose_key: str | None = None
    mcp_required_when_exposed: list[str] | None = None
    mcp_explicit_for_classes: list[str] | None = None
    mcp_catalog_export: str | None = None
    breaking_change_levels: list[Literal["error", "warning", "info"]] | None = None
    version_kind: Literal["dated", "semver"] | None = None


class MaturityKeys(Section):
    """The maturity ladder's names, lowest first."""

    names: list[str] | None = None


class ErrorKeys(Section):
    """Error codes. ``codes_from``: ``schema`` (enum or const of ``code``) and ``examples`` of 4xx and 5xx responses."""

    codes_from: list[Literal["schema", "examples"]] | None = None
    code_pattern: str | None = None
    families: list[str] | None = None
    code_without_family: Literal["allow", "refuse"] | None = None
    page_min_words: int | None = None


class MiddlewareKeys(Section):
    """The canonical pipeline and what its steps are called in code."""

    order: list[str] | None = None
    other_steps_between: Literal["allow", "refuse"] | None = None
    names_in_code: dict[str, str] | None = None
    idempotent_methods: list[str] | None = None


class ContextKeys(Section):
    """Bounded contexts."""

    names: list[str] | None = None
    same_as: dict[str, str] | None = None


class CodeKeys(Section):
    """Limits and names in code."""

    handler_max_lines: int | None = None
    handler_count_blank_and_comment_lines: bool | None = None
    service_deps_type: str | None = None
    pure_logic_forbidden_imports: list[str] | None = None


class TestKeys(Section):
    """What tests must show."""

    __test__ = False

    coverage_min_percent: int | None = None
    coverage_metric: Literal["lines", "branches", "functions", "statements"] | None = None
    route_topics: list[str] | None = None
    invariant_marker: str | None = None
    modes: list[str] | None = None
    versions: list[str] | None = None


class OperationsKeys(Section):
    """SLO board, runbooks, load tests and drills."""

    slo_board_key: str | None = None
    slo_board_equal: dict[str, str] | None = None
    """Column of the board to the key in the SLO extension that it must equal."""
    slo_board_filled: list[str] | None = None
    load_test_max_age_days: int | None = None
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


class SecurityKeys(Section):
    """Threat model and control map."""

    threat_needs: list[str] | None = None
    soc2_control_cites: list[str] | None = None
    soc2_path_triggers: dict[str, list[str]] | None = None


class CustomerKeys(Section):
    """Recipes, SDKs and languages."""

    supported_sdks: list[str] | None = None
    sdk_fences: dict[str, list[str]] | None = None
    recipe_headings: list[str] | None = None
    examples_per_sdk: int | None = None
    locales: list[str] | None = None


class DeprecationKeys(Section):
    """Notice and sunset."""

    notice_days: int | None = None
    announcement_to_sunset_months: int | None = None


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


class ProfileKeys(Section):
    """Everything a profile may declare."""

    subject: SubjectKeys = SubjectKeys()
    paths: PathKeys = PathKeys()
    artefacts: ArtefactKeys = ArtefactKeys()
    spec: SpecKeys = SpecKeys()
    maturity: MaturityKeys = MaturityKeys()
    errors: ErrorKeys = ErrorKeys()
    middleware: MiddlewareKeys = MiddlewareKeys()
    contexts: ContextKeys = ContextKeys()
    code: CodeKeys = CodeKeys()
    tests: TestKeys = TestKeys()
    operations: OperationsKeys = OperationsKeys()
    security: SecurityKeys = SecurityKeys()
    customer: CustomerKeys = CustomerKeys()
    deprecation: DeprecationKeys = DeprecationKeys()
    council: CouncilKeys = CouncilKeys()
    ladder: LadderKeys = LadderKeys()
    after_ga: AfterGaKeys = AfterGaKeys()
