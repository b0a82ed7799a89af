"""One request: where it may go, what it carries there, how much and how long it takes in."""

from __future__ import annotations

import dataclasses
import logging
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from pydantic import TypeAdapter

from prr_pipeline.platforms.http.origins import origin_of
from prr_pipeline.platforms.http.pace import Deadline, RealPace
from prr_pipeline.platforms.http.reader import Reader
from prr_pipeline.platforms.http.service import Limits, Service
from prr_pipeline.platforms.http.wire import Wire
from prr_pipeline.platforms.silence import Reason, SourceSilent
from tests.platforms.asking import CANARY, SHORT, FakePace, service, silence_of
from tests.platforms.local_service import LocalService, Reply, closed_port, sent

ANY = TypeAdapter(dict[str, int])


def ask(asked: Service, path: str = "/x", pace: FakePace | RealPace | None = None) -> dict[str, int]:
    """A small thing at a path."""
    return Reader(asked, pace or FakePace()).one(path, ANY).value


def redirect(url: str, status: int = 302) -> Reply:
    """A redirect to a URL."""
    return Reply(status, b"", (("Location", url),))


def test_the_credential_goes_into_the_header_alone(server: LocalService) -> None:
    """In the provider's own spelling; never into the address."""
    server.at("/x", sent({"a": 1}))
    assert ask(service(server.url, prefix="Token token=")) == {"a": 1}
    [asked] = server.asked
    assert asked.headers["Authorization"] == f"Token token={CANARY}"
    assert CANARY not in asked.path + str(asked.query)


def test_a_redirect_within_the_host_is_followed_with_the_credential(server: LocalService) -> None:
    """A renamed repository answers so."""
    server.at("/x", redirect("/y", 301))
    server.at("/y", sent({"a": 1}))
    assert ask(service(server.url)) == {"a": 1}
    assert [asked.headers["Authorization"] for asked in server.asked] == [f"Bearer {CANARY}"] * 2


def test_a_redirect_to_an_allowed_host_goes_without_the_credential(server: LocalService) -> None:
    """The other host may be asked, but is not told who asks."""
    with LocalService() as other:
        server.at("/x", redirect(f"{other.url}/y"))
        other.at("/y", sent({"a": 1}))
        asked = dataclasses.replace(service(server.url), allowed=frozenset({origin_of(other.url)}))
        assert ask(asked) == {"a": 1}
        assert "Authorization" not in other.asked[0].headers


@pytest.mark.parametrize(
    "target",
    ["https://login.example.net/", "//login.example.net/", "ftp://127.0.0.1/", "http://[::1", "https://a@127.0.0.1/"],
)
def test_a_redirect_elsewhere_is_not_followed(
    server: LocalService, caplog: pytest.LogCaptureFixture, target: str
) -> None:
    """Nor one to another scheme, another port or what is no address."""
    server.at("/x", redirect(target))
    silent = silence_of(lambda: ask(service(server.url)), caplog)
    assert silent.reason is Reason.REDIRECTED
    assert len(server.asked) == 1


def test_a_redirect_to_another_port_is_elsewhere(server: LocalService, caplog: pytest.LogCaptureFixture) -> None:
    """A port belongs to what is allowed."""
    server.at("/x", redirect(f"http://127.0.0.1:{closed_port()}/y"))
    assert silence_of(lambda: ask(service(server.url)), caplog).reason is Reason.REDIRECTED


def test_redirects_in_a_ring_end(server: LocalService, caplog: pytest.LogCaptureFixture) -> None:
    """After three of them."""
    server.at("/x", redirect("/x"))
    assert silence_of(lambda: ask(service(server.url)), caplog).reason is Reason.REDIRECTED
    assert len(server.asked) == 4


def test_a_question_is_posted_without_following_a_redirect(
    server: LocalService, caplog: pytest.LogCaptureFixture
) -> None:
    """A signed body never travels further."""
    server.at("/", redirect("/elsewhere"))
    with Wire(service(server.url), Deadline.after(5, FakePace())) as wire:
        silent = silence_of(lambda: wire.enquire(f"{server.url}/", {}, b"q"), caplog)
    assert silent.reason is Reason.REDIRECTED
    assert len(server.asked) == 1


@pytest.mark.parametrize("url", ["https://elsewhere.example.org/x", "nonsense", "https://127.0.0.1/x"])
def test_only_allowed_hosts_are_asked(caplog: pytest.LogCaptureFixture, url: str) -> None:
    """Scheme, host and port all count."""
    with Wire(service(f"http://127.0.0.1:{closed_port()}"), Deadline.after(5, FakePace())) as wire:
        assert silence_of(lambda: wire.fetch(httpx.URL(url)), caplog).reason is Reason.HOST_NOT_ALLOWED


