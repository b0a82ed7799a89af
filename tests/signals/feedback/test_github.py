"""Feedback on GitHub: tickets by their labels, all pages or nothing, and no answer that is bad counts as none."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from prr_pipeline.canonical import instant_text
from prr_pipeline.errors import PrrError, UnknownName
from prr_pipeline.rollout.feedback import FeedbackAnswer
from prr_pipeline.signals.feedback.github import GitHubFeedback, from_options
from prr_pipeline.signals.feedback.github_options import GitHubOptions
from tests.contracts.feedback_source import NOW, SINCE, UNTIL, FeedbackSourceContract, counted, question
from tests.platforms.asking import CANARY, FakePace
from tests.platforms.github.repository import BASE, WEB, user
from tests.platforms.local_service import Asked, LocalService, Reply, closed_port, sent

LEAST = {"owner": "acme", "repository": "shop"}
TOKEN = {"PRR_GITHUB_TOKEN": CANARY}


@pytest.fixture
def server() -> Iterator[LocalService]:
    """A fresh local service."""
    with LocalService() as running:
        yield running


def source(url: str, environment: dict[str, str] | None = None, **options: object) -> GitHubFeedback:
    """The source on a service, with limits that make no test wait."""
    read = GitHubOptions.read({**LEAST, "base_url": url, "attempts": 2, "max_pages": 3, **options}, Path())
    return GitHubFeedback(read, TOKEN if environment is None else environment, FakePace())


def ticket(number: int, *labels: str, at: datetime = SINCE, **changes: Any) -> dict[str, Any]:
    """An open ticket with the label of feedback and others."""
    found = {
        "number": number, "title": f"<b>{number}</b>", "user": user(1, "ada"), "state": "open", "closed_at": None,
        "labels": [{"name": name} for name in ("feedback", *labels)], "created_at": instant_text(at),
        "html_url": f"{WEB}/issues/{number}",
    }  # fmt: skip
    return found | changes


class TestGitHub(FeedbackSourceContract):
    """The contract, on a repository whose tickets people label."""

    @pytest.fixture(autouse=True)
    def _service(self, server: LocalService) -> None:
        self.server = server
        self.tickets: list[dict[str, Any]] = []

    def source(self) -> GitHubFeedback:
        return source(self.server.url)

    def open_for_business(self) -> None:
        self.server.routes[f"{BASE}/issues"] = lambda asked: sent(self.tickets)

    def say(self, at: datetime, operation: str, kind: str, severity: str, text: str) -> None:
        labels = [f"operation:{operation}", kind, f"severity:{severity}"]
        self.tickets.append(ticket(len(self.tickets) + 1, *labels, at=at, title=text))

    def leave_unreadable(self) -> None:
        self.tickets.append(ticket(99, "bug"))


def test_a_ticket_is_told_with_who_and_where(server: LocalService) -> None:
    """Closed ones too; a pull request, which GitHub lists among them, is none."""
    closed = ticket(7, "operation:createGrant", "request", state="closed", closed_at=instant_text(NOW), user=None)
    pull = ticket(8, "operation:createGrant", pull_request={"url": "x"})
    server.at(f"{BASE}/issues", sent([pull, closed, ticket(9, "operation:createGrant", "bug")]))
    answer = source(server.url).read(question(), NOW)
    assert answer.faults == ()
    assert [(one.kind, one.text, one.reporter, one.place) for one in answer.entries] == [
        ("bug", "<b>9</b>", "ada", "acme/shop#9"),
        ("request", "<b>7</b>", "an account that is gone", "acme/shop#7"),
    ]
    asked = dict(server.asked[0].query)
    assert asked == {"labels": "feedback", "state": "all", "since": instant_text(SINCE), "per_page": "100"}
    assert server.asked[0].headers["Authorization"] == f"Bearer {CANARY}"


def test_every_page_is_read(server: LocalService) -> None:
    """The second page counts like the first."""

    def answer(asked: Asked) -> Reply:
        if asked.parameter("page") == "2":
            return sent([ticket(2, "operation:createGrant", "bug")])
        return sent(
            [ticket(1, "operation:createGrant", "bug")], ("Link", f'<{server.url}{BASE}/issues?page=2>; rel="next"')
        )

    server.routes[f"{BASE}/issues"] = answer
    assert counted(source(server.url).read(question(), NOW)) == {("bug", "unrated"): 2}


def test_of_several_labels_the_gravest_counts(server: LocalService) -> None:
    """The settings say what each label means; what bears none is other and unrated."""
    labels = {
        "kinds": {"bug": "type/defect"},
        "severities": {"critical": "P0"},
        "operation_label": "op/{operation_id}!",
    }
    mixed = ticket(1, "op/createGrant!", "op/listGrants!", "praise", "type/defect", "severity:low", "P0")
    server.at(f"{BASE}/issues", sent([mixed, ticket(2, "op/createGrant!", "bug")]))
    answer = source(server.url, **labels).read(question(), NOW)
    assert counted(answer) == {("bug", "critical"): 1, ("other", "unrated"): 1}


def test_a_ticket_without_an_operation_is_named_with_the_way_out(server: LocalService) -> None:
    """Only one of the month asked about, for those of other months are none of this review's."""
    old = ticket(3, at=SINCE - timedelta(days=1))
    server.at(f"{BASE}/issues", sent([old, ticket(4), ticket(5, at=UNTIL)]))
    [fault] = source(server.url).read(question(), NOW).faults
    assert fault == (
        "The ticket acme/shop#4 has the label 'feedback' and none like 'operation:{operation_id}', so nobody can tell "
        "which operation it is about; give it one."
    )


