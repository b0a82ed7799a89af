"""Settings that name services, at local ones, and an environment with planted tokens."""

from __future__ import annotations

from pathlib import Path

from prr_pipeline.settings import Settings, load_settings
from tests.platforms.asking import CANARY

LEAST = '[repository]\npath = "monorepo"\nprofile = "matter"\n'
VARIABLES = (
    "PRR_GITHUB_TOKEN", "PRR_PAGERDUTY_TOKEN", "PRR_SENTRY_TOKEN", "PRR_CLOUDFLARE_TOKEN", "PRR_KEY", "PRR_SECRET",
    "PRR_SESSION",
)  # fmt: skip
ENVIRONMENT = dict.fromkeys(VARIABLES, CANARY)


def settings(folder: Path, text: str) -> Settings:
    """Settings with those sections."""
    (folder / "prr.toml").write_text(LEAST + text)
    return load_settings(folder / "prr.toml")


def all_sections(url: str, port: int) -> str:
    """Every section, at a local service and name server."""
    return f"""
[platforms.github]
owner = "acme"
repository = "shop"
base_url = "{url}"
[platforms.pagerduty]
base_url = "{url}"
[platforms.cloudwatch]
region = "us-east-2"
base_url = "{url}"
key_id_variable = "PRR_KEY"
secret_key_variable = "PRR_SECRET"
session_token_variable = "PRR_SESSION"
[platforms.sentry]
organisation = "acme"
base_url = "{url}"
[platforms.cloudflare]
zone = "z1"
base_url = "{url}"
[platforms.npm_registry]
base_url = "{url}/npm"
[platforms.health_probe]
version_path = ""
[platforms.health_probe.urls]
dev = "{url}/{{service}}/healthz"
prod = "{url}/healthz"
[platforms.resolver]
servers = ["127.0.0.1"]
port = {port}
"""
