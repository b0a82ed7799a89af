"""Checks of a commit: both interfaces, every page, the latest attempt, and success that is success."""

from __future__ import annotations

from typing import Any

import pytest

from prr_pipeline.errors import Refused
from prr_pipeline.platforms.github.checks import CheckResult, CheckState, checks_of
from prr_pipeline.platforms.silence import Reason
from tests.platforms.asking import CANARY, silence_of
from tests.platforms.github.repository import BASE, HEAD, OTHER, WEB, github
from tests.platforms.local_service import LocalService, sent
from tests.platforms.providers import check_run, no_statuses

RUNS = f"{BASE}/commits/{HEAD}/check-runs"
STATUS = f"{BASE}/commits/{HEAD}/status"


def status(number: int, context: str, state: str) -> dict[str, Any]:
    """A commit status as it stands in the combined one."""
    at = "2026-03-02T10:01:00Z"
    found = {"id": number, "context": context, "state": state, "created_at": at, "updated_at": at}
    return found | {"target_url": None, "description": None}


def say(server: LocalService, runs: list[dict[str, Any]], statuses: list[dict[str, Any]] | None = None) -> None:
    """Let the commit have these checks."""
    server.at(RUNS, sent({"total_count": len(runs), "check_runs": runs}))
    found = statuses or []
    server.at(STATUS, sent(no_statuses() | {"total_count": len(found), "statuses": found}))


def states(server: LocalService) -> dict[str, str]:
    """Each check's name and state."""
    return {one.name: one.state for one in checks_of(github(server), HEAD).value}


def test_both_interfaces_are_read(server: LocalService) -> None:
    """A tool that only sets a commit status counts like one that runs as a check."""
    say(server, [check_run(1, "build")], [status(9, "ci/legacy", "failure")])
    runs, legacy = checks_of(github(server), HEAD).value
    assert (runs.kind, runs.app, runs.name, runs.state) == ("check_run", "github-actions", "build", CheckState.SUCCESS)
    assert runs.url == f"{WEB}/runs/1"
    assert (legacy.kind, legacy.app, legacy.name, legacy.state) == ("status", "", "ci/legacy", CheckState.FAILURE)


def test_every_page_of_both_is_read(server: LocalService) -> None:
    """And all attempts are asked for, as the latest is chosen here."""
    link = ("Link", f'<{server.url}{RUNS}?page=2>; rel="next"')
    server.at(
        RUNS,
        sent({"total_count": 2, "check_runs": [check_run(1, "a")]}, link),
        sent({"total_count": 2, "check_runs": [check_run(2, "b")]}),
    )
    server.at(STATUS, sent(no_statuses()))
    assert states(server) == {"a": "success", "b": "success"}
    assert server.asked[0].query == (("filter", "all"), ("per_page", "100"))


@pytest.mark.parametrize(
    ("conclusion", "state"),
    [
        ("success", CheckState.SUCCESS), ("failure", CheckState.FAILURE), ("cancelled", CheckState.FAILURE),
        ("timed_out", CheckState.FAILURE), ("action_required", CheckState.FAILURE), ("stale", CheckState.FAILURE),
        ("startup_failure", CheckState.FAILURE), ("skipped", CheckState.SKIPPED), ("neutral", CheckState.NEUTRAL),
        (None, CheckState.FAILURE),
    ],
)  # fmt: skip
def test_only_success_is_success(server: LocalService, conclusion: str | None, state: CheckState) -> None:
    """Skipped and neutral ones have looked at nothing."""
    say(server, [check_run(1, "build", conclusion=conclusion)])
    assert states(server) == {"build": state}


@pytest.mark.parametrize("word", ["queued", "in_progress", "waiting", "requested", "pending"])
def test_what_runs_is_pending(server: LocalService, word: str) -> None:
    """Whatever an earlier attempt concluded."""
    say(server, [check_run(1, "build", status=word, conclusion=None, completed_at=None)])
    assert states(server) == {"build": "pending"}


