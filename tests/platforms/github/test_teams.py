"""Members of a team, and that a team nobody may see is a silence."""

from __future__ import annotations

import pytest

from prr_pipeline.platforms.github.repository import Person
from prr_pipeline.platforms.github.teams import members_of
from prr_pipeline.platforms.silence import Reason
from tests.platforms.asking import silence_of
from tests.platforms.github.repository import github, user
from tests.platforms.local_service import LocalService, sent

PATH = "/orgs/acme/teams/platform/members"


def test_all_pages_of_members_are_told(server: LocalService) -> None:
    """By account id."""
    link = ("Link", f'<{server.url}{PATH}?page=2>; rel="next"')
    server.at(PATH, sent([user(5, "ann")], link), sent([user(2, "ben"), user(3, "robot", "Bot")]))
    found = members_of(github(server), "platform").value
    assert found == (Person(2, "ben", False), Person(3, "robot", True), Person(5, "ann", False))


def test_a_team_that_is_not_shown_is_a_silence(server: LocalService, caplog: pytest.LogCaptureFixture) -> None:
    """GitHub answers 404 for a missing right as well, so it proves nothing."""
    silent = silence_of(lambda: members_of(github(server), "platform"), caplog)
    assert silent.reason is Reason.NOT_FOUND
    assert "or let the token in PRR_SHOP_TOKEN see it" in silent.way_out


def test_an_empty_team_is_an_answer(server: LocalService) -> None:
    """With nobody in it."""
    server.at(PATH, sent([]))
    assert members_of(github(server), "platform").value == ()
