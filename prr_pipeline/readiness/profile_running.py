"""The keys of a profile about how a service platform runs: telemetry, infrastructure, stages, partners, deploys."""

from __future__ import annotations

from prr_pipeline.readiness.profile_section import Section


class TelemetryKeys(Section):
    """Logs, traces, metrics, faults and alarms. Each maps what must be there to the words that name it in code."""

    signals: dict[str, list[str]] | None = None
    shared_calls: list[str] | None = None
    """Functions of the platform that set up all signals."""
    service_name_attributes: list[str] | None = None
    """How the attribute of the service's name is called in code: its name, and constants that hold it."""
    name_keys: list[str] | None = None
    """Options of the shared calls that take the name."""
    libraries: list[str] | None = None
    """Beginnings of the packages that telemetry is set up with."""
    sentry_secret: str | None = None
    alarms: dict[str, list[str]] | None = None
    statistics: dict[str, str] | None = None
    """The family of alarms to the statistic that it must look at."""
    thresholds: dict[str, int] | None = None
    """The family of alarms to the highest threshold that still warns of anything."""
    periods_max: int | None = None
    """For how many periods in a row an alarm may wait."""
    routing: dict[str, str] | None = None
    """Severity to action, the most severe first."""


class InfraKeys(Section):
    """The infrastructure of a service as code."""

    construct_calls: list[str] | None = None
    required: list[str] | None = None
    alarms_key: str | None = None
    host_call: str | None = None
    hosts: dict[str, str] | None = None
    """Stage to the host name of ``{service}`` there."""
    secret_calls: list[str] | None = None
    link_keys: list[str] | None = None
    """Options of the construct that give things, secrets among them, to the service."""


class StageKeys(Section):
    """Stages of deployment, and what must be seen in each."""

    names: list[str] | None = None
    paging: list[str] | None = None
    health_path: str | None = None
    environments: dict[str, str] | None = None
    """Stage to the name of its deployment environment."""
    dev: str | None = None
    soak: str | None = None
    soak_hours: int | None = None
    gate: str | None = None
    gate_approvals: int | None = None
    smoke_words: list[str] | None = None
    rate_bands: dict[str, list[int]] | None = None
    """Cost tier to the lowest and highest rate limit of a minute that fits it."""
    rate_limit_extension: str | None = None
    cost_tier_extension: str | None = None


class SdkKeys(Section):
    """The generated SDK of a service."""

    package: str | None = None
    generation_checks: list[str] | None = None
    """Checks of CI that generate the SDKs, and find no difference afterwards."""
    consumers_min: int | None = None
    canary_words: list[str] | None = None


class IntegrationKeys(Section):
    """What a partner's client must do."""

    environments: list[str] | None = None
    client_id_key: str | None = None
    """Where a declaration names its client: one id, or one per environment."""
    redirects_key: str | None = None
    redirect_schemes: list[str] | None = None
    redirect_dev_exception: str | None = None
    redirect_forbidden: list[str] | None = None
    scopes_key: str | None = None
    """Where a declaration lists the scopes that the client asks for."""
    partner_key: str | None = None
    """Where a declaration names the partner, if that is not its own name."""
    agreements_key: str | None = None
    agreement_fields: dict[str, str] | None = None
    """What ``party``, ``signed``, ``from`` and ``until`` are called in a record of the register of agreements."""
    pkce_methods: list[str] | None = None
    hash_calls: list[str] | None = None
    challenge_calls: list[str] | None = None
    """Calls of packages that make a whole challenge."""
    verifier_words: list[str] | None = None
    refresh_calls: list[str] | None = None
    """Calls of packages that send the refresh grant."""
    webhook_signature_headers: list[str] | None = None
    hmac_calls: list[str] | None = None
    compare_calls: list[str] | None = None
    parse_calls: list[str] | None = None
    raw_body_calls: list[str] | None = None
    error_fields: list[str] | None = None
    """What the code of an error is called in an answer and in code."""
    limited_answers: list[str] | None = None
    wait_header: str | None = None
    delay_calls: list[str] | None = None
    random_calls: list[str] | None = None
    retry_libraries: dict[str, str] | None = None
    """Packages that retry, to the option that adds chance to their delay."""
    token_prefixes: list[str] | None = None
    token_names: list[str] | None = None
    revoke_calls: list[str] | None = None
    route_attributes: list[str] | None = None
    button_components: list[str] | None = None
    button_package: str | None = None
    button_forbidden_texts: list[str] | None = None
    restyling: list[str] | None = None
    """Attributes of an element that change how it looks."""
    error_codes: list[str] | None = None


class ConventionKeys(Section):
    """What CI must have said at the head."""

    checks_min: int | None = None
    check_prefix: str | None = None
    required: list[str] | None = None


class DeployKeys(Section):
    """A production deploy. ``tags``: globs of the release tags."""

    tags: list[str] | None = None
    human_approvals: int | None = None
    changeset_stub_summaries: list[str] | None = None
    changeset_min_words: int | None = None
    changeset_ignored: list[str] | None = None
    freeze_zone: str | None = None
    freeze_exempt_label: str | None = None
    """A change that bears it, and that so many people approved, may be merged in a freeze."""
    freeze_exempt_approvals: int | None = None
    alarm_window_hours: int | None = None
    """How long before a merge its deploy window begins."""
    rollback_headings: list[str] | None = None
    rollback_words: list[str] | None = None
    drill_max_age_days: int | None = None
    drill_date_fields: list[str] | None = None


class GeneratedKeys(Section):
    """Files that a program writes. ``digest_mark``: what stands before the digest of the sources in their header."""

    digest_mark: str | None = None
    sources: dict[str, list[str]] | None = None
    """The kind of page (``service``, ``endpoint``, ``event``, ``sdk``) to the files that it is made from."""