@pytest.mark.parametrize("order", [1, -1])
def test_the_latest_attempt_counts(server: LocalService, order: int) -> None:
    """By its id, as one that waits has no time; whatever the order that they come in."""
    runs = [check_run(1, "build"), check_run(3, "build", conclusion="failure"), check_run(2, "build")]
    say(server, runs[::order], [status(5, "ci", "success"), status(4, "ci", "error")][::order])
    assert states(server) == {"build": "failure", "ci": "success"}


def test_two_apps_of_one_name_are_two_checks(server: LocalService) -> None:
    """One must not hide the other's failure."""
    other = {"id": 99, "slug": "other-ci"}
    say(server, [check_run(1, "build", conclusion="failure"), check_run(2, "build", app=other)])
    found = checks_of(github(server), HEAD).value
    assert [(one.app, one.state) for one in found] == [("github-actions", "failure"), ("other-ci", "success")]


@pytest.mark.parametrize(
    ("runs", "total", "reason"),
    [
        ([check_run(1, "build")], 2, Reason.PAGE_MISSING),
        ([check_run(1, "build", head_sha=OTHER)], 1, Reason.WRONG_SHAPE),
        ([check_run(1, "build", conclusion="splendid")], 1, Reason.WRONG_SHAPE),
        ([check_run(1, "build", status="done")], 1, Reason.WRONG_SHAPE),
    ],
    ids=["too few", "other commit", "unknown conclusion", "unknown status"],
)
def test_doubtful_runs_are_a_silence(
    server: LocalService, caplog: pytest.LogCaptureFixture, runs: list[dict[str, Any]], total: int, reason: Reason
) -> None:
    """Half a list, another commit's list and words that nobody knows are no facts."""
    server.at(RUNS, sent({"total_count": total, "check_runs": runs}))
    server.at(STATUS, sent(no_statuses()))
    assert silence_of(lambda: checks_of(github(server), HEAD), caplog).reason is reason


def test_doubtful_statuses_are_a_silence(server: LocalService, caplog: pytest.LogCaptureFixture) -> None:
    """Those of another commit, and fewer than announced."""
    say(server, [])
    server.at(STATUS, sent(no_statuses() | {"sha": OTHER}))
    assert silence_of(lambda: checks_of(github(server), HEAD), caplog).reason is Reason.WRONG_SHAPE
    server.at(STATUS, sent(no_statuses() | {"total_count": 1}))
    assert silence_of(lambda: checks_of(github(server), HEAD), caplog).reason is Reason.PAGE_MISSING


def test_no_checks_is_an_answer(server: LocalService) -> None:
    """An empty one, which is green for nobody who asks for a check by name."""
    say(server, [])
    assert checks_of(github(server), HEAD).value == ()


def test_a_branch_is_not_asked_about(server: LocalService) -> None:
    """What it means moves between two pages."""
    with pytest.raises(Refused, match="no full commit id"):
        checks_of(github(server), "main")
    assert server.asked == []


def test_a_limit_that_github_gives_as_403_is_a_limit(server: LocalService, caplog: pytest.LogCaptureFixture) -> None:
    """Not a missing right: the way out is to wait."""
    server.at(RUNS, sent({"message": CANARY}, ("X-RateLimit-Remaining", "0"), ("X-RateLimit-Reset", "1772456400"),
                         status=403))  # fmt: skip
    silent = silence_of(lambda: checks_of(github(server), HEAD), caplog)
    assert silent.reason is Reason.RATE_LIMITED
    assert "until 2026-03-02T13:00:00" in str(silent)


def test_the_version_of_the_interface_is_asked_for(server: LocalService) -> None:
    """So that a new one does not change what is read."""
    say(server, [])
    checks_of(github(server), HEAD)
    assert server.asked[0].headers["X-GitHub-Api-Version"] == "2022-11-28"
    assert server.asked[0].headers["Accept"] == "application/vnd.github+json"


def test_a_result_is_a_value() -> None:
    """Equal ones are equal, and none can be changed."""
    one = CheckResult("status", "", "ci", CheckState.SUCCESS, None, "")
    assert one == CheckResult("status", "", "ci", CheckState.SUCCESS, None, "")
    with pytest.raises(AttributeError):
        one.name = "x"  # type: ignore[misc]
