"""Clients made from settings and the environment's tokens."""

from __future__ import annotations

from pathlib import Path

import pytest

from prr_pipeline.control.platform_clients import PlatformClients
from prr_pipeline.platforms.http.origins import origin_of
from prr_pipeline.platforms.silence import Reason, SourceSilent
from tests.control.service_settings import ENVIRONMENT, all_sections, settings


def test_what_is_not_named_is_none(tmp_path: Path) -> None:
    """Whatever the environment holds."""
    clients = PlatformClients(settings(tmp_path, ""), {})
    made = [
        clients.github(), clients.pagerduty(), clients.cloudwatch(), clients.sentry(), clients.cloudflare(),
        clients.npm_registry(), clients.health_probe(), clients.resolver(),
    ]  # fmt: skip
    assert made == [None] * 8


def test_the_settings_reach_the_client(tmp_path: Path) -> None:
    """Limits, hosts, the authority's file by its place, and the name of the section for every way out."""
    text = """
[platforms.github]
owner = "acme"
repository = "shop"
base_url = "https://github.acme.example/api/v3"
allowed_hosts = ["https://objects.acme.example"]
connect_timeout = "1s"
read_timeout = "2s"
total_timeout = "3s"
attempts = 5
max_pages = 6
max_bytes = 7000
proxy = "https://proxy.acme.example:8443"
ca_file = "ca.pem"
"""
    github = PlatformClients(settings(tmp_path, text), ENVIRONMENT).github()
    assert github is not None
    made = github.service
    assert (str(made.origin), made.path, made.section) == ("https://github.acme.example", "/api/v3", "platforms.github")
    assert made.allowed == {origin_of("https://objects.acme.example")}
    assert (made.proxy, made.ca_file) == ("https://proxy.acme.example:8443", tmp_path / "ca.pem")
    limits = made.limits
    assert (limits.connect_s, limits.read_s, limits.total_s) == (1, 2, 3)
    assert (limits.attempts, limits.max_pages, limits.max_bytes) == (5, 6, 7000)


@pytest.mark.parametrize("missing", ["PRR_KEY", "PRR_SECRET", "PRR_SESSION"])
def test_a_variable_that_is_not_set_is_named(tmp_path: Path, missing: str) -> None:
    """Before anything is asked."""
    clients = PlatformClients(
        settings(tmp_path, all_sections("https://acme.example", 53)), {**ENVIRONMENT, missing: ""}
    )
    with pytest.raises(SourceSilent, match=missing) as silent:
        clients.cloudwatch()
    assert silent.value.reason is Reason.CREDENTIAL_MISSING
