"""Redirect URIs of a partner's client (L71)."""

from __future__ import annotations

import pytest

from prr_pipeline.readiness.model import Finding, Outcome
from prr_pipeline.subjects import Subject, SubjectKind
from tests.readiness.checks.platform import judged

FITBOOK = Subject(SubjectKind.INTEGRATION, "fitbook")
PATH = "integrations/fitbook/integration.yaml"
GOOD = """
client_id: fitbook
redirect_uris:
  development: ["http://localhost:4000/callback", "https://dev.fitbook.example/callback"]
  staging: ["https://staging.fitbook.example/callback"]
  production: https://fitbook.example/callback
"""


def redirects(text: str | None) -> Finding:
    """L71."""
    return judged("L71", {PATH: text} if text is not None else {}, FITBOOK)


def test_https_in_each_environment_and_localhost_in_development_is_met() -> None:
    """A list or one URI."""
    found = redirects(GOOD)
    assert found.outcome is Outcome.MET
    assert (found.locations[0].path, found.locations[0].line) == (PATH, 3)


UNMET = [
    ("no declaration", None, "does not exist; declare the client there with its redirect_uris"),
    ("none at all", "client_id: fitbook\n", "development has no redirect URI, staging has no redirect URI, production"),
    (
        "an environment without",
        GOOD.replace("  staging:", "  stagin:"),
        "staging has no redirect URI, stagin is no env",
    ),
    ("plain http", GOOD.replace("https://fitbook", "http://fitbook"), "of production is not https"),
    (
        "localhost in production",
        GOOD.replace("https://fitbook.example", "http://localhost:1"),
        "of production is local",
    ),
    ("localhost by https", GOOD.replace("https://fitbook.example", "https://localhost:1"), "of production is local"),
    ("localhost by address", GOOD.replace("https://fitbook.example", "https://127.0.0.1"), "of production is local"),
    *(
        (f"the machine itself as {host}", GOOD.replace("fitbook.example/callback\n", f"{host}/callback\n"), "is local")
        for host in (
            "[::1]",
            "[::ffff:127.0.0.1]",
            "localhost.",
            "a.localhost",
            "0x7f000001",
            "2130706433",
            "0177.0.0.1",
            "127.1",
            "0.0.0.0",  # noqa: S104 - judged, not bound to
            "127.8.8.8",
        )
    ),
    *(
        (
            f"a network of one's own at {host}",
            GOOD.replace("fitbook.example/callback\n", f"{host}/callback\n"),
            "of production is no public address",
        )
        for host in ("10.0.0.5", "192.168.1.1", "169.254.169.254", "[fd00::1]", "[fe80::1]", "0xa000005", "box.local")
    ),
    ("a wildcard", GOOD.replace("https://fitbook", "https://*.fitbook"), "of production holds a wildcard"),
    ("a fragment", GOOD.replace("fitbook.example/callback\n", "fitbook.example/callback#x\n"), "has a fragment"),
    ("a query", GOOD.replace("fitbook.example/callback\n", "fitbook.example/callback?x=1\n"), "has a query"),
    ("a password", GOOD.replace("https://fitbook", "https://a:b@fitbook"), "holds a name or password"),
    (
        "no URI",
        GOOD.replace("https://fitbook.example/callback", "callback"),
        "callback of production is no absolute URI",
    ),
    ("a bad port", GOOD.replace("https://fitbook.example/", "https://fitbook.example:x/"), "is no absolute URI"),
    ("a host that looks local", GOOD.replace("http://localhost:4000", "http://localhost.evil.example"), "is not https"),
]


@pytest.mark.parametrize(("text", "why"), [each[1:] for each in UNMET], ids=[each[0] for each in UNMET])
def test_a_redirect_that_can_be_taken_over_is_unmet(text: str | None, why: str) -> None:
    """Which one, of which environment, and why."""
    found = redirects(text)
    assert found.outcome is Outcome.UNMET
    assert why in found.message


@pytest.mark.parametrize("text", ["redirect_uris: [https://a.example]", "redirect_uris: {", "- a"])
def test_a_declaration_of_another_form_is_not_met(text: str) -> None:
    """A list says nothing of environments; what is broken says nothing at all."""
    assert redirects(text).outcome is not Outcome.MET


@pytest.mark.parametrize(
    "host", ["8.8.8.8", "[2606:4700::1111]", "localhost.fitbook.example", "10.example", "0x.example"]
)
def test_a_public_host_may_look_like_a_local_one(host: str) -> None:
    """An address is no worse than a name, and a name that begins with a number is one."""
    assert redirects(GOOD.replace("https://fitbook.example", f"https://{host}")).outcome is Outcome.MET


def test_development_may_stay_in_its_own_network() -> None:
    """Where nobody else comes; the machine itself is let through by the exception alone."""
    assert redirects(GOOD.replace("dev.fitbook.example", "10.0.0.5")).outcome is Outcome.MET
    assert redirects(GOOD.replace("dev.fitbook.example", "127.1")).outcome is Outcome.UNMET
