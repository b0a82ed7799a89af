"""Each provider as the table of failures asks it: a question, what answers it, and how its lists go wrong."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

from prr_pipeline.platforms.cloudflare import Cloudflare
from prr_pipeline.platforms.cloudwatch.account import CloudWatch
from prr_pipeline.platforms.cloudwatch.session import AwsKeys
from prr_pipeline.platforms.github.checks import checks_of
from prr_pipeline.platforms.github.repository import GitHub
from prr_pipeline.platforms.health_probe import HealthProbe
from prr_pipeline.platforms.npm_registry import NpmRegistry
from prr_pipeline.platforms.pagerduty.account import PagerDuty
from prr_pipeline.platforms.pagerduty.services import services_named
from prr_pipeline.platforms.secret import Secret
from prr_pipeline.platforms.sentry import Sentry
from tests.platforms.asking import CANARY, FakePace, service
from tests.platforms.local_service import Answerer, Asked, LocalService, Reply, sent

COMMIT = "6dcb09b5b57875f334f61aebed695e2e4193db5e"
APP = {"id": 15368, "slug": "github-actions"}


def check_run(number: int, name: str, **changes: Any) -> dict[str, Any]:
    """A check run as GitHub sends it, less what is not read."""
    run = {
        "id": number, "name": name, "head_sha": COMMIT, "status": "completed", "conclusion": "success",
        "started_at": "2026-03-02T10:00:00Z", "completed_at": "2026-03-02T10:05:00Z",
        "html_url": f"https://github.example/acme/shop/runs/{number}", "app": APP,
    }  # fmt: skip
    return run | changes


def no_statuses() -> dict[str, Any]:
    """A combined status without any status."""
    return {"state": "pending", "sha": COMMIT, "total_count": 0, "statuses": []}


class Provider(ABC):
    """One provider's question, asked of a local service."""

    name: str

    @abstractmethod
    def question(self, url: str) -> Callable[[], object]:
        """The question, ready to be asked at a base address."""

    @abstractmethod
    def good(self, server: LocalService) -> None:
        """Let the server answer it."""

    def first_of(self, server: LocalService, *, endless: bool) -> Answerer | None:
        """A list whose first page names a second, which is not there or like the first for ever; None without lists."""
        return None

    def wrong_shape(self) -> Reply:
        """JSON that is not what the provider documents."""
        return sent({"colour": "red"})


class GitHubProvider(Provider):
    name = "github"

    def question(self, url: str) -> Callable[[], object]:
        github = GitHub(service(url, "GitHub"), "acme", "shop", FakePace())
        return lambda: checks_of(github, COMMIT)

    def good(self, server: LocalService) -> None:
        base = f"/repos/acme/shop/commits/{COMMIT}"
        server.at(f"{base}/check-runs", sent({"total_count": 1, "check_runs": [check_run(1, "build")]}))
        server.at(f"{base}/status", sent(no_statuses()))

    def first_of(self, server: LocalService, *, endless: bool) -> Answerer | None:
        def answer(asked: Asked) -> Reply:
            page = int(asked.parameter("page") or "1")
            if page > 1 and not endless:
                return sent({"message": "Not Found"}, status=404)
            link = f'<{server.url}{asked.path}?page={page + 1}>; rel="next"'
            return sent({"total_count": 9, "check_runs": [check_run(page, f"build {page}")]}, ("Link", link))

        return answer


class PagerDutyProvider(Provider):
    name = "pagerduty"

    def question(self, url: str) -> Callable[[], object]:
        account = PagerDuty(service(url, "PagerDuty", prefix="Token token="), FakePace())
        return lambda: services_named(account, "identity")

    def good(self, server: LocalService) -> None:
        server.at("/services", sent({"services": [on_call_service()], "limit": 100, "offset": 0, "more": False}))

    def first_of(self, server: LocalService, *, endless: bool) -> Answerer | None:
        def answer(asked: Asked) -> Reply:
            offset = int(asked.parameter("offset") or "0")
            if offset and not endless:
                return sent({"error": {"message": "Not Found", "code": 2100}}, status=404)
            return sent({"services": [on_call_service()], "limit": 1, "offset": offset, "more": True})

        return answer


class CloudWatchProvider(Provider):
    name = "cloudwatch"

    def question(self, url: str) -> Callable[[], object]:
        keys = AwsKeys(Secret("AKIAEXAMPLE"), Secret(CANARY), Secret(CANARY))
        client = CloudWatch(service(url, "CloudWatch"), "us-east-2", keys, FakePace())
        return client.alarms

    def good(self, server: LocalService) -> None:
        server.at("/", aws({"MetricAlarms": []}))

    def first_of(self, server: LocalService, *, endless: bool) -> Answerer | None:
        pages = iter(range(1, 100))

        def answer(asked: Asked) -> Reply:
            page = next(pages)
            if page > 1 and not endless:
                return aws({"__type": "com.amazonaws.cloudwatch#InvalidNextToken", "message": "gone"}, status=400)
            return aws({"MetricAlarms": [], "NextToken": f"page {page}"})

        return answer

    def wrong_shape(self) -> Reply:
        return aws({"MetricAlarms": [{"AlarmName": 3}]})


