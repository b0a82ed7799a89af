"""The keys of a profile about subjects, places and the specification."""

from __future__ import annotations

from typing import Literal

from prr_pipeline.readiness.pattern_texts import PatternText, SchemaWithPatterns
from prr_pipeline.readiness.profile_platform_paths import PlatformPathKeys
from prr_pipeline.readiness.profile_section import Section

Level = Literal["operation", "property"]


class SubjectKeys(Section):
    """How subjects are told apart. ``kind_from``: an extension (``x-...``) or ``tags``, the first that is there."""

    kind_from: list[str] | None = None
    registry: dict[str, str] | None = None
    """Subject kind to the file that registers ``{name}``; its content is part of the subject digest."""


class PathKeys(PlatformPathKeys):
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
    pii_canary_tests: str | None = None
    soc2_controls: str | None = None
    error_page: str | None = None
    runbook: str | None = None
    cookbook: str | None = None
    threat_model: str | None = None
    deprecation_rfc: str | None = None
    feedback_review: str | None = None
    game_day_plan: str | None = None
    """The plan of one quarter's game day, with ``{year}`` and ``{quarter}`` (1 to 4)."""
    council_decision: str | None = None
    route_handlers: str | None = None
    service_packages: str | None = None
    """Glob of the folders that are service packages."""
    test_files: str | None = None
    """Glob of all test files."""
    resource_tests: str | None = None
    tenant_isolation_tests: str | None = None
    service_sources: str | None = None
    """Glob of the code of a service package, from its folder."""
    load_scripts: str | None = None
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
    gates: str | None = None
    migration_runs: str | None = None
    secrets: str | None = None
    job_runs: str | None = None


class SpecKeys(Section):
    """The OpenAPI document. A name in ``required_extensions`` that starts with ``x-`` is taken as it stands."""

    extension_prefix: str | None = None
    required_extensions: dict[str, list[Level]] | None = None
    extension_schemas: dict[str, SchemaWithPatterns] | None = None
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
    retired: list[str] | None = None
    """Levels of operations on their way out: beside the ladder, no promotion leads there."""


class ErrorKeys(Section):
    """Error codes. ``codes_from``: ``schema`` (enum or const of ``code``) and ``examples`` of 4xx and 5xx responses."""

    codes_from: list[Literal["schema", "examples"]] | None = None
    code_pattern: PatternText | None = None
    families: list[str] | None = None
    code_without_family: Literal["allow", "refuse"] | None = None
    classes: list[str] | None = None
    """Classes of errors that carry a code and no text."""
    plain_classes: list[str] | None = None
    """Classes of errors whose text is written where they are made."""
    page_min_words: int | None = None
    code_keys: list[str] | None = None
    """Members and parameters that hold the code of an error."""
    answer_calls: list[str] | None = None
    """Calls that answer with an object and a status."""
