"""Each question goes to the client that can tell, in its own words; else to the recorded answers."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from prr_pipeline.clock import FileClock
from prr_pipeline.control.recorded_answers import answer_path
from prr_pipeline.readiness.model import Reason
from prr_pipeline.readiness.remote_facts import (
    Alarm,
    AlarmsOf,
    AlertRouting,
    Answer,
    CheckRun,
    ChecksAt,
    Deployment,
    DeploymentsTo,
    ErrorProject,
    ErrorProjectOf,
    GateApprovals,
    Health,
    HealthOf,
    IncidentsOf,
    LabelsOf,
    OauthClientOf,
    PackageVersions,
    PagingService,
    PagingServiceOf,
    Question,
    RecordsOf,
    ReviewsOf,
    Silence,
)
from tests.control.asking_services import CLOCK, asker, naming
from tests.platforms.asking import NOW
from tests.platforms.github.repository import BASE, HEAD, OTHER, pull, review, user
from tests.platforms.github.test_deployments import deployment, when
from tests.platforms.github.test_deployments import say as deployed
from tests.platforms.github.test_runs import approval, run
from tests.platforms.local_service import LocalService, sent
from tests.platforms.name_server import NameServer, records
from tests.platforms.pagerduty.account import page, reference
from tests.platforms.pagerduty.test_incidents import entry, incident
from tests.platforms.pagerduty.test_on_call import shift
from tests.platforms.providers import (
    CloudflareProvider,
    GitHubProvider,
    NpmProvider,
    SentryProvider,
    aws,
    dns_page,
    on_call_service,
)

HOUR = timedelta(hours=1)
MERGED = pull(head={"sha": OTHER, "ref": "t"}, merged_at="2026-03-02T11:00:00Z", merge_commit_sha=HEAD)


def told(folder: Path, server: LocalService, section: str, question: Question[Any], more: str = "") -> Any:
    """The value of the answer."""
    found = asker(naming(folder, server.url, section, more=more)).ask(question)
    assert isinstance(found, Answer), found
    return found.value


def test_checks_are_told_from_both_interfaces(tmp_path: Path, server: LocalService) -> None:
    """With who told it, and when it was read, by the deployment's clock."""
    FileClock(tmp_path / "clock.json").set(NOW - 30 * HOUR)
    GitHubProvider().good(server)
    found = asker(naming(tmp_path, server.url, "github", more=CLOCK)).ask(ChecksAt(HEAD))
    finished = NOW.replace(hour=10, minute=5)
    assert found == Answer((CheckRun("build", "success", finished),), NOW - 30 * HOUR, "GitHub acme/shop")


@pytest.mark.parametrize(
    ("pulls", "reviews", "expected"),
    [
        ([MERGED], [review(1, user(2), "APPROVED", OTHER)], [("user2", True, False, False, HEAD)]),
        ([MERGED], [review(1, user(2), "APPROVED", HEAD)], [("user2", True, False, False, HEAD)]),
        ([MERGED], [review(1, user(1), "APPROVED", OTHER)], [("user1", True, True, False, HEAD)]),
        ([MERGED], [review(1, user(4, "b", "Bot"), "CHANGES_REQUESTED", OTHER)], [("b", False, False, True, HEAD)]),
        ([pull()], [review(1, user(2), "APPROVED")], [("user2", True, False, False, HEAD)]),
        ([pull()], [review(1, user(2), "APPROVED", OTHER)], [("user2", True, False, False, OTHER)]),
        ([pull(head={"sha": OTHER, "ref": "t"})], [review(1, user(2), "APPROVED", OTHER)], []),
        (
            [MERGED | {"number": 6}, pull()],
            [review(1, user(2), "APPROVED", OTHER)],
            [("user2", True, False, False, HEAD)],
        ),
        ([], [], []),
    ],
    ids=[
        "merged",
        "names the merge",
        "author",
        "bot",
        "open",
        "older push",
        "open elsewhere",
        "merged and open",
        "none",
    ],
)
def test_a_review_of_the_last_push_saw_what_the_commit_carries(
    tmp_path: Path, server: LocalService, pulls: list[Any], reviews: list[Any], expected: list[Any]
) -> None:
    """A merge is another commit than the one that was reviewed; an open change brought nothing that is merged."""
    server.at(f"{BASE}/commits/{HEAD}/pulls", sent(pulls))
    for number in (6, 7):
        server.at(f"{BASE}/pulls/{number}/reviews", sent(reviews))
    found = told(tmp_path, server, "github", ReviewsOf(HEAD))
    seen = [(one.person, one.approved, one.is_author, one.is_bot, one.at_commit) for one in found]
    assert seen == expected


