"""Results of gates: how each check ended, in its last attempt."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prr_pipeline.errors import PrrError, Unreadable
from prr_pipeline.repository.gate_results import Conclusion, GateResults, read_gate_results
from prr_pipeline.repository.tree import Blob


def one_line(fault: PrrError) -> None:
    """What a person meets is one line."""
    assert "\n" not in str(fault)


def read(document: Any) -> GateResults:
    data = document if isinstance(document, bytes) else json.dumps(document).encode()
    return read_gate_results(Blob("gates.json", "0" * 40, data))


def check(conclusion: str | None = "success", name: str = "pii-drift", **more: Any) -> dict[str, Any]:
    return {"name": name, "conclusion": conclusion, **more}


def test_the_plain_form_is_read() -> None:
    """A name and a conclusion are enough."""
    found = read({"checks": [check()]}).latest("pii-drift")
    assert found is not None
    assert (found.conclusion, found.commit, found.completed_at, found.url) == (Conclusion.SUCCESS, None, None, None)


def test_the_answer_of_github_is_read_as_it_stands() -> None:
    """`GET /repos/{owner}/{repo}/commits/{ref}/check-runs`, all pages in one list."""
    row = check(
        head_sha="a" * 40, status="completed", completed_at="2026-03-01T10:00:00Z", html_url="https://x.example"
    )
    found = read({"total_count": 1, "check_runs": [row]}).latest("pii-drift")
    assert found is not None
    assert (found.commit, found.url) == ("a" * 40, "https://x.example")


@pytest.mark.parametrize(
    ("rows", "conclusion"),
    [
        (
            [check("failure", completed_at="2026-03-01T10:00:00Z"), check(completed_at="2026-03-01T11:00:00Z")],
            "success",
        ),
        (
            [check(completed_at="2026-03-01T10:00:00Z"), check("failure", completed_at="2026-03-01T11:00:00Z")],
            "failure",
        ),
        ([check("failure"), check()], "failure"),
        ([check(), check("failure", completed_at="2026-03-01T11:00:00Z")], "failure"),
        ([check(None)], "unfinished"),
        ([check("SUCCESS")], "success"),
    ],
)
def test_the_last_attempt_counts(rows: list[dict[str, Any]], conclusion: str) -> None:
    """Where the times do not tell which came last, an attempt that is not green counts."""
    found = read({"checks": rows}).latest("pii-drift")
    assert found is not None
    assert found.conclusion == conclusion


def test_a_check_that_is_not_there_has_no_attempt() -> None:
    """Names are compared whole."""
    assert read({"checks": [check(name="pii-drift-2")]}).latest("pii-drift") is None


@pytest.mark.parametrize(
    ("document", "why"),
    [
        (b"", "JSON is broken"),
        ([], "names no check"),
        ({}, "names no check"),
        ({"checks": []}, "names no check"),
        ({"checks": {"pii-drift": "success"}}, "names no check"),
        ({"checks": [1]}, "without a name"),
        ({"checks": [{"conclusion": "success"}]}, "without a name"),
        ({"checks": [check("green")]}, "'green', which is no conclusion"),
        ({"checks": [check(completed_at="yesterday")]}, "which is no time"),
        ({"total_count": 45, "check_runs": [check()]}, "holds 1 of 45 checks"),
    ],
)
def test_what_is_no_report_is_one_sentence(document: Any, why: str) -> None:
    """A page of many is no list: the check that failed may be on the next."""
    with pytest.raises(Unreadable) as fault:
        read(document)
    assert why in str(fault.value)


KEYS = st.sampled_from(["name", "conclusion", "completed_at"])
LEAVES = st.none() | st.booleans() | st.sampled_from(["success", "pii-drift", ""])
ROWS = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner), max_leaves=8)


@settings(max_examples=80, deadline=None)
@given(ROWS)
def test_any_row_gives_a_check_or_one_sentence(row: Any) -> None:
    """Nothing is green that does not say success."""
    try:
        found = read({"checks": [row]})
    except PrrError as fault:
        one_line(fault)
        return
    assert all((each.conclusion is Conclusion.SUCCESS) == (row.get("conclusion") == "success") for each in found.checks)