def always(reply: Reply) -> Callable[[Asked], Reply]:
    """The same for whatever is asked."""
    return lambda asked: reply


def paged(second: Reply | None) -> Callable[[Asked], Reply]:
    """A first page that names a second one; None: each page names another, for ever."""

    def answer(asked: Asked) -> Reply:
        page = int(asked.parameter("page") or "1")
        if page > 1 and second is not None:
            return second
        link = f'<http://{asked.headers["Host"]}{asked.path}?page={page + 1}>; rel="next"'
        return sent([ticket(page, "operation:createGrant")], ("Link", link))

    return answer


BAD: dict[str, tuple[Callable[[Asked], Reply], str]] = {
    "401": (always(sent({"message": CANARY}, status=401)), "PRR_GITHUB_TOKEN"),
    "403": (always(sent({"message": CANARY}, status=403)), "403"),
    "404": (always(sent({"message": CANARY}, status=404)), "404"),
    "429": (always(sent({"message": CANARY}, ("Retry-After", "7200"), status=429)), "until"),
    "403 that is a rate limit": (
        always(sent({}, ("X-RateLimit-Remaining", "0"), ("X-RateLimit-Reset", "1893456000"), status=403)), "until",
    ),
    "500": (always(sent({"message": CANARY}, status=500)), "500"),
    "no answer in time": (always(Reply(hangs=True)), "feedback.options.github"),
    "half a page": (always(Reply(200, b'[{"number": 1, "a": "' + CANARY.encode(), promised=9_999)), "; "),
    "HTML": (always(Reply(200, f"<html>{CANARY}".encode(), content_type="text/html")), "; "),
    "another form": (always(sent([{"number": "one"}])), "; "),
    "no list": (always(sent({"message": "ok"})), "; "),
    "a second page that is missing": (paged(sent({}, status=404)), "; "),
    "a second page of another form": (paged(sent([{}])), "; "),
    "pages without an end": (paged(None), "; "),
    "elsewhere": (always(Reply(302, b"", (("Location", f"https://login.example.net/?token={CANARY}"),))), "; "),
}  # fmt: skip


@pytest.mark.parametrize(("answer", "words"), BAD.values(), ids=BAD)
def test_a_bad_answer_is_unknown_with_the_way_out(
    server: LocalService, caplog: pytest.LogCaptureFixture, answer: Callable[[Asked], Reply], words: str
) -> None:
    """One sentence without a secret; nothing is counted, and nothing raises."""
    caplog.set_level(logging.DEBUG)
    server.otherwise = answer
    made = source(server.url)
    quick = replace(made._options, read_timeout_seconds=1) if words == "feedback.options.github" else made._options
    found = GitHubFeedback(quick, TOKEN, FakePace()).read(question(), NOW)
    require_unknown(found, words)
    assert CANARY not in caplog.text


def test_nobody_at_the_address_is_unknown() -> None:
    """The service may be down, or the address wrong."""
    require_unknown(source(f"http://127.0.0.1:{closed_port()}").read(question(), NOW), "; ")


def test_without_its_token_nothing_is_asked(server: LocalService) -> None:
    """The sentence names the variable."""
    require_unknown(source(server.url, {}).read(question(), NOW), "PRR_GITHUB_TOKEN is not set")
    assert server.asked == []


def require_unknown(found: FeedbackAnswer, words: str) -> None:
    """An answer without entries and with one sentence."""
    [fault] = found.faults
    assert found.entries == ()
    assert fault.startswith("The feedback on GitHub is unknown: ")
    assert fault.endswith(".")
    assert "\n" not in fault
    assert words in fault
    assert CANARY not in fault


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"owner": ""}, "feedback.options.github.owner is ''"),
        ({"labels": "feedback"}, "Unknown option of the feedback source github 'labels'"),
        ({"kinds": {"rant": "x"}}, "Unknown name in feedback.options.github.kinds 'rant'"),
        ({"kinds": ["bug"]}, "give a table of labels"),
        ({"severities": {"high": ""}}, "give a table of labels"),
        ({"operation_label": "operation"}, "write one like 'operation:{operation_id}'"),
        ({"operation_label": "{operation_id}"}, "write one like 'operation:{operation_id}'"),
        ({"token_variable": CANARY}, "is no name of an environment variable"),
        ({"base_url": "http://github.example"}, "github.example"),
        ({"allowed_hosts": "github.example"}, "give a list of hosts"),
        ({"max_pages": 0}, "give a whole number, 1..1000"),
        ({"attempts": True}, "give a whole number, 1..10"),
    ],
)
def test_options_are_read_strictly(tmp_path: Path, options: dict[str, object], words: str) -> None:
    """One sentence for each, and no secret in it."""
    with pytest.raises((PrrError, UnknownName)) as fault:
        from_options({**LEAST, **options}, tmp_path)
    assert words in str(fault.value)
    assert CANARY not in "".join(traceback.format_exception_only(fault.value))


def test_paths_and_hosts_are_taken(tmp_path: Path) -> None:
    """A certificate lies beside the settings."""
    found = GitHubOptions.read(
        {**LEAST, "ca_file": "ca.pem", "proxy": "http://proxy.example:3128", "allowed_hosts": ["https://cdn.example"]},
        tmp_path,
    )
    assert (found.ca_file, found.proxy, found.allowed_hosts) == (
        tmp_path / "ca.pem", "http://proxy.example:3128", ("https://cdn.example",),
    )  # fmt: skip
