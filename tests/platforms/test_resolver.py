"""Whether a host has a record: no such name is an answer, a server that fails is none."""

from __future__ import annotations

import socket

import dns.message
import dns.rcode
import pytest

from prr_pipeline.errors import Refused
from prr_pipeline.platforms.resolver import HostRecords, Resolver
from prr_pipeline.platforms.silence import Reason
from tests.platforms.asking import NOW, FakePace, silence_of
from tests.platforms.name_server import Answerer, NameServer, failing, records

HOST = "api.example.org"
ZONE = records(
    ("api.example.org.", "A", "192.0.2.7"),
    ("api.example.org.", "A", "192.0.2.5"),
    ("api.example.org.", "AAAA", "2001:db8::7"),
    ("www.example.org.", "CNAME", "api.example.org."),
    ("lost.example.org.", "CNAME", "nowhere.example.org."),
    ("mail.example.org.", "MX", "10 mx.example.org."),
)


def resolver(port: int) -> Resolver:
    """One that asks there, for a moment."""
    return Resolver(FakePace(), ["127.0.0.1"], port, timeout_s=0.15, total_s=0.3)


def test_addresses_of_a_host_are_told() -> None:
    """Of both kinds, sorted."""
    with NameServer(ZONE) as server:
        answer = resolver(server.port).records("API.example.org.")
    assert answer.value == HostRecords(HOST, (), ("192.0.2.5", "192.0.2.7", "2001:db8::7"))
    assert (answer.value.exists, answer.read_at, answer.address) == (True, NOW, f"dns:{HOST}")


def test_an_alias_is_told_with_the_addresses_behind_it() -> None:
    """Its target alone would not say that it leads anywhere."""
    with NameServer(ZONE) as server:
        found = resolver(server.port).records("www.example.org").value
    assert (found.aliases, len(found.addresses)) == (("api.example.org",), 3)


def test_an_alias_to_nowhere_is_still_a_record() -> None:
    """Without an address."""
    with NameServer(ZONE) as server:
        found = resolver(server.port).records("lost.example.org").value
    assert (found.exists, found.aliases, found.addresses) == (True, ("nowhere.example.org",), ())


@pytest.mark.parametrize("host", ["none.example.org", "mail.example.org"])
def test_no_record_is_an_answer(host: str) -> None:
    """No such name, or one with other records only."""
    with NameServer(ZONE) as server:
        assert not resolver(server.port).records(host).value.exists


def test_the_name_is_asked_as_it_stands() -> None:
    """No search domain of this machine makes another host of it."""
    with NameServer(ZONE) as server:
        resolver(server.port).records("none.example.org")
        assert {name for name, _ in server.asked} == {"none.example.org."}


def garbage(query: dns.message.Message) -> bytes:
    """Bytes that are no message: dropped, as anybody could have sent them."""
    return query.to_wire()[:5]


SILENCES: dict[str, tuple[Answerer, Reason]] = {
    "SERVFAIL": (failing(dns.rcode.SERVFAIL), Reason.SERVER_ERROR),
    "REFUSED": (failing(dns.rcode.REFUSED), Reason.SERVER_ERROR),
    "no answer": (lambda query: None, Reason.TIMED_OUT),
    "garbage": (garbage, Reason.TIMED_OUT),
}


@pytest.mark.parametrize("bad", SILENCES)
def test_a_server_that_fails_is_a_silence(caplog: pytest.LogCaptureFixture, bad: str) -> None:
    """It says nothing about the host."""
    answer, reason = SILENCES[bad]
    with NameServer(answer) as server:
        asked = resolver(server.port)
        silent = silence_of(lambda: asked.records(HOST), caplog)
    assert silent.reason is reason
    assert HOST in str(silent)
    assert "127.0.0.1" in str(silent)


def test_a_port_without_a_server_is_a_silence(caplog: pytest.LogCaptureFixture) -> None:
    """Whether the machine refuses it or not."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    asked = resolver(port)
    silent = silence_of(lambda: asked.records(HOST), caplog)
    assert silent.reason in {Reason.SERVER_ERROR, Reason.TIMED_OUT, Reason.CUT_OFF}


@pytest.mark.parametrize("host", ["", ".", "a b.example.org", "x" * 64 + ".org", "a..b", "exämple.org", "a\n.org"])
def test_what_is_no_host_name_is_refused(host: str) -> None:
    """Before anybody is asked."""
    with pytest.raises(Refused, match="no host name"):
        resolver(9).records(host)