def test_the_labels_of_a_change_are_told(tmp_path: Path, server: LocalService) -> None:
    """Of several changes those that all bear: one that was let through lets no other through."""
    first = MERGED | {"labels": [{"name": "freeze-exempt"}, {"name": "api"}]}
    server.at(f"{BASE}/commits/{HEAD}/pulls", sent([first]))
    assert told(tmp_path, server, "github", LabelsOf(HEAD)) == ("api", "freeze-exempt")
    server.at(f"{BASE}/commits/{HEAD}/pulls", sent([first, MERGED | {"number": 8, "labels": [{"name": "api"}]}]))
    assert told(tmp_path, server, "github", LabelsOf(HEAD)) == ("api",)
    server.at(f"{BASE}/commits/{HEAD}/pulls", sent([]))
    assert told(tmp_path, server, "github", LabelsOf(HEAD)) == ()


def test_deployments_are_told_newest_first(tmp_path: Path, server: LocalService) -> None:
    """In the words of a check: an error is a failure, what is queued is pending."""
    deployed(server, [deployment(1, HEAD, 0), deployment(2, HEAD, 20)], {1: [("success", 5)], 2: [("error", 25)]})
    assert told(tmp_path, server, "github", DeploymentsTo("identity", HEAD, "staging")) == (
        Deployment(HEAD, "failure", when(20), None, None),
        Deployment(HEAD, "success", when(0), when(5), None),
    )


def test_an_environment_is_called_as_the_settings_say(tmp_path: Path, server: LocalService) -> None:
    """Where they say nothing, nobody guesses whether a deployment was of this service."""
    deployed(server, [], {})
    found = naming(tmp_path, server.url, "github")
    github = found.platforms.github
    for pattern, asked in (("{service}-{environment}", "identity-staging"), ("{environment}", "staging")):
        named = found.platforms.model_copy(
            update={"github": github and github.model_copy(update={"environments": pattern})}
        )
        asker(found.model_copy(update={"platforms": named})).ask(DeploymentsTo("identity", HEAD, "staging"))
        assert server.asked[-1].parameter("environment") == asked
    before = len(server.asked)
    named = found.platforms.model_copy(update={"github": github and github.model_copy(update={"environments": None})})
    questions: list[Question[Any]] = [
        DeploymentsTo("identity", HEAD, "staging"),
        GateApprovals("identity", HEAD, "production"),
    ]
    for question in questions:
        silent = asker(found.model_copy(update={"platforms": named})).ask(question)
        assert isinstance(silent, Silence)
        assert (silent.reason, "platforms.github.environments" in silent.message) == (Reason.NOT_DECLARED, True)
    assert len(server.asked) == before


def test_decisions_at_a_gate_are_told_run_by_run(tmp_path: Path, server: LocalService) -> None:
    """Of this environment; who wrote the change or started the run is its author; a refusal in a run comes last."""
    server.at(f"{BASE}/commits/{HEAD}/pulls", sent([pull(author=9)]))
    server.at(f"{BASE}/actions/runs", sent({"total_count": 2, "workflow_runs": [run(31), run(30)]}))
    decisions = {
        30: [approval(user(5), "rejected"), approval(user(5)), approval(user(6), "approved", "staging")],
        31: [approval(user(1)), approval(user(9)), approval(user(7), "pending"), approval(user(8))],
    }
    for number, given in decisions.items():
        server.at(f"{BASE}/actions/runs/{number}", sent(run(number)))
        server.at(f"{BASE}/actions/runs/{number}/approvals", sent(given))
    found = told(tmp_path, server, "github", GateApprovals("identity", HEAD, "production"))
    assert [(one.person, one.approved, one.is_author) for one in found] == [
        ("user5", True, False), ("user5", False, False), ("user1", True, True), ("user9", True, True),
        ("user8", True, False),
    ]  # fmt: skip
    assert {(one.at, one.at_commit) for one in found} == {(None, HEAD)}


def paging(server: LocalService, **changes: Any) -> None:
    """An account with the service identity, whose policy calls two people."""
    server.at("/services", page("services", [on_call_service(**changes)]))
    server.at("/escalation_policies/PESC1", sent({"escalation_policy": reference("PESC1", "escalation_policy")}))
    server.at("/oncalls", page("oncalls", [shift("ben", 2), shift("ann")]))


def test_who_is_on_call_is_told(tmp_path: Path, server: LocalService) -> None:
    """First ones first; a service that is switched off calls nobody, one that is not there is told as that."""
    paging(server)
    assert told(tmp_path, server, "pagerduty", PagingServiceOf("identity")) == PagingService(True, ("Ann", "Ben"))
    paging(server, status="disabled")
    assert told(tmp_path, server, "pagerduty", PagingServiceOf("identity")) == PagingService(True, ())
    server.at("/services", page("services", []))
    assert told(tmp_path, server, "pagerduty", PagingServiceOf("identity")) == PagingService(False, ())


