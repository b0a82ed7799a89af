"""Settings of the services around the monorepo: strict, and never a token in the file or in a fault."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest

from prr_pipeline.settings import load_settings
from prr_pipeline.settings_file import SettingsError
from prr_pipeline.settings_platforms import PlatformSettings
from tests.architecture.source_tree import ROOT

LEAST = '[repository]\npath = "monorepo"\nprofile = "matter"\n'
GITHUB = '[platforms.github]\nowner = "acme"\nrepository = "shop"\n'
SERVICES = tuple(name for name in PlatformSettings.model_fields if name not in ("recorded", "total_timeout"))
TOKEN = "ghp_0123456789abcdefghijklmnopqrstuvwxyz"


def platforms(folder: Path, text: str) -> PlatformSettings:
    """The section, from a file."""
    (folder / "prr.toml").write_text(LEAST + text)
    return load_settings(folder / "prr.toml").platforms


def faults(folder: Path, text: str) -> list[str]:
    """The lines of what is wrong, without the heading."""
    with pytest.raises(SettingsError) as refused:
        platforms(folder, text)
    assert TOKEN not in str(refused.value)
    return [line.strip() for line in str(refused.value).splitlines()[1:]]


def test_no_service_is_asked_unless_it_is_named(tmp_path: Path) -> None:
    """Whatever tokens the environment holds."""
    assert platforms(tmp_path, "") == PlatformSettings()
    assert all(getattr(PlatformSettings(), name) is None for name in SERVICES)
    assert (PlatformSettings().recorded, PlatformSettings().total_timeout) == (None, timedelta(minutes=5))


def test_the_least_of_a_section_is_enough(tmp_path: Path) -> None:
    """Addresses, variables and limits have defaults."""
    github = platforms(tmp_path, GITHUB).github
    assert github is not None
    assert (github.base_url, github.token_variable) == ("https://api.github.com", "PRR_GITHUB_TOKEN")
    assert (github.total_timeout, github.max_pages, github.allowed_hosts) == (timedelta(seconds=30), 50, ())


def test_a_proxy_may_be_spoken_to_by_http(tmp_path: Path) -> None:
    """What goes through it is encrypted by itself."""
    github = platforms(tmp_path, GITHUB + 'proxy = "http://proxy.acme.example:3128"\n').github
    assert github is not None
    assert github.proxy == "http://proxy.acme.example:3128"


def test_every_section_has_its_least(tmp_path: Path) -> None:
    """What cannot be guessed is required."""
    text = """