def test_no_proxy_of_the_environment_is_used(server: LocalService, monkeypatch: pytest.MonkeyPatch) -> None:
    """It would see the credential."""
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy", "HTTPS_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{closed_port()}")
    server.at("/x", sent({"a": 1}))
    assert ask(service(server.url)) == {"a": 1}


def test_bytes_that_drip_end_with_the_deadline(server: LocalService, caplog: pytest.LogCaptureFixture) -> None:
    """Each is in time, all of them are not."""
    server.at("/x", Reply(200, b'{"a": 1' + b" " * 500 + b"}", drips=True))
    asked = service(server.url, limits=Limits(read_s=1, total_s=0.3, attempts=1))
    began_at = datetime.now(UTC)
    silent = silence_of(lambda: ask(asked, pace=RealPace()), caplog)
    assert silent.reason is Reason.TIMED_OUT
    assert datetime.now(UTC) - began_at < timedelta(seconds=3)


def test_a_passed_deadline_asks_nothing(server: LocalService, caplog: pytest.LogCaptureFixture) -> None:
    """No connection is even opened."""
    pace = FakePace()
    deadline = Deadline.after(1, pace)
    pace.wait(2)
    with Wire(service(server.url), deadline) as wire:
        silent = silence_of(lambda: wire.fetch(httpx.URL(f"{server.url}/x")), caplog)
    assert silent.reason is Reason.TIMED_OUT
    assert server.asked == []


def test_a_compressed_body_is_not_unpacked(server: LocalService, caplog: pytest.LogCaptureFixture) -> None:
    """It could be larger than any cap; it was asked not to be compressed."""
    server.at("/x", sent({"a": 1}, ("Content-Encoding", "gzip")))
    assert silence_of(lambda: ask(service(server.url)), caplog).reason is Reason.NOT_JSON
    assert server.asked[0].headers["Accept-Encoding"] == "identity"


def test_a_body_at_the_cap_is_read(server: LocalService) -> None:
    """The limit itself is within."""
    body = b'{"a": 1' + b" " * (SHORT.max_bytes - 8) + b"}"
    server.at("/x", Reply(200, body))
    assert ask(service(server.url)) == {"a": 1}


def test_what_a_redirect_signs_is_not_logged(server: LocalService, caplog: pytest.LogCaptureFixture) -> None:
    """The libraries below would write whole addresses and headers into the log."""
    caplog.set_level(logging.DEBUG)
    server.at("/x", redirect(f"/y?signature={CANARY}"))
    server.at("/y", sent({"a": 1}, ("X-Echo", CANARY)))
    assert ask(service(server.url)) == {"a": 1}
    assert CANARY not in caplog.text


def test_a_name_that_does_not_resolve_is_unreachable(caplog: pytest.LogCaptureFixture) -> None:
    """With the host in the sentence."""
    silent = silence_of(lambda: ask(service("https://nowhere.invalid")), caplog)
    assert silent.reason is Reason.UNREACHABLE
    assert "https://nowhere.invalid" in str(silent)


def test_an_answer_after_a_busy_one_is_the_answer(server: LocalService) -> None:
    """What passes by itself is asked again."""
    replies = iter([Reply(503), sent({"a": 1})])
    server.otherwise = lambda asked: next(replies)
    pace = FakePace()
    assert ask(service(server.url), pace=pace) == {"a": 1}
    assert pace.waited == [0.25]


def test_a_connection_serves_one_question_with_its_redirects_and_no_other(server: LocalService) -> None:
    """Nothing of one question is left for the next."""
    server.at("/x", redirect("/y"))
    server.at("/y", sent({"a": 1}))
    for _ in range(2):
        ask(service(server.url))
    first, second, third, fourth = (asked.port for asked in server.asked)
    assert first == second
    assert third == fourth
    assert first != third


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        (Reply(200, b'{"a": 1', promised=999), b'{"a": 1'),
        (Reply(200, b"x" * (SHORT.max_bytes + 1)), b"x" * SHORT.max_bytes),
        (Reply(500, b'{"a": 1', promised=999), b""),
    ],
    ids=["broken off", "above the cap", "of another status"],
)
def test_what_comes_of_a_broken_answer_is_kept_for_whom_asks(
    server: LocalService, reply: Reply, expected: bytes
) -> None:
    """The bytes up to the break; nothing of an answer that is a refusal anyway."""
    server.at("/x", reply)
    came = bytearray()
    with Wire(service(server.url), Deadline.after(30, FakePace())) as wire, pytest.raises(SourceSilent):
        wire.fetch(httpx.URL(f"{server.url}/x"), heard=came)
    assert bytes(came[: SHORT.max_bytes]) == expected
