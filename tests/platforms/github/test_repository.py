"""The repository itself: its address, also on GitHub Enterprise, and whether it answers."""

from __future__ import annotations

import pytest

from prr_pipeline.errors import Refused
from prr_pipeline.platforms.github.repository import GitHub
from tests.platforms.asking import FakePace, service
from tests.platforms.github.repository import BASE, github
from tests.platforms.local_service import LocalService, sent


def test_the_smallest_question_tells_the_name(server: LocalService) -> None:
    """As GitHub has it."""
    server.at(BASE, sent({"id": 1, "full_name": "acme/Shop"}))
    assert github(server).name().value == "acme/Shop"


def test_github_enterprise_has_a_path_before_it(server: LocalService) -> None:
    """The base address of the settings, whole."""
    server.at("/api/v3/repos/acme/shop", sent({"full_name": "acme/shop"}))
    enterprise = GitHub(service(f"{server.url}/api/v3", "GitHub"), "acme", "shop", FakePace())
    assert enterprise.name().address == f"{server.url}/api/v3/repos/acme/shop"


def test_a_name_cannot_lead_elsewhere() -> None:
    """Neither the owner's nor the repository's."""
    with pytest.raises(Refused):
        GitHub(service("https://api.example.org"), "..", "shop", FakePace())
    assert GitHub(service("https://api.example.org"), "a/b", "c?d", FakePace()).path("/x") == "/repos/a%2Fb/c%3Fd/x"
