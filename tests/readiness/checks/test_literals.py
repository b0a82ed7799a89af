"""Registries written as TypeScript literals: runbooks and chaos drills."""

from __future__ import annotations

import pytest

from prr_pipeline.readiness.catalogue import load_catalogue
from prr_pipeline.readiness.model import Finding, Outcome, Reason
from tests.readiness.fakes import SPEC, run, spec

M22, M24 = load_catalogue().line("M22"), load_catalogue().line("M24")
RUNBOOKS = "apps/api/lib/runbook-registry.ts"
DRILLS = "apps/api/lib/chaos-cadence.ts"
PAGE = {"docs/cap-table.mdx": "text"}


def registered(body: str | None, **more: str) -> Finding:
    files = PAGE | ({RUNBOOKS: f"export const RUNBOOKS = {body} as const;"} if body is not None else {})
    return run(M22.check, M22.parameters, {**files, **more})


def scheduled(body: str) -> Finding:
    return run(M24.check, M24.parameters, {DRILLS: f"export const CHAOS_CADENCE = {body};"})


@pytest.mark.parametrize(
    "body",
    [
        '{ "cap-table": { path: "docs/cap-table.mdx" } }',
        '{ createGrant: { file: "docs/cap-table.mdx" } }',
        '{ "cap-table": "docs/cap-table.mdx" }',
        '[{ kind: "cap-table", path: "docs/cap-table.mdx" }]',
        '[{ operationId: "createGrant", path: "docs/cap-table.mdx" }]',
    ],
)
def test_an_entry_for_the_kind_or_the_operation_whose_file_exists_is_met(body: str) -> None:
    """Maps and lists, keyed by kind or by operation, are all registries."""
    assert registered(body).outcome is Outcome.MET


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (None, "runbook-registry.ts does not exist"),
        ("{}", "has no entry for 'createGrant' or 'cap-table'"),
        ('{ "cap-tables": { path: "docs/cap-table.mdx" } }', "has no entry"),
        ('{ "cap-table": { path: "docs/gone.mdx" } }', "points to docs/gone.mdx, which does not exist"),
        ('{ "cap-table": { owner: "Equity" } }', "names no file under path or file or page"),
    ],
)
def test_a_missing_or_hollow_entry_is_unmet(body: str | None, message: str) -> None:
    """An entry that leads nowhere is as good as none."""
    finding = registered(body)
    assert finding.outcome is Outcome.UNMET
    assert message in finding.message


def test_a_registry_that_must_be_run_is_unknown() -> None:
    """The entry may stand in the spread; code is never executed to find out."""
    finding = registered("{ ...load() }")
    assert (finding.outcome, finding.reason) == (Outcome.UNKNOWN, Reason.NOT_RESOLVABLE)


def test_an_export_of_another_name_is_unknown_and_lists_the_exports() -> None:
    """The profile says what the registry is called."""
    finding = run(M22.check, M22.parameters, {RUNBOOKS: "export const BOOKS = {};"})
    assert (finding.outcome, finding.reason) == (Outcome.UNKNOWN, Reason.UNREADABLE)
    assert "BOOKS" in finding.message


def test_a_broken_source_is_unknown() -> None:
    """Half a syntax tree proves nothing."""
    finding = run(M22.check, M22.parameters, {RUNBOOKS: "export const RUNBOOKS = {"})
    assert (finding.outcome, finding.reason) == (Outcome.UNKNOWN, Reason.UNREADABLE)


def test_orphans_are_reported_and_do_not_fail_this_operation() -> None:
    """Somebody else's dead entry is shown in the values."""
    finding = registered('{ "cap-table": "docs/cap-table.mdx", old: "docs/old.mdx" }')
    assert finding.outcome is Outcome.MET
    assert finding.values["entries_without_file"] == ["old"]


def test_another_entry_leaves_the_digest_as_it_is() -> None:
    """The registry belongs to all; only the own entry is bound."""
    one = registered('{ "cap-table": "docs/cap-table.mdx" }')
    assert (
        registered('{ a: "docs/cap-table.mdx", "cap-table": "docs/cap-table.mdx" }').subject_digest
        == one.subject_digest
    )


@pytest.mark.parametrize(
    ("body", "outcome"),
    [
        ('[{ id: "a", target: "createGrant", cadence: "quarterly" }]', Outcome.MET),
        ('[{ id: "a", target: "cap-table", cadence: "Monthly" }]', Outcome.MET),
        ('[{ id: "a", target: "createGrant", cadence: "sometimes" }]', Outcome.UNMET),
        ('[{ id: "a", target: "createGrant" }]', Outcome.UNMET),
        ('[{ id: "a", target: "createGrants", cadence: "monthly" }]', Outcome.UNMET),
        ("[]", Outcome.UNMET),
    ],
)
def test_a_drill_names_the_operation_or_its_kind_with_a_valid_cadence(body: str, outcome: Outcome) -> None:
    """A drill without a rhythm does not come back."""
    assert scheduled(body).outcome is outcome


def test_an_operation_without_kind_is_found_by_its_id() -> None:
    """A missing tag does not hide an entry under the operation's own name."""
    files = {
        SPEC: spec(tags=None),
        DRILLS: 'export const CHAOS_CADENCE = [{ target: "createGrant", cadence: "weekly" }];',
    }
    assert run(M24.check, M24.parameters, files).outcome is Outcome.MET
