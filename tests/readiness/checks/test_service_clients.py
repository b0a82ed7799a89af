"""Clients of the services that call a service (L33)."""

from __future__ import annotations

import pytest

from prr_pipeline.readiness.model import Finding, Outcome, Reason
from tests.readiness.checks.platform import IDENTITY, judged, loop

CALLER, SECOND = "services/clinical/src/index.ts", "services/jobs/src/index.ts"
CLIENTS = "services/identity/clients.yaml"
CALL = 'import { identity } from "@platform/sdk-identity";'
MET, UNMET, UNKNOWN, EXEMPT = Outcome.MET, Outcome.UNMET, Outcome.UNKNOWN, Outcome.NOT_APPLICABLE


def found(clients: str | None, caller: str = CALL, **more: str) -> Finding:
    """The finding with a registry, a calling service, and a ``second`` one or its ``own`` code."""
    places = {"second": SECOND, "own": "services/identity/src/index.ts", "app": "apps/sdk-canary/src/index.ts"}
    files = {
        "services/identity/service.yaml": "",
        CALLER: caller,
        **{places[name]: text for name, text in more.items()},
    }
    return judged("L33", {**files, **({CLIENTS: clients} if clients is not None else {})}, IDENTITY)


REGISTRIES = [
    ("a list", "clients: [{client_id: clinical}]", MET),
    ("with a prefix", "clients: [{id: svc-clinical}]", MET),
    ("by its service", "clients: [{client_id: c-17, service: clinical}]", MET),
    ("a list at the top", "- {name: clinical}", MET),
    ("by id", "clients: {clinical: {secret: s}}", MET),
    ("by id at the top", "svc-clinical: {}", MET),
    ("as texts", "clients: [clinical, jobs]", MET),
    ("with the grant", "clients: [{id: clinical, grant_types: [authorization_code, client_credentials]}]", MET),
    ("with the grant as a text", "clients: [{id: clinical, grant_types: client_credentials}]", MET),
    ("of another grant", "clients: [{id: clinical, grant_types: [authorization_code]}]", UNMET),
    ("one of two has the grant", "clients: [{id: clinical, grant_types: []}, {id: svc-clinical}]", MET),
    ("another service", "clients: [{client_id: jobs}]", UNMET),
    ("a part of the name", "clients: [{client_id: clinical-2}]", UNMET),
    ("its own client", "clients: [{client_id: identity}]", UNMET),
    ("nobody", "clients: []", UNMET),
    ("another shape", "clients: 5", UNMET),
    ("broken", "clients: [", UNKNOWN),
    ("not there", None, UNKNOWN),
]


@pytest.mark.parametrize(
    ("clients", "outcome"), [each[1:] for each in REGISTRIES], ids=[each[0] for each in REGISTRIES]
)
def test_a_caller_has_a_client(clients: str | None, outcome: Outcome) -> None:
    """In whatever usual form the registry is written."""
    assert found(clients).outcome is outcome


IMPORTS = [
    ("a part of the SDK", 'import { a } from "@platform/sdk-identity/grants";', UNMET),
    ("on demand", 'export const f = () => import("@platform/sdk-identity");', UNMET),
    ("passed on", 'export * from "@platform/sdk-identity";', UNMET),
    ("a type", 'import type { A } from "@platform/sdk-identity";', EXEMPT),
    ("another SDK", 'import { a } from "@platform/sdk-identity-admin";', EXEMPT),
    ("in a comment", '// import { a } from "@platform/sdk-identity";', EXEMPT),
    ("in a broken file", "import {", UNKNOWN),
]


@pytest.mark.parametrize(("caller", "outcome"), [each[1:] for each in IMPORTS], ids=[each[0] for each in IMPORTS])
def test_a_caller_is_a_service_that_imports_the_sdk(caller: str, outcome: Outcome) -> None:
    """A type is erased before anything runs."""
    assert found("clients: []", caller).outcome is outcome


def test_every_caller_needs_one_of_its_own() -> None:
    """The sentence names the one that has none."""
    bad = found("clients: [{id: clinical}]", second=CALL)
    assert bad.message == (
        f"{CLIENTS}: jobs has no client (jobs or svc-jobs); register a client for each service that calls identity."
    )
    assert [place.path for place in bad.locations] == [CLIENTS, CALLER, SECOND]
    assert found("clients: [{id: clinical}, {id: jobs}]", second=CALL).values["callers"] == ["clinical", "jobs"]


def test_the_service_itself_and_apps_are_no_callers() -> None:
    """An app calls with the token of a user."""
    found_none = found("clients: []", "export {};", own=CALL, app=CALL)
    assert (found_none.outcome, found_none.message) == (EXEMPT, "No other service imports @platform/sdk-identity.")


def test_what_cannot_be_seen_has_a_reason() -> None:
    """A registry that is not there or not declared, and a caller that cannot be read beside one that can."""
    assert found(None).reason is Reason.NO_EVIDENCE
    files = {CALLER: CALL, "services/identity/service.yaml": ""}
    assert judged("L33", files, IDENTITY, using=loop(paths__m2m_clients=None)).reason is Reason.NOT_DECLARED
    assert found("clients: [{id: clinical}]", second="import {").reason is Reason.UNREADABLE


def test_an_edit_elsewhere_leaves_the_digest() -> None:
    """Lines, and services that do not call, are not judged."""
    one, two = (
        found("clients: [{id: clinical}]"),
        found("clients: [{id: clinical}, {id: x}]", "\n" + CALL, second="f();"),
    )
    assert one.subject_digest == two.subject_digest
