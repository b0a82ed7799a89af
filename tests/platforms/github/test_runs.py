"""Workflow runs of a commit, and who approved what they wanted to deploy to."""

from __future__ import annotations

from typing import Any

import pytest

from prr_pipeline.platforms.github.runs import approvals_of, runs_of
from prr_pipeline.platforms.silence import Reason
from tests.platforms.asking import silence_of
from tests.platforms.github.repository import BASE, HEAD, OTHER, WEB, github, user
from tests.platforms.local_service import LocalService, sent


def run(number: int = 30, **changes: Any) -> dict[str, Any]:
    """A run that user 1 started and user 2 started again."""
    found = {
        "id": number, "name": "deploy", "head_sha": HEAD, "run_attempt": 2, "status": "completed",
        "conclusion": "success", "actor": user(1), "triggering_actor": user(2), "html_url": f"{WEB}/actions/runs/30",
    }  # fmt: skip
    return found | changes


def approval(person: dict[str, Any], state: str = "approved", *environments: str) -> dict[str, Any]:
    """A decision over environments."""
    named = [{"id": 1, "name": name} for name in environments or ("production",)]
    return {"state": state, "comment": "ship it", "user": person, "environments": named}


def decided(server: LocalService, *approvals: dict[str, Any]) -> list[tuple[str, str, bool]]:
    """Environment, login and whether it counts."""
    server.at(f"{BASE}/actions/runs/30", sent(run()))
    server.at(f"{BASE}/actions/runs/30/approvals", sent(list(approvals)))
    found = approvals_of(github(server), 30).value
    return [(one.environment, one.person.login, one.counts) for one in found]


def test_runs_of_a_commit_are_told_with_who_started_them(server: LocalService) -> None:
    """By id, each starter once."""
    runs = [run(31, triggering_actor=user(1)), run(30)]
    server.at(f"{BASE}/actions/runs", sent({"total_count": 2, "workflow_runs": runs}))
    first, second = runs_of(github(server), HEAD).value
    assert (first.id, first.attempt, [one.id for one in first.starters]) == (30, 2, [1, 2])
    assert (second.id, [one.id for one in second.starters]) == (31, [1])
    assert server.asked[0].parameter("head_sha") == HEAD


def test_runs_of_another_commit_are_a_silence(server: LocalService, caplog: pytest.LogCaptureFixture) -> None:
    """And fewer than announced too."""
    server.at(f"{BASE}/actions/runs", sent({"total_count": 1, "workflow_runs": [run(head_sha=OTHER)]}))
    assert silence_of(lambda: runs_of(github(server), HEAD), caplog).reason is Reason.WRONG_SHAPE
    server.at(f"{BASE}/actions/runs", sent({"total_count": 2, "workflow_runs": [run()]}))
    assert silence_of(lambda: runs_of(github(server), HEAD), caplog).reason is Reason.PAGE_MISSING


@pytest.mark.parametrize(
    ("given", "counts"),
    [
        (approval(user(9)), True),
        (approval(user(9), "rejected"), False),
        (approval(user(9), "pending"), False),
        (approval(user(1)), False),
        (approval(user(2)), False),
        (approval(user(9, "acme[bot]", "Bot")), False),
    ],
    ids=["another human", "rejected", "pending", "who started it", "who started it again", "bot"],
)
def test_an_approval_counts(server: LocalService, given: dict[str, Any], counts: bool) -> None:
    """That of a human who did not start the run."""
    assert [one[2] for one in decided(server, given)] == [counts]


def test_each_environment_of_a_decision_is_one(server: LocalService) -> None:
    """One comment may approve several."""
    assert decided(server, approval(user(9), "approved", "staging", "production")) == [
        ("staging", "user9", True),
        ("production", "user9", True),
    ]


def test_no_approval_is_an_answer(server: LocalService) -> None:
    """An environment without a gate asks nobody."""
    assert decided(server) == []
