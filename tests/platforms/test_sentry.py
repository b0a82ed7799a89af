"""A Sentry project with its keys and environments, and never a secret of it."""

from __future__ import annotations

import pytest

from prr_pipeline.platforms.sentry import ClientKey, Sentry, SentryProject
from prr_pipeline.platforms.silence import Reason
from tests.platforms.asking import CANARY, FakePace, service, silence_of
from tests.platforms.local_service import LocalService, sent
from tests.platforms.providers import client_key

BASE = "/api/0/projects/acme/identity/"


def sentry(server: LocalService) -> Sentry:
    """The organisation acme, there."""
    return Sentry(service(server.url, "Sentry"), "acme", FakePace())


def test_a_project_is_told_with_keys_and_environments(server: LocalService) -> None:
    """Whether a key is active is told, its address and its secret are not even read."""
    server.at(BASE, sent({"id": "1", "slug": "identity", "name": "Identity"}))
    link = f'<{server.url}{BASE}keys/?cursor=0:100:0>; rel="next"; results="true"; cursor="0:100:0"'
    last = f'<{server.url}{BASE}keys/?cursor=0:200:0>; rel="next"; results="false"; cursor="0:200:0"'
    off = client_key(id="b", name="Old", isActive=False)
    server.at(f"{BASE}keys/", sent([off], ("Link", link)), sent([client_key(id="a")], ("Link", last)))
    server.at(f"{BASE}environments/", sent([{"id": "2", "name": "staging"}, {"id": "1", "name": "production"}]))
    answer = sentry(server).project("identity")
    keys = (ClientKey("a", "Default", True), ClientKey("b", "Old", False))
    assert answer.value == SentryProject("identity", "Identity", keys, ("production", "staging"))
    assert CANARY not in repr(answer)


def test_no_such_project_is_an_answer(server: LocalService) -> None:
    """And its keys are not asked for."""
    assert sentry(server).project("identity").value is None
    assert len(server.asked) == 1


def test_keys_that_are_not_answered_silence_the_project(server: LocalService, caplog: pytest.LogCaptureFixture) -> None:
    """A project without its keys is half an answer."""
    server.at(BASE, sent({"slug": "identity", "name": "Identity"}))
    assert silence_of(lambda: sentry(server).project("identity"), caplog).reason is Reason.NOT_FOUND


def test_a_key_of_another_form_tells_nothing_of_itself(server: LocalService, caplog: pytest.LogCaptureFixture) -> None:
    """Its secret stands beside what is wrong."""
    server.at(BASE, sent({"slug": "identity", "name": "Identity"}))
    server.at(f"{BASE}keys/", sent([client_key(isActive=CANARY)]))
    silent = silence_of(lambda: sentry(server).project("identity"), caplog)
    assert (silent.reason, "isActive (bool_type)" in str(silent)) == (Reason.WRONG_SHAPE, True)


def test_the_smallest_question_tells_the_organisation(server: LocalService) -> None:
    """Whether Sentry answers at all."""
    server.at("/api/0/organizations/acme/", sent({"id": "1", "slug": "acme"}))
    assert sentry(server).name().value == "acme"
