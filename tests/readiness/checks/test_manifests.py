"""The manifest of a service (L2)."""

from __future__ import annotations

import pytest

from prr_pipeline.readiness.model import Outcome
from tests.readiness.checks.platform import IDENTITY, judged

PATH, SPEC = "services/identity/service.yaml", "services/identity/openapi.yaml"
TEAMS = "platform:\n  members: [ada, grace]\n"
WHOLE = """name: identity
owner: "@ada"
on_call: platform-primary
status: stable
brand_scope: [loop]
contracts: {openapi: ./openapi.yaml}
"""


def complete(text: str | None, teams: str | None = TEAMS) -> tuple[Outcome, str]:
    """What L2 says of a manifest."""
    files = {SPEC: "openapi: 3.1.0\n", **({PATH: text} if text is not None else {})}
    found = judged("L2", files | ({"ops/teams.yaml": teams} if teams is not None else {}), IDENTITY)
    return found.outcome, found.message


def test_a_whole_manifest_is_met() -> None:
    """With a list of teams or without."""
    assert complete(WHOLE)[0] is Outcome.MET
    assert complete(WHOLE, None)[0] is Outcome.MET


UNMET = [
    ("absent", None, "services/identity/service.yaml does not exist; write it with name, owner"),
    ("no brand scope", WHOLE.replace("brand_scope: [loop]\n", ""), "brand_scope is missing"),
    ("an empty scope", WHOLE.replace("[loop]", "[]"), "brand_scope is empty"),
    ("a blank name of on-call", WHOLE.replace("platform-primary", '"  "'), "on_call is empty"),
    (
        "another folder's name",
        WHOLE.replace("name: identity", "name: clinical"),
        "name is 'clinical', and the folder is",
    ),
    ("an unknown status", WHOLE.replace("stable", "ga"), "status is 'ga', not one of alpha, beta, stable"),
    ("an owner without at", WHOLE.replace('"@ada"', "ada"), "owner is 'ada', which is not written like"),
    ("an owner that is a list", WHOLE.replace('"@ada"', "[ada]"), "owner is \"['ada']\", which is not written like"),
    ("an owner whom nobody knows", WHOLE.replace("@ada", "@eve"), "owner @eve stands not in ops/teams.yaml"),
    ("no contract", WHOLE.replace("{openapi: ./openapi.yaml}", "{events_published: []}"), "openapi names no file"),
    ("a contract that is not there", WHOLE.replace("./openapi", "./spec"), "names './spec.yaml', which is no file in"),
    ("another's contract", WHOLE.replace("./openapi", "../clinical/openapi"), "which is no file in services/identity"),
    ("a null", WHOLE.replace("stable", "null"), "status is missing"),
]


@pytest.mark.parametrize(("text", "why"), [each[1:] for each in UNMET], ids=[each[0] for each in UNMET])
def test_what_lacks_something_is_unmet(text: str | None, why: str) -> None:
    """The field is named, with its value and the limit."""
    outcome, message = complete(text)
    assert outcome is Outcome.UNMET
    assert why in message


def test_every_fault_is_told_at_once_with_its_line() -> None:
    """So that one edit mends all."""
    manifest = WHOLE.replace("stable", "ga").replace("name: identity", "name: x")
    found = judged("L2", {PATH: manifest, SPEC: "openapi: 3.1.0\n"}, IDENTITY)
    assert "name is" in found.message
    assert "status is" in found.message
    assert {place.line for place in found.locations} == {1, 4}


@pytest.mark.parametrize("text", ["- a\n- b\n", "name: [", "\x00"], ids=["a list", "broken", "binary"])
def test_what_is_no_manifest_is_unknown(text: str) -> None:
    """It cannot be seen what it would say."""
    assert complete(text)[0] is Outcome.UNKNOWN
