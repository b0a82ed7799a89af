"""Settings whose services are local ones, and who asks them on behalf of a check."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from prr_pipeline.control.asking import AskedOnce
from prr_pipeline.platforms.http.pace import Pace
from prr_pipeline.settings import Settings
from tests.control.service_settings import ENVIRONMENT, settings
from tests.platforms.asking import FakePace

CLOCK = '[clock]\nkind = "file"\npath = "clock.json"\n'
SECTIONS = {
    "github": (
        '[platforms.github]\nowner = "acme"\nrepository = "shop"\nenvironments = "{{environment}}"\n'
        'base_url = "{url}"\n'
    ),
    "pagerduty": '[platforms.pagerduty]\nbase_url = "{url}"\n',
    "cloudwatch": (
        '[platforms.cloudwatch]\nregion = "us-east-2"\nbase_url = "{url}"\nalarm_prefix = "{{service}}-"\n'
        'key_id_variable = "PRR_KEY"\nsecret_key_variable = "PRR_SECRET"\nsession_token_variable = "PRR_SESSION"\n'
    ),
    "sentry": '[platforms.sentry]\norganisation = "acme"\nbase_url = "{url}"\n',
    "cloudflare": '[platforms.cloudflare]\nzone = "023e105f"\nbase_url = "{url}/client/v4"\n',
    "npm_registry": '[platforms.npm_registry]\nbase_url = "{url}"\ntoken_variable = "PRR_KEY"\n',
    "health_probe": '[platforms.health_probe]\n[platforms.health_probe.urls]\ndev = "{url}/{{service}}/healthz"\n',
    "resolver": '[platforms.resolver]\nservers = ["127.0.0.1"]\nport = {port}\ntimeout = "1s"\ntotal_timeout = "1s"\n',
}
"""By name, each with its address to be filled in."""
IMPATIENT = {"read_timeout": timedelta(milliseconds=150), "attempts": 1, "max_bytes": 65_536, "max_pages": 5}


def naming(folder: Path, url: str, *sections: str, more: str = "", port: int = 53) -> Settings:
    """Settings that name those services, which wait for nobody."""
    text = "".join(SECTIONS[name].format(url=url, port=port) for name in sections)
    found = settings(folder, f"{more}\n{text}")
    named = {
        name: getattr(found.platforms, name).model_copy(update=IMPATIENT) for name in sections if name != "resolver"
    }
    return found.model_copy(update={"platforms": found.platforms.model_copy(update=named)})


def asker(found: Settings, pace: Pace | None = None, **environment: str) -> AskedOnce:
    """Who asks them; a variable may be set to something else."""
    return AskedOnce(found, {**ENVIRONMENT, **environment}, pace or FakePace())
