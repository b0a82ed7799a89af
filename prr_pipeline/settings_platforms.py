"""The services around the monorepo, as `prr.toml` names them: where they are and which variable holds the token."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator, model_validator

from prr_pipeline.errors import PrrError
from prr_pipeline.platforms.http.origins import base_of, origin_of, proxy_of
from prr_pipeline.platforms.secret import VARIABLE
from prr_pipeline.settings_values import Duration

_WORD = re.compile(r"\{(.*?)\}")
_TOKENS = frozenset(
    {"api_key", "api_token", "authorization", "credential", "key", "password", "secret", "secret_key", "token"}
)


def _variable(value: str) -> str:
    if not VARIABLE.match(value):
        raise ValueError(
            "it is no name of an environment variable, such as PRR_GITHUB_TOKEN; if it is the token itself, renew "
            "that and take it out of this file"
        )
    return value


def _base_url(value: str) -> str:
    try:
        base_of(value)
    except PrrError as fault:
        raise ValueError(str(fault)) from None
    return value


def _host(value: str) -> str:
    try:
        origin_of(value)
    except PrrError as fault:
        raise ValueError(str(fault)) from None
    return value


def _proxy(value: str) -> str:
    try:
        proxy_of(value)
    except PrrError as fault:
        raise ValueError(str(fault)) from None
    return value


def _name_server(value: str) -> str:
    try:
        return str(ip_address(value))
    except ValueError:
        raise ValueError(f"{value!r} is no address of a name server; write it like 192.0.2.53") from None


def _pattern(value: str) -> str:
    unknown = sorted(set(_WORD.findall(value)) - {"service", "stage", "environment"})
    if unknown:
        raise ValueError(f"it holds {{{unknown[0]}}}; only {{service}}, {{stage}} and {{environment}} are filled in")
    return value


Variable = Annotated[str, AfterValidator(_variable)]
"""The name of an environment variable."""
BaseUrl = Annotated[str, AfterValidator(_base_url)]
"""An https address without query; http is for loopback alone."""
Host = Annotated[str, AfterValidator(_host)]
"""A scheme, host and port, such as ``https://objects.example.org``."""
ProxyUrl = Annotated[str, AfterValidator(_proxy)]
"""The address of a proxy, by http or https."""
NameServer = Annotated[str, AfterValidator(_name_server)]


Pattern = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_pattern)]
"""A name with ``{service}``, ``{stage}`` or ``{environment}`` in it."""
SERVICE = "{service}"


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _holds_no_token(cls, value: Any) -> Any:
        if isinstance(value, Mapping) and (found := sorted(_TOKENS & {str(key).lower() for key in value})):
            raise ValueError(
                f"{found[0]} would put a token into this file; take it out, renew it, and set token_variable to the "
                "name of an environment variable that holds the new one"
            )
        return value


class ServiceSettings(_Section):
    """What all services that are asked by HTTP have in common."""

    allowed_hosts: tuple[Host, ...] = ()
    connect_timeout: Duration = timedelta(seconds=5)
    read_timeout: Duration = timedelta(seconds=10)
    total_timeout: Duration = timedelta(seconds=30)
    attempts: int = Field(4, ge=1, le=10)
    max_pages: int = Field(50, ge=1, le=1000)
    max_bytes: int = Field(16 * 1024 * 1024, ge=1024, le=256 * 1024 * 1024)
    proxy: ProxyUrl | None = None
    ca_file: Path | None = None


class GitHubSettings(ServiceSettings):
    """One repository on GitHub or, with another ``base_url``, GitHub Enterprise (``https://host/api/v3``)."""

    owner: str = Field(min_length=1)
    repository: str = Field(min_length=1)
    environments: Pattern | None = None
    """How a deployment environment is called, such as ``{service}-{environment}``."""
    base_url: BaseUrl = "https://api.github.com"
    token_variable: Variable = "PRR_GITHUB_TOKEN"  # noqa: S105 - the name of a variable


class PagerDutySettings(ServiceSettings):
    """One PagerDuty account."""

    service: Pattern = SERVICE
    """How PagerDuty calls a service of the repository."""
    base_url: BaseUrl = "https://api.pagerduty.com"
    token_variable: Variable = "PRR_PAGERDUTY_TOKEN"  # noqa: S105 - the name of a variable


class CloudWatchSettings(ServiceSettings):
    """One region of one AWS account. Without variables AWS's own chain finds the credentials."""

    alarm_prefix: Pattern | None = None
    """How the alarms of a service in a stage begin, such as ``{service}-{stage}-``."""
    alarm_tags: dict[str, Pattern] = Field(default_factory=dict)
    """The tags that they bear, such as ``service = "{service}"``."""
    region: str = Field(pattern=r"^[a-z]{2}(-[a-z]+)+-[0-9]$")
    base_url: BaseUrl | None = None
    key_id_variable: Variable | None = None
    secret_key_variable: Variable | None = None
    session_token_variable: Variable | None = None

    @model_validator(mode="after")
    def _keys_come_in_pairs(self) -> CloudWatchSettings:
        if (self.key_id_variable is None) != (self.secret_key_variable is None):
            raise ValueError("key_id_variable and secret_key_variable belong together; set both or neither")
        return self

    @property
    def address(self) -> str:
        """The address that is asked: the one set, else that of the region."""
        return self.base_url or f"https://monitoring.{self.region}.amazonaws.com"


class SentrySettings(ServiceSettings):
    """One Sentry organisation."""

    organisation: str = Field(min_length=1)
    project: Pattern = SERVICE
    """How Sentry calls the project of a service."""
    base_url: BaseUrl = "https://sentry.io"
    token_variable: Variable = "PRR_SENTRY_TOKEN"  # noqa: S105 - the name of a variable


class CloudflareSettings(ServiceSettings):
    """One DNS zone at Cloudflare, by its id."""

    zone: str = Field(min_length=1)
    base_url: BaseUrl = "https://api.cloudflare.com/client/v4"
    token_variable: Variable = "PRR_CLOUDFLARE_TOKEN"  # noqa: S105 - the name of a variable


class NpmRegistrySettings(ServiceSettings):
    """A registry of npm packages; a private one needs a token."""

    base_url: BaseUrl
    token_variable: Variable | None = None


class HealthProbeSettings(ServiceSettings):
    """Health addresses by stage. ``{service}`` in one stands for the service's name."""

    urls: dict[str, str] = Field(min_length=1)
    version_path: str = "version"

    @field_validator("urls")
    @classmethod
    def _are_addresses(cls, value: dict[str, str]) -> dict[str, str]:
        for url in value.values():
            _base_url(url.replace("{service}", "service"))
        return value


class ResolverSettings(_Section):
    """Name servers to ask; none means this machine's own."""

    servers: tuple[NameServer, ...] = ()
    port: int = Field(53, ge=1, le=65535)
    timeout: Duration = timedelta(seconds=2)
    total_timeout: Duration = timedelta(seconds=6)


class PlatformSettings(_Section):
    """Which services are asked. One that is left out makes the lines that need it unknown.

    ``recorded``: a folder of answers that something else fetched, to what none of the sections can tell.
    ``total_timeout``: for all questions of a run together.
    """

    recorded: Path | None = None
    total_timeout: Duration = timedelta(minutes=5)
    github: GitHubSettings | None = None
    pagerduty: PagerDutySettings | None = None
    cloudwatch: CloudWatchSettings | None = None
    sentry: SentrySettings | None = None
    cloudflare: CloudflareSettings | None = None
    npm_registry: NpmRegistrySettings | None = None
    health_probe: HealthProbeSettings | None = None
    resolver: ResolverSettings | None = None