def test_incidents_are_told_with_when_a_person_took_them(tmp_path: Path, server: LocalService) -> None:
    """Those of the window, and those that are open still; a service that is not there has no incidents to tell of."""
    paging(server)
    taken = [entry("acknowledge", 2, reference("slack", "integration")), entry("acknowledge", 5, reference("ann"))]
    old = incident("Q0", status="triggered", created_at="2026-01-01T00:00:00Z")
    listed = [page("incidents", [incident("Q1")]), page("incidents", [old])]
    server.at("/incidents", *listed)
    for name, log in (("Q0", []), ("Q1", taken)):
        server.at(f"/incidents/{name}/log_entries", page("log_entries", log))
        server.at(f"/incidents/{name}/notes", sent({"notes": []}))
    question = IncidentsOf("identity", NOW - 24 * HOUR, NOW)
    found = told(tmp_path, server, "pagerduty", question)
    assert [(one.id, one.state) for one in found] == [("Q0", "triggered"), ("Q1", "resolved")]
    assert [one.acknowledged_at for one in found] == [None, NOW.replace(hour=11, minute=5)]
    server.at("/services", page("services", []))
    silent = asker(naming(tmp_path, server.url, "pagerduty")).ask(question)
    assert isinstance(silent, Silence)
    assert "PagerDuty knows no service 'identity'" in silent.message


def alarm(name: str, statistic: str = "Sum", **changes: Any) -> dict[str, Any]:
    """An alarm as CloudWatch sends it."""
    return {
        "AlarmName": name, "AlarmArn": f"arn:{name}", "StateValue": "OK", "StateUpdatedTimestamp": 1_772_452_800,
        "ActionsEnabled": True, "AlarmActions": ["arn:pager"], "ComparisonOperator": "GreaterThanThreshold",
        "MetricName": "Latency", "Statistic": statistic, **changes,
    }  # fmt: skip


def test_alarms_that_tell_nobody_are_none(tmp_path: Path, server: LocalService) -> None:
    """Those of the service by the beginning of their names."""
    server.at("/", aws({"MetricAlarms": [alarm("identity-5xx"), alarm("identity-dlq", ActionsEnabled=False)]}))
    found = told(tmp_path, server, "cloudwatch", AlarmsOf("identity", "prod"))
    assert found == (Alarm("identity-5xx", "Latency", "Sum"),)


def test_alarms_are_not_asked_for_without_a_pattern(tmp_path: Path, server: LocalService) -> None:
    """Else every alarm of the region would be the service's."""
    found = naming(tmp_path, server.url, "cloudwatch")
    bare = found.platforms.cloudwatch and found.platforms.cloudwatch.model_copy(update={"alarm_prefix": None})
    named = found.platforms.model_copy(update={"cloudwatch": bare})
    silent = asker(found.model_copy(update={"platforms": named})).ask(AlarmsOf("identity", "prod"))
    assert isinstance(silent, Silence)
    assert (silent.reason, server.asked) == (Reason.NOT_DECLARED, [])


def test_the_error_project_and_the_package_are_told(tmp_path: Path, server: LocalService) -> None:
    """And that there is none."""
    SentryProvider().good(server)
    NpmProvider().good(server)
    assert told(tmp_path, server, "sentry", ErrorProjectOf("identity")) == ErrorProject(True, 1, ("production",))
    assert told(tmp_path, server, "sentry", ErrorProjectOf("other")) == ErrorProject(False, 0, ())
    assert told(tmp_path, server, "npm_registry", PackageVersions("@acme/sdk-identity")) == ("1.2.0",)
    assert told(tmp_path, server, "npm_registry", PackageVersions("@acme/other")) == ()


def test_a_health_address_is_asked_if_the_settings_name_it(tmp_path: Path, server: LocalService) -> None:
    """By host and path; no other is ever asked."""
    server.at("/identity/healthz", sent({"version": "1.2.0"}))
    host = server.url.partition("://")[2]
    assert told(tmp_path, server, "health_probe", HealthOf(host, "/identity/healthz")) == Health(200, "1.2.0")
    before = len(server.asked)
    for other in (
        HealthOf(host, "/identity/admin"),
        HealthOf(host, "/a/b/healthz"),
        HealthOf("evil.example", "/healthz"),
    ):
        silent = asker(naming(tmp_path, server.url, "health_probe")).ask(other)
        assert isinstance(silent, Silence)
        assert "name it there for its stage" in silent.message
    assert len(server.asked) == before


