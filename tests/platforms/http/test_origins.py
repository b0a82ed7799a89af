"""Which hosts the settings may name, and which addresses a name may lead to."""

from __future__ import annotations

import pytest

from prr_pipeline.errors import PrrError
from prr_pipeline.platforms.http.origins import Origin, base_of, may_connect, origin_of, proxy_of

HOST = Origin("https", "api.example.org", 443)
LOCAL = Origin("http", "127.0.0.1", 8080)


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://API.Example.org./v3", HOST),
        ("https://api.example.org:443", HOST),
        ("http://127.0.0.1:8080/x", LOCAL),
        ("http://localhost", Origin("http", "localhost", 80)),
        ("http://[::1]:9", Origin("http", "::1", 9)),
    ],
)
def test_an_origin_is_scheme_host_and_port(url: str, origin: Origin) -> None:
    """However the host is written; a final dot and capitals make no other host."""
    assert origin_of(url) == origin


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://api.example.org", "not encrypted"),
        ("http://127.0.0.1.example.org", "not encrypted"),
        ("https://user:pa55@api.example.org", "name or password"),
        ("https://token@api.example.org", "name or password"),
        ("ftp://api.example.org", "no http or https URL"),
        ("api.example.org", "no http or https URL"),
        ("https://", "no http or https URL"),
        ("https://exämple.org", "no http or https URL"),
        ("https://[::1", "no URL"),
        ("https://api.example.org:99999", "no URL"),
    ],
)
def test_what_is_no_address_to_ask_is_refused(url: str, words: str) -> None:
    """In a sentence that repeats no password."""
    with pytest.raises(PrrError, match=words) as refused:
        origin_of(url)
    assert "pa55" not in str(refused.value)


def test_a_base_is_an_origin_and_a_path() -> None:
    """As GitHub Enterprise has one."""
    assert base_of("https://api.example.org/api/v3/") == (HOST, "/api/v3")
    with pytest.raises(PrrError, match="query or a fragment"):
        base_of("https://api.example.org/?key=1")


def test_an_origin_is_written_as_people_write_it() -> None:
    """Without the port that goes without saying, with brackets where they are needed."""
    assert str(HOST) == "https://api.example.org"
    assert str(LOCAL) == "http://127.0.0.1:8080"
    assert str(Origin("http", "::1", 9)) == "http://[::1]:9"


@pytest.mark.parametrize(
    "address",
    [
        "169.254.169.254", "fe80::1%eth0", "0.0.0.0", "::",  # noqa: S104 - an address that is refused
         "224.0.0.1", "ff02::1", "240.0.0.1", "fd00:ec2::254",
        "100.100.100.200", "::ffff:169.254.169.254", "127.0.0.1", "::1", "::ffff:127.0.0.1",
    ],
)  # fmt: skip
def test_a_name_never_leads_inside(address: str) -> None:
    """Not to where clouds hand out credentials, and not to this machine under another name."""
    assert not may_connect(address, HOST)


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:2800:21f::1", "10.0.0.7", "192.168.1.7", "fd12::7"])
def test_other_addresses_may_be_asked(address: str) -> None:
    """Those of a private network too: that is where one's own GitHub stands."""
    assert may_connect(address, HOST)


def test_loopback_may_be_asked_by_its_name() -> None:
    """Settings that say 127.0.0.1 mean it."""
    assert may_connect("127.0.0.1", LOCAL)
    assert may_connect("::1", Origin("http", "localhost", 80))
    assert not may_connect("169.254.169.254", LOCAL)


def test_a_proxy_may_be_spoken_to_by_http() -> None:
    """What goes through it is encrypted by itself; a name and password would not be."""
    assert proxy_of("http://proxy.example.org:3128") == Origin("http", "proxy.example.org", 3128)
    with pytest.raises(PrrError, match="name or password"):
        proxy_of("http://me:pa55@proxy.example.org:3128")
