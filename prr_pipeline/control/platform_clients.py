"""The clients of the services around the monorepo, made from the settings and the environment's tokens."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from prr_pipeline.platforms.cloudflare import Cloudflare
from prr_pipeline.platforms.cloudwatch.account import CloudWatch
from prr_pipeline.platforms.cloudwatch.session import AwsKeys
from prr_pipeline.platforms.github.repository import GitHub
from prr_pipeline.platforms.health_probe import HealthProbe
from prr_pipeline.platforms.http.origins import origin_of
from prr_pipeline.platforms.http.pace import Pace, RealPace
from prr_pipeline.platforms.http.service import Credential, Limits, Service, service_at
from prr_pipeline.platforms.npm_registry import NpmRegistry
from prr_pipeline.platforms.pagerduty.account import PagerDuty
from prr_pipeline.platforms.resolver import Resolver
from prr_pipeline.platforms.secret import secret_from
from prr_pipeline.platforms.sentry import Sentry
from prr_pipeline.settings import Settings
from prr_pipeline.settings_platforms import CloudWatchSettings, ServiceSettings


class PlatformClients:
    """One client per configured service; None for a section that is left out.

    Time is always real. ``environment`` is the process's own unless given. Every method raises `SourceSilent` when the
    variable of a token is not set. ``in_one_attempt`` asks nothing twice, for a quick look.
    """

    def __init__(
        self,
        settings: Settings,
        environment: Mapping[str, str] | None = None,
        pace: Pace | None = None,
        *,
        in_one_attempt: bool = False,
    ) -> None:
        self._settings = settings
        self._named = settings.platforms
        self._environment = environment
        self._pace = pace or RealPace()
        self._in_one_attempt = in_one_attempt

    def github(self) -> GitHub | None:
        """The repository on GitHub."""
        named = self._named.github
        if named is None:
            return None
        service = self._service("GitHub", "github", named, named.base_url, named.token_variable)
        return GitHub(service, named.owner, named.repository, self._pace)

    def pagerduty(self) -> PagerDuty | None:
        """The PagerDuty account."""
        named = self._named.pagerduty
        if named is None:
            return None
        prefix = "Token token="
        service = self._service("PagerDuty", "pagerduty", named, named.base_url, named.token_variable, prefix)
        return PagerDuty(service, self._pace)

    def cloudwatch(self) -> CloudWatch | None:
        """The region of the AWS account."""
        named = self._named.cloudwatch
        if named is None:
            return None
        service = self._service("CloudWatch", "cloudwatch", named, named.address, None)
        return CloudWatch(service, named.region, self._aws_keys(named), self._pace)

    def sentry(self) -> Sentry | None:
        """The Sentry organisation."""
        named = self._named.sentry
        if named is None:
            return None
        service = self._service("Sentry", "sentry", named, named.base_url, named.token_variable)
        return Sentry(service, named.organisation, self._pace)

    def cloudflare(self) -> Cloudflare | None:
        """The DNS zone."""
        named = self._named.cloudflare
        if named is None:
            return None
        service = self._service("Cloudflare", "cloudflare", named, named.base_url, named.token_variable)
        return Cloudflare(service, named.zone, self._pace)

    def npm_registry(self) -> NpmRegistry | None:
        """The registry of npm packages."""
        named = self._named.npm_registry
        if named is None:
            return None
        service = self._service("The npm registry", "npm_registry", named, named.base_url, named.token_variable)
        return NpmRegistry(service, self._pace)

    def health_probe(self) -> HealthProbe | None:
        """The health addresses."""
        named = self._named.health_probe
        if named is None:
            return None
        first = next(iter(named.urls.values())).replace("{service}", "service")
        pattern = self._service("The health address", "health_probe", named, first, None)
        return HealthProbe(named.urls, named.version_path, pattern, self._pace)

    def resolver(self) -> Resolver | None:
        """The name servers."""
        named = self._named.resolver
        if named is None:
            return None
        each, total = named.timeout.total_seconds(), named.total_timeout.total_seconds()
        return Resolver(self._pace, named.servers, named.port, each, total)

    def _service(
        self, name: str, section: str, named: ServiceSettings, url: str, variable: str | None, prefix: str = "Bearer "
    ) -> Service:
        credential = Credential(variable, prefix, secret_from(variable, name, self._environment)) if variable else None
        return replace(
            service_at(name, f"platforms.{section}", url, credential),
            allowed=frozenset(origin_of(host) for host in named.allowed_hosts),
            limits=self._limits(named),
            proxy=named.proxy,
            ca_file=self._settings.path(named.ca_file) if named.ca_file else None,
        )

    def _limits(self, named: ServiceSettings) -> Limits:
        return Limits(
            named.connect_timeout.total_seconds(),
            named.read_timeout.total_seconds(),
            named.total_timeout.total_seconds(),
            1 if self._in_one_attempt else named.attempts,
            named.max_pages,
            named.max_bytes,
        )

    def _aws_keys(self, named: CloudWatchSettings) -> AwsKeys | None:
        if named.key_id_variable is None or named.secret_key_variable is None:
            return None
        key_id = secret_from(named.key_id_variable, "CloudWatch", self._environment)
        secret = secret_from(named.secret_key_variable, "CloudWatch", self._environment)
        token = named.session_token_variable
        session = secret_from(token, "CloudWatch", self._environment) if token else None
        return AwsKeys(key_id, secret, session)
