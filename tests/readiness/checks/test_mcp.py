"""Exposure over MCP: in the generated catalog, and on purpose."""

from __future__ import annotations

from typing import Any

import pytest

from prr_pipeline.readiness.catalogue import load_catalogue
from prr_pipeline.readiness.model import Finding, Outcome, Reason
from tests.readiness.fakes import SPEC, run, spec

M7 = load_catalogue().line("M7")
PATH = "apps/mcp/src/tools/generated.ts"
ENTRY = 'matter_create_grant: { operationId: "createGrant", minTier: 2 }'
HIDDEN = {"exposed": False, "never_expose": False}


def judged(tools: str | None = ENTRY, **changes: Any) -> Finding:
    files = {SPEC: spec(**changes)} | (
        {PATH: f"export const TOOLS = {{ {tools} }} as const;"} if tools is not None else {}
    )
    return run(M7.check, M7.parameters, files)


def test_an_exposed_operation_in_the_catalog_is_met() -> None:
    """Catalog and spec agree, and the sensitive operation says never_expose."""
    assert judged().outcome is Outcome.MET
    assert judged().values["stale_elsewhere"] == []


def test_a_catalog_written_as_a_list_is_read_too() -> None:
    """Generators write maps or lists of tools with a name."""
    files = {SPEC: spec(), PATH: 'export const TOOLS = [{ name: "matter_create_grant", operationId: "createGrant" }];'}
    assert run(M7.check, M7.parameters, files).outcome is Outcome.MET


def test_an_operation_that_is_not_exposed_and_not_in_the_catalog_is_met() -> None:
    """No tool is the right catalog for it."""
    assert judged("", x_mcp=HIDDEN).outcome is Outcome.MET


@pytest.mark.parametrize(
    ("tools", "changes", "message"),
    [
        ("", {}, "lacks matter_create_grant; generate it again"),
        (None, {}, "lacks matter_create_grant; generate it again"),
        (ENTRY, {"x_mcp": HIDDEN}, "still holds matter_create_grant"),
        (ENTRY.replace("createGrant", "listOther"), {}, "belongs to listOther"),
        (ENTRY.replace("2", "1"), {}, "asks for tier 1, the spec for 2"),
        (ENTRY.replace("matter_create_grant", "matter_grant"), {}, "lacks matter_create_grant"),
        (
            ENTRY,
            {"x_mcp": {"exposed": True, "never_expose": False, "tool_name": "matter_create_grant"}},
            "without min_tier",
        ),
        ("", {"x_mcp": {"exposed": False}}, "leaves never_expose to a default"),
        ("", {"x_mcp": None}, "does not declare x-matter-mcp"),
    ],
)
def test_a_stale_or_careless_exposure_is_unmet(tools: str | None, changes: dict[str, Any], message: str) -> None:
    """Each way in which catalog and spec can disagree is told apart."""
    finding = judged(tools, **changes)
    assert finding.outcome is Outcome.UNMET
    assert message in finding.message


def test_an_operation_that_is_not_sensitive_may_leave_never_expose_out() -> None:
    """Only declared classifications demand it in writing."""
    assert judged("", x_mcp={"exposed": False}, x_classification="Public").outcome is Outcome.MET


def test_a_catalog_that_must_be_run_is_unknown() -> None:
    """A spread may hold the tool or not; code is never executed to find out."""
    finding = judged("...more")
    assert (finding.outcome, finding.reason) == (Outcome.UNKNOWN, Reason.NOT_RESOLVABLE)


def test_another_operations_stale_tool_is_reported_and_does_not_fail_this_one() -> None:
    """The whole catalog is compared; the verdict is about the own part."""
    finding = judged(ENTRY + ', matter_old: { operationId: "gone" }')
    assert finding.outcome is Outcome.MET
    assert finding.values["stale_elsewhere"] == ["matter_old"]
    assert finding.subject_digest == judged().subject_digest
