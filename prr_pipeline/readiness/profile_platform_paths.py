"""The keys of a profile about where a service platform keeps its evidence."""

from __future__ import annotations

from prr_pipeline.readiness.profile_section import Section


class PlatformPathKeys(Section):
    """Where a platform keeps its evidence. ``{service}``, ``{event}``, ``{job}``... are filled from the subject."""

    service: str | None = None
    """The folder of a service; the folders that match it are the services."""
    service_template: str | None = None
    manifest: str | None = None
    service_openapi: str | None = None
    service_entry: str | None = None
    db_schema: str | None = None
    repositories: str | None = None
    service_classes: str | None = None
    service_routes: str | None = None
    event_handlers: str | None = None
    infra: str | None = None
    readme: str | None = None
    service_runbook: str | None = None
    migrations: str | None = None
    db_config: str | None = None
    """Drizzle's configuration of a service, which may say how names of columns are spelt."""
    service_tests: str | None = None
    test_config: str | None = None
    """The configuration of a service's test runner, which names what every test file loads first."""
    e2e_tests: str | None = None
    """Tests that go through everything, from a token to the answer."""
    service_code: str | None = None
    """Everything of a service that runs, tests apart."""
    event_schemas: str | None = None
    event_registry: str | None = None
    event_names: str | None = None
    scopes: str | None = None
    consent_text: str | None = None
    audit_registry: str | None = None
    m2m_clients: str | None = None
    phi_canaries: str | None = None
    """Values like health data that tests plant, to find them wherever they must not be."""
    job_registry: str | None = None
    job_executor: str | None = None
    job_infra: str | None = None
    job_runbook: str | None = None
    sst_config: str | None = None
    sdk_package: str | None = None
    sdk_consumers: list[str] | None = None
    service_page: str | None = None
    endpoint_page: str | None = None
    event_page: str | None = None
    sdk_page: str | None = None
    service_catalog: str | None = None
    connect_docs: str | None = None
    scope_docs: str | None = None
    webhook_catalog: str | None = None
    webhook_filters: str | None = None
    baa_register: str | None = None
    teams: str | None = None
    integration: str | None = None
    """The declaration of a partner integration; the files that match it are the integrations."""
    integration_code: str | None = None
    integration_tests: str | None = None
    changesets: str | None = None
    freeze_calendar: str | None = None
    rollback_drill: str | None = None
