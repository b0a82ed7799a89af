"""What a deployed service says of itself, at the addresses of the settings alone."""

from __future__ import annotations

import pytest

from prr_pipeline.errors import PrrError, Refused, UnknownName
from prr_pipeline.platforms.health_probe import Health, HealthProbe
from prr_pipeline.platforms.silence import Reason
from tests.platforms.asking import NOW, FakePace, service, silence_of
from tests.platforms.local_service import LocalService, Reply, sent


def probe(server: LocalService, version_path: str = "build.version") -> HealthProbe:
    """Two stages, there."""
    addresses = {"dev": f"{server.url}/{{service}}/healthz", "prod": f"{server.url}/prod"}
    return HealthProbe(addresses, version_path, service(server.url), FakePace())


def test_a_healthy_service_is_told_with_its_version(server: LocalService) -> None:
    """And when it was asked."""
    server.at("/identity/healthz", sent({"build": {"version": "1.2.0"}}))
    answer = probe(server).probe("dev", "identity")
    assert (answer.value, answer.read_at) == (Health(200, "1.2.0"), NOW)
    assert answer.value.is_healthy
    assert answer.address == f"{server.url}/identity/healthz"


@pytest.mark.parametrize("status", [204, 404, 429, 500, 502, 503])
def test_any_status_is_an_answer(server: LocalService, status: int) -> None:
    """At once: that it is unwell is what was asked."""
    server.at("/identity/healthz", Reply(status, b"", content_type="text/plain"))
    found = probe(server).probe("dev", "identity").value
    assert (found, found.is_healthy) == (Health(status, None), False)
    assert len(server.asked) == 1


@pytest.mark.parametrize("body", [b"ok", b"{}", b'{"build": 1}', b'{"build": {"version": 7}}', b"[" * 99_999, b""])
def test_a_healthy_body_without_a_version_is_a_silence(
    server: LocalService, caplog: pytest.LogCaptureFixture, body: bytes
) -> None:
    """What runs there is then not known."""
    server.at("/identity/healthz", Reply(200, body[:60_000]))
    asked = probe(server)
    assert silence_of(lambda: asked.probe("dev", "identity"), caplog).reason is Reason.NOT_JSON


def test_without_a_path_no_version_is_read(server: LocalService) -> None:
    """Any body will do."""
    server.at("/prod", Reply(200, b"ok", content_type="text/plain"))
    assert probe(server, "").probe("prod", "identity").value == Health(200, None)


def test_no_credential_is_ever_sent(server: LocalService) -> None:
    """A health address needs none, whatever the service has that the probe is made with."""
    server.at("/prod", sent({"build": {"version": "1"}}))
    probe(server).probe("prod", "identity")
    assert "Authorization" not in server.asked[0].headers


def test_only_stages_of_the_settings_are_asked(server: LocalService) -> None:
    """Another name lists them."""
    with pytest.raises(UnknownName, match="Valid: dev, prod"):
        probe(server).probe("staging", "identity")
    assert probe(server).stages == ("dev", "prod")


@pytest.mark.parametrize(
    "name", ["", "a.b", "evil.example.org/", "A", "-a", "a-", "a/b", "a@b", "a b", "x" * 64, "ä", "a\n", "{service}"]
)
def test_a_name_cannot_lead_to_another_host(server: LocalService, name: str) -> None:
    """It comes from a monorepo, so it is one label of a host and nothing else."""
    with pytest.raises(Refused, match="no label of a host"):
        probe(server).probe("dev", name)
    assert server.asked == []


def test_an_address_that_is_not_encrypted_is_refused() -> None:
    """Also when it is only made by the service's name."""
    asked = HealthProbe({"dev": "http://{service}.example.org/healthz"}, "", service("https://x.example"), FakePace())
    with pytest.raises(PrrError, match="not encrypted"):
        asked.probe("dev", "identity")
