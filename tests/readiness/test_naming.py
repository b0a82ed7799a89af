"""How an operation is called in prose and in code."""

from __future__ import annotations

import pytest

from prr_pipeline.readiness.naming import in_code, in_prose
from prr_pipeline.repository.openapi import Operation, parse_spec
from prr_pipeline.repository.patterns import Pattern
from prr_pipeline.repository.tree import Blob
from tests.readiness.fakes import spec


def operation(name: str, path: str = "/grants") -> Operation:
    text = spec(operationId=name).replace('"/grants"', f'"{path}"')
    return parse_spec(Blob(f"{name}.json", name + path, text.encode())).operation(name)


def found(pattern: Pattern, text: str) -> bool:
    return pattern.search(text) is not None


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("createGrant", "Call `createGrant`.", True),
        ("createGrant", "POST /v1/grants answers", True),
        ("createGrant", "createGrants, createGrant-x, a/createGrant, x.createGrant", False),
        ("createGrant", "POST /grants/{id}", False),
        ("createGrant", "GET /grants", False),
        ("reports/annual.v2", "see reports/annual.v2.", True),
        ("reports/annual.v2", "see reports/annual.v2.1 or reports/annual", False),
    ],
)
def test_prose_names_the_id_as_a_whole_word_or_method_and_path(name: str, text: str, expected: bool) -> None:
    """The end of a sentence is no part of the id."""
    assert found(in_prose(operation(name)), text) is expected


@pytest.mark.parametrize(
    ("name", "path", "text", "expected"),
    [
        ("createGrant", "/grants", "client.createGrant(", True),
        ("createGrant", "/grants", "Client.CreateGrant(ctx)", True),
        ("createGrant", "/grants", "create_grant(", True),
        ("createGrant", "/grants", "matter grants create-grant", True),
        ("createGrant", "/grants", "matter.grants.create({", True),
        ("createGrant", "/grants", "fetch(`${BASE}/grants`)", True),
        ("createGrant", "/grants", "recreateGrant( createGrants( createGrant_all(", False),
        ("createGrant", "/grants", "/grants/grt_1/exercise", False),
        ("exerciseGrant", "/grants/{grant_id}/exercise", "/grants/grt_1/exercise", True),
        ("exerciseGrant", "/grants/{grant_id}/exercise", "/grants/a/b/exercise", False),
        ("reports/annual.v2", "/reports/annual", "matter.reports.annualV2(", True),
        ("reports/annual.v2", "/reports/annual", "matter.reports.annualV21(", False),
        ("__", "/x", "nothing at all", False),
    ],
)
def test_code_names_it_as_sdks_do(name: str, path: str, text: str, expected: bool) -> None:
    """In any case, as a method of its resource, or by its path with values in it."""
    assert found(in_code(operation(name, path)), text) is expected