class SentryProvider(Provider):
    name = "sentry"

    def question(self, url: str) -> Callable[[], object]:
        client = Sentry(service(url, "Sentry"), "acme", FakePace())
        return lambda: client.project("identity")

    def good(self, server: LocalService) -> None:
        base = "/api/0/projects/acme/identity/"
        server.at(base, sent({"id": "1", "slug": "identity", "name": "Identity"}))
        server.at(f"{base}keys/", sent([client_key()]))
        server.at(f"{base}environments/", sent([{"id": "1", "name": "production"}]))

    def first_of(self, server: LocalService, *, endless: bool) -> Answerer | None:
        def answer(asked: Asked) -> Reply:
            if not asked.path.endswith("/keys/"):
                return sent({"slug": "identity", "name": "Identity"})
            page = int((asked.parameter("cursor") or "0:0:0").split(":")[1])
            if page and not endless:
                return sent({"detail": "Not found"}, status=404)
            link = f'<{server.url}{asked.path}?cursor=0:{page + 1}:0>; rel="next"; results="true"; cursor="0:1:0"'
            return sent([client_key()], ("Link", link))

        return answer


class CloudflareProvider(Provider):
    name = "cloudflare"

    def question(self, url: str) -> Callable[[], object]:
        client = Cloudflare(service(f"{url}/client/v4", "Cloudflare"), "023e105f", FakePace())
        return lambda: client.records("api.example.org")

    def good(self, server: LocalService) -> None:
        server.at("/client/v4/zones/023e105f/dns_records", dns_page(1, 1))

    def first_of(self, server: LocalService, *, endless: bool) -> Answerer | None:
        def answer(asked: Asked) -> Reply:
            page = int(asked.parameter("page") or "1")
            if page > 1 and not endless:
                return sent({"success": False, "errors": [{"code": 7003}], "result": None}, status=404)
            return dns_page(page, 99)

        return answer


class NpmProvider(Provider):
    name = "npm_registry"

    def question(self, url: str) -> Callable[[], object]:
        client = NpmRegistry(service(url, "The registry"), FakePace())
        return lambda: client.version("@acme/sdk-identity", "1.2.0")

    def good(self, server: LocalService) -> None:
        version = {"name": "@acme/sdk-identity", "version": "1.2.0", "dist": {"integrity": "sha512-abc"}}
        time = {"created": "2026-01-01T00:00:00.000Z", "1.2.0": "2026-02-01T00:00:00.000Z"}
        body = {"name": "@acme/sdk-identity", "versions": {"1.2.0": version}, "time": time}
        server.at("/%40acme%2Fsdk-identity", sent(body))


class HealthProvider(Provider):
    name = "health_probe"

    def question(self, url: str) -> Callable[[], object]:
        probe = HealthProbe({"dev": f"{url}/{{service}}/healthz"}, "version", service(url), FakePace())
        return lambda: probe.probe("dev", "identity")

    def good(self, server: LocalService) -> None:
        server.at("/identity/healthz", sent({"status": "ok", "version": "1.2.0"}))


def on_call_service(**changes: Any) -> dict[str, Any]:
    """A service as PagerDuty sends it, less what is not read."""
    policy = {"id": "PESC1", "type": "escalation_policy_reference", "summary": "Platform"}
    rule = {"type": "constant", "urgency": "severity_based"}
    found = {"id": "PSVC1", "name": "identity", "status": "active", "escalation_policy": policy}
    return found | {"incident_urgency_rule": rule} | changes


def client_key(**changes: Any) -> dict[str, Any]:
    """A client key as Sentry sends it, with secrets that are never read."""
    dsn = {"secret": f"https://public:{CANARY}@sentry.example/1", "public": "https://public@sentry.example/1"}
    key = {"id": "60120449", "name": "Default", "label": "Default", "public": "60120449", "secret": CANARY}
    return key | {"isActive": True, "dsn": dsn} | changes


def dns_page(page: int, pages: int, *records: dict[str, Any]) -> Reply:
    """A page of DNS records as Cloudflare sends it."""
    info = {"page": page, "per_page": 100, "count": len(records), "total_pages": pages, "total_count": len(records)}
    return sent({"success": True, "errors": [], "messages": [], "result": list(records), "result_info": info})


def aws(value: object, status: int = 200) -> Reply:
    """An answer in the protocol that botocore speaks to CloudWatch."""
    headers = (("x-amzn-RequestId", "c7a2"),)
    return Reply(status, json.dumps(value).encode(), headers, "application/x-amz-json-1.0")


PROVIDERS: tuple[Provider, ...] = (
    GitHubProvider(), PagerDutyProvider(), CloudWatchProvider(), SentryProvider(), CloudflareProvider(), NpmProvider(),
    HealthProvider(),
)  # fmt: skip
