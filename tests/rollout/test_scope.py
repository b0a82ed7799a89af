"""Scopes: how they are written, and which promotions they hold."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prr_pipeline.errors import PrrError, UnknownName
from prr_pipeline.rollout.scope import EVERYTHING, Member, Scope, ScopeKind
from prr_pipeline.subjects import Subject

GRAPH = {
    Subject.parse("createGrant"): (Subject.parse("service identity"),),
    Subject.parse("service identity"): (Subject.parse("service mail"),),
    Subject.parse("service mail"): (Subject.parse("service identity"),),
}


def member(subject: str, context: str = "Equity", *needs: str) -> Member:
    """A promotion to GA of that subject."""
    return Member(f"{subject}:ga", Subject.parse(subject), context, tuple(Subject.parse(one) for one in needs))


GRANT, LIST = member("createGrant", "Equity", "service identity"), member("listGrants")
IDENTITY, LOGIN = member("service identity", "Access"), member("third_party_endpoint identity/POST login", "Access")
MAIL, ORDERS = member("service mail", "Access", "service identity"), member("listOrders", "Access")
EVERYBODY = (GRANT, LIST, IDENTITY, LOGIN, MAIL, ORDERS)


@pytest.mark.parametrize(
    ("text", "held"),
    [
        ("all", EVERYBODY),
        ("team:Equity", (GRANT, LIST)),
        ("team:equity", (GRANT, LIST)),
        ("team:Access", (IDENTITY, LOGIN, MAIL, ORDERS)),
        ("depends-on:service identity", (GRANT, MAIL)),
        ("depends-on:service mail", (GRANT, IDENTITY)),
        ("depends-on:listGrants", ()),
        ("createGrant:ga", (GRANT,)),
        ("service:Access", (ORDERS,)),
    ],
)
def test_a_scope_holds(text: str, held: tuple[Member, ...]) -> None:
    """Teams by owner, dependencies through any number of steps and cycles, one key alone, everything."""
    scope = Scope.parse(text)
    assert tuple(one for one in EVERYBODY if scope.holds(one, GRAPH)) == held


def test_a_service_holds_its_own_and_what_names_none_in_its_context() -> None:
    """An operation names no service, so it belongs to each of its context; an endpoint says whose it is."""
    scope = Scope(ScopeKind.SERVICE, "Identity", "access")
    assert tuple(one for one in EVERYBODY if scope.holds(one, GRAPH)) == (IDENTITY, LOGIN, ORDERS)
    assert not Scope(ScopeKind.SERVICE, "identity").holds(member("listX", ""), GRAPH)


def test_a_dependency_of_the_promotion_alone_counts() -> None:
    """What its own opening recorded is looked at, though a newer promotion of the subject says otherwise."""
    assert Scope.parse("depends-on:service mail").holds(member("listGrants", "Equity", "service mail"), {})


@pytest.mark.parametrize(
    "text",
    ["all", "team:Entity lifecycle", "service:identity", "depends-on:service identity", "createGrant:ga",
     "service:identity:ga", "depends-on:createGrant", "third_party_endpoint:a%2Fb:beta"],
)  # fmt: skip
def test_what_is_written_is_read(text: str) -> None:
    """A service's promotion is told from the scope of the service."""
    assert str(Scope.parse(text)) == text
    assert Scope.parse(f" {text} ") == Scope.parse(text)


@pytest.mark.parametrize("text", ["", "everything", "createGrant", "foo:bar", "createGrant:gama"])
def test_a_scope_of_another_form_lists_the_forms(text: str) -> None:
    """Nobody has to guess."""
    with pytest.raises(UnknownName, match=r"Valid: .*all, depends-on:<subject>, service:<name>, team:<name>"):
        Scope.parse(text)


@pytest.mark.parametrize("text", ["team:", "service: ", "depends-on:", "depends-on:robot r2", "a:b:c:d", "x:nowhere"])
def test_a_scope_of_nothing_is_refused(text: str) -> None:
    """With one sentence."""
    with pytest.raises(PrrError):
        Scope.parse(text)


def test_only_everything_and_itself_cover_a_scope() -> None:
    """As far as the scopes alone tell."""
    team = Scope.parse("team:Equity")
    assert EVERYTHING.covers(team)
    assert team.covers(Scope.parse("team:equity"))
    assert Scope(ScopeKind.SERVICE, "a b", "x").covers(Scope(ScopeKind.SERVICE, "A-b", "y"))
    assert not team.covers(EVERYTHING)
    assert not team.covers(Scope.parse("team:Access"))


@given(st.text(max_size=30))
def test_any_text_is_a_scope_or_a_sentence(text: str) -> None:
    """No other error leaves."""
    try:
        scope = Scope.parse(text)
    except PrrError:
        return
    assert Scope.parse(str(scope)) == scope