[platforms.pagerduty]
[platforms.cloudwatch]
region = "us-east-2"
[platforms.sentry]
organisation = "acme"
[platforms.cloudflare]
zone = "023e105f"
[platforms.npm_registry]
base_url = "https://registry.acme.example"
[platforms.health_probe.urls]
dev = "https://{service}.dev.acme.example/healthz"
[platforms.resolver]
"""
    found = platforms(tmp_path, GITHUB + text)
    assert all(getattr(found, name) is not None for name in SERVICES)
    assert found.pagerduty is not None
    assert found.sentry is not None
    assert (found.pagerduty.service, found.sentry.project) == ("{service}", "{service}")
    assert found.cloudwatch is not None
    assert found.cloudwatch.address == "https://monitoring.us-east-2.amazonaws.com"
    empty = "".join(f"[platforms.{name}]\n" for name in SERVICES)
    places = {line.partition(":")[0] for line in faults(tmp_path, empty)}
    assert places == {
        "platforms.github.owner", "platforms.github.repository", "platforms.cloudwatch.region",
        "platforms.sentry.organisation", "platforms.cloudflare.zone", "platforms.npm_registry.base_url",
        "platforms.health_probe.urls",
    }  # fmt: skip


@pytest.mark.parametrize("key", ["token", "Token", "api_key", "password", "secret", "authorization", "secret_key"])
def test_a_token_in_the_file_is_refused(tmp_path: Path, key: str) -> None:
    """In one sentence that does not repeat it and says where it belongs."""
    [line] = faults(tmp_path, f'{GITHUB}{key} = "{TOKEN}"\n')
    assert line.startswith("platforms.github: ")
    assert "token_variable" in line


@pytest.mark.parametrize("value", [TOKEN, "sntrys_abc", "u+pagerduty", "", "1TOKEN", "A B", "A" * 200])
def test_a_token_in_place_of_its_variable_is_refused(tmp_path: Path, value: str) -> None:
    """It must then be renewed, as it stood in a file."""
    [line] = faults(tmp_path, f'{GITHUB}token_variable = "{value}"\n')
    assert line.startswith("platforms.github.token_variable: it is no name of an environment variable")
    assert "renew" in line


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ('base_url = "http://api.github.com"', "platforms.github.base_url", "not encrypted"),
        (f'base_url = "https://{TOKEN}@api.github.com"', "platforms.github.base_url", "name or password"),
        (f'base_url = "https://api.github.com/?t={TOKEN}"', "platforms.github.base_url", "query or a fragment"),
        ('allowed_hosts = ["elsewhere"]', "platforms.github.allowed_hosts.0", "no http or https URL"),
        (f'proxy = "https://me:{TOKEN}@proxy.example"', "platforms.github.proxy", "name or password"),
        ('total_timeout = "soon"', "platforms.github.total_timeout", "write it like 30s"),
        ("attempts = 0", "platforms.github.attempts", "greater than or equal to 1"),
        ("max_pages = 0", "platforms.github.max_pages", "greater than or equal to 1"),
        ('environments = "{svc}-prod"', "platforms.github.environments", "only {service}, {stage} and {environment}"),
        ('environments = "{service.name}"', "platforms.github.environments", "it holds {service.name}"),
        ('branch = "main"', "platforms.github.branch", "unknown key; valid: allowed_hosts, attempts"),
    ],
    ids=[
        "http",
        "user",
        "query",
        "host",
        "proxy",
        "time",
        "attempts",
        "pages",
        "a word",
        "a way into a word",
        "unknown",
    ],
)
def test_a_fault_has_its_place(tmp_path: Path, text: str, place: str, words: str) -> None:
    """And the form that is valid."""
    [line] = faults(tmp_path, f"{GITHUB}{text}\n")
    assert line.startswith(f"{place}: ")
    assert words in line


def test_an_unknown_service_is_answered_with_those_known(tmp_path: Path) -> None:
    """A section that nobody reads would else be trusted."""
    [line] = faults(tmp_path, '[platforms.gitlab]\nowner = "acme"\n')
    assert line.startswith("platforms.gitlab: unknown key; valid: cloudflare, cloudwatch, github")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('[platforms.cloudwatch]\nregion = "mars"\n', "platforms.cloudwatch.region"),
        ('[platforms.cloudwatch]\nregion = "us-east-2"\nkey_id_variable = "A"\n', "belong together"),
        ('[platforms.health_probe.urls]\ndev = "http://{service}.acme.example"\n', "not encrypted"),
        ("[platforms.health_probe.urls]\n", "at least 1 item"),
        ('[platforms.resolver]\nservers = ["dns.example"]\n', "no address of a name server"),
        ("[platforms.resolver]\nport = 0\n", "platforms.resolver.port"),
    ],
)
def test_each_section_has_its_own_faults(tmp_path: Path, text: str, words: str) -> None:
    """One line each."""
    [line] = faults(tmp_path, text)
    assert words in line


def test_the_settings_in_the_documentation_load(tmp_path: Path) -> None:
    """Every section of the page, as it stands there."""
    page = (ROOT / "docs" / "platforms.md").read_text("utf-8")
    block = re.search(r"```toml\n(.*?)```", page, re.DOTALL)
    assert block is not None
    found = platforms(tmp_path, block[1])
    assert all(section is not None for section in found.model_dump().values())
