"""The names that alerts are known by: how they are compared, joined and stored."""

from __future__ import annotations

import json

import pytest

from prr_pipeline.rollout.known_names import KnownNames, folded, slug

NAMES = KnownNames.of(["createGrant", "reports/annual.v2", ""], ["Entity lifecycle", ""], {"equity-service": "Equity"})


def test_the_slug_unites_spellings() -> None:
    """Case, spaces, underscores and hyphens do not tell contexts apart."""
    assert {slug("Grant Desk"), slug("grant_desk"), slug(" GRANT-desk "), slug("grant - desk")} == {"grant-desk"}


def test_names_are_folded() -> None:
    """Case and composition do not tell operations apart, punctuation does."""
    assert folded("Cre\u0301er ") == folded("cr\u00c9ER")
    assert NAMES.has_operation("CREATEGRANT")
    assert not NAMES.has_operation("createGrants")
    assert not NAMES.has_operation("")


def test_contexts_lead_to_themselves_and_services_to_theirs() -> None:
    """A service's context is known by its own name too; empty names are none."""
    assert NAMES.services == {
        "entity-lifecycle": "entity-lifecycle", "equity": "equity", "equity-service": "equity",
    }  # fmt: skip


def test_the_later_of_two_is_believed() -> None:
    """Joined, all names of both are known."""
    both = NAMES.and_also(KnownNames.of(["listGrants"], services={"Equity Service": "Grants"}))
    assert both.operations == {"creategrant", "reports/annual.v2", "listgrants"}
    assert (both.services["equity-service"], both.services["equity"]) == ("grants", "equity")


def test_names_survive_storage() -> None:
    """As JSON, sorted."""
    assert KnownNames.from_data(json.loads(json.dumps(NAMES.as_data()))) == NAMES


@pytest.mark.parametrize(
    "data",
    [
        None,
        [],
        "names",
        {},
        {"operations": []},
        {"operations": "createGrant", "services": {}},
        {"operations": [1], "services": {}},
        {"operations": ["a"], "services": []},
        {"operations": ["a"], "services": {"b": 1}},
    ],
)
def test_data_of_another_shape_proves_nothing(data: object) -> None:
    """A damaged row can only make alerts count for more."""
    assert KnownNames.from_data(data) == KnownNames()
