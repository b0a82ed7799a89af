"""Where a commit was deployed, since when it stands there, and since when another one does."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from prr_pipeline.platforms.github.deployments import Deployment, deployments_of
from prr_pipeline.platforms.silence import Reason
from tests.platforms.asking import silence_of
from tests.platforms.github.repository import BASE, HEAD, OTHER, github
from tests.platforms.local_service import Asked, LocalService, Reply, sent

PATH = f"{BASE}/deployments"


def at(minute: int) -> str:
    """An instant of the day, as GitHub writes it."""
    return f"2026-03-02T{9 + minute // 60:02}:{minute % 60:02}:00Z"


def when(minute: int) -> datetime:
    """The same as a value."""
    return datetime(2026, 3, 2, 9 + minute // 60, minute % 60, tzinfo=UTC)


def deployment(number: int, sha: str, minute: int, environment: str = "staging") -> dict[str, Any]:
    """A deployment that was asked for at that minute."""
    return {"id": number, "sha": sha, "environment": environment, "created_at": at(minute), "ref": "main"}


def say(server: LocalService, deployments: list[dict[str, Any]], statuses: dict[int, list[tuple[str, int]]]) -> None:
    """Let the environment have had these, the newest first, each with its states and their minutes."""

    def listed(asked: Asked) -> Reply:
        sha = asked.parameter("sha")
        found = [one for one in deployments if sha in (None, one["sha"])]
        return sent(sorted(found, key=lambda one: one["created_at"], reverse=True))

    server.routes[PATH] = listed
    for number, states in statuses.items():
        told = [{"id": minute, "state": state, "created_at": at(minute)} for state, minute in states]
        server.at(f"{PATH}/{number}/statuses", sent(told[::-1]))


def of_head(server: LocalService) -> tuple[Deployment, ...]:
    """The head's deployments to staging."""
    return deployments_of(github(server), HEAD, "staging").value


def test_a_success_has_its_instant(server: LocalService) -> None:
    """The first one; a status that says so again does not start the soak anew."""
    say(server, [deployment(1, HEAD, 0)], {1: [("in_progress", 1), ("success", 5), ("success", 9)]})
    [found] = of_head(server)
    assert (found.state, found.succeeded_at, found.superseded_at) == ("success", when(5), None)
    assert server.asked[0].query == (("sha", HEAD), ("environment", "staging"), ("per_page", "100"))


@pytest.mark.parametrize(
    ("states", "state"),
    [([], "queued"), ([("failure", 3)], "failure"), ([("in_progress", 3)], "in_progress"), ([("error", 3)], "error")],
)
def test_what_never_succeeded_has_no_instant(server: LocalService, states: list[tuple[str, int]], state: str) -> None:
    """Its latest state is told."""
    say(server, [deployment(1, HEAD, 0)], {1: states})
    [found] = of_head(server)
    assert (found.state, found.succeeded_at) == (state, None)


def test_another_commit_that_succeeds_takes_the_place(server: LocalService) -> None:
    """The first that does; one that failed does not."""
    say(
        server,
        [deployment(1, HEAD, 0), deployment(2, OTHER, 10), deployment(3, OTHER, 20), deployment(4, OTHER, 30)],
        {1: [("success", 5)], 2: [("failure", 12)], 3: [("success", 25)], 4: [("success", 35)]},
    )
    [found] = of_head(server)
    assert found.superseded_at == when(25)


def test_an_inactive_status_ends_it_too(server: LocalService) -> None:
    """GitHub sets it when another one succeeds, also one that was begun earlier."""
    say(
        server,
        [deployment(1, HEAD, 0), deployment(2, OTHER, 10)],
        {1: [("success", 5), ("inactive", 15)], 2: [("success", 25)]},
    )
    [found] = of_head(server)
    assert (found.state, found.superseded_at) == ("inactive", when(15))


def test_the_same_commit_again_takes_no_place(server: LocalService) -> None:
    """Its soak goes on, and both deployments are told."""
    say(server, [deployment(1, HEAD, 0), deployment(2, HEAD, 10)], {1: [("success", 5)], 2: [("success", 15)]})
    first, second = of_head(server)
    assert (first.superseded_at, second.superseded_at) == (None, None)
    assert (first.succeeded_at, second.succeeded_at) == (when(5), when(15))


def test_an_earlier_success_takes_no_place(server: LocalService) -> None:
    """What stood there before is not after."""
    say(server, [deployment(1, OTHER, 0), deployment(2, HEAD, 10)], {1: [("success", 5)], 2: [("success", 15)]})
    [found] = of_head(server)
    assert found.superseded_at is None


def test_no_deployment_is_an_answer(server: LocalService) -> None:
    """Without further questions."""
    say(server, [deployment(1, OTHER, 0)], {})
    assert of_head(server) == ()
    assert len(server.asked) == 1


def test_older_pages_are_not_needed(server: LocalService) -> None:
    """The newest come first, so the list is read down to the commit's own."""

    def listed(asked: Asked) -> Reply:
        if asked.parameter("sha"):
            return sent([deployment(2, HEAD, 10)])
        link = ("Link", f'<{server.url}{PATH}?page=2>; rel="next"')
        return sent([deployment(3, OTHER, 20), deployment(2, HEAD, 10), deployment(1, OTHER, 0)], link)

    server.routes[PATH] = listed
    server.at(f"{PATH}/2/statuses", sent([{"id": 1, "state": "success", "created_at": at(12)}]))
    server.at(f"{PATH}/3/statuses", sent([]))
    [found] = of_head(server)
    assert found.superseded_at is None
    assert [one.parameter("page") for one in server.asked if one.path == PATH] == [None, None]


def test_a_list_out_of_order_is_a_silence(server: LocalService, caplog: pytest.LogCaptureFixture) -> None:
    """Then nothing says where it may end."""

    def listed(asked: Asked) -> Reply:
        own = [deployment(1, HEAD, 0)]
        return sent(own if asked.parameter("sha") else [*own, deployment(2, OTHER, 20)])

    server.routes[PATH] = listed
    assert silence_of(lambda: of_head(server), caplog).reason is Reason.WRONG_SHAPE


def test_another_environment_is_a_silence(server: LocalService, caplog: pytest.LogCaptureFixture) -> None:
    """A filter that the service ignored would pass development for production."""
    server.at(PATH, sent([deployment(1, HEAD, 0, "development")]))
    assert silence_of(lambda: of_head(server), caplog).reason is Reason.WRONG_SHAPE


def test_an_unknown_state_is_a_silence(server: LocalService, caplog: pytest.LogCaptureFixture) -> None:
    """A word that nobody knows is no fact."""
    say(server, [deployment(1, HEAD, 0)], {1: [("splendid", 5)]})
    assert silence_of(lambda: of_head(server), caplog).reason is Reason.WRONG_SHAPE
