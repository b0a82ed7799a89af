"""The keys of a profile about a service platform: services, events, jobs, partners, deploys, and where they lie."""

from __future__ import annotations

from typing import Literal

from prr_pipeline.readiness.pattern_texts import PatternText
from prr_pipeline.readiness.profile_section import Section


class ServiceKeys(Section):
    """What a service is made of. Folders in ``ignored`` are no services, such as a template."""

    ignored: list[str] | None = None
    template_required: list[str] | None = None
    template_scripts: list[str] | None = None
    template_compiler_options: list[str] | None = None
    readme_min_words: int | None = None
    readme_run_headings: list[str] | None = None
    runbook_sections: dict[str, list[str]] | None = None
    """What a runbook must tell, to the words of which one stands in a heading of it."""


class ManifestKeys(Section):
    """The service manifest. Keys may be dotted paths into it."""

    required: list[str] | None = None
    file_keys: list[str] | None = None
    """Those that name a file beside the manifest."""
    status_values: list[str] | None = None
    owner_pattern: PatternText | None = None
    on_call_key: str | None = None
    events_published_key: str | None = None
    events_consumed_key: str | None = None
    package_name: str | None = None
    catalog_fields: dict[str, str] | None = None
    """Field of the service catalog to the key of the manifest that it must equal."""


class RouteKeys(Section):
    """Routes and who may call them. ``open`` maps a route that wants no scope to the reason."""

    mutation_methods: list[str] | None = None
    open: dict[str, str] | None = None
    internal: list[str] | None = None
    """Globs of URLs that are not for third parties; every other route that is not open is a third-party endpoint."""
    undescribed: dict[str, str] | None = None
    """Routes that the description may leave out, with the reason."""
    stub_words: list[str] | None = None
    prose_min_words: int | None = None
    idempotency_header: str | None = None
    idempotency_calls: list[str] | None = None
    guard_options: list[str] | None = None
    admin_prefix: str | None = None


class ScopeKeys(Section):
    """Scopes, their guard, and the gate in front of health data."""

    guard_call: str | None = None
    constants: str | None = None
    package: str | None = None
    verbs: list[str] | None = None
    never_third_party: list[str] | None = None
    phi_resources: list[str] | None = None
    baa_guard_call: str | None = None
    consent_export: str | None = None
    consent_min_words: int | None = None
    security_scheme: str | None = None
    m2m_client_ids: list[str] | None = None
    """How the client of a calling ``{service}`` may be called in the registry of clients."""
    m2m_id_fields: list[str] | None = None
    """Fields of an entry there that may hold it."""
    m2m_grants_field: str | None = None
    m2m_grant: str | None = None
    """The grant that a client must have to call as a service; an entry without the field has it."""


class AuditKeys(Section):
    """How a mutation leaves its trace."""

    call: str | None = None
    key: str | None = None
    registry_export: str | None = None
    writers: list[str] | None = None
    """The middleware that writes the row of what a handler set."""


class TenantKeys(Section):
    """The column that keeps one brand's rows from another's. ``exempt_tables`` maps a table to the reason."""

    column: str | None = None
    exempt_tables: dict[str, str] | None = None
    index_if_read_path_filters: bool | None = None


class DatabaseKeys(Section):
    """Migrations. ``peak_hours``: none declared means that every hour is one.

    Hours are written like ``Mon-Fri 08:00-20:00``, in UTC; ``migration_window`` is when migrations run.
    """

    own_schema_only: bool | None = None
    migration_rule: list[Literal["expand_only", "expand_contract"]] | None = None
    lock_limit_seconds: int | None = None
    peak_hours: str | None = None
    migration_window: str | None = None
    large_tables: list[str] | None = None
    populated_rows_min: int | None = None
    libraries: list[str] | None = None
    """Packages that speak to a database; a service without tables uses none of them."""


class CallKeys(Section):
    """Calls that are forbidden, wanted or wrapped. A name may end in ``.*`` for every method."""

    forbidden_fetch_hosts: list[str] | None = None
    fetch_calls: list[str] | None = None
    fetch_helpers: list[str] | None = None
    """Methods of those that ask nobody."""
    log_calls: list[str] | None = None
    phi_wrapper: str | None = None
    phi_names: list[str] | None = None
    """Words that name health data in a variable or property."""
    phi_harmless: list[str] | None = None
    """Words that a name may begin or end with without being such data: ``patientId``, ``biomarkers.length``."""
    phi_canaries_export: str | None = None
    vendor_packages: list[str] | None = None
    breaker_calls: list[str] | None = None


class EventKeys(Section):
    """Domain events, from the schema to the consumer."""

    name_pattern: PatternText | None = None
    schemas_export: str | None = None
    names_export: str | None = None
    publish_calls: list[str] | None = None
    outbox_table: str | None = None
    subscribe_calls: list[str] | None = None
    handlers_export: str | None = None
    transaction_call: str | None = None
    dedupe_calls: list[str] | None = None
    dedupe_table: str | None = None
    dedupe_columns: list[str] | None = None
    schema_calls: list[str] | None = None
    """What makes the schema of an event, such as ``z.object``."""
    accepting_calls: list[str] | None = None
    """Methods of a schema that accept a payload or refuse it."""
    validating_calls: list[str] | None = None
    """Functions that do so with the schema of the event that they are given."""
    user_facing_marker: str | None = None
    webhook_export: str | None = None
    filters_export: str | None = None
    no_webhook_key: str | None = None
    scope_field: str | None = None
    """Where an entry of the webhook catalog names the scope that opens the event."""
    transaction_words: list[str] | None = None
    """What a transaction is called where it is passed on."""
    write_calls: list[str] | None = None
    """Methods of a transaction that change state."""


class JobKeys(Section):
    """Scheduled jobs."""

    registry_export: str | None = None
    id_field: str | None = None
    schedule_field: str | None = None
    target_field: str | None = None
    secret_field: str | None = None
    repeated_failures: int | None = None
    """At which failure an alarm must have fired."""
    alarm_words: list[str] | None = None
    """What names an alarm on failures of all jobs."""
    failure_log_calls: list[str] | None = None
    max_age_days: int | None = None


class SuiteKeys(Section):
    """Test suites of a service."""

    conformance: dict[str, list[str]] | None = None
    """Each conformance suite, to the words that name it in a title."""
    conformance_marks: list[str] | None = None
    """Words of which one tells a case of a conformance suite from others, in its path or title."""
    real: dict[str, list[str]] | None = None
    """What an integration test must not mock, to the modules and packages that are it."""
    mock_calls: list[str] | None = None
    """What replaces a module, such as ``vi.mock``."""
    stand_ins: list[str] | None = None
    """Packages that pretend to be a database or the like."""
    spy_calls: list[str] | None = None
    """What watches a member of a module, and replaces it where a ``mock...`` follows."""
    request_calls: list[str] | None = None
    """Calls that request a route; one that is named after a method does, too."""
    assertions: list[str] | None = None
    """What an assertion begins with."""
    oauth_words: dict[str, list[str]] | None = None
    """What an end-to-end test of authorisation must show, to the words that name it in a title."""
    repeat_words: list[str] | None = None
    """Beginnings of words that name, in a title, a second call of the same."""
    refresh_words: list[str] | None = None
