"""Each line that a service answers and each bad answer: unknown with the way out, never met, and no secret anywhere."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pydantic_core import to_jsonable_python

from prr_pipeline.clock import FileClock
from prr_pipeline.control.asking import AskedOnce
from prr_pipeline.control.recorded_answers import answer_path
from prr_pipeline.readiness.facts import Facts
from prr_pipeline.readiness.model import Finding, Outcome, Reason
from prr_pipeline.readiness.profile import Profile
from prr_pipeline.readiness.remote_facts import LabelsOf, Question, ReviewsOf
from prr_pipeline.subjects import Subject
from tests.control.asking_services import CLOCK, asker, naming
from tests.platforms.asking import CANARY
from tests.platforms.asking import NOW as THEN
from tests.platforms.local_service import LocalService, closed_port
from tests.platforms.name_server import NameServer, failing
from tests.platforms.providers import PROVIDERS, Provider
from tests.platforms.test_bad_answers import ANSWER, cells, expected, prepared
from tests.readiness.checks import test_alarms, test_deployments, test_deploys, test_stage_secrets
from tests.readiness.checks.platform import IDENTITY, judged_all, loop
from tests.readiness.fakes import NOW

INFRA = "services/identity/infra.ts"
LINES: Mapping[str, tuple[str, ...]] = {
    "github": ("L41", "L42", "L43", "L44", "L45", "L82", "L83", "L84"),
    "pagerduty": ("L27", "L86"),
    "cloudwatch": ("L31",),
    "sentry": ("L30",),
    "cloudflare": ("L40",),
    "npm_registry": ("L47",),
    "health_probe": ("L41",),
}
"""Provider to the lines that rest on what it says."""
OF_A_DEPLOY = ("L82", "L83", "L84", "L86")
FILES: dict[str, str] = {
    **test_deploys.FILES,
    **test_deployments.FILES,
    **{path: str(text) for path, text in test_stage_secrets.FILES.items()},
    "ops/freeze.ics": test_deploys.FROZEN,
}
ANSWERS: dict[Question[Any], Any] = {
    **test_deploys.ANSWERS,
    **test_deployments.ANSWERS,
    **test_stage_secrets.ANSWERS,
    **dict.fromkeys(test_alarms.STAGES, test_alarms.STANDING),
    test_deploys.CHECKS: (*test_deploys.green(), test_deployments.smoke()),
    LabelsOf(test_deploys.HEAD): ("freeze-exempt",),
    ReviewsOf(test_deploys.HEAD): (test_deploys.approval(), test_deploys.approval("bo")),
}
"""With these all lines are met."""


def record(folder: Path) -> str:
    """Every answer as a record, and the settings that name them."""
    assert NOW == THEN
    FileClock(folder / "clock.json").set(NOW)
    for question, value in ANSWERS.items():
        place = folder / "answers" / answer_path(question)
        place.parent.mkdir(parents=True, exist_ok=True)
        body = {"read_at": NOW.isoformat(), "source": "the record", "value": to_jsonable_python(value)}
        place.write_text(json.dumps(body))
    return f'{CLOCK}[platforms]\nrecorded = "answers"\n'


def found_by(lines: tuple[str, ...], remote: AskedOnce, profile: Profile | None = None) -> list[Finding]:
    """What the lines find, each of its own subject."""
    secrets = test_stage_secrets.names()
    facts = replace(
        Facts(now=NOW, remote=remote, artefacts={"secrets": secrets}),
        deploys=test_deploys.Deploys(test_deploys.deploy()),
    )

    def subject(line: str) -> Subject:
        return test_deploys.DEPLOY if line in OF_A_DEPLOY else IDENTITY

    return [judged_all((line,), FILES, subject(line), facts, profile)[0] for line in lines]


def require_no_secret(found: list[Finding], caplog: pytest.LogCaptureFixture) -> None:
    """Not in a sentence, a place or a value, and not in a log."""
    assert CANARY not in repr(found)
    assert CANARY not in caplog.text


@pytest.mark.parametrize("provider", LINES)
def test_all_but_the_service_is_there(tmp_path: Path, provider: str) -> None:
    """Answered by records, each line is met: what follows is the services' doing alone."""
    found = found_by(LINES[provider], asker(naming(tmp_path, "", more=record(tmp_path))))
    assert [(each.outcome, each.message) for each in found if each.outcome is not Outcome.MET] == []


@pytest.mark.parametrize(("provider", "bad"), cells(), ids=lambda one: getattr(one, "name", one))
def test_a_bad_answer_never_meets_a_line(
    tmp_path: Path, server: LocalService, caplog: pytest.LogCaptureFixture, provider: Provider, bad: str
) -> None:
    """Silence is unknown, with the way out; an absence that is an answer is unmet. Records do not stand in."""
    caplog.set_level(logging.DEBUG)
    prepared(server, provider, bad)
    url = f"http://127.0.0.1:{closed_port()}" if bad == "nobody listens" else server.url
    hosts = {"dev": f"{url.partition('://')[2]}/identity"} if provider.name == "health_probe" else None
    profile = loop(infra__hosts={**loop().value("infra.hosts"), **hosts}) if hosts else None
    remote = asker(naming(tmp_path, url, provider.name, more=record(tmp_path)))
    found = found_by(LINES[provider.name], remote, profile)
    wanted = Outcome.UNMET if expected(provider.name, bad) == ANSWER else Outcome.UNKNOWN
    assert {line: each.outcome for line, each in zip(LINES[provider.name], found, strict=True)} == dict.fromkeys(
        LINES[provider.name], wanted
    )
    for each in found:
        assert each.reason is (Reason.SOURCE_SILENT if wanted is Outcome.UNKNOWN else None)
        assert each.message.endswith(".")
        assert ";" in each.message
        assert "\n" not in each.message
    require_no_secret(found, caplog)


@pytest.mark.parametrize("provider", sorted(set(LINES) - {"health_probe"}))
def test_without_a_token_a_line_is_unknown(
    tmp_path: Path, server: LocalService, caplog: pytest.LogCaptureFixture, provider: str
) -> None:
    """It says which variable to set, and nothing is asked."""
    settings = naming(tmp_path, server.url, provider, more=record(tmp_path))
    found = found_by(LINES[provider], AskedOnce(settings, {}))
    for each in found:
        assert (each.outcome, each.reason) == (Outcome.UNKNOWN, Reason.SOURCE_SILENT)
        assert "PRR_" in each.message
    assert server.asked == []


@pytest.mark.parametrize("code", [2, 5], ids=["SERVFAIL", "REFUSED"])
def test_a_failing_name_server_never_meets_a_line(tmp_path: Path, code: int) -> None:
    """That a host has no record is another thing."""
    with NameServer(failing(code)) as names:  # type: ignore[arg-type]
        settings = naming(tmp_path, "", "resolver", more=record(tmp_path), port=names.port)
        [found] = found_by(("L40",), asker(settings))
    assert (found.outcome, found.reason) == (Outcome.UNKNOWN, Reason.SOURCE_SILENT)
    assert "platforms.resolver.servers" in found.message


def test_the_table_speaks_of_every_provider() -> None:
    """A client that is added must say which lines rest on it."""
    assert {one.name for one in PROVIDERS} == set(LINES)
