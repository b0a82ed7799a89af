"""The doctor's look at whether each configured service answers."""

from __future__ import annotations

from pathlib import Path

import pytest

from prr_pipeline.control.asked_services import looks
from prr_pipeline.control.doctoring import FAULT, OK, diagnose
from prr_pipeline.platforms.silence import Reason
from tests.control.service_settings import ENVIRONMENT, all_sections, settings
from tests.platforms.asking import CANARY, FakePace, silence_of
from tests.platforms.local_service import LocalService, sent
from tests.platforms.name_server import NameServer, records
from tests.platforms.providers import aws


@pytest.fixture
def server() -> LocalService:
    """A service that answers the smallest question of every provider."""
    running = LocalService()
    running.at("/repos/acme/shop", sent({"full_name": "acme/shop"}))
    running.at("/services", sent({"services": [], "limit": 1, "offset": 0, "more": False}))
    running.at("/", aws({"MetricAlarms": []}))
    running.at("/api/0/organizations/acme/", sent({"slug": "acme"}))
    running.at("/zones/z1", sent({"success": True, "result": {"name": "acme.example"}}))
    running.at("/healthz", sent({}, status=503))
    return running


def test_what_is_not_named_is_not_looked_at(tmp_path: Path) -> None:
    """A deployment without services has no line about them."""
    assert looks(settings(tmp_path, ""), ENVIRONMENT) == []


def test_each_service_that_answers_is_said_so(tmp_path: Path, server: LocalService) -> None:
    """With its own token, by one question each."""
    with server, NameServer(records()) as names:
        found = looks(settings(tmp_path, all_sections(server.url, names.port)), ENVIRONMENT, FakePace())
        told = {name.removeprefix("platforms."): look() for name, look in found}
    assert told == {
        "github": "the repository acme/shop is read.",
        "pagerduty": "it answers, and the account has no services.",
        "cloudwatch": "it answers, and the region has no alarms.",
        "sentry": "the organisation acme is read.",
        "cloudflare": "the zone acme.example is read.",
        "npm_registry": "it answers.",
        "health_probe": "dev has an address per service, prod answers 503.",
        "resolver": "name servers answer.",
    }
    sent_tokens = {asked.path: asked.headers.get("Authorization", "") for asked in server.asked}
    assert sent_tokens["/services"] == f"Token token={CANARY}"
    assert sent_tokens["/zones/z1"] == f"Bearer {CANARY}"
    assert (sent_tokens["/npm/service.invalid"], sent_tokens["/healthz"]) == ("", "")


def test_a_service_that_fails_is_asked_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A look does not wait for better days."""
    pace = FakePace()
    with LocalService() as server:
        server.otherwise = lambda asked: sent({}, status=503)
        text = f'[platforms.sentry]\norganisation = "acme"\nbase_url = "{server.url}"\n'
        [(_, look)] = looks(settings(tmp_path, text), ENVIRONMENT, pace)
        assert silence_of(look, caplog).reason is Reason.SERVER_ERROR
    assert (pace.waited, len(server.asked)) == ([], 1)


def test_the_doctor_tells_of_each_service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that answers and one whose token is missing, each in its own line."""
    monkeypatch.delenv("PRR_GITHUB_TOKEN", raising=False)
    with NameServer(records()) as names:
        text = '[platforms.github]\nowner = "acme"\nrepository = "shop"\n'
        text += f'[platforms.resolver]\nservers = ["127.0.0.1"]\nport = {names.port}\n'
        settings(tmp_path, text)
        found = {one.name: one for one in diagnose(tmp_path / "prr.toml")}
    assert found["platforms.resolver"].word == OK
    github = found["platforms.github"]
    assert (github.word, "PRR_GITHUB_TOKEN is not set" in github.finding) == (FAULT, True)
    assert "docs/platforms.md" in github.way_out
    assert "platforms.sentry" not in found
