"""Write what the services around the sample would answer, as a folder of recorded answers that `prr` can read.

Usage: python examples/loop/record_answers.py FOLDER COMMIT [READ_AT]

COMMIT is the head of the sample repository; READ_AT (an ISO time, now unless given) is when everything was read. All
of it is sample data about the service `care`, its release and the partner `meridian`.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

HOUR = timedelta(hours=1)
CONVENTIONS = (
    "migration-brand-id-required", "own-require-scope", "own-no-cross-schema", "own-openapi-drift",
    "own-events-registered", "own-audit-per-mutation", "own-manifest-schema", "own-no-service-imports",
    "own-no-raw-fetch", "own-safe-view", "own-idempotency", "own-circuit-breakers", "own-outbox-in-transaction",
    "own-dedupe", "own-scopes-exported", "own-consent-text", "own-infra-complete", "own-sst-registered",
    "own-runbook-entries", "own-telemetry-name", "own-error-envelope", "own-event-version", "own-job-schedule",
    "own-changeset",
)  # fmt: skip
"""The checks of `scripts/check-conventions.ts`, as CI lists them."""
GREEN = (*(f"conventions / {name}" for name in CONVENTIONS), "typecheck", "tests", "build", "drift")
HOSTS = ("care.dev.platform.loop.health", "care.staging.platform.loop.health", "care.platform.loop.health")
CLIENTS = ("cli_meridian_dev", "cli_meridian_staging", "cli_meridian")


def answers(commit: str, read_at: datetime) -> Mapping[str, bytes]:
    """Every answer by its path in the folder."""
    found = {
        **_code(commit, read_at),
        **_deployments(commit, read_at),
        **_running(read_at),
        **{f"dns/records-of/{host}.json": ["192.0.2.17"] for host in HOSTS},
        **{f"portal/oauth-client-of/{client}.json": _client(client) for client in CLIENTS},
    }
    return {path: _envelope(path, value, read_at) for path, value in found.items()}


def _envelope(path: str, value: object, read_at: datetime) -> bytes:
    source = f"the recorded {path.partition('/')[0]}"
    data = {"read_at": _text(read_at), "source": source, "value": value}
    return json.dumps(data, indent=1, sort_keys=True).encode() + b"\n"


def _code(commit: str, at: datetime) -> dict[str, object]:
    """What the forge says of the commit: its checks, and who reviewed it."""
    checks = [{"name": name, "state": "success", "finished_at": _text(at - 31 * HOUR)} for name in GREEN]
    smoke = {"name": "smoke (care, dev)", "state": "success", "finished_at": _text(at - 29 * HOUR)}
    review = _approval("lena", commit, at - 32 * HOUR, groups=["platform", "privacy"])
    return {
        f"ci/checks-at/{commit}.json": [*checks, smoke],
        f"reviews/reviews-of/{commit}.json": [review],
        f"reviews/labels-of/{commit}.json": [],
    }


def _approval(person: str, commit: str, at: datetime, groups: list[str]) -> dict[str, object]:
    given = {"person": person, "approved": True, "at": _text(at), "at_commit": commit, "groups": groups}
    return {**given, "is_author": False, "is_bot": False}


def _deployments(commit: str, at: datetime) -> dict[str, object]:
    """Deployed to dev and staging, left there, let through the gate of production; the service answers."""
    dev, staging = (_deployment(commit, at - hours * HOUR) for hours in (30, 28))
    return {
        f"deployments/deployments-to/care+{commit}+dev.json": [dev],
        f"deployments/deployments-to/care+{commit}+staging.json": [staging],
        f"deployments/gate-approvals/care+{commit}+production.json": [_approval("lena", commit, at - HOUR, [])],
        "health/health-of/care.dev.platform.loop.health+%2Fhealthz.json": {"status": 200, "version": commit},
    }


def _deployment(commit: str, at: datetime) -> dict[str, object]:
    ended = _text(at + timedelta(minutes=6))
    return {
        "commit": commit,
        "state": "success",
        "created_at": _text(at),
        "succeeded_at": ended,
        "superseded_at": None,
    }


def _running(at: datetime) -> dict[str, object]:
    """What pages, alarms and collects errors."""
    routes = {"critical": ["page", "slack"], "warn": ["slack"]}
    incident = {
        "id": "P8Q2",
        "title": "care-latency-p99",
        "state": "resolved",
        "opened_at": _text(at - 20 * HOUR),
        "acknowledged_at": _text(at - 20 * HOUR + timedelta(minutes=3)),
    }
    alarms = [
        {"name": "care-5xx", "metric": "HTTPCode_Target_5XX_Count", "statistic": "Sum"},
        {"name": "care-latency-p99", "metric": "TargetResponseTime", "statistic": "p99"},
        {"name": "care-dead-letters", "metric": "DeadLetterDepth", "statistic": "Maximum"},
    ]
    return {
        "paging/paging-service-of/care.json": {"exists": True, "on_call": ["felix"]},
        "paging/alert-routing/care+staging.json": routes,
        "paging/alert-routing/care+prod.json": routes,
        "paging/incidents-of/care.json": [incident],
        "paging/incidents-of/jobs.json": [],
        "alarms/alarms-of/care+staging.json": alarms,
        "alarms/alarms-of/care+prod.json": alarms,
        "errors/error-project-of/care.json": {
            "exists": True, "active_keys": 1, "environments": ["dev", "staging", "prod"],
        },
        "packages/package-versions/%40platform%2Fsdk-care.json": ["1.1.0", "1.2.0", "1.3.0"],
    }  # fmt: skip


def _client(client: str) -> dict[str, object]:
    return {"exists": True, "redirect_uris": {"any": [f"https://app.meridian.example/{client}"]}}


def _text(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def main(arguments: list[str]) -> int:
    """Write the folder; returns the exit code."""
    if len(arguments) not in (2, 3):
        print("usage: record_answers.py FOLDER COMMIT [READ_AT]", file=sys.stderr)
        return 2
    read_at = datetime.fromisoformat(arguments[2]) if len(arguments) == 3 else datetime.now(UTC)
    for path, data in answers(arguments[1], read_at).items():
        place = Path(arguments[0], path)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