def zone(server: LocalService, **held: str) -> None:
    """A zone acme.example with addresses by name (``_`` for ``.``, ``any`` for ``*``)."""
    server.at("/client/v4/zones/023e105f", sent({"success": True, "result": {"name": "acme.example"}}))
    names = {name.replace("_", ".").replace("any", "*"): content for name, content in held.items()}

    def answer(asked: Any) -> Any:
        name = asked.parameter("name.exact")
        record = {"name": name, "type": "A", "content": names.get(name, "")}
        return dns_page(1, 1, *([record] if name in names else []))

    server.routes["/client/v4/zones/023e105f/dns_records"] = answer


@pytest.mark.parametrize(
    ("held", "host", "expected"),
    [
        ({"a_dev_acme_example": "192.0.2.1"}, "a.dev.acme.example", ("192.0.2.1",)),
        ({"any_dev_acme_example": "192.0.2.2"}, "a.dev.acme.example", ("192.0.2.2",)),
        ({"any_acme_example": "192.0.2.3"}, "a.dev.acme.example", ()),
        ({}, "acme.example", ()),
    ],
    ids=["its own", "the wildcard beside it", "a wildcard further up", "the zone itself"],
)
def test_the_records_of_a_zone_are_told(
    tmp_path: Path, server: LocalService, held: dict[str, str], host: str, expected: tuple[str, ...]
) -> None:
    """Its own, or those of the wildcard that answers for it."""
    zone(server, **held)
    assert told(tmp_path, server, "cloudflare", RecordsOf(host)) == expected


def test_a_host_of_another_zone_is_nobodys_to_tell(tmp_path: Path, server: LocalService) -> None:
    """That a zone has no record of it would say nothing."""
    zone(server)
    silent = asker(naming(tmp_path, server.url, "cloudflare")).ask(RecordsOf("a.other.example"))
    assert isinstance(silent, Silence)
    assert CloudflareProvider.name in silent.message


def test_a_resolver_is_asked_before_a_zone(tmp_path: Path, server: LocalService) -> None:
    """It sees what the world sees."""
    names = NameServer(
        records(("a.acme.example.", "CNAME", "lb.acme.example."), ("lb.acme.example.", "A", "192.0.2.9"))
    )
    with names as running:
        found = naming(tmp_path, server.url, "cloudflare", "resolver", port=running.port)
        answer = asker(found).ask(RecordsOf("a.acme.example"))
    assert isinstance(answer, Answer)
    assert (answer.value, answer.source, server.asked) == (("lb.acme.example", "192.0.2.9"), "DNS", [])


def recorded(folder: Path, question: Question[Any], value: object) -> None:
    """An answer in the folder that the settings name."""
    place = folder / "answers" / answer_path(question)
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(json.dumps({"read_at": NOW.isoformat(), "source": "the export", "value": value}))


def test_what_no_client_can_tell_may_be_recorded(tmp_path: Path, server: LocalService) -> None:
    """Without a record it is silence, with the way out; a service that is named is never overruled by a record."""
    questions: list[Question[Any]] = [AlertRouting("identity", "prod"), OauthClientOf("cli_1"), ChecksAt(HEAD)]
    for question in questions:
        silent = asker(naming(tmp_path, server.url)).ask(question)
        assert isinstance(silent, Silence)
        assert silent.reason is Reason.NOT_DECLARED
        assert "recorded answers (platforms.recorded)" in silent.message
    recorded(tmp_path, AlertRouting("identity", "prod"), {"critical": ["page"]})
    recorded(tmp_path, ChecksAt(HEAD), [])
    more = '[platforms]\nrecorded = "answers"\n'
    found = naming(tmp_path, server.url, "github", more=more)
    routing = asker(found).ask(AlertRouting("identity", "prod"))
    assert routing == Answer({"critical": ("page",)}, NOW, "the export")
    checks = asker(found).ask(ChecksAt(HEAD))
    assert isinstance(checks, Silence)
    assert asker(naming(tmp_path, server.url, more=more)).ask(ChecksAt(HEAD)) == Answer((), NOW, "the export")


def test_a_token_that_is_not_set_is_silence_with_the_way_out(tmp_path: Path, server: LocalService) -> None:
    """Nothing is asked."""
    silent = asker(naming(tmp_path, server.url, "github"), PRR_GITHUB_TOKEN="").ask(ChecksAt(HEAD))
    assert isinstance(silent, Silence)
    assert (silent.reason, "PRR_GITHUB_TOKEN" in silent.message, server.asked) == (Reason.SOURCE_SILENT, True, [])


def test_what_cannot_be_asked_is_silence(tmp_path: Path, server: LocalService) -> None:
    """A name that is no host, a commit that is none."""
    odd: list[tuple[str, Question[Any]]] = [("github", ChecksAt("main")), ("cloudflare", RecordsOf("a b"))]
    for section, question in odd:
        zone(server)
        assert isinstance(asker(naming(tmp_path, server.url, section)).ask(question), Silence)
